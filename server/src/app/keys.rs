//! The scheme's keys while the service runs: published, and read again when they are changed.
//!
//! `shirushi keys` changes the folder in another process. A service that went on by its old reading would sign with a
//! retired key, and believe one that was declared compromised.

use std::{path::PathBuf, time::Duration};

use axum::body::Bytes;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use shirushi_shared::{
    cose::cbor::Writer,
    key::{KeyState, KeyUse, PublicKey, TrustedKey},
    time::UnixTime,
};

use super::AppError;
use crate::{
    clock::SystemClock,
    http::keys::{Files, Published},
    http::state::AppState,
    signer::{KeyFolder, SignerError},
};

/// How often the folder is looked at: a compromised key is believed for so long at the most.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often the list is signed anew, in seconds: a day of its thirty.
const SIGN_EVERY: i64 = 24 * 3600;
/// The least version of a checker that may judge by the list.
const LEAST_CHECKER: &str = "0.1.0";

/// The key folder, and what of it is in force.
pub(super) struct Watched {
    folder: PathBuf,
    version: u64,
    signed: UnixTime,
    clock: SystemClock,
}

impl Watched {
    /// The folder whose `version` is in force, signed just now.
    pub(super) fn new(folder: PathBuf, version: u64, clock: SystemClock) -> Self {
        Self { folder, version, signed: clock.now(), clock }
    }

    /// Looks at the folder again and again, and puts into force what is new.
    pub(super) async fn run(mut self, state: AppState) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let folder = self.folder.clone();
            let read = tokio::task::spawn_blocking(move || KeyFolder::open(&folder)).await;
            if let Ok(read) = &read {
                state.health.keys_are_readable(read.is_ok());
            }
            let outcome = match read {
                Ok(Ok(keys)) => self.apply(&keys, &state),
                Ok(Err(error)) => Err(error.into()),
                Err(_) => continue,
            };
            // The keys in force stay so: a folder that is being restored must not stop a service that works.
            if let Err(error) = outcome {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the key folder cannot be read again"
                );
            }
        }
    }

    fn apply(&mut self, keys: &KeyFolder, state: &AppState) -> Result<(), AppError> {
        let now = self.clock.now();
        let changed = keys.version() != self.version;
        if !changed && now.since(self.signed) < SIGN_EVERY {
            return Ok(());
        }
        // Whom to believe first: it must not wait for a key that is missing.
        if changed {
            state.verifier.set_ring(keys.ring());
            state.issuer.set_signer(keys.signer(KeyUse::Label)?);
        }
        state.published.replace(files(keys, now)?);
        (self.version, self.signed) = (keys.version(), now);
        tracing::info!(version = self.version, "keys read again");
        Ok(())
    }
}

/// The published files of `keys`.
pub(super) fn publish(keys: &KeyFolder, now: UnixTime) -> Result<Published, SignerError> {
    Ok(Published::new(files(keys, now)?))
}

fn files(keys: &KeyFolder, now: UnixTime) -> Result<Files, SignerError> {
    let ring = keys.ring();
    // A compromised key stays in the list, which says so; the mirrors cannot, and leave it out.
    let usable: Vec<_> =
        ring.keys().iter().filter(|key| !matches!(key.state, KeyState::Compromised { .. })).collect();
    Ok(Files {
        trust_list: keys.trust_list(now, LEAST_CHECKER, Vec::new())?.into(),
        jwks: jwks(&usable),
        cose_keys: cose_keys(&usable),
    })
}

/// RFC 7517 with RFC 8037; the algorithm by its fully specified name (RFC 9864).
fn jwks(keys: &[&TrustedKey]) -> Bytes {
    let jwk = |TrustedKey { key, key_use, .. }: &&TrustedKey| {
        json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(key.as_bytes()),
            "kid": key.id().to_string(),
            "shirushi_use": key_use.as_str(),
        })
    };
    json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() }).to_string().into()
}

fn cose_keys(keys: &[&TrustedKey]) -> Bytes {
    let mut heading = Writer::default();
    heading.array(keys.len());
    let each = keys.iter().flat_map(|key| PublicKey::to_cose_key(&key.key));
    heading.into_bytes().into_iter().chain(each).collect()
}
