//! What is told of a row.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    claim::{Claimed, ClaimedProduct, Listed},
    label::{Level, RegistrationNumber},
    policy::{self, Answer, Day},
    registration::{CorporateNumber, Gtin},
    status::Revision,
    text::{Language, Zone},
    time::UnixTime,
    verdict::{NotALabel, Outcome, Reason, StatusValue, Tone, Verdict},
};

/// The answer to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAnswer {
    /// Which row: its line in the file, from 1.
    pub row: u64,
    /// The caller's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it comes to.
    pub outcome: Outcome,
    /// Why: the reason of the check that decided.
    pub reason: Reason,
    /// What it means, in a sentence.
    pub words: Cow<'static, str>,
    /// What is no label is this instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_a_label: Option<NotALabel>,
    /// The registration, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The label's level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// `active`, `grace`, `suspended`, `revoked`, `unregistered`; absent where nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Cow<'static, str>>,
    /// Revision of the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The latest instant at which the status is known to have been current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// The past instant that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<UnixTime>,
    /// The registry's expiry, else the printed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<UnixTime>,
    /// Whole days until then, of what holds now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Answers to the claims about the product.
    #[serde(default, skip_serializing_if = "BulkClaims::is_empty")]
    pub claimed: BulkClaims,
    /// What the policy says of it, where the run has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<BulkPolicy>,
    /// The product, where that was asked for and is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<BulkProduct>,
    /// The page of the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl BulkAnswer {
    /// What `verdict` tells of row `row`. Claims are not in it, nor what only a registration tells, nor a link.
    pub fn of(row: u64, id: Option<String>, verdict: &Verdict, language: Language) -> Self {
        let Verdict { outcome, checks, status, as_of, .. } = verdict;
        let number_only = checks.signature.reason == Reason::NumberOnly;
        let meaning = language.words().meaning(*outcome, number_only);
        let claims = verdict.token.as_ref().map(|(_, claims)| claims);
        let valid = status.value.as_ref().and_then(StatusValue::valid);
        let expires = valid.map(|valid| valid.until).or(claims.map(|claims| claims.expires));
        let holds = matches!(outcome, Outcome::Valid | Outcome::Grace) && as_of.is_none();
        Self {
            row,
            id,
            outcome: *outcome,
            reason: checks.decisive(*outcome),
            words: match as_of {
                // Said of a past day, "in force" must not be taken for today.
                Some(at) => [&language.about_the_past(*at, Zone::JAPAN), meaning].join(" ").into(),
                None => meaning.into(),
            },
            not_a_label: verdict.not_a_label.clone(),
            number: verdict.number.as_ref().map(|number| number.as_str().to_owned()),
            level: claims.map(|claims| claims.level),
            status: status.value.as_ref().map(|value| value.as_str().into()),
            revision: status.revision.map(Revision::get),
            as_of: status.as_of,
            then: *as_of,
            expires,
            days_left: expires.filter(|_| holds).map(|end| end.since(verdict.checked_at).max(0) / 86_400),
            claimed: BulkClaims::default(),
            policy: None,
            product: None,
            link: None,
        }
    }

    /// How loud it is: that of the outcome, and of a product that the label does not cover no longer a good one.
    pub fn tone(&self) -> Tone {
        match Tone::of(self.outcome, self.reason) {
            Tone::Good if self.claimed.is_denied() => Tone::Caution,
            tone => tone,
        }
    }

    /// Answers to the number that was claimed beside a code, where it is known which registration the code is of.
    pub fn hold_against(&mut self, claimed: Option<&RegistrationNumber>) {
        let answered = |(number, claimed): (&String, &RegistrationNumber)| {
            let answer = if number == claimed.as_str() { Listed::Listed } else { Listed::NotListed };
            Claimed { claimed: claimed.as_str().to_owned(), answer }
        };
        self.claimed.number = self.number.as_ref().zip(claimed).map(answered);
    }
}

/// A row's claims with their answers: the proof of a check says what was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkClaims {
    /// Whether the code is of the registration with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Claimed<String>>,
    /// Whether the registration covers each of the models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<Claimed<String>>,
    /// Whether it has this level or a higher one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Claimed<Level>>,
    /// Whether this maker holds the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<Claimed<String>>,
    /// Whether a model of it has this GTIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Claimed<Gtin>>,
}

/// What a policy says of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPolicy {
    /// What all rules come to: the worst of them.
    pub answer: Answer,
    /// What each rule says, in the policy's order.
    pub rules: Vec<BulkRule>,
    /// The maker's corporate number that was claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corporate_number: Option<CorporateNumber>,
    /// The last day of the contract, the row's or the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_end: Option<Day>,
}

/// What one rule says of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRule {
    /// Which rule, from 1.
    pub rule: usize,
    /// What it comes to.
    pub answer: Answer,
    /// Why.
    pub reason: policy::Reason,
    /// Why, in a sentence.
    pub words: Cow<'static, str>,
}

impl From<ClaimedProduct> for BulkClaims {
    /// Without the model: a row may have several.
    fn from(claimed: ClaimedProduct) -> Self {
        let ClaimedProduct { level, maker, gtin, model: _ } = claimed;
        Self { number: None, models: Vec::new(), level, maker, gtin }
    }
}

impl BulkClaims {
    /// Every answer.
    pub fn all(&self) -> impl Iterator<Item = Listed> {
        let number = self.number.as_ref().map(|number| number.answer);
        number.into_iter().chain(self.of_the_product())
    }

    /// Every answer about the product.
    pub fn of_the_product(&self) -> impl Iterator<Item = Listed> {
        let level = self.level.as_ref().map(|level| level.answer);
        let maker = self.maker.as_ref().map(|maker| maker.answer);
        let gtin = self.gtin.as_ref().map(|gtin| gtin.answer);
        self.models.iter().map(|model| model.answer).chain([level, maker, gtin].into_iter().flatten())
    }

    /// Whether any claim is denied.
    pub fn is_denied(&self) -> bool {
        self.all().any(|answer| answer == Listed::NotListed)
    }

    /// Whether nothing was claimed, or nothing is known of the product.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The product, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkProduct {
    /// Who holds the label.
    pub maker: String,
    /// The products that it covers.
    pub names: Vec<String>,
}
