//! Where evidence files lie, and with whose credentials.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{ConfigErrors, DatabaseUrl, Settings};
use crate::evidence::{MaxSize, S3Credentials, S3Place};

const SETTING: &str = "evidence";
/// Longest secret file that is read: secrets of S3 stores have some forty letters.
const MAX_SECRET: u64 = 4096;

/// Where evidence files lie.
#[derive(Clone)]
pub enum EvidenceUrl {
    /// `file:PATH`: a folder on this machine.
    Folder(PathBuf),
    /// `s3://…`: any number of nodes.
    S3(Box<S3Place>),
}

impl ConfigErrors {
    pub(super) fn evidence(
        &mut self,
        given: &Settings,
        database: Option<&DatabaseUrl>,
    ) -> Option<EvidenceUrl> {
        let Some(text) = given.evidence.as_deref() else {
            return Some(EvidenceUrl::Folder(beside(database)));
        };
        self.keep(SETTING, parse(text, given))
    }

    pub(super) fn max_evidence(&mut self, given: Option<u8>) -> Option<MaxSize> {
        let size = MaxSize::new(given.unwrap_or(MaxSize::DEFAULT_MIB));
        let refused = || format!("is 1 to {} MiB", MaxSize::LARGEST_MIB);
        self.keep("max_evidence_mib", size.ok_or_else(refused))
    }
}

fn parse(text: &str, given: &Settings) -> Result<EvidenceUrl, String> {
    if let Some(path) = text.strip_prefix("file:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return if path.is_empty() {
            Err("is file:PATH".to_owned())
        } else {
            Ok(EvidenceUrl::Folder(path.into()))
        };
    }
    if !text.starts_with("s3://") {
        return Err("is file:PATH or s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME".to_owned());
    }
    S3Place::parse(text, credentials(given)?).map(|place| EvidenceUrl::S3(Box::new(place)))
}

fn credentials(given: &Settings) -> Result<S3Credentials, String> {
    let filled = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let secret = match given.aws_secret_file.as_deref().filter(|file| !file.as_os_str().is_empty()) {
        Some(file) => Some(read_secret(file)?),
        None => filled(&given.aws_secret_access_key),
    };
    match (filled(&given.aws_access_key_id), secret) {
        (Some(key_id), Some(secret)) => {
            Ok(S3Credentials { key_id, secret, session_token: filled(&given.aws_session_token) })
        }
        _ => Err(
            "is in an S3 store: aws_access_key_id and aws_secret_access_key or aws_secret_file are needed"
                .to_owned(),
        ),
    }
}

fn read_secret(file: &Path) -> Result<String, String> {
    use std::io::Read as _;
    let wrong = |detail: &dyn fmt::Display| format!("has a secret in {}: {detail}", file.display());
    let mut secret = String::new();
    let opened = std::fs::File::open(file).map_err(|error| wrong(&error))?;
    opened.take(MAX_SECRET).read_to_string(&mut secret).map_err(|error| wrong(&error))?;
    let secret = secret.trim();
    if secret.is_empty() { Err(wrong(&"it is empty")) } else { Ok(secret.to_owned()) }
}

/// The folder `evidence` beside a database file; where there is none, in the present folder.
fn beside(database: Option<&DatabaseUrl>) -> PathBuf {
    match database {
        Some(DatabaseUrl::Sqlite(file)) => file.with_file_name("evidence"),
        _ => PathBuf::from("evidence"),
    }
}

impl fmt::Debug for EvidenceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "file:{}", path.display()),
            Self::S3(place) => place.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn with_s3(secret: Settings) -> Settings {
        Settings {
            evidence: Some("s3://evidence/a?region=eu-west-1".into()),
            aws_access_key_id: Some("AKIDEXAMPLE".into()),
            ..secret
        }
    }

    #[test]
    fn evidence_lies_beside_the_database_where_nothing_else_is_said() {
        let folder = |given: Settings| format!("{:?}", Config::check(given).unwrap().evidence);
        let database = |url: &str| Settings { database: Some(url.into()), ..Settings::default() };
        assert_eq!(
            folder(database("sqlite:/var/lib/shirushi/registry.db")),
            "file:/var/lib/shirushi/evidence"
        );
        assert_eq!(folder(database("postgres://db.example/shirushi")), "file:evidence");
        let said = Settings { evidence: Some("file:///srv/evidence".into()), ..Settings::default() };
        assert_eq!(folder(said), "file:/srv/evidence");
    }

    #[test]
    fn the_secret_comes_from_the_environment_or_a_file_and_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "hunter2\n").unwrap();
        for given in [
            Settings { aws_secret_access_key: Some("hunter2".into()), ..Settings::default() },
            Settings { aws_secret_file: Some(file), ..Settings::default() },
        ] {
            let credentials = credentials(&with_s3(given.clone())).unwrap();
            assert_eq!(credentials.secret, "hunter2");
            let shown = format!("{:?} {credentials:?}", Config::check(with_s3(given)).unwrap());
            assert!(shown.contains("s3://evidence/a/ at https") && !shown.contains("hunter2"), "{shown}");
            assert!(!shown.contains("AKID"), "{shown}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_secrets() {
        let empty = Settings { aws_secret_access_key: Some(String::new()), ..Settings::default() };
        let nowhere = Settings { aws_secret_file: Some("/nowhere/secret".into()), ..Settings::default() };
        let large = Settings { max_evidence_mib: Some(65), ..Settings::default() };
        let ftp = Settings { evidence: Some("ftp://op:hunter2@files.example".into()), ..Settings::default() };
        for (given, told) in [
            (with_s3(empty), "evidence is in an S3 store: aws_access_key_id and"),
            (with_s3(nowhere), "evidence has a secret in /nowhere/secret: No such file"),
            (large, "max_evidence_mib is 1 to 64 MiB"),
            (ftp, "evidence is file:PATH or s3://"),
        ] {
            let error = Config::check(given).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("hunter2"), "{error}");
        }
    }
}
