//! The scheme's keys while the service runs: published, and read again when they are changed.
//!
//! `shirushi keys` changes the folder in another process. A service that went on by its old reading would sign with a
//! retired key, and believe one that was declared compromised.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use shirushi_shared::{
    cose::cbor::Writer,
    key::{KeyState, KeyUse, PublicKey, TrustedKey},
    time::UnixTime,
};
use tokio::sync::watch;

use crate::{
    clock::SystemClock,
    config::Config,
    http::keys::{Files, Published},
    http::state::AppState,
    service::publication::STATUS_LIST,
    signer::{KeyFolder, KeyPlace, LiveKeys, SignerError, Signers, withdrawn},
};

/// How often the keys are looked at: a compromised key is believed for so long at the most.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often the list is signed anew, in seconds: a day of its thirty.
const SIGN_EVERY: i64 = 24 * 3600;
/// The least version of a checker that may judge by the list.
pub(super) const LEAST_CHECKER: &str = "0.1.0";

/// Opens the keys that the settings name: files today, and the only place that says so.
pub(super) fn open(place: &KeyPlace) -> Result<Arc<dyn Signers>, SignerError> {
    Ok(Arc::new(KeyFolder::open(place)?))
}

/// Where the status list is found, as it and the trust list say.
pub(super) fn status_list_uri(config: &Config) -> String {
    format!("{}/{STATUS_LIST}", config.public_origin.as_str())
}

/// Says so where private keys lie on the disk as they are.
pub(super) fn warn_of_plain_files(place: &KeyPlace) -> Result<(), SignerError> {
    let files = KeyFolder::plain_files(&place.folder)?.len();
    if files > 0 {
        tracing::warn!(
            files,
            "private keys are not encrypted: set keys_passphrase_file, then run `shirushi keys encrypt`"
        );
    }
    Ok(())
}

/// The scheme's keys, and what of them is in force.
pub(super) struct Watched {
    keys: watch::Sender<Arc<dyn Signers>>,
    status_lists: Vec<String>,
    /// The version that was published last, and when.
    published: (u64, UnixTime),
    clock: SystemClock,
}

impl Watched {
    /// Watches `keys`, and their files as they are published first.
    pub(super) fn new(
        keys: Arc<dyn Signers>,
        config: &Config,
        clock: SystemClock,
    ) -> Result<(Self, Published), SignerError> {
        let now = clock.now();
        let status_lists = vec![status_list_uri(config)];
        let published = Published::new(files(keys.as_ref(), now, &status_lists)?);
        let version = keys.version();
        let keys = watch::Sender::new(keys);
        Ok((Self { keys, status_lists, published: (version, now), clock }, published))
    }

    /// The keys in force, for whoever must sign anew when they change.
    pub(super) fn live(&self) -> LiveKeys {
        self.keys.subscribe()
    }

    /// Looks at the keys again and again, and puts into force what is new.
    pub(super) async fn run(mut self, state: AppState) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.look(&state).await;
        }
    }

    /// Looks once. Where keys cannot be read, those in force stay so: a folder that is being restored must not stop a
    /// service that works.
    async fn look(&mut self, state: &AppState) {
        let keys = Arc::clone(&self.keys.borrow());
        let read = tokio::task::spawn_blocking(move || keys.newer()).await;
        if let Ok(read) = &read {
            state.health.keys_are_readable(read.is_ok());
        }
        match read {
            Ok(Ok(Some(keys))) => self.adopt(keys, state),
            Ok(Ok(None)) | Err(_) => {}
            Ok(Err(error)) => told(&error, "the keys cannot be read again"),
        }
        if let Err(error) = self.publish(state) {
            told(&error, "the trust list cannot be signed");
        }
    }

    /// Whom to believe first: it must not wait for a key that is missing.
    fn adopt(&self, keys: Arc<dyn Signers>, state: &AppState) {
        state.verifier.set_ring(keys.ring());
        let before = self.keys.borrow().signer(KeyUse::Label);
        match (keys.signer(KeyUse::Label), before) {
            (Ok(signer), _) => state.issuer.set_signer(signer),
            (Err(error), before) => {
                told(&error, "no labels can be issued");
                if let Ok(before) = before {
                    state.issuer.set_signer(withdrawn(before.public_key().clone()));
                }
            }
        }
        tracing::info!(version = keys.version(), "keys read again");
        self.keys.send_replace(keys);
    }

    fn publish(&mut self, state: &AppState) -> Result<(), SignerError> {
        let now = self.clock.now();
        let keys = Arc::clone(&self.keys.borrow());
        let (version, signed) = self.published;
        if version != keys.version() || now.since(signed) >= SIGN_EVERY {
            state.published.replace(files(keys.as_ref(), now, &self.status_lists)?);
            self.published = (keys.version(), now);
        }
        Ok(())
    }
}

fn told(error: &SignerError, what: &str) {
    tracing::error!(error = error as &dyn std::error::Error, "{what}");
}

fn files(keys: &dyn Signers, now: UnixTime, status_lists: &[String]) -> Result<Files, SignerError> {
    let list = keys.trust_list(now, LEAST_CHECKER, status_lists);
    let mut by_pin = Vec::new();
    for signer in keys.trust_signers() {
        by_pin.push((signer.public_key().id().to_string(), list.sign(signer.as_ref())?.into()));
    }
    let ring = keys.ring();
    // A compromised key stays in the list, which says so; the mirrors cannot, and leave it out.
    let usable: Vec<_> =
        ring.keys().iter().filter(|key| !matches!(key.state, KeyState::Compromised { .. })).collect();
    let signer = keys.signer(KeyUse::Trust)?;
    Ok(Files {
        trust_list: list.sign(signer.as_ref())?.into(),
        by_pin,
        pin: signer.public_key().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
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

#[cfg(test)]
mod tests;
