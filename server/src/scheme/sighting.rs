//! Suspicious labels that somebody saw and reported to the operator, without an account.
//!
//! Nobody is asked who they are: of the reporter there is what they wrote, and nothing else. A code that was seen is kept
//! as what it is and as its digest, never as its text: a token that is kept in full could be printed again.

mod reference;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::RegistrationNumber,
    scan::{self, Origins, Scanned},
    time::UnixTime,
    verdict::{NotALabel, Outcome},
};

pub use reference::{NotAReference, Reference};

use super::{
    evidence::ContentHash,
    person::Person,
    text::{Name, Reason, TextError, checked_text, few},
    words::words,
};

words! {
    /// What is suspicious.
    Suspicion {
        /// The label is on another product than it covers.
        OtherProduct = "other_product",
        /// The code looks altered, or stuck over another.
        Altered = "altered",
        /// The code leads elsewhere.
        LeadsElsewhere = "leads_elsewhere",
        /// A seller, or what they claim, is doubtful.
        Claim = "claim",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// What a code is by its form alone.
    CodeKind {
        /// The form of a label's token.
        Label = "label",
        /// Meant as one, and malformed.
        Malformed = "malformed",
        /// A JAN/GTIN.
        Gtin = "gtin",
        /// A link to another host.
        ForeignLink = "foreign_link",
        /// A page of this checker.
        OwnPage = "own_page",
        /// A number from before a label.
        PreLabelNumber = "pre_label_number",
        /// Any other text.
        Text = "text",
    }
}

/// Longest account, in characters.
pub const MAX_ACCOUNT: usize = 1_000;
/// Longest place or contact, in characters.
pub const MAX_BRIEF: usize = 200;

checked_text! {
    /// What somebody tells in their own words.
    Account, TextError, |text| few(text, MAX_ACCOUNT)
}
checked_text! {
    /// Where it was seen, or how the reporter may be reached: one line.
    Brief, TextError, |text| if text.contains(['\n', '\r', '\t']) { Err(TextError::Hidden) } else { few(text, MAX_BRIEF) }
}

/// What was on the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "snake_case", deny_unknown_fields)]
pub enum Seen {
    /// A registration number, whether there is one like it or not.
    Number {
        /// The number.
        number: RegistrationNumber,
    },
    /// A code.
    Code {
        /// What it is.
        kind: CodeKind,
        /// Where it leads, where that is another host.
        host: Option<Name>,
        /// The SHA-256 of its text; of a token's bytes, as the registry knows its labels by.
        sha256: ContentHash,
    },
}

/// What somebody reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSighting {
    /// What is suspicious.
    pub suspicion: Suspicion,
    /// What was on the product.
    pub seen: Option<Seen>,
    /// What the checker had answered, where the reporter came from there.
    pub answered: Option<Outcome>,
    /// In their own words.
    pub account: Option<Account>,
    /// Where it was seen.
    pub place: Option<Brief>,
    /// How they may be reached, where they wish to be.
    pub contact: Option<Brief>,
    /// The picture, in the evidence store.
    pub photograph: Option<ContentHash>,
}

/// A report on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    id: Reference,
    about: NewSighting,
    reported: UnixTime,
    state: SightingState,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum SightingState {
    /// Nobody has looked at it yet.
    Open,
    /// Somebody of the operator looks into it.
    InReview {
        /// Who.
        by: Person,
        /// Since when.
        at: UnixTime,
    },
    /// It was looked into.
    Closed {
        /// By whom.
        by: Person,
        /// When.
        at: UnixTime,
        /// What was found.
        finding: Reason,
    },
}

/// A report that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tells nothing: label, account or picture is needed")]
pub struct Nothing;

/// A step that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{id} is {state} and cannot be {asked}")]
pub struct SightingRefused {
    /// Which.
    pub id: Reference,
    /// The state that it is in, as a word.
    pub state: &'static str,
    /// What was asked for.
    pub asked: &'static str,
}

impl Seen {
    /// What `text` is, read from a code or typed.
    pub fn read(text: &str, ours: &Origins) -> Self {
        let sha256 = ContentHash::of(text.trim().as_bytes());
        let code = |kind| Self::Code { kind, host: None, sha256 };
        match scan::read(text, ours) {
            Scanned::Number(number) => Self::Number { number },
            Scanned::Token(token) => {
                let sha256 = ContentHash::from_bytes(*token.id().as_bytes());
                Self::Code { kind: CodeKind::Label, host: None, sha256 }
            }
            Scanned::BrokenToken(_) => code(CodeKind::Malformed),
            Scanned::Gtin(_) => code(CodeKind::Gtin),
            Scanned::NotALabel(NotALabel::ForeignLink { host }) => {
                Self::Code { kind: CodeKind::ForeignLink, host: Name::parse(&host).ok(), sha256 }
            }
            Scanned::NotALabel(NotALabel::OwnPage) => code(CodeKind::OwnPage),
            Scanned::NotALabel(NotALabel::PreLabelNumber { .. }) => code(CodeKind::PreLabelNumber),
            Scanned::NotALabel(NotALabel::Text) => code(CodeKind::Text),
        }
    }

    /// The number, where it is one.
    pub const fn number(&self) -> Option<&RegistrationNumber> {
        match self {
            Self::Number { number } => Some(number),
            Self::Code { .. } => None,
        }
    }
}

/// The number, or the code's digest: the same for the same label.
impl core::fmt::Display for Seen {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Number { number } => number.fmt(f),
            Self::Code { sha256, .. } => sha256.fmt(f),
        }
    }
}

impl NewSighting {
    /// Refuses a report that leaves everything to be guessed.
    pub const fn check(&self) -> Result<(), Nothing> {
        if self.seen.is_some() || self.account.is_some() || self.photograph.is_some() {
            Ok(())
        } else {
            Err(Nothing)
        }
    }
}

impl SightingState {
    /// Its word, as in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InReview { .. } => "in_review",
            Self::Closed { .. } => "closed",
        }
    }
}

impl Sighting {
    /// Puts a report on record.
    pub const fn report(id: Reference, about: NewSighting, at: UnixTime) -> Self {
        Self { id, about, reported: at, state: SightingState::Open }
    }

    /// Its reference.
    pub const fn id(&self) -> &Reference {
        &self.id
    }

    /// What was reported.
    pub const fn about(&self) -> &NewSighting {
        &self.about
    }

    /// When.
    pub const fn reported(&self) -> UnixTime {
        self.reported
    }

    /// What became of it.
    pub const fn state(&self) -> &SightingState {
        &self.state
    }

    /// Takes it up.
    pub fn take(mut self, by: Person, at: UnixTime) -> Result<Self, SightingRefused> {
        match self.state {
            SightingState::Open => {
                self.state = SightingState::InReview { by, at };
                Ok(self)
            }
            _ => Err(self.not("taken up")),
        }
    }

    /// Closes it. What is plain at the first look need not be taken up before.
    pub fn close(mut self, finding: Reason, by: Person, at: UnixTime) -> Result<Self, SightingRefused> {
        match self.state {
            SightingState::Open | SightingState::InReview { .. } => {
                self.state = SightingState::Closed { by, at, finding };
                Ok(self)
            }
            SightingState::Closed { .. } => Err(self.not("closed")),
        }
    }

    fn not(self, asked: &'static str) -> SightingRefused {
        SightingRefused { state: self.state.name(), id: self.id, asked }
    }
}
