//! Procurement policies: what a buyer asks of a supplier's labels, as data; a claim and a verdict's facts in, an answer for
//! each rule out.
//!
//! Pure: nothing is looked up. A rule whose facts are not there says [`Answer::CannotTell`] and why, and never passes. A policy
//! decides nothing about a label: [`crate::verdict`] does, and what it says is a fact here.
//!
//! Not here: whose policy it is, and where it is kept.

mod answer;
mod check;
mod day;
mod facts;
mod file;
mod load;
#[cfg(test)]
mod tests;

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

pub use answer::{Answer, PolicyAnswer, Reason, RuleAnswer};
pub use check::check;
pub use day::{Day, NotADay};
pub use facts::{Claim, Facts};
pub use file::{
    Asks, Categories, LeastLevel, Mark, MatchBy, PolicyFile, Recognition, Rule, Severity, State, Until,
};
pub use load::{PolicyError, PolicyProblem, Wrong};

/// The government's rule as far as it is known here (domain.md), as an example: an organisation has its own.
const GOVERNMENT: &str = include_str!("../policies/government.json");

/// A policy that has been checked: its rules fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    file: PolicyFile,
}

impl Policy {
    /// The example that is supplied.
    pub fn government() -> Result<Self, PolicyError> {
        Self::load(GOVERNMENT)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Which edition of it.
    pub fn version(&self) -> &str {
        &self.file.version
    }

    /// Where it is from, and what its marks mean.
    pub fn source(&self) -> &str {
        &self.file.source
    }

    /// Its rules, in their order.
    pub fn rules(&self) -> &[Rule] {
        &self.file.rules
    }

    /// What it says, to be changed and checked again.
    pub fn into_file(self) -> PolicyFile {
        self.file
    }

    /// What tells it from every other policy and from every other edition of itself.
    pub fn digest(&self) -> PolicyDigest {
        PolicyDigest(Sha256::digest(self.canonical()).into())
    }

    /// The canonical form: JSON as of RFC 8785 (fields by name, no spaces), without fields that are not given, with
    /// categories and states each once and in their order. Rules stay in the order in which they were written.
    pub fn canonical(&self) -> Vec<u8> {
        // Strings, numbers and lists of them: nothing that JSON cannot write.
        serde_json::to_vec(&self.file).unwrap_or_default()
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.file.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(PolicyFile::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The SHA-256 of a policy's canonical form; as text, in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PolicyDigest([u8; 32]);

impl PolicyDigest {
    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::write(&self.0, f)
    }
}

impl PolicyDigest {
    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl<'de> Deserialize<'de> for PolicyDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let not = || serde::de::Error::custom("not 64 hexadecimal digits");
        crate::hex::sha256(&text).map(Self).ok_or_else(not)
    }
}

impl Serialize for PolicyDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
