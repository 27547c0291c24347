//! `keyring.json`: the public half of the folder.
//!
//! ```json
//! { "version": 3, "keys": [ { "use": "label", "public_key": "ea4a…", "not_before": "2026-11-22T00:00:00Z",
//!   "not_after": "9999-12-31T23:59:59Z", "state": "active", "cutoff": null } ] }
//! ```

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    key::{KeyId, KeyState, KeyUse, PublicKey, TrustedKey},
    time::{UnixTime, Window},
};

/// Every key that the folder ever had, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keyring {
    /// Counts up with every change; the trust list's version.
    pub(super) version: u64,
    /// The keys.
    pub(super) keys: Vec<TrustedKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u64,
    keys: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(rename = "use")]
    key_use: KeyUse,
    public_key: String,
    not_before: UnixTime,
    not_after: UnixTime,
    state: State,
    cutoff: Option<UnixTime>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Active,
    Retired,
    Compromised,
}

impl Keyring {
    /// Largest file read: some thousand keys.
    pub(super) const MAX_BYTES: u64 = 1 << 20;

    /// The file's text.
    pub(super) fn to_json(&self) -> Result<String, String> {
        let file = File { version: self.version, keys: self.keys.iter().map(row).collect() };
        let mut text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
        text.push('\n');
        Ok(text)
    }

    /// Reads the file's text.
    pub(super) fn from_json(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let keys = file.keys.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        for key_use in KeyUse::ALL {
            let active = |key: &&TrustedKey| key.key_use == key_use && key.state == KeyState::Active;
            if keys.iter().filter(active).count() > 1 {
                return Err(format!("more than one active {} key", key_use.as_str()));
            }
        }
        Ok(Self { version: file.version, keys })
    }

    /// The key called `id`.
    pub(super) fn key_mut(&mut self, id: KeyId) -> Option<&mut TrustedKey> {
        self.keys.iter_mut().find(|key| key.key.id() == id)
    }

    /// The active key of `key_use`.
    pub(super) fn active_mut(&mut self, key_use: KeyUse) -> Option<&mut TrustedKey> {
        self.keys.iter_mut().find(|key| key.key_use == key_use && key.state == KeyState::Active)
    }
}

fn row(key: &TrustedKey) -> Row {
    let (state, cutoff) = match key.state {
        KeyState::Active => (State::Active, None),
        KeyState::Retired => (State::Retired, None),
        KeyState::Compromised { cutoff } => (State::Compromised, Some(cutoff)),
    };
    let public_key = key.key.to_hex();
    let Window { from: not_before, until: not_after } = key.window;
    Row { key_use: key.key_use, public_key, not_before, not_after, state, cutoff }
}

fn key(row: &Row) -> Result<TrustedKey, String> {
    let refused = || format!("{:?} is no public key", row.public_key);
    let key = PublicKey::parse(&row.public_key).map_err(|_| refused())?;
    let state = match (&row.state, row.cutoff) {
        (State::Active, None) => KeyState::Active,
        (State::Retired, None) => KeyState::Retired,
        (State::Compromised, Some(cutoff)) => KeyState::Compromised { cutoff },
        _ => {
            return Err(format!(
                "key {}: a cut-off belongs to compromised keys, and to each of them",
                key.id()
            ));
        }
    };
    let window = Window { from: row.not_before, until: row.not_after };
    Ok(TrustedKey { key, key_use: row.key_use, window, state })
}
