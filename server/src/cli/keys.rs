//! `shirushi keys`: makes, lists, rotates, withdraws and encrypts the scheme's private keys.

use std::{fmt::Write, io, path::PathBuf};

use clap::{Args, Subcommand};
use shirushi_shared::{
    key::{KeyState, KeyUse, TrustedKey},
    time::{NotATime, UnixTime},
};

use crate::signer::{KeyFolder, KeyPlace, Passphrase, PassphraseSource, SignerError};

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
        #[arg(long = "use", value_parser = key_use, default_values = ["label", "trust", "status", "receipt", "log"])]
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
    /// Encrypt every private file with the passphrase, or with a new one. Stopped half way, the same command finishes it.
    Encrypt {
        /// File with the new passphrase, where it is not the one that is set
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Write every private file without encryption, to hand keys over to something else.
    Decrypt,
}

/// Why a command on keys failed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder refused.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Typed twice, and not alike.
    #[error("the two passphrases are not alike; nothing was changed")]
    NotAlike,
    /// The terminal failed.
    #[error("the passphrase cannot be typed here")]
    Terminal(#[from] io::Error),
}

/// Who types a passphrase that no setting gives: the question, and the answer where somebody is there to type it.
pub type Typist<'a> = &'a mut dyn FnMut(&str) -> io::Result<Option<Passphrase>>;

/// Runs the command on the keys of `place` at `now` and returns the text to print.
pub fn run(args: KeysArgs, place: &KeyPlace, now: UnixTime, typist: Typist<'_>) -> Result<String, KeysError> {
    let mut text = String::new();
    let place = &unlocked(place, typist)?;
    let keys = match args.command {
        Command::Init { uses } => KeyFolder::init(place, &uses, now)?,
        Command::List => KeyFolder::open_incomplete(place)?,
        Command::Rotate { key_use, overlap_hours } => {
            let mut keys = KeyFolder::open_incomplete(place)?;
            let made = keys.rotate(key_use, now, i64::from(overlap_hours) * 3600)?;
            say(&mut text, format_args!("the {} key is now {made}\n", key_use.as_str()));
            keys
        }
        Command::Retire { key } => {
            let mut keys = KeyFolder::open_incomplete(place)?;
            let id = keys.find(&key)?;
            keys.retire(id, now)?;
            keys
        }
        Command::Compromise { key, cutoff } => {
            let mut keys = KeyFolder::open_incomplete(place)?;
            let id = keys.find(&key)?;
            if let Some(made) = keys.compromise(id, cutoff, now)? {
                say(&mut text, format_args!("replaced by {made}\n"));
            }
            keys
        }
        Command::Encrypt { new_passphrase_file } => {
            let new = match (new_passphrase_file, &place.passphrase) {
                (Some(file), _) => PassphraseSource::File(file),
                (None, PassphraseSource::None) => PassphraseSource::Given(typed_twice(typist)?),
                (None, set) => set.clone(),
            };
            recrypt(place, new, &mut text)?
        }
        Command::Decrypt => recrypt(place, PassphraseSource::None, &mut text)?,
    };
    list(&keys, &mut text);
    warn(&keys, place, &mut text)?;
    Ok(text)
}

/// `place` with a passphrase from the terminal, where files are encrypted and no setting opens them.
fn unlocked(place: &KeyPlace, typist: Typist<'_>) -> Result<KeyPlace, KeysError> {
    let folder = &place.folder;
    let mut place = place.clone();
    if matches!(place.passphrase, PassphraseSource::None)
        && KeyFolder::is_encrypted(folder)?
        && let Some(typed) = typist("Passphrase of the keys: ")?
    {
        place.passphrase = PassphraseSource::Given(typed);
    }
    Ok(place)
}

fn typed_twice(typist: Typist<'_>) -> Result<Passphrase, KeysError> {
    let asked = typist("New passphrase of the keys: ")?.ok_or(SignerError::NoPassphrase)?;
    let again = typist("The same again: ")?.ok_or(SignerError::NoPassphrase)?;
    if asked.is_same(&again) { Ok(asked) } else { Err(KeysError::NotAlike) }
}

fn recrypt(place: &KeyPlace, new: PassphraseSource, text: &mut String) -> Result<KeyFolder, KeysError> {
    let after = KeyPlace { passphrase: new, ..place.clone() };
    let files = KeyFolder::recrypt(place, &after.passphrase)?;
    say(text, format_args!("{files} private files written\n"));
    Ok(KeyFolder::open_incomplete(&after)?)
}

fn warn(keys: &KeyFolder, place: &KeyPlace, text: &mut String) -> Result<(), KeysError> {
    for path in keys.missing() {
        say(text, format_args!("warning: {} is missing; restore it, or rotate its use\n", path.display()));
    }
    let plain = KeyFolder::plain_files(&place.folder)?.len();
    if plain > 0 {
        say(text, format_args!("warning: {plain} private files are not encrypted (shirushi keys encrypt)\n"));
    }
    Ok(())
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
    use std::{os::unix::fs::PermissionsExt, path::Path};

    use clap::Parser;
    use zeroize::Zeroizing;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        keys: KeysArgs,
    }

    fn shirushi_keys(line: &str, folder: &Path, now: &str) -> Result<String, String> {
        with(line, &folder.into(), now, &[])
    }

    /// The command with somebody at the terminal who types `answers`, one after the other.
    fn with(line: &str, place: &KeyPlace, now: &str, answers: &[&str]) -> Result<String, String> {
        let words = ["keys"].into_iter().chain(line.split(' ')).map(str::to_owned);
        let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
        let mut answers = answers.iter();
        let mut typist = |_: &str| Ok(answers.next().map(|words| typed(words)));
        let told = run(line.keys, place, UnixTime::parse(now).unwrap(), &mut typist);
        assert_eq!(answers.next(), None, "all was asked for");
        told.map_err(|error| error.to_string())
    }

    fn typed(words: &str) -> Passphrase {
        Passphrase::new(Zeroizing::new(words.as_bytes().to_vec()))
    }

    #[test]
    fn an_operator_encrypts_keys_by_typing_and_by_file() {
        const DAY: &str = "2026-11-22T00:00:00Z";
        const WORDS: &str = "correct horse battery";
        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::from(folder.path().join("keys"));
        let made = with("init", &place, DAY, &[]).unwrap();
        assert!(
            made.ends_with("warning: 5 private files are not encrypted (shirushi keys encrypt)\n"),
            "{made}"
        );
        assert!(with("encrypt", &place, DAY, &[]).unwrap_err().contains("there is no passphrase"));
        assert!(with("encrypt", &place, DAY, &[WORDS, "correct house"]).unwrap_err().contains("not alike"));
        assert!(with("encrypt", &place, DAY, &["short", "short"]).unwrap_err().contains("too short"));
        assert_eq!(with("list", &place, DAY, &[]).unwrap(), made, "nothing was changed");

        let told = with("encrypt", &place, DAY, &[WORDS, WORDS]).unwrap();
        assert!(told.starts_with("5 private files written\nkeyring version 1\n"), "{told}");
        assert!(!told.contains("warning"), "{told}");
        assert!(with("list", &place, DAY, &[]).unwrap_err().contains("--keys-passphrase-file"));
        assert!(with("list", &place, DAY, &["wrong horse"]).unwrap_err().contains("is not opened"));
        assert!(!with("rotate --use label", &place, DAY, &[WORDS]).unwrap().contains("warning"));

        // A new passphrase, from a file, and then the setting names that file.
        let file = folder.path().join("passphrase");
        std::fs::write(&file, "another battery staple\n").unwrap();
        let line = format!("encrypt --new-passphrase-file {}", file.display());
        assert!(with(&line, &place, DAY, &[WORDS]).unwrap_err().contains("can be read by every user"));
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o440)).unwrap();
        assert!(with(&line, &place, DAY, &[WORDS]).unwrap().starts_with("6 private files written\n"));
        let place = KeyPlace { passphrase: PassphraseSource::File(file), ..place };
        with("list", &place, DAY, &[]).unwrap();
        assert!(with("decrypt", &place, DAY, &[]).unwrap().contains("6 private files are not encrypted"));
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
