//! `shirushi demo`: a fictional registry, labels to print and scan, and the service itself.

use std::{net::Ipv4Addr, path::PathBuf, process::ExitCode};

use clap::Args;
use shirushi_shared::verdict::Outcome;

use super::{CommandError, output, serve};
use crate::{
    app::App,
    clock::SystemClock,
    config::{Config, DatabaseUrl, PublicOrigin},
    demo::{self, DemoFolder, DemoLabel},
    scheme::person::PersonName,
    service::access::{ApiKeySecret, NewKey, Role, Scope},
};

/// Arguments of `shirushi demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Folder of the demonstration; made anew at every start
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: PathBuf,
    /// Port on this machine
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,
}

impl Demo {
    /// Makes the registry and the labels, says where they are, and serves.
    pub(super) async fn run(self, config: Config) -> Result<ExitCode, CommandError> {
        let folder = DemoFolder::fresh(&self.dir)?;
        let origin = format!("http://localhost:{}", self.port);
        let config = Config {
            database: DatabaseUrl::parse(&format!("sqlite:{}", folder.database().display()))?,
            keys: folder.keys().into(),
            listen: (Ipv4Addr::LOCALHOST, self.port).into(),
            public_origin: PublicOrigin::of(&origin.parse()?).ok_or("no origin")?,
            notice: Some(demo::PAGE_NOTICE.to_owned()),
            ..config
        };
        let labels =
            demo::fill(&folder, App::registry(&config).await?, &origin, &SystemClock::default()).await?;
        let roles = [Role::Administrator, Role::Reviewer];
        let administrator = staff_key(&config, "demo administrator", &roles).await?;
        let approver = staff_key(&config, "demo approver", &[Role::Approver]).await?;
        output::text(&told(&folder, &labels, &origin, administrator.reveal(), approver.reveal()))?;
        serve::run(config).await
    }
}

/// A key for one of the operator's staff: what takes two people takes two keys here, too.
async fn staff_key(config: &Config, name: &str, roles: &[Role]) -> Result<ApiKeySecret, CommandError> {
    let (access, _) = App::access(config).await?;
    let caller = access.at_this_machine("demo").await?;
    let new = NewKey {
        organisation: caller.organisation().clone(),
        person: PersonName::parse(name)?,
        roles: roles.iter().copied().collect(),
        scopes: Scope::ALL.iter().copied().collect(),
        expires: None,
    };
    Ok(access.create(new, &caller).await?.0)
}

/// What the reader of a terminal wants to know first.
fn told(
    folder: &DemoFolder,
    labels: &[DemoLabel],
    origin: &str,
    administrator: &str,
    approver: &str,
) -> String {
    let mut text = format!(
        "\nShirushi, a demonstration. Every maker, product and label in it is invented.\n\n  \
         {origin}/         start here\n  {origin}/scan     scan a label with the camera\n\n\
         Labels to print or to hold before the camera, one for each outcome:\n"
    );
    for label in labels.iter().take(Outcome::ALL.len()) {
        text += &format!("  {:16} {}\n", label.outcome.as_str(), label.png);
    }
    text += &format!(
        "\nAll {} labels: {}\nKeys of two of the operator's staff, for this demonstration only:\n  \
         administrator and reviewer {administrator}\n  approver, who confirms      {approver}\n\n",
        labels.len(),
        folder.list().display(),
    );
    text
}
