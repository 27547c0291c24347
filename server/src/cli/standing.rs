//! `shirushi advisory …`, `shirushi duty …` and `shirushi standing NUMBER`: a holder's standing.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde_json::json;
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{
    CommandError,
    desk::{Refused, Who, read, reason, show},
    output,
};
use crate::{
    config::Config,
    scheme::{
        case_id::{AdvisoryId, DutyId},
        standing::ExtensionRequest,
        text::{Name, Reason},
    },
};

/// Arguments of `shirushi advisory`.
#[derive(Args, Debug)]
pub struct AdvisoryArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: AdvisoryCommand,
}

#[derive(Subcommand, Debug)]
enum AdvisoryCommand {
    /// Record a vulnerability: JSON with number, models, title, severity, discovered
    Record {
        /// What is known of it
        file: PathBuf,
    },
    /// A fix is available
    Fix {
        /// The advisory's number
        #[arg(value_parser = AdvisoryId::parse)]
        id: AdvisoryId,
    },
    /// Close it without a fix
    Close {
        /// The advisory's number
        #[arg(value_parser = AdvisoryId::parse)]
        id: AdvisoryId,
        /// Why
        #[arg(long, value_parser = reason)]
        reason: Reason,
    },
}

/// Arguments of `shirushi duty`.
#[derive(Args, Debug)]
pub struct DutyArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: DutyCommand,
}

#[derive(Subcommand, Debug)]
enum DutyCommand {
    /// A report (報告届) is due
    Set {
        /// Registration number
        #[arg(value_parser = RegistrationNumber::parse)]
        number: RegistrationNumber,
        /// On what
        #[arg(long, value_parser = Name::parse)]
        what: Name,
        /// The first instant at which it is overdue (RFC 3339)
        #[arg(long, value_parser = UnixTime::parse)]
        due: UnixTime,
    },
    /// Deliver it: JSON as `shirushi evidence add` tells it
    Deliver {
        /// The duty's number
        #[arg(value_parser = DutyId::parse)]
        id: DutyId,
        /// The evidence
        file: PathBuf,
    },
}

/// Arguments of `shirushi standing`.
#[derive(Args, Debug)]
pub struct StandingArgs {
    #[command(flatten)]
    who: Who,
    /// Registration number
    #[arg(value_parser = RegistrationNumber::parse)]
    number: RegistrationNumber,
    /// As its holder: what would become of an extension until then (RFC 3339)
    #[arg(long, value_parser = UnixTime::parse)]
    until: Option<UnixTime>,
}

impl AdvisoryArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        let done = match self.command {
            AdvisoryCommand::Record { file } => desk.record_advisory(&caller, read(&file)?).await,
            AdvisoryCommand::Fix { id } => desk.end_advisory(&caller, &id, None).await,
            AdvisoryCommand::Close { id, reason } => desk.end_advisory(&caller, &id, Some(reason)).await,
        };
        show(&done.map_err(Refused::from)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl DutyArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        let done = match self.command {
            DutyCommand::Set { number, what, due } => desk.set_duty(&caller, &number, what, due).await,
            DutyCommand::Deliver { id, file } => desk.deliver_duty(&caller, &id, read(&file)?).await,
        };
        show(&done.map_err(Refused::from)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl StandingArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        let (advisories, duties) = desk.standing(&caller, &self.number).await.map_err(Refused::from)?;
        output::json(&json!({ "number": self.number, "advisories": advisories, "duties": duties }))?;
        if let Some(until) = self.until {
            let request = ExtensionRequest { number: self.number, until };
            output::json(&desk.extension_review(&caller, &request).await.map_err(Refused::from)?)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
