//! `shirushi backup --out FILE`, `shirushi restore --from FILE`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;
use shirushi_shared::token::TokenId;

use super::{CommandError, output};
use crate::{
    app::App,
    clock::SystemClock,
    config::{Config, DatabaseUrl},
    service::backup::{self, Told},
};

/// Arguments of `shirushi backup`.
#[derive(Args, Debug)]
pub struct Backup {
    /// New file; only its owner may read it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `shirushi restore`.
#[derive(Args, Debug)]
pub struct Restore {
    /// A file of `shirushi backup`
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Try the whole of it in a scratch registry that is thrown away, and leave --database as it is
    #[arg(long)]
    dry_run: bool,
    /// Restore also what the check finds not to be in order, as it is
    #[arg(long)]
    even_if_broken: bool,
}

impl Backup {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let registry = App::registry(config).await?;
        let told = backup::back_up(&*registry, &self.out, SystemClock::default().now()).await?;
        tell(&told)
    }
}

impl Restore {
    pub(super) async fn run(self, config: Config) -> Result<ExitCode, CommandError> {
        let scratch = tempfile::Builder::new().prefix("shirushi-restore-").tempdir()?;
        let config = if self.dry_run {
            Config { database: DatabaseUrl::Sqlite(scratch.path().join("scratch.db")), ..config }
        } else {
            config
        };
        let registry = App::registry(&config).await?;
        let told = backup::restore(&*registry, &self.from, self.even_if_broken).await?;
        if !self.dry_run {
            output::remark(
                "restored; start every node of it anew, so that none goes on by what it remembers",
            );
        }
        tell(&told)
    }
}

fn tell(told: &Told) -> Result<ExitCode, CommandError> {
    output::json(&json!({
        "taken": told.taken,
        "rows": told.rows,
        "position": told.audit.last.position.0,
        "hash": TokenId::from_bytes(told.audit.last.hash),
    }))?;
    super::history::findings(&told.audit)
}
