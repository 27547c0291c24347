//! What is in a pack, and what it is about.

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    api::Stopped,
    policy::{Day, PolicyDigest},
    receipt::CaseReference,
    time::UnixTime,
};

/// `manifest.json` of a pack: what is in it, and what it is about. Written as RFC 8785 has it (fields by name, no blanks),
/// so fields stand in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackManifest {
    /// The past instant that was asked about, where the whole run asked about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// Rows that were not answered.
    pub bad: u64,
    /// The requester's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseReference>,
    /// The last day of the contract, for rows that do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_end: Option<Day>,
    /// Every file but this one and the receipt.
    pub files: Vec<PackFile>,
    /// Which form this is: 1.
    pub form: u32,
    /// The file of rows, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<PackInput>,
    /// When the run was closed.
    pub made: UnixTime,
    /// Who asked, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Answers by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// By which policy rows were checked, and what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PackPolicy>,
    /// Rows.
    pub rows: u64,
    /// The service, by its address.
    pub service: String,
    /// Version of its software.
    pub software: String,
    /// Why there may be more rows that were not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// Why there is no `report.pdf`, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_pdf: Option<String>,
}

/// The file of rows that was checked. It is not in the pack; whoever has kept it can tell by this that it is the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackInput {
    /// What it was called.
    pub name: String,
    /// SHA-256 of its content, as it was handed in.
    pub sha256: FileDigest,
}

/// A file of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFile {
    /// What it is called: no folder is in it.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: FileDigest,
    /// Its bytes.
    pub size: u64,
}

/// A run's policy in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackPolicy {
    /// Rows by what it says.
    pub answers: BTreeMap<String, u64>,
    /// What it is called.
    pub name: String,
    /// SHA-256 of its canonical form.
    pub sha256: PolicyDigest,
    /// Which edition of it.
    pub version: String,
}

/// The SHA-256 of a file; as text, in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::hex::write(&self.0, f)
    }
}

impl Serialize for FileDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let not = || serde::de::Error::custom("not 64 hexadecimal digits");
        crate::hex::sha256(&text).map(Self).ok_or_else(not)
    }
}

impl PackManifest {
    /// What a pack calls its manifest.
    pub const NAME: &str = "manifest.json";
    /// What it calls its receipt.
    pub const RECEIPT: &str = "receipt.cose";
    /// What it calls its answers, a line of JSON each.
    pub const RESULTS: &str = "results.jsonl";
    /// Longest manifest, in bytes: ten times what the longest fields make of it.
    pub const MAX_BYTES: usize = 64 * 1024;
    /// Most files of a pack.
    pub const MAX_FILES: usize = 16;
    /// The form that is written.
    pub const FORM: u32 = 1;

    /// Its canonical form.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Texts, numbers and lists of them: nothing that JSON cannot write.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The file `name`.
    pub fn file(&self, name: &str) -> Option<&PackFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_written_by_the_order_of_its_names() {
        let manifest = PackManifest {
            as_of: Some(UnixTime::EPOCH),
            bad: 1,
            case: CaseReference::new("A-1").ok(),
            contract_end: Day::parse("2029-03-31").ok(),
            files: vec![PackFile { name: "results.jsonl".into(), sha256: FileDigest([1; 32]), size: 2 }],
            form: PackManifest::FORM,
            input: Some(PackInput { name: "rows.csv".into(), sha256: FileDigest([3; 32]) }),
            made: UnixTime::EPOCH,
            organisation: Some("shop".into()),
            outcomes: [("valid".to_owned(), 1), ("grace".to_owned(), 2)].into(),
            policy: Some(PackPolicy {
                answers: [("pass".to_owned(), 3)].into(),
                name: "P".into(),
                sha256: PolicyDigest::from_bytes([2; 32]),
                version: "1".into(),
            }),
            rows: 4,
            service: "https://label.shirushi.example".into(),
            software: "0.1.0".into(),
            stopped: None,
            without_pdf: Some("no typeface".into()),
        };
        let bytes = manifest.to_bytes();
        assert_eq!(serde_json::from_slice::<PackManifest>(&bytes).unwrap(), manifest);
        // serde_json's own map is in the order of its keys.
        let sorted: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json::to_string(&sorted).unwrap(), String::from_utf8(bytes).unwrap());
    }
}
