//! An address that somebody wants to be told at.

use std::net::IpAddr;

use url::{Host, Url};

use super::{Allowed, address::is_public};

/// Longest address that is taken.
pub(super) const MAX_URL: usize = 2_000;
/// Ends of names that lead to no public machine (RFC 6761, 6762, 8375, 9476).
const NOT_PUBLIC: [&str; 7] = ["localhost", "local", "internal", "home.arpa", "test", "invalid", "onion"];

/// Where a webhook goes: an address that was looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

/// Why an address is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It cannot be read.
    #[error("is no address, as in https://shop.example/hooks")]
    NoUrl,
    /// It is too long.
    #[error("is longer than {MAX_URL} bytes")]
    TooLong,
    /// Somebody on the way could read and change what is told.
    #[error("does not begin with https:")]
    NotHttps,
    /// A name and a password would be stored and logged on the other side; what is sent is signed.
    #[error("holds a name or a password: what is sent is signed instead")]
    Credentials,
    /// A part that is never sent.
    #[error("has a part after #, which is never sent")]
    Fragment,
    /// It leads into a network that is not public.
    #[error("leads to a machine that is not on the public internet")]
    NotPublic,
}

impl Target {
    /// Reads an address; what is not public is refused unless `allowed`.
    pub fn parse(text: &str, allowed: &Allowed) -> Result<Self, TargetError> {
        let text = text.trim();
        if text.len() > MAX_URL {
            return Err(TargetError::TooLong);
        }
        let url = Url::parse(text).map_err(|_| TargetError::NoUrl)?;
        let host = url.host().ok_or(TargetError::NoUrl)?;
        let is_allowed = match &host {
            Host::Domain(name) => allowed.host(name),
            Host::Ipv4(address) => allowed.listed((*address).into()),
            Host::Ipv6(address) => allowed.listed((*address).into()),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_allowed => {}
            _ => return Err(TargetError::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        if url.fragment().is_some() {
            return Err(TargetError::Fragment);
        }
        let is_public = match &host {
            Host::Domain(name) => is_public_name(name),
            Host::Ipv4(address) => is_public((*address).into()),
            Host::Ipv6(address) => is_public((*address).into()),
        };
        if is_public || is_allowed { Ok(Self(url)) } else { Err(TargetError::NotPublic) }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether TLS is spoken.
    pub(super) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The host as it is looked up and as a certificate names it; an IPv6 address without its brackets.
    pub(super) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// The address, where the host is one.
    pub(super) fn literal(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// Host and port as the header `Host` names them.
    pub(super) fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Path and query as they are asked for.
    pub(super) fn path(&self) -> String {
        self.0.query().map_or_else(|| self.0.path().to_owned(), |query| format!("{}?{query}", self.0.path()))
    }
}

impl std::fmt::Debug for Target {
    /// The host alone: paths and queries of webhooks often hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.host())
    }
}

/// A name with a dot that may be public; whether it is shows when it is looked up.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let ends = |end: &str| name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    name.contains('.') && !NOT_PUBLIC.iter().any(|end| ends(end))
}
