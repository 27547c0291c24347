//! `shirushi notice …`: change notices (変更届).

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use shirushi_shared::label::RegistrationNumber;

use super::{
    CommandError,
    desk::{ListArgs, Refused, Seen, Who, read, reason, show, show_all},
};
use crate::{
    config::Config,
    scheme::{case_id::NoticeId, text::Reason},
};

/// Arguments of `shirushi notice`.
#[derive(Args, Debug)]
pub struct NoticeArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// File one about a registration: JSON with add, remove, contact, note
    File {
        /// Registration number
        #[arg(value_parser = RegistrationNumber::parse)]
        number: RegistrationNumber,
        /// What changes
        file: PathBuf,
    },
    /// Tell all that may be read, a line each
    List(ListArgs),
    /// Tell one
    Show(Of),
    /// Accept it, and change the registration
    Accept {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        seen: Seen,
    },
    /// Refuse it
    Refuse {
        #[command(flatten)]
        of: Of,
        /// Why, for the holder
        #[arg(long, value_parser = reason)]
        reason: Reason,
    },
    /// Take it back
    Withdraw(Of),
}

/// Which one.
#[derive(Args, Debug)]
struct Of {
    /// The notice's number
    #[arg(value_parser = NoticeId::parse)]
    id: NoticeId,
}

impl NoticeArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        let done = match self.command {
            Command::File { number, file } => desk.file_notice(&caller, &number, read(&file)?).await,
            Command::List(list) => {
                show_all(&desk.notices(&caller, list.page()).await.map_err(Refused::from)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            Command::Show(of) => desk.notice(&caller, &of.id).await,
            Command::Accept { of, seen } => desk.accept_notice(&caller, &of.id, seen.revision()).await,
            Command::Refuse { of, reason } => desk.refuse_notice(&caller, &of.id, reason).await,
            Command::Withdraw(of) => desk.withdraw_notice(&caller, &of.id).await,
        };
        show(&done.map_err(Refused::from)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
