//! Where a Redis is, as a URL. Passwords in it never reach a log.

use std::fmt;

use redis::{ConnectionInfo, IntoConnectionInfo as _, RedisError};

/// More servers than this in one URL are a mistake; a few suffice to find the others.
const MOST_SERVERS: usize = 32;

/// Where a Redis is, and of what kind.
///
/// | URL | kind |
/// |---|---|
/// | `redis://user:password@host:port/0` | one server |
/// | `redis+sentinel://user:password@host:port,host:port/MASTER/0` | the master of that name, which the Sentinels at these addresses know; user and password are the master's |
/// | `redis+cluster://user:password@host:port,host:port` | a Cluster, of which these servers know the others |
///
/// User, password and database may be left out; what is not a letter or digit in a password is percent-encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisAddress {
    kind: Kind,
    /// `user:password@`, or nothing.
    login: String,
    /// `host:port`, at least one.
    servers: Vec<String>,
    database: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Single,
    Sentinel { master: String },
    Cluster,
}

/// Why a URL is none of a Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme.
    #[error("is redis://…, redis+sentinel://… or redis+cluster://…")]
    Scheme,
    /// TLS.
    #[error("asks for TLS, which this build cannot do: put a tunnel in between")]
    Tls,
    /// Host, port, user or password cannot be read.
    #[error("is to be redis://host:6379/0, with user:password@ where needed, percent-encoded")]
    Server,
    /// No address, or too many of them.
    #[error("needs one server, or with redis+sentinel and redis+cluster up to 32 as host:port,host:port")]
    Servers,
    /// The path is not `/MASTER` or `/MASTER/0`.
    #[error("needs the name of the master: redis+sentinel://host:26379,host:26379/MASTER")]
    Master,
    /// The path is not a number.
    #[error(
        "has a database that is no number from 0 to 65535, or names one in a Cluster, which has only one"
    )]
    Database,
}

impl RedisAddress {
    /// Reads one of the three forms.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, servers) = match authority.rsplit_once('@') {
            Some((login, servers)) => (format!("{login}@"), servers),
            None => (String::new(), authority),
        };
        let servers: Vec<_> = servers.split(',').map(str::to_owned).collect();
        let (kind, database) = match scheme {
            "redis" => (Kind::Single, path),
            "redis+cluster" => (Kind::Cluster, path),
            "redis+sentinel" => {
                let (master, database) = path.split_once('/').unwrap_or((path, ""));
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                if master.is_empty() || !master.chars().all(plain) {
                    return Err(AddressError::Master);
                }
                (Kind::Sentinel { master: master.to_owned() }, database)
            }
            _ if scheme.starts_with("rediss") => return Err(AddressError::Tls),
            _ => return Err(AddressError::Scheme),
        };
        let database = match database {
            "" => 0,
            digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                digits.parse().map_err(|_| AddressError::Database)?
            }
            _ => return Err(AddressError::Database),
        };
        if kind == Kind::Cluster && database != 0 {
            return Err(AddressError::Database);
        }
        let most = if kind == Kind::Single { 1 } else { MOST_SERVERS };
        if servers.len() > most {
            return Err(AddressError::Servers);
        }
        let address = Self { kind, login, servers, database };
        let has_port = |server: &String| server.rsplit(']').next().is_some_and(|end| end.contains(':'));
        if address.kind != Kind::Single && !address.servers.iter().all(has_port) {
            return Err(AddressError::Servers);
        }
        address.connections().map_err(|_| AddressError::Server)?;
        Ok(address)
    }

    pub(super) const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// How to reach each server, with user, password and database.
    pub(super) fn connections(&self) -> Result<Vec<ConnectionInfo>, RedisError> {
        let Self { login, servers, database, .. } = self;
        let connection = |server| format!("redis://{login}{server}/{database}").into_connection_info();
        servers.iter().map(connection).collect()
    }

    /// How to reach each server, with nothing of that: Sentinels have other users than their master.
    pub(super) fn without_login(&self) -> Result<Vec<ConnectionInfo>, RedisError> {
        self.servers.iter().map(|server| format!("redis://{server}").into_connection_info()).collect()
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match &self.kind {
            Kind::Single => "redis",
            Kind::Sentinel { .. } => "redis+sentinel",
            Kind::Cluster => "redis+cluster",
        };
        let secret = if self.login.is_empty() { "" } else { "…@" };
        write!(f, "{scheme}://{secret}{}/", self.servers.join(","))?;
        if let Kind::Sentinel { master } = &self.kind {
            write!(f, "{master}/")?;
        }
        write!(f, "{}", self.database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_and_shown_without_its_password() {
        for (text, shown) in [
            ("redis://localhost", "redis://localhost/0"),
            ("redis://[::1]:6380/7", "redis://[::1]:6380/7"),
            ("redis://op:p%40ss%2F@cache.example:6379/1", "redis://…@cache.example:6379/1"),
            (
                "redis+sentinel://:pass@a.example:26379,b.example:26379/labels",
                "redis+sentinel://…@a.example:26379,b.example:26379/labels/0",
            ),
            ("redis+sentinel://a.example:1/my-master.2/3", "redis+sentinel://a.example:1/my-master.2/3"),
            ("redis+cluster://10.0.0.1:7000,[::1]:7001", "redis+cluster://10.0.0.1:7000,[::1]:7001/0"),
        ] {
            assert_eq!(format!("{:?}", RedisAddress::parse(text).unwrap()), shown);
        }
        let address = RedisAddress::parse("redis+cluster://op:p%40ss%2F@a:1,b:2/").unwrap();
        let settings = address.connections().unwrap().remove(1).redis_settings().clone();
        assert_eq!((settings.username(), settings.password()), (Some("op"), Some("p@ss/")));
        let bare = address.without_login().unwrap().remove(0).redis_settings().clone();
        assert_eq!((bare.username(), bare.password()), (None, None));
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        for (text, error) in [
            ("", AddressError::Scheme),
            ("localhost:6379", AddressError::Scheme),
            ("http://localhost", AddressError::Scheme),
            ("rediss://localhost", AddressError::Tls),
            ("rediss+cluster://localhost:1", AddressError::Tls),
            ("redis://", AddressError::Server),
            ("redis://a:b:c", AddressError::Server),
            ("redis://a:99999", AddressError::Server),
            ("redis://a:1,b:2", AddressError::Servers),
            ("redis://a/one", AddressError::Database),
            ("redis://a/-1", AddressError::Database),
            ("redis://a/0?protocol=resp3", AddressError::Database),
            ("redis+sentinel://a:1", AddressError::Master),
            ("redis+sentinel://a:1/", AddressError::Master),
            ("redis+sentinel://a:1/x?y", AddressError::Master),
            ("redis+sentinel://a:1,b/labels", AddressError::Servers),
            ("redis+sentinel://a:1,/labels", AddressError::Servers),
            ("redis+cluster://a:1/2", AddressError::Database),
            ("redis+cluster://[::1]", AddressError::Servers),
        ] {
            assert_eq!(RedisAddress::parse(text), Err(error), "{text}");
        }
        let many = vec!["a:1"; MOST_SERVERS + 1].join(",");
        assert_eq!(RedisAddress::parse(&format!("redis+cluster://{many}")), Err(AddressError::Servers));
    }
}
