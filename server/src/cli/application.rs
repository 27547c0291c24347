//! `shirushi application …`: from a draft to the label that follows from its approval.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;
use shirushi_shared::{
    label::{Category, Level},
    time::UnixTime,
};

use super::{
    CommandError,
    desk::{ListArgs, Refused, Seen, Who, read, reason, show, show_all, told},
    issue, output,
};
use crate::{
    config::Config,
    scheme::{
        case_id::ApplicationId,
        evidence::EvidenceRef,
        organisation::OrganisationId,
        report::EvaluationReport,
        text::{Name, Reason},
    },
    service::{
        approval,
        caller::Caller,
        desk::{Approve, Desk, DeskError, ReviewStep},
    },
};

/// Arguments of `shirushi application`.
#[derive(Args, Debug)]
pub struct ApplicationArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Begin one: JSON as the API takes it, `-` reads stdin
    Draft {
        /// The content
        file: PathBuf,
    },
    /// Replace what the holder wrote
    Edit {
        #[command(flatten)]
        of: Of,
        /// The content
        file: PathBuf,
    },
    /// Hand it in
    Submit(Of),
    /// Take it back
    Withdraw(Of),
    /// Tell one
    Show(Of),
    /// Tell all that may be read, a line each
    List(ListArgs),
    /// File its evaluation report: JSON with number, level, category, dated, evidence
    Report {
        #[command(flatten)]
        of: Of,
        /// The report
        file: PathBuf,
    },
    /// Begin its examination
    Review(Of),
    /// Accept its evaluation report
    AcceptReport(Of),
    /// Send it back to the holder
    Return(Because),
    /// Reject it for good
    Reject(Because),
    /// Approve it and issue what follows from it
    Approve {
        #[command(flatten)]
        of: Of,
        /// Registration number as it is printed
        #[arg(long)]
        number: String,
        /// First day of the validity, in Japan
        #[arg(long, value_name = "DATE")]
        valid_from: String,
        /// Last day of the validity, in Japan
        #[arg(long, value_name = "DATE")]
        valid_until: String,
    },
}

/// Which one.
#[derive(Args, Debug)]
struct Of {
    /// The application's number (申請番号)
    #[arg(value_parser = ApplicationId::parse)]
    id: ApplicationId,
    #[command(flatten)]
    seen: Seen,
}

/// Which one, and why.
#[derive(Args, Debug)]
struct Because {
    #[command(flatten)]
    of: Of,
    /// Why, for the holder
    #[arg(long, value_parser = reason)]
    reason: Reason,
}

/// A report as it is handed in: whose it is follows from who files it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportFile {
    number: Name,
    level: Level,
    category: Category,
    dated: UnixTime,
    evidence: EvidenceRef,
}

impl ApplicationArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        self.command.run(config, &desk, &caller).await?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Command {
    async fn run(self, config: &Config, desk: &Desk, caller: &Caller) -> Result<(), CommandError> {
        let done = match self {
            Self::Draft { file } => desk.draft(caller, read(&file)?).await,
            Self::Edit { of, file } => desk.edit(caller, &of.id, of.seen.revision(), read(&file)?).await,
            Self::Submit(of) => desk.submit(caller, &of.id, of.seen.revision()).await,
            Self::Withdraw(of) => desk.withdraw(caller, &of.id).await,
            Self::Show(of) => desk.application(caller, &of.id).await,
            Self::List(list) => {
                return show_all(&desk.applications(caller, list.page()).await.map_err(Refused::from)?);
            }
            Self::Report { of, file } => {
                let report = read::<ReportFile>(&file)?.of(caller.organisation());
                desk.file_report(caller, &of.id, report).await
            }
            Self::Review(of) => of.examine(desk, caller, ReviewStep::Begin).await,
            Self::AcceptReport(of) => of.examine(desk, caller, ReviewStep::AcceptReport).await,
            Self::Return(Because { of, reason }) => {
                of.examine(desk, caller, ReviewStep::Return(reason)).await
            }
            Self::Reject(Because { of, reason }) => {
                of.examine(desk, caller, ReviewStep::Reject(reason)).await
            }
            Self::Approve { of, number, valid_from, valid_until } => {
                let valid = approval::validity(&valid_from, &valid_until).map_err(Refused::of)?;
                let approve = Approve { printed_number: number, valid };
                return of.approve(config, desk, caller, approve).await;
            }
        };
        show(&done.map_err(Refused::from)?)
    }
}

impl Of {
    async fn examine(
        self,
        desk: &Desk,
        caller: &Caller,
        step: ReviewStep,
    ) -> Result<crate::service::desk::Filed<crate::scheme::application::Application>, DeskError> {
        desk.examine(caller, &self.id, self.seen.revision(), step).await
    }

    async fn approve(
        self,
        config: &Config,
        desk: &Desk,
        caller: &Caller,
        approve: Approve,
    ) -> Result<(), CommandError> {
        let done = desk.approve(caller, &self.id, self.seen.revision(), approve).await;
        let done = done.map_err(Refused::from)?;
        let issued: Vec<_> = done.issued.iter().map(|issued| issue::told(config, issued)).collect();
        output::json(&json!({
            "application": told(&done.application),
            "number": done.number,
            "issued": issued,
        }))
    }
}

impl ReportFile {
    fn of(self, body: &OrganisationId) -> EvaluationReport {
        let Self { number, level, category, dated, evidence } = self;
        EvaluationReport { body: body.clone(), number, level, category, dated, evidence }
    }
}
