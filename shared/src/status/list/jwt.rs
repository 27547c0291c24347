//! The JWT form of a signed list (draft-ietf-oauth-status-list-21 §5.1): compact JWS (RFC 7515), `typ`
//! `statuslist+jwt`.
//!
//! The same key signs both forms. Neither can pass as the other: what is signed here begins with the base64url of
//! `{"`, a COSE signature covers bytes that begin with a CBOR array.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::SignedStatusList;
use crate::cose::{Sign, SignError};

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: String,
    typ: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iat: i64,
    exp: i64,
    ttl: u32,
    status_list: Values,
}

#[derive(Serialize)]
struct Values {
    bits: u8,
    lst: String,
}

/// The compact JWS of `list`; `kid` is the key's thumbprint as the published JWK set has it.
pub(super) fn sign(list: &SignedStatusList, signer: &(impl Sign + ?Sized)) -> Result<String, SignError> {
    let header = Header { alg: "EdDSA", kid: signer.public_key().id().to_string(), typ: "statuslist+jwt" };
    let claims = Claims {
        sub: &list.uri,
        iat: list.window.from.as_secs(),
        exp: list.window.until.as_secs(),
        ttl: list.ttl,
        status_list: Values {
            bits: list.list.bits().get(),
            lst: URL_SAFE_NO_PAD.encode(list.list.deflated()),
        },
    };
    let text = format!("{}.{}", part(&header)?, part(&claims)?);
    let signature = signer.sign(text.as_bytes())?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn part(value: &impl Serialize) -> Result<String, SignError> {
    let json = serde_json::to_vec(value).map_err(|error| SignError(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}
