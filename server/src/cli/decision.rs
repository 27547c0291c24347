//! `shirushi decision …`: what takes two people.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{
    CommandError, change,
    desk::{ListArgs, Refused, Seen, Who, reason, show, show_all, told},
    issue, output,
};
use crate::{
    config::Config,
    scheme::{case_id::DecisionId, decision::Proposal, text::Reason},
    service::desk::Done,
};

/// Arguments of `shirushi decision`.
#[derive(Args, Debug)]
pub struct DecisionArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Propose one
    #[command(subcommand)]
    Propose(Propose),
    /// Tell all, a line each
    List(ListArgs),
    /// Tell one
    Show {
        /// The decision's number
        #[arg(value_parser = DecisionId::parse)]
        id: DecisionId,
    },
    /// Confirm what somebody else proposed: it is done
    Confirm {
        /// The decision's number
        #[arg(value_parser = DecisionId::parse)]
        id: DecisionId,
        #[command(flatten)]
        seen: Seen,
    },
    /// Decline it, or take it back
    Decline {
        /// The decision's number
        #[arg(value_parser = DecisionId::parse)]
        id: DecisionId,
        /// Why
        #[arg(long, value_parser = reason)]
        reason: Reason,
    },
}

#[derive(Subcommand, Debug)]
enum Propose {
    /// Withdraw a label for good
    Revoke {
        #[command(flatten)]
        of: Label,
        /// Why, for whoever scans the label
        #[arg(long, value_parser = reason)]
        public_reason: Reason,
    },
    /// Extend a label on paper, as its holder
    Extend {
        #[command(flatten)]
        of: Label,
        /// First instant after the validity (RFC 3339)
        #[arg(long, value_parser = UnixTime::parse)]
        until: UnixTime,
    },
    /// Replace a label by that of another registration
    Supersede {
        #[command(flatten)]
        of: Label,
        /// The registration that takes its place
        #[arg(long, value_parser = RegistrationNumber::parse)]
        successor: RegistrationNumber,
        /// Why, for the public
        #[arg(long, value_parser = reason)]
        public_reason: Reason,
    },
}

/// Which label, and why.
#[derive(Args, Debug)]
struct Label {
    /// Registration number
    #[arg(value_parser = RegistrationNumber::parse)]
    number: RegistrationNumber,
    /// Why, for who confirms
    #[arg(long, value_parser = reason)]
    reason: Reason,
    #[command(flatten)]
    seen: Seen,
}

impl DecisionArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        match self.command {
            Command::Propose(propose) => {
                let (of, what) = propose.parts();
                let made = desk.propose(&caller, of.seen.revision(), what, of.reason).await;
                show(&made.map_err(Refused::from)?)?;
            }
            Command::List(list) => {
                show_all(&desk.decisions(&caller, list.page()).await.map_err(Refused::from)?)?;
            }
            Command::Show { id } => show(&desk.decision(&caller, &id).await.map_err(Refused::from)?)?,
            Command::Confirm { id, seen } => {
                let done = desk.confirm(&caller, &id, seen.revision()).await.map_err(Refused::from)?;
                output::json(&outcome(config, &done))?;
            }
            Command::Decline { id, reason } => {
                show(&desk.decline(&caller, &id, reason).await.map_err(Refused::from)?)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Propose {
    fn parts(self) -> (Label, Proposal) {
        match self {
            Self::Revoke { of, public_reason } => {
                let number = of.number.clone();
                (of, Proposal::Revoke { number, public_reason })
            }
            Self::Extend { of, until } => {
                let number = of.number.clone();
                (of, Proposal::Extend { number, until })
            }
            Self::Supersede { of, successor, public_reason } => {
                let number = of.number.clone();
                (of, Proposal::Supersede { number, successor, public_reason })
            }
        }
    }
}

fn outcome(config: &Config, done: &Done) -> serde_json::Value {
    let issued: Vec<_> = done.issued.iter().map(|issued| issue::told(config, issued)).collect();
    json!({
        "decision": told(&done.decision),
        "changed": done.changed.as_ref().map(change::told),
        "issued": issued,
    })
}
