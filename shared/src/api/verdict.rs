//! A verdict as JSON.

use serde::{Deserialize, Serialize};

use crate::{
    claim::ClaimAnswers,
    key::KeyId,
    label::{AssessmentRoute, Category, LabelState, Level},
    registration::{Maker, Product, Registration},
    status::StatusSource,
    time::UnixTime,
    token::{LabelClaims, TokenId},
    verdict::{Checks, NotALabel, Outcome, StatusValue, Tone, Verdict},
};

/// The answer to a question about one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictAnswer {
    /// What it comes to.
    pub outcome: Outcome,
    /// What each check said.
    pub checks: Checks,
    /// What is no label is this instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_a_label: Option<NotALabel>,
    /// The registration asked about, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What the token states; only where its signature holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<ClaimsAnswer>,
    /// The status by the best evidence there is.
    pub status: StatusAnswer,
    /// What the registration covers, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductAnswer>,
    /// Answers to the claims about the product in hand.
    #[serde(default)]
    pub claimed: ClaimAnswers,
    /// When it was judged.
    pub checked_at: UnixTime,
    /// The past instant that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// What else the photograph showed; only where one was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureAnswer>,
    /// The signed receipt, base64url; only where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// The codes in a photograph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureAnswer {
    /// The texts of all codes.
    pub read: Vec<String>,
    /// The codes that were not judged. None of them was opened.
    pub other_codes: Vec<OtherCode>,
}

/// A code beside the label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherCode {
    /// What it says.
    pub text: String,
    /// `label`, `malformed`, `number`, `gtin`, `foreign_link`, `own_page`, `pre_label_number` or `text`.
    pub kind: String,
    /// Host of a foreign link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// What a verified token states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsAnswer {
    /// SHA-256 of the token, hexadecimal.
    pub token_sha256: TokenId,
    /// Registration number, normalised.
    pub number: String,
    /// Level.
    pub level: Level,
    /// Product category.
    pub category: Category,
    /// When the token was issued.
    pub issued: UnixTime,
    /// End of the validity at issue.
    pub expires: UnixTime,
    /// Thumbprint of the key that signed it, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A status with its age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusAnswer {
    /// `active`, `grace`, `suspended`, `revoked`, `unregistered`; absent where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Public reason of a suspension or revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when this state holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixTime>,
    /// When a suspension ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixTime>,
    /// Start of the registry's validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<UnixTime>,
    /// The registry's expiry, which outranks the printed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<UnixTime>,
    /// Revision of the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The latest instant at which this is known to have been current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// Its age, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_s: Option<i64>,
    /// Where it comes from.
    pub source: StatusSource,
}

/// What the registration covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAnswer {
    /// The number as it is printed.
    pub printed_number: String,
    /// Who holds the label.
    pub maker: Maker,
    /// The products and their models.
    pub products: Vec<Product>,
    /// Product category.
    pub category: Category,
    /// Level.
    pub level: Level,
    /// How conformity was assessed.
    pub assessment: AssessmentRoute,
    /// When it was registered.
    pub registered: UnixTime,
}

impl VerdictAnswer {
    /// How loud it is.
    pub fn tone(&self) -> Tone {
        Tone::of(self.outcome, self.checks.decisive(self.outcome))
    }

    /// The answer that tells `verdict`, with the registration where it is known.
    pub fn new(verdict: &Verdict, registration: Option<&Registration>, claimed: ClaimAnswers) -> Self {
        Self {
            outcome: verdict.outcome,
            checks: verdict.checks,
            not_a_label: verdict.not_a_label.clone(),
            number: verdict.number.as_ref().map(ToString::to_string),
            claims: verdict.token.as_ref().map(|(id, claims)| claims_answer(*id, claims, verdict.signed_by)),
            status: status_answer(&verdict.status),
            product: registration.map(product_answer),
            claimed,
            checked_at: verdict.checked_at,
            as_of: verdict.as_of,
            picture: None,
            receipt: None,
        }
    }
}

fn claims_answer(id: TokenId, claims: &LabelClaims, key: Option<KeyId>) -> ClaimsAnswer {
    ClaimsAnswer {
        token_sha256: id,
        number: claims.number.to_string(),
        level: claims.level,
        category: claims.category,
        issued: claims.issued,
        expires: claims.expires,
        key: key.map(|key| key.to_string()),
    }
}

fn status_answer(status: &crate::verdict::Status) -> StatusAnswer {
    let state = match &status.value {
        Some(StatusValue::Known { state, .. }) => Some(state),
        Some(StatusValue::Unregistered | StatusValue::Listed { .. }) | None => None,
    };
    let (reason, since, until) = match state {
        None | Some(LabelState::Active) => (None, None, None),
        Some(LabelState::Grace { since }) => (None, Some(*since), None),
        Some(LabelState::Suspended { since, until, reason }) => (Some(reason.clone()), Some(*since), *until),
        Some(LabelState::Revoked { since, reason }) => (Some(reason.clone()), Some(*since), None),
    };
    let valid = status.value.as_ref().and_then(StatusValue::valid);
    StatusAnswer {
        value: status.value.as_ref().map(|value| value.as_str().to_owned()),
        reason,
        since,
        until,
        valid_from: valid.map(|valid| valid.from),
        expires: valid.map(|valid| valid.until),
        revision: status.revision.map(crate::status::Revision::get),
        as_of: status.as_of,
        age_s: status.age_s,
        source: status.source,
    }
}

fn product_answer(registration: &Registration) -> ProductAnswer {
    ProductAnswer {
        printed_number: registration.printed_number.clone(),
        maker: registration.maker.clone(),
        products: registration.products.clone(),
        category: registration.category,
        level: registration.level,
        assessment: registration.route.clone(),
        registered: registration.registered,
    }
}
