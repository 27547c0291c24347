//! `shirushi suspend | reinstate | grace | revoke | extend NUMBER`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use shirushi_shared::{
    label::{NumberError, RegistrationNumber, StateChange},
    status::Revision,
    time::{NotATime, UnixTime},
};

use super::{CommandError, actor, output};
use crate::{app::App, config::Config, service::Change};

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
    /// Why, for whoever scans the label
    #[arg(long)]
    reason: String,
}

/// A new end of the validity.
#[derive(Args, Debug)]
pub struct Extend {
    #[command(flatten)]
    target: Target,
    /// First instant after the validity (RFC 3339)
    #[arg(long, value_parser = time)]
    until: UnixTime,
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
        let change = StateChange::Revoke { reason: self.reason };
        self.target.change(config, Change::State(change)).await
    }
}

impl Extend {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        self.target.change(config, Change::Expiry { until: self.until }).await
    }
}

impl Target {
    async fn change(self, config: &Config, change: Change) -> Result<ExitCode, CommandError> {
        let expected = self.from_revision.map(Revision::new);
        let record = App::issuer(config).await?.change(&self.number, expected, change, &actor()).await?;
        output::json(&json!({
            "number": record.number,
            "revision": record.revision,
            "state": record.state,
            "expires": record.valid.until,
        }))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn number(text: &str) -> Result<RegistrationNumber, NumberError> {
    RegistrationNumber::parse(text)
}

fn time(text: &str) -> Result<UnixTime, NotATime> {
    UnixTime::parse(text)
}
