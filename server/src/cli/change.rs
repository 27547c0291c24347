//! `shirushi suspend | reinstate | grace | revoke | extend NUMBER`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use shirushi_shared::{
    label::{NumberError, RegistrationNumber, StateChange},
    status::{Revision, StatusRecord},
    time::{NotATime, UnixTime},
};

use super::{
    CommandError, actor,
    desk::{Refused, TwoPeople, reason},
    output,
};
use crate::{
    app::App,
    config::Config,
    scheme::{
        decision::{Decision, Proposal},
        text::Reason,
    },
    service::{
        Change,
        caller::Caller,
        desk::{Desk, ExpiryChange, Filed},
    },
};

/// Which registration.
#[derive(Args, Debug)]
pub(super) struct Target {
    /// Registration number, however it is written
    #[arg(value_parser = number)]
    number: RegistrationNumber,
    /// Change it only from this revision
    #[arg(long, value_name = "REVISION")]
    from_revision: Option<u64>,
}

/// A change without further words.
#[derive(Args, Debug)]
pub struct Plain {
    #[command(flatten)]
    target: Target,
}

/// A suspension.
#[derive(Args, Debug)]
pub struct Suspend {
    #[command(flatten)]
    target: Target,
    /// Why, for whoever scans the label
    #[arg(long)]
    reason: String,
    /// When it ends by itself (RFC 3339)
    #[arg(long, value_parser = time)]
    until: Option<UnixTime>,
}

/// A revocation.
#[derive(Args, Debug)]
pub struct Revoke {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    people: TwoPeople,
    /// Why, for whoever scans the label
    #[arg(long, value_parser = reason)]
    reason: Reason,
}

/// A new end of the validity.
#[derive(Args, Debug)]
pub struct Extend {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    people: TwoPeople,
    /// First instant after the validity (RFC 3339)
    #[arg(long, value_parser = time)]
    until: UnixTime,
    /// Why, for the history
    #[arg(long, value_parser = reason, default_value = "extension")]
    reason: Reason,
}

impl Suspend {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let change = StateChange::Suspend { until: self.until, reason: self.reason };
        self.target.change(config, Change::State(change)).await
    }
}

impl Plain {
    pub(super) async fn reinstate(self, config: &Config) -> Result<ExitCode, CommandError> {
        self.target.change(config, Change::State(StateChange::Reinstate)).await
    }

    pub(super) async fn grace(self, config: &Config) -> Result<ExitCode, CommandError> {
        self.target.change(config, Change::State(StateChange::EnterGrace)).await
    }
}

impl Revoke {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (access, desk) = App::desk(config).await?;
        let (first, second) = self.people.before(&access).await?;
        let what = Proposal::Revoke { number: self.target.number, public_reason: self.reason.clone() };
        let seen = self.target.from_revision.map(Revision::new);
        let made = desk.propose(&first, seen, what, self.reason).await.map_err(Refused::from)?;
        confirm(&desk, &second, &made).await
    }
}

impl Extend {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (access, desk) = App::desk(config).await?;
        let (first, second) = self.people.before(&access).await?;
        let seen = self.target.from_revision.map(Revision::new);
        let done = desk.change_expiry(&first, &self.target.number, seen, self.until, self.reason).await;
        match done.map_err(Refused::from)? {
            ExpiryChange::Shortened(record) => {
                output::json(&told(&record))?;
                Ok(ExitCode::SUCCESS)
            }
            ExpiryChange::Proposed(made) => confirm(&desk, &second, &made).await,
        }
    }
}

/// The second person confirms.
async fn confirm(desk: &Desk, second: &Caller, made: &Filed<Decision>) -> Result<ExitCode, CommandError> {
    let done = desk.confirm(second, made.document.id(), Some(made.revision)).await.map_err(Refused::from)?;
    if let Some(record) = &done.changed {
        output::json(&told(record))?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Target {
    async fn change(self, config: &Config, change: Change) -> Result<ExitCode, CommandError> {
        let expected = self.from_revision.map(Revision::new);
        let record = App::issuer(config).await?.change(&self.number, expected, change, &actor()).await?;
        output::json(&told(&record))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A label after a change.
pub(super) fn told(record: &StatusRecord) -> serde_json::Value {
    json!({
        "number": record.number,
        "revision": record.revision,
        "state": record.state,
        "expires": record.valid.until,
    })
}

fn number(text: &str) -> Result<RegistrationNumber, NumberError> {
    RegistrationNumber::parse(text)
}

fn time(text: &str) -> Result<UnixTime, NotATime> {
    UnixTime::parse(text)
}
