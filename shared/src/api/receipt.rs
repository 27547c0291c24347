//! `POST /v1/receipts/check`: what a receipt stated, what its signature is worth, and what holds now.

use serde::{Deserialize, Serialize};

use super::{StatusAnswer, VerdictAnswer};
use crate::{
    claim::ClaimedProduct,
    receipt::{CaseReference, OpenedReceipt, Receipt, ReceiptStatus, Standing, StatusWord},
    status::Revision,
    time::UnixTime,
    token::TokenId,
    verdict::{Checks, Outcome},
};

/// A receipt to be checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptCheckRequest {
    /// The receipt, base64url; line breaks do not matter.
    pub receipt: String,
    /// The label that it is about, as a link or token: its present state is told by it, and not by the number alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What is to be said of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptAnswer {
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
    /// What it states; only where its signature holds. Where the standing is `key_not_in_force` or `key_compromised`,
    /// this is what somebody wrote, and nothing to rely on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<ReceiptThen>,
    /// Whether the token that was given with it is the one that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_matches: Option<bool>,
    /// The present verdict on the same registration; only where the receipt names one and may be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<VerdictAnswer>,
}

/// What a receipt is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStanding {
    /// Genuine, and true then.
    TrueThen,
    /// Signed by a key of the service outside the time in which that key might sign.
    KeyNotInForce,
    /// By its own date older than the misuse of its key; but whoever has the key can write any date.
    DatedBeforeCompromise,
    /// By its own date signed when its key may have been in wrong hands.
    KeyCompromised,
    /// No receipt of this service, or altered.
    NotGenuine,
}

/// Why a receipt is not genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotGenuine {
    /// Signed by a key that is none of this service's.
    UnknownKey,
    /// The signature does not hold: altered or made up.
    BadSignature,
}

/// What a receipt states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptThen {
    /// The service that answered, by its address.
    pub issuer: String,
    /// The registration, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What it came to.
    pub outcome: Outcome,
    /// What each check said.
    pub checks: Checks,
    /// SHA-256 of the token that was presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_sha256: Option<TokenId>,
    /// The status by the best evidence there was.
    pub status: StatusAnswer,
    /// What was claimed of the product, with the answers.
    #[serde(default)]
    pub claimed: ClaimedProduct,
    /// When it was judged.
    pub checked_at: UnixTime,
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
    /// SHA-256 of the documents that it covers, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers_sha256: Option<String>,
}

impl ReceiptAnswer {
    /// The answer on a receipt that is not genuine.
    pub const fn not_genuine(reason: NotGenuine) -> Self {
        Self {
            standing: ReceiptStanding::NotGenuine,
            reason: Some(reason),
            cutoff: None,
            key: None,
            then: None,
            token_matches: None,
            now: None,
        }
    }

    /// The answer on a receipt whose signature holds, without the present.
    pub fn of(opened: &OpenedReceipt) -> Self {
        let (standing, cutoff) = ReceiptStanding::of(opened.standing);
        Self {
            standing,
            reason: None,
            cutoff,
            key: Some(opened.key.to_string()),
            then: Some(ReceiptThen::of(&opened.receipt)),
            token_matches: None,
            now: None,
        }
    }
}

impl ReceiptStanding {
    /// What a signature that holds is worth, and from when on its key may have been misused.
    pub(super) const fn of(standing: Standing) -> (Self, Option<UnixTime>) {
        match standing {
            Standing::TrueThen => (Self::TrueThen, None),
            Standing::KeyNotInForce => (Self::KeyNotInForce, None),
            Standing::DatedBeforeCompromise { cutoff } => (Self::DatedBeforeCompromise, Some(cutoff)),
            Standing::KeyCompromised { cutoff } => (Self::KeyCompromised, Some(cutoff)),
        }
    }

    /// Whether the receipt may have been made by the service when it says so, which makes it worth asking what became
    /// of its registration.
    pub const fn may_be_ours(self) -> bool {
        matches!(self, Self::TrueThen | Self::DatedBeforeCompromise)
    }

    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrueThen => "true_then",
            Self::KeyNotInForce => "key_not_in_force",
            Self::DatedBeforeCompromise => "dated_before_compromise",
            Self::KeyCompromised => "key_compromised",
            Self::NotGenuine => "not_genuine",
        }
    }
}

impl ReceiptThen {
    fn of(receipt: &Receipt) -> Self {
        Self {
            issuer: receipt.issuer.clone(),
            number: receipt.number.as_ref().map(ToString::to_string),
            outcome: receipt.outcome,
            checks: receipt.checks,
            token_sha256: receipt.token,
            status: status(&receipt.status, receipt.issued),
            claimed: receipt.claimed.clone(),
            checked_at: receipt.issued,
            as_of: receipt.as_of,
            trust_list: receipt.trust_list,
            software: receipt.software.clone(),
            case: receipt.case.clone(),
            covers_sha256: receipt.covers.map(|covers| covers.to_string()),
        }
    }
}

/// A receipt keeps no reasons and no instants of states, only what the verdict rested on.
fn status(status: &ReceiptStatus, issued: UnixTime) -> StatusAnswer {
    StatusAnswer {
        value: status.value.map(|word| StatusWord::as_str(word).to_owned()),
        reason: None,
        since: None,
        until: None,
        valid_from: status.valid.map(|valid| valid.from),
        expires: status.valid.map(|valid| valid.until),
        revision: status.revision.map(Revision::get),
        as_of: status.as_of,
        age_s: status.as_of.map(|as_of| issued.since(as_of)),
        source: status.source,
    }
}
