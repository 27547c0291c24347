//! `shirushi evidence add | get`: evidence files (証跡).

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bytes::Bytes;
use clap::{Args, Subcommand};
use futures_util::stream;

use super::{
    CommandError,
    desk::{Refused, Who},
    output,
};
use crate::{
    config::Config,
    scheme::{
        case_id::ApplicationId,
        evidence::{ContentHash, FileName, MediaType},
    },
    service::desk::{LARGEST_EVIDENCE, Upload},
};

/// Arguments of `shirushi evidence`.
#[derive(Args, Debug)]
pub struct EvidenceArgs {
    #[command(flatten)]
    who: Who,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Hand in a file; tells by what a case refers to it
    Add {
        /// The file
        file: PathBuf,
        /// What it is, where its name does not say: pdf, png, jpeg, csv, xlsx, txt, json, zip
        #[arg(long = "type", value_parser = media_type)]
        media_type: Option<MediaType>,
    },
    /// Write a file that an application refers to, to stdout
    Get {
        /// The application
        #[arg(value_parser = ApplicationId::parse)]
        application: ApplicationId,
        /// The file's digest
        #[arg(value_parser = ContentHash::parse)]
        sha256: ContentHash,
    },
}

impl EvidenceArgs {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (desk, caller) = self.who.before(config).await?;
        match self.command {
            Command::Add { file, media_type } => {
                let (says, bytes) = read(&file, media_type)?;
                let bytes = stream::iter([Ok::<_, std::io::Error>(bytes)]);
                let file = desk.upload(&caller, says, bytes).await.map_err(Refused::from)?;
                output::json(&file)?;
            }
            Command::Get { application, sha256 } => {
                let (_, bytes) =
                    desk.application_evidence(&caller, &application, &sha256).await.map_err(Refused::from)?;
                std::io::stdout().lock().write_all(&bytes)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path, given: Option<MediaType>) -> Result<(Upload, Bytes), CommandError> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let name = file.file_name().and_then(|name| name.to_str()).ok_or("the file has no name in UTF-8")?;
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let known = given.or_else(|| MediaType::parse(if ending == "jpg" { "jpeg" } else { ending }));
    let says = Upload {
        name: FileName::parse(name).map_err(|error| told(&error))?,
        media_type: known.ok_or_else(|| told(&"say what it is: --type"))?,
        sha256: None,
    };
    let size = std::fs::metadata(file).map_err(|error| told(&error))?.len();
    if size > LARGEST_EVIDENCE as u64 {
        return Err(told(&format!("larger than {LARGEST_EVIDENCE} bytes")).into());
    }
    Ok((says, std::fs::read(file).map_err(|error| told(&error))?.into()))
}

fn media_type(word: &str) -> Result<MediaType, String> {
    let words = || MediaType::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
    MediaType::parse(word).ok_or_else(|| format!("is one of {}", words()))
}
