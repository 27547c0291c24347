//! `shirushi sighting …`: reports of suspicious labels.

use std::{io::Write as _, process::ExitCode};

use clap::{Args, Subcommand};

use super::{
    CommandError,
    desk::{ListArgs, Refused, Seen, Who, reason, show, show_all},
};
use crate::{
    config::Config,
    scheme::{sighting::Reference, text::Reason},
};

/// Arguments of `shirushi sighting`.
#[derive(Args, Debug)]
pub struct SightingArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Tell all, a line each
    List(ListArgs),
    /// Tell one
    Show(Of),
    /// Write its photograph, a JPEG, to stdout
    Photograph(Of),
    /// Take it up
    Take {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        seen: Seen,
    },
    /// Close it
    Close {
        #[command(flatten)]
        of: Of,
        /// What was found; the reporter is told no more than that it is closed
        #[arg(long, value_parser = reason)]
        finding: Reason,
        #[command(flatten)]
        seen: Seen,
    },
}

/// Which one.
#[derive(Args, Debug)]
struct Of {
    /// Its reference
    #[arg(value_parser = Reference::parse)]
    reference: Reference,
}

impl SightingArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        let done = match self.command {
            Command::List(list) => {
                show_all(&desk.sightings(&caller, list.page()).await.map_err(Refused::from)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            Command::Photograph(of) => {
                let jpeg = desk.sighting_photograph(&caller, &of.reference).await.map_err(Refused::from)?;
                std::io::stdout().lock().write_all(&jpeg)?;
                return Ok(ExitCode::SUCCESS);
            }
            Command::Show(of) => desk.sighting(&caller, &of.reference).await,
            Command::Take { of, seen } => desk.take_sighting(&caller, &of.reference, seen.revision()).await,
            Command::Close { of, finding, seen } => {
                desk.close_sighting(&caller, &of.reference, finding, seen.revision()).await
            }
        };
        show(&done.map_err(Refused::from)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
