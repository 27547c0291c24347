//! `shirushi lists`: publish the signed lists by hand, see what is published, verify a file that was downloaded.

mod verify;

pub(super) use self::verify::{bytes, pinned, public_key};

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{CommandError, output};
use crate::{app::App, config::Config};

/// What to do with signed lists.
#[derive(Subcommand, Debug)]
pub enum Lists {
    /// Make and publish every list now; a service that runs does so by itself
    Publish,
    /// Show what is published, a line of JSON a list
    Show,
    /// Verify a status list (CWT), product index or trust list from a file; exit code 1 where it has expired
    Verify(Box<verify::Verify>),
}

impl Lists {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let lists = match self {
            Self::Publish => App::publish_lists(config).await?,
            Self::Show => App::published_lists(config).await?,
            Self::Verify(command) => return command.run(config),
        };
        for (name, file) in lists.files() {
            output::json(&json!({
                "name": name,
                "version": file.version,
                "position": file.position.0,
                "signed": file.signed,
                "bytes": file.bytes.len(),
            }))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
