//! Where the registry and the cache lie, as URLs. Passwords in them never reach a log.

use std::{fmt, path::PathBuf};

use url::Url;

use crate::cache::{AddressError, RedisAddress};

/// Where the registry lies.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: a file on this machine.
    Sqlite(PathBuf),
    /// `postgres://…`: any number of nodes.
    Postgres(Url),
}

/// Where status records are kept close at hand.
#[derive(Clone, PartialEq, Eq)]
pub enum CacheUrl {
    /// `memory`: in this process.
    Memory,
    /// `redis://…`, `redis+sentinel://…`, `redis+cluster://…`: shared by all nodes.
    Redis(RedisAddress),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "is sqlite:PATH or postgres://user:password@host/database";
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(EXPECTED.to_owned()) } else { Ok(Self::Sqlite(path.into())) };
        }
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Postgres(url)),
            _ => Err(EXPECTED.to_owned()),
        }
    }
}

impl CacheUrl {
    /// Reads `memory`, or one of the forms of [`RedisAddress`].
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        RedisAddress::parse(text).map(Self::Redis).map_err(|error| match error {
            AddressError::Scheme => format!("is memory, or {}", error.to_string().trim_start_matches("is ")),
            error => error.to_string(),
        })
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&redacted(url)),
        }
    }
}

impl fmt::Debug for CacheUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Redis(address) => write!(f, "{address:?}"),
        }
    }
}

/// Scheme, host and path: a password may also stand in the query string (`?password=`).
fn redacted(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let secret = if url.password().is_some() || !url.username().is_empty() { "…@" } else { "" };
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{}://{secret}{host}{port}{}{query}", url.scheme(), url.path())
}
