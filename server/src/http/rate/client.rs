//! From where a request comes, for limits alone.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use super::ReportRate;

/// The other end of the connection, as the listener notes it in a request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Who asks, as far as an address tells; of IPv6 the network of 64 bits, of which a household has one at least. `None`:
/// nobody knows, and all such are counted as one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Client(pub(super) Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Client
where
    ReportRate: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|Peer(address)| *address);
        let told = forwarded(&parts.headers, ReportRate::from_ref(state).proxies);
        Ok(Self(told.or(peer).map(counted)))
    }
}

/// The address that the outermost of our own `proxies` has seen. Each appends what it sees to `X-Forwarded-For`; what
/// stands before that was written by whoever asked.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").into_iter().rev();
    let texts = lines.filter_map(|line| line.to_str().ok());
    let mut addresses = texts.flat_map(|line| line.rsplit(','));
    addresses.nth(proxies.checked_sub(1)?)?.trim().parse().ok()
}

fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            Ipv6Addr::from_bits(network).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_visitor_cannot_name_another_address() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1, 203.0.113.7"));
        headers.append("x-forwarded-for", HeaderValue::from_static("10.0.0.2"));
        let seen = |proxies| forwarded(&headers, proxies).map(|address| address.to_string());
        assert_eq!(seen(0), None, "no proxy of ours: the heading is the visitor's own");
        assert_eq!(seen(1).as_deref(), Some("10.0.0.2"));
        assert_eq!(seen(2).as_deref(), Some("203.0.113.7"));
        assert_eq!(seen(4), None);
    }

    #[test]
    fn a_household_is_one_and_a_form_of_writing_is_none() {
        let one = |text: &str| counted(text.parse().unwrap());
        assert_eq!(one("2001:db8:1:2::5"), one("2001:db8:1:2:ffff::1"));
        assert_ne!(one("2001:db8:1:2::5"), one("2001:db8:1:3::5"));
        assert_eq!(one("::ffff:192.0.2.1"), one("192.0.2.1"));
        assert_ne!(one("192.0.2.1"), one("192.0.2.2"));
    }
}
