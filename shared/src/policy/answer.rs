//! What a policy says of a claim.

use serde::{Deserialize, Serialize};

use super::PolicyDigest;
use crate::time::UnixTime;

/// What a rule, or all of them together, come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is met.
    Pass,
    /// The facts are not there. Never taken for a pass.
    CannotTell,
    /// It is not met.
    Fail,
}

/// The answer of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyAnswer {
    /// What all rules come to: the worst of them.
    pub answer: Answer,
    /// What each rule says, in the policy's order.
    pub rules: Vec<RuleAnswer>,
    /// Which policy.
    pub name: String,
    /// Which edition of it.
    pub version: String,
    /// What tells it from every other.
    pub digest: PolicyDigest,
    /// The instant for which it was asked.
    pub at: UnixTime,
}

/// What one rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RuleAnswer {
    /// Which rule, from 1.
    pub rule: usize,
    /// What it comes to.
    pub answer: Answer,
    /// Why.
    pub reason: Reason,
}

macro_rules! reasons {
    ($($(#[$meta:meta])* $name:ident = $word:literal => $answer:ident,)*) => {
        /// Why a rule says what it says. Each belongs to one answer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason { $($(#[$meta])* #[serde(rename = $word)] $name,)* }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The answer that it is a reason for.
            pub const fn answer(self) -> Answer {
                match self { $(Self::$name => Answer::$answer,)* }
            }

            /// Its word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

reasons! {
    /// What is asked is so.
    Met = "met" => Pass,
    /// It is asked from a later day on.
    NotInForce = "not_in_force" => Pass,
    /// It is asked of other products.
    OtherCategory = "other_category" => Pass,
    /// No label of this scheme, altered, or with a key that is not believed.
    NotGenuine = "not_genuine" => Fail,
    /// Not on record.
    NotRegistered = "not_registered" => Fail,
    /// In a state that is not accepted.
    StateNotAccepted = "state_not_accepted" => Fail,
    /// A lower level.
    LevelTooLow = "level_too_low" => Fail,
    /// It lapses before that day, or on it.
    EndsTooEarly = "ends_too_early" => Fail,
    /// The model is not covered.
    ModelNotListed = "model_not_listed" => Fail,
    /// Another maker, by name.
    MakerDiffers = "maker_differs" => Fail,
    /// Another maker, by corporate number.
    CorporateNumberDiffers = "corporate_number_differs" => Fail,
    /// What is known is too old.
    EvidenceTooOld = "evidence_too_old" => Fail,
    /// The present status could not be confirmed.
    StatusNotConfirmed = "status_not_confirmed" => CannotTell,
    /// The level is not known.
    LevelUnknown = "level_unknown" => CannotTell,
    /// The product category is not known, and not every one is meant.
    CategoryUnknown = "category_unknown" => CannotTell,
    /// The registry's expiry is not known.
    ExpiryUnknown = "expiry_unknown" => CannotTell,
    /// The claim names no end of the contract.
    NoContractEnd = "no_contract_end" => CannotTell,
    /// The claim names no model.
    NoModelClaimed = "no_model_claimed" => CannotTell,
    /// The models of the registration are not known.
    ModelsUnknown = "models_unknown" => CannotTell,
    /// The claim names no maker.
    NoMakerClaimed = "no_maker_claimed" => CannotTell,
    /// The claim gives no corporate number.
    NoCorporateNumberClaimed = "no_corporate_number_claimed" => CannotTell,
    /// Who holds the label is not known.
    MakerUnknown = "maker_unknown" => CannotTell,
    /// The registration has no corporate number.
    CorporateNumberUnknown = "corporate_number_unknown" => CannotTell,
    /// The names differ in the kind of company only.
    OnlyLegalFormDiffers = "only_legal_form_differs" => CannotTell,
    /// There are no records of recognition yet.
    NoRecognitionRecords = "no_recognition_records" => CannotTell,
    /// There are no records of advisories yet.
    NoAdvisoryRecords = "no_advisory_records" => CannotTell,
    /// Nothing says how old the evidence is.
    EvidenceAgeUnknown = "evidence_age_unknown" => CannotTell,
}
