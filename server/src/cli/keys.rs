//! `shirushi keys`: makes, lists, rotates and withdraws the scheme's private keys.

use std::{fmt::Write, path::Path};

use clap::{Args, Subcommand};
use shirushi_shared::{
    key::{KeyState, KeyUse, TrustedKey},
    time::{NotATime, UnixTime},
};

use crate::signer::{KeyFolder, SignerError};

/// Arguments of `shirushi keys`.
#[derive(Args, Debug)]
pub struct KeysArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the folder, and a key for each use that has none.
    Init {
        /// What keys are for: label, trust, status, receipt, log. May be repeated.
        #[arg(long = "use", value_parser = key_use, default_values = ["label", "trust"])]
        uses: Vec<KeyUse>,
    },
    /// List every key with its window and state.
    List,
    /// Make a new key for a use; what the old one signed in its time stays good.
    Rotate {
        /// Which use.
        #[arg(long = "use", value_parser = key_use)]
        key_use: KeyUse,
        /// Hours for which other nodes may still sign with the old key.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(0..=8_760))]
        overlap_hours: u16,
    },
    /// End a key's window now.
    Retire {
        /// At least 8 leading digits of the key's thumbprint.
        key: String,
    },
    /// Declare a key to be in wrong hands; an active one is replaced.
    Compromise {
        /// At least 8 leading digits of the key's thumbprint.
        key: String,
        /// The earliest instant at which it may have been misused (RFC 3339). What was registered before stays good.
        #[arg(long, value_parser = instant)]
        cutoff: UnixTime,
    },
}

/// Why a command on keys failed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder refused.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// Runs the command on `folder` at `now` and returns the text to print.
pub fn run(args: KeysArgs, folder: &Path, now: UnixTime) -> Result<String, KeysError> {
    let mut text = String::new();
    let keys = match args.command {
        Command::Init { uses } => KeyFolder::init(folder, &uses, now)?,
        Command::List => KeyFolder::open(folder)?,
        Command::Rotate { key_use, overlap_hours } => {
            let mut keys = KeyFolder::open(folder)?;
            let made = keys.rotate(key_use, now, i64::from(overlap_hours) * 3600)?;
            say(&mut text, format_args!("the {} key is now {made}\n", key_use.as_str()));
            keys
        }
        Command::Retire { key } => {
            let mut keys = KeyFolder::open(folder)?;
            let id = keys.find(&key)?;
            keys.retire(id, now)?;
            keys
        }
        Command::Compromise { key, cutoff } => {
            let mut keys = KeyFolder::open(folder)?;
            let id = keys.find(&key)?;
            if let Some(made) = keys.compromise(id, cutoff, now)? {
                say(&mut text, format_args!("replaced by {made}\n"));
            }
            keys
        }
    };
    list(&keys, &mut text);
    Ok(text)
}

fn list(keys: &KeyFolder, text: &mut String) {
    say(text, format_args!("keyring version {}\n", keys.version()));
    for key in keys.ring().keys() {
        let TrustedKey { key, key_use, window, state } = key;
        let until = if window.until == UnixTime::MAX { "open".to_owned() } else { window.until.to_string() };
        let state = match state {
            KeyState::Active => "active".to_owned(),
            KeyState::Retired => "retired".to_owned(),
            KeyState::Compromised { cutoff } => format!("compromised since {cutoff}"),
        };
        say(text, format_args!("{:7}  {}  {} – {until}  {state}\n", key_use.as_str(), key.id(), window.from));
    }
}

fn say(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(line);
}

fn key_use(word: &str) -> Result<KeyUse, String> {
    KeyUse::parse(word).ok_or_else(|| {
        let words: Vec<_> = KeyUse::ALL.iter().map(|key_use| key_use.as_str()).collect();
        format!("one of {}", words.join(", "))
    })
}

fn instant(text: &str) -> Result<UnixTime, NotATime> {
    UnixTime::parse(text)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        keys: KeysArgs,
    }

    fn shirushi_keys(line: &str, folder: &Path, now: &str) -> Result<String, String> {
        let words = ["keys"].into_iter().chain(line.split(' ')).map(str::to_owned);
        let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
        run(line.keys, folder, UnixTime::parse(now).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_operator_makes_rotates_and_withdraws_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let error = shirushi_keys("list", &path, "2026-11-22T00:00:00Z").unwrap_err();
        assert!(error.contains("shirushi keys init"), "{error}");

        let made = shirushi_keys("init", &path, "2026-11-22T00:00:00Z").unwrap();
        assert!(made.starts_with("keyring version 1\nlabel"), "{made}");
        assert_eq!(
            made,
            shirushi_keys("init", &path, "2026-11-23T00:00:00Z").unwrap(),
            "repeating changes nothing"
        );
        let label = made.lines().nth(1).unwrap().split_whitespace().nth(1).unwrap()[..12].to_owned();

        let rotated = shirushi_keys("rotate --use label", &path, "2027-01-01T00:00:00Z").unwrap();
        let old = rotated.lines().find(|line| line.contains(&label)).unwrap();
        assert!(old.ends_with("2026-11-22T00:00:00Z – 2027-01-02T00:00:00Z  retired"), "{old}");

        let line = format!("compromise {label} --cutoff 2026-12-24T00:00:00Z");
        let listed = shirushi_keys(&line, &path, "2027-02-01T00:00:00Z").unwrap();
        assert!(listed.contains("compromised since 2026-12-24T00:00:00Z"), "{listed}");
        assert_eq!(shirushi_keys("list", &path, "2027-02-01T00:00:00Z").unwrap(), listed);
        assert!(listed.starts_with("keyring version 3\n"), "{listed}");
    }

    #[test]
    fn a_wrong_word_is_answered_with_the_right_ones() {
        let folder = tempfile::tempdir().unwrap();
        let error = shirushi_keys("rotate --use lable", folder.path(), "2026-11-22T00:00:00Z").unwrap_err();
        assert!(error.contains("label, trust, status, receipt, log"), "{error}");
        let error = shirushi_keys("retire cbf6", folder.path(), "2026-11-22T00:00:00Z").unwrap_err();
        assert!(error.contains("holds no keys"), "{error}");
    }
}
