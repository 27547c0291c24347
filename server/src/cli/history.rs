//! `shirushi history check | export`.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    process::ExitCode,
};

use clap::Subcommand;
use serde_json::json;
use shirushi_shared::token::TokenId;

use super::{CommandError, output};
use crate::{
    app::App,
    config::Config,
    service::{Audit, Known, Position, history::History as Entries},
};

/// Entries in one reading.
const PAGE: u32 = 500;

/// What to do with the history.
#[derive(Subcommand, Debug)]
pub enum History {
    /// Prove the history and compare what is on record with it; exit code 1 where something is not in order
    ///
    /// Prints the last position and its hash. Write them down where nobody who can write to the database can: with
    /// --from and --hash they show later that nothing up to there was written anew.
    Check {
        /// Begin after this position, whose hash is known
        #[arg(long, value_name = "POSITION", requires = "hash")]
        from: Option<u64>,
        /// The hash that was written down for it
        #[arg(long, value_name = "HEX", requires = "from", value_parser = hash)]
        hash: Option<TokenId>,
    },
    /// Write the history as lines of JSON, with all that is needed to verify it; it names persons
    Export {
        /// Begin after this position
        #[arg(long, value_name = "POSITION", default_value_t = 0)]
        after: u64,
        /// New file, which only its owner may read [default: stdout]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

impl History {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let history = Entries::new(App::registry(config).await?);
        match self {
            Self::Check { from, hash } => {
                let known = from.zip(hash).map_or(Known::GENESIS, |(position, hash)| Known {
                    position: Position(position),
                    hash: *hash.as_bytes(),
                });
                let audit = history.check(known).await?;
                let hash = TokenId::from_bytes(audit.last.hash);
                output::json(&json!({ "position": audit.last.position.0, "hash": hash }))?;
                findings(&audit)
            }
            Self::Export { after, out } => {
                let written = export(&history, Position(after), out).await?;
                output::remark(&format!("{written} entries"));
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Says what was found, a line of JSON each; the exit code says whether there was anything.
pub(super) fn findings(audit: &Audit) -> Result<ExitCode, CommandError> {
    for finding in &audit.findings {
        output::json(&json!({ "found": finding.to_string() }))?;
    }
    for key in &audit.unproved_keys {
        output::remark(&format!(
            "API key {key} is older than the history of keys, which does not prove it: replace it"
        ));
    }
    Ok(if audit.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn export(history: &Entries, mut after: Position, out: Option<PathBuf>) -> Result<u64, CommandError> {
    let mut file = match &out {
        Some(path) => {
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let mut written = 0;
    loop {
        let lines = history.lines(after, PAGE).await?;
        let Some(last) = lines.last() else { break };
        after = Position(last.position);
        for line in &lines {
            match &mut file {
                Some(file) => {
                    serde_json::to_writer(&mut *file, line)?;
                    file.write_all(b"\n")?;
                }
                None => output::json(line)?,
            }
            written += 1;
        }
    }
    if let Some(file) = file {
        file.into_inner().map_err(io::Error::from)?.sync_all()?;
    }
    Ok(written)
}

fn hash(text: &str) -> Result<TokenId, String> {
    TokenId::parse(text).ok_or_else(|| "is 64 hexadecimal digits".to_owned())
}
