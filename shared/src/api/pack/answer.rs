//! What is to be said of a pack that somebody kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FileDigest, PackInput};
use crate::{
    api::{NotGenuine, ReceiptStanding},
    policy::PolicyDigest,
    receipt::{CaseReference, pack::OpenedPackReceipt},
    time::UnixTime,
    verdict::Outcome,
};

/// What is to be said of a pack, or of its receipt alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackAnswer {
    /// What its signature is worth today.
    pub standing: ReceiptStanding,
    /// Why it is not genuine; only where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotGenuine>,
    /// The earliest instant at which its key may have been misused; only for keys that were withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<UnixTime>,
    /// The key that signed it, by its thumbprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What its receipt states; only where its signature holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<PackThen>,
    /// What its files are; absent where none were handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<PackFiles>,
    /// What its rows would be answered today; only where all of it is genuine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<PackNow>,
}

/// What a pack's receipt states, with what its manifest adds where that is the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackThen {
    /// The service that answered, by its address.
    pub issuer: String,
    /// When the run was closed.
    pub made: UnixTime,
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// Rows.
    pub rows: u64,
    /// Rows that were not answered.
    pub bad: u64,
    /// Answers by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// What its policy said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PackThenPolicy>,
    /// The past instant that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// Version of the trust list by which it was judged.
    pub trust_list: u64,
    /// Version of the software that judged.
    pub software: String,
    /// The requester's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseReference>,
    /// SHA-256 of the answers, as it is printed on the report; only where the manifest is the one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results_sha256: Option<FileDigest>,
    /// The file of rows; only where the manifest is the one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<PackInput>,
    /// Who asked; only where the manifest is the one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
}

/// What a policy said, as a receipt states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackThenPolicy {
    /// SHA-256 of its canonical form.
    pub sha256: PolicyDigest,
    /// Rows that pass.
    pub pass: u64,
    /// Rows of which it cannot be told.
    pub cannot_tell: u64,
    /// Rows that fail.
    pub fail: u64,
    /// Its name and edition; only where the manifest is the one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Files of a pack that are not as they were handed out; none where all of them are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackFiles {
    /// With another content.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// Not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Put in by somebody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
}

/// What a pack's rows would be answered today.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackNow {
    /// Rows that were asked again: by their number, since labels are not in a pack.
    pub asked: u64,
    /// Rows that were not: more than are asked at once, or without a number.
    pub not_asked: u64,
    /// Those of the asked that would be answered differently.
    pub changed: u64,
    /// From what to what, and how many.
    pub changes: Vec<PackChange>,
    /// Rows of those, or others, of which a claim about the product was answered otherwise: a model was covered and is not
    /// any more, or the other way round.
    pub claims_changed: u64,
}

/// Rows that would be answered differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackChange {
    /// What was answered.
    pub then: Outcome,
    /// What is answered today.
    pub now: Outcome,
    /// How many rows.
    pub rows: u64,
}

impl PackFiles {
    /// Whether every file is as it was handed out, and there is no other.
    pub fn are_whole(&self) -> bool {
        *self == Self::default()
    }
}

impl PackAnswer {
    /// The answer on a pack whose receipt is not genuine.
    pub const fn not_genuine(reason: NotGenuine) -> Self {
        Self {
            standing: ReceiptStanding::NotGenuine,
            reason: Some(reason),
            cutoff: None,
            key: None,
            then: None,
            files: None,
            now: None,
        }
    }

    /// The answer on a receipt whose signature holds, without files and without the present.
    pub fn of(opened: &OpenedPackReceipt) -> Self {
        let (standing, cutoff) = ReceiptStanding::of(opened.standing);
        let receipt = &opened.receipt;
        let policy = receipt.policy.map(|policy| PackThenPolicy {
            sha256: policy.digest,
            pass: policy.pass,
            cannot_tell: policy.cannot_tell,
            fail: policy.fail,
            name: None,
        });
        let then = PackThen {
            issuer: receipt.issuer.clone(),
            made: receipt.issued,
            manifest_sha256: receipt.manifest.to_string(),
            rows: receipt.rows,
            bad: receipt.bad,
            outcomes: receipt.outcomes.clone(),
            policy,
            as_of: receipt.as_of,
            trust_list: receipt.trust_list,
            software: receipt.software.clone(),
            case: receipt.case.clone(),
            results_sha256: None,
            input: None,
            organisation: None,
        };
        let key = Some(opened.key.to_string());
        Self { standing, reason: None, cutoff, key, then: Some(then), files: None, now: None }
    }

    /// Whether it is genuine, and all of it: what was signed, and every file.
    pub fn is_whole(&self) -> bool {
        self.standing == ReceiptStanding::TrueThen && self.files.as_ref().is_none_or(PackFiles::are_whole)
    }
}
