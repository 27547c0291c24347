//! `shirushi lists verify FILE`: what a file says, once its signature has been checked against a pinned trust key.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde_json::{Value, json};
use shirushi_shared::{
    index::ProductIndex,
    key::{KeyRing, KeyUse, PublicKey},
    label::{NumberError, RegistrationNumber},
    scan::{Origins, Scanned, read},
    status::list::{ListedStatus, SignedStatusList, StatusList, StatusListError},
    time::Window,
    token::StatusIndex,
    trust::TrustList,
};

use super::super::{CommandError, output};
use crate::{clock::SystemClock, config::Config, service::publication::STATUS_LIST, signer::KeyFolder};

/// A tagged COSE_Sign1 begins so (tag 18): of our files only the status list.
const TAG_18: u8 = 0xd2;

/// Which file, and whom to believe.
#[derive(Args, Debug)]
pub struct Verify {
    /// The file, as it was downloaded
    file: PathBuf,
    /// The trust list as it was downloaded: it names the keys and addresses that are believed [default: the key folder]
    #[arg(long, value_name = "FILE")]
    trust_list: Option<PathBuf>,
    /// The pinned trust key: 64 hexadecimal digits, as `public_key` in keyring.json [default: that of the key folder]
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    pin: Option<PublicKey>,
    /// Tell only this place of a status list
    #[arg(long, value_name = "N", conflicts_with_all = ["label", "number"])]
    place: Option<u32>,
    /// Tell only this label of a status list: its link or token
    #[arg(long, value_name = "TEXT", conflicts_with = "number")]
    label: Option<String>,
    /// Tell only this registration of a product index
    #[arg(long, value_parser = number)]
    number: Option<RegistrationNumber>,
}

/// Whom to believe.
struct Believed {
    ring: KeyRing,
    status_lists: Vec<String>,
}

impl Verify {
    pub(super) fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let bytes = bytes(&self.file)?;
        let now = SystemClock::default().now();
        let (shown, window) = match bytes.first() {
            Some(&TAG_18) => self.status_list(&bytes, &self.believed(config)?, config)?,
            Some(b'e') => return Err("this is the JWT form, a mirror for others: verify the CWT".into()),
            _ => self.untagged(&bytes, config)?,
        };
        let has_expired = now >= window.until;
        output::json(&json!({
            "signed": window.from,
            "expires": window.until,
            "expired": has_expired,
            "says": shown,
        }))?;
        Ok(ExitCode::from(u8::from(has_expired)))
    }

    fn status_list(
        &self,
        bytes: &[u8],
        believed: &Believed,
        config: &Config,
    ) -> Result<(Value, Window), CommandError> {
        let mut refused = "the trust list names no status list".into();
        for uri in &believed.status_lists {
            match SignedStatusList::open(bytes, uri, &believed.ring) {
                Ok(signed) => {
                    let shown = match self.place_asked_for(&believed.ring, config)? {
                        Some(place) => one(&signed.list, place),
                        None => counted(&signed.list),
                    };
                    let shown =
                        json!({ "kind": "status_list", "uri": uri, "ttl": signed.ttl, "list": shown });
                    return Ok((shown, signed.window));
                }
                Err(error @ StatusListError::OtherList { .. }) => refused = error.into(),
                Err(error) => return Err(error.into()),
            }
        }
        Err(refused)
    }

    /// A trust list where the pinned key has signed it as one, else a product index: a signature for the one purpose
    /// never holds for the other.
    fn untagged(&self, bytes: &[u8], config: &Config) -> Result<(Value, Window), CommandError> {
        if let Ok(list) = TrustList::open(bytes, &pinned(self.pin.as_ref(), config)?) {
            let shown = json!({
                "kind": "trust_list",
                "version": list.version,
                "keys": list.keys.len(),
                "status_lists": list.status_lists,
                "least_checker": list.least_checker,
            });
            return Ok((shown, list.window));
        }
        let index = ProductIndex::open(bytes, &self.believed(config)?.ring)?;
        let shown = match &self.number {
            Some(number) => match index.find(number) {
                Some(found) => json!({ "registration": found.registration, "valid": {
                    "from": found.valid.from, "until": found.valid.until,
                } }),
                None => json!({ "registration": null }),
            },
            None => json!({ "registrations": index.registrations().len() }),
        };
        let shown = json!({ "kind": "product_index", "version": index.version, "index": shown });
        Ok((shown, index.window))
    }

    fn believed(&self, config: &Config) -> Result<Believed, CommandError> {
        let Some(file) = &self.trust_list else {
            let uri = format!("{}/{STATUS_LIST}", config.public_origin.as_str());
            return Ok(Believed {
                ring: KeyFolder::public_half(&config.keys.folder)?,
                status_lists: vec![uri],
            });
        };
        let list = TrustList::open(&bytes(file)?, &pinned(self.pin.as_ref(), config)?)?;
        Ok(Believed { ring: list.ring(), status_lists: list.status_lists })
    }

    /// The place that is asked for, where one is. A label's own word for it counts only once its signature holds.
    fn place_asked_for(&self, ring: &KeyRing, config: &Config) -> Result<Option<StatusIndex>, CommandError> {
        if let Some(place) = self.place {
            return Ok(Some(StatusIndex::new(place).ok_or("a list has no such place")?));
        }
        let Some(label) = &self.label else { return Ok(None) };
        match read(label, &Origins::new(config.origins())) {
            Scanned::Token(token) => Ok(Some(token.verify(ring)?.claims.status_index)),
            _ => Err("--label takes a label's link or token".into()),
        }
    }
}

/// The trust key that is believed: `pin`, else that of the key folder.
pub(in crate::cli) fn pinned(pin: Option<&PublicKey>, config: &Config) -> Result<PublicKey, CommandError> {
    if let Some(pin) = pin {
        return Ok(pin.clone());
    }
    let ring = KeyFolder::public_half(&config.keys.folder)?;
    let trust = ring.keys().iter().rfind(|key| key.key_use == KeyUse::Trust);
    Ok(trust.ok_or("no trust key is pinned: --pin")?.key.clone())
}

fn one(list: &StatusList, place: StatusIndex) -> Value {
    json!({ "place": place.get(), "status": list.status(place).map(ListedStatus::name) })
}

/// Places that were never given out read as valid, so that these are not counted.
fn counted(list: &StatusList) -> Value {
    let count = |status| {
        let places = (0..StatusIndex::LIST_SIZE).filter_map(StatusIndex::new);
        places.filter(|place| list.status(*place) == Some(status)).count()
    };
    json!({
        "places": list.len(),
        "revoked": count(ListedStatus::Revoked),
        "suspended": count(ListedStatus::Suspended),
        "grace": count(ListedStatus::Grace),
    })
}

/// The file, as far as any of ours reaches.
pub(in crate::cli) fn bytes(path: &Path) -> Result<Vec<u8>, CommandError> {
    let failed = |error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    let most = ProductIndex::MAX_BYTES as u64 + 1;
    File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

pub(in crate::cli) fn public_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::parse(text).map_err(|_| "not an Ed25519 public key of 64 hexadecimal digits".to_owned())
}

fn number(text: &str) -> Result<RegistrationNumber, NumberError> {
    RegistrationNumber::parse(text)
}
