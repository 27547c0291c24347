//! What the operator allows beyond the public internet: receivers in an intranet, and those of tests.

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use super::address::{is_public, within};

/// Hosts and blocks of addresses that are allowed beside the public ones, and with `http:` too. Cheap to clone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Allowed(Arc<Vec<Rule>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// A name, whatever it leads to.
    Host(String),
    /// A block: an address of it, and the length of the prefix.
    Block(IpAddr, u32),
}

/// Text that is neither a host nor a block of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a host nor a block of addresses, as in hooks.example or 10.0.0.0/8")]
pub struct NotAllowed(String);

impl Allowed {
    /// Reads rules: `10.0.0.0/8`, `::1`, `hooks.internal`. Empty ones are none.
    pub fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, NotAllowed> {
        let texts = texts.into_iter().map(str::trim).filter(|text| !text.is_empty());
        texts.map(Rule::from_str).collect::<Result<Vec<_>, _>>().map(|rules| Self(Arc::new(rules)))
    }

    /// Whether this name is allowed, whatever it leads to.
    pub(super) fn host(&self, host: &str) -> bool {
        self.0.iter().any(|rule| matches!(rule, Rule::Host(name) if name.eq_ignore_ascii_case(host)))
    }

    /// Whether `address` is in a block that is allowed.
    pub(super) fn listed(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|rule| match (rule, address) {
            (Rule::Block(IpAddr::V4(block), length), IpAddr::V4(address)) => {
                within(u32::from(address).into(), u32::from(*block).into(), 32 - length)
            }
            (Rule::Block(IpAddr::V6(block), length), IpAddr::V6(address)) => {
                within(address.into(), (*block).into(), 128 - length)
            }
            _ => false,
        })
    }

    /// Whether it may be connected to `address` for the sake of `host`.
    pub(super) fn reaches(&self, host: &str, address: IpAddr) -> bool {
        is_public(address) || self.listed(address) || self.host(host)
    }
}

impl FromStr for Rule {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let wrong = || NotAllowed(text.to_owned());
        let (address, length) = text.split_once('/').map_or((text, None), |(at, length)| (at, Some(length)));
        if let Ok(address) = address.parse::<IpAddr>() {
            let longest = if address.is_ipv4() { 32 } else { 128 };
            let length = length.map_or(Ok(longest), str::parse).map_err(|_| wrong())?;
            return if length <= longest { Ok(Self::Block(address, length)) } else { Err(wrong()) };
        }
        let is_host = length.is_none()
            && text.len() <= 253
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
        if is_host { Ok(Self::Host(text.to_ascii_lowercase())) } else { Err(wrong()) }
    }
}

impl fmt::Debug for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}
