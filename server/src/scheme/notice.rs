//! Change notices (変更届): models that a holder adds to a registration or takes out of it, and other news.
//!
//! That holders send change notices is the scheme's (domain.md); what one may change is this service's rule. Level, category
//! and number never change by a notice, and no label is printed anew for one.

mod apply;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::RegistrationNumber,
    registration::{Product, Registration},
    time::UnixTime,
};

pub use apply::NoticeProblem;

use super::{
    case_id::NoticeId,
    organisation::OrganisationId,
    person::Person,
    text::{Name, Note, Reason},
};

/// A change notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeNotice {
    id: NoticeId,
    number: RegistrationNumber,
    holder: OrganisationId,
    filed_by: Person,
    filed: UnixTime,
    content: NoticeContent,
    state: NoticeState,
}

/// What changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeContent {
    /// Models to add, by their product; a product that is not there yet is added with them.
    pub add: Vec<Product>,
    /// Models to take out. They are taken out before others are added, so that a model can be replaced by itself with
    /// another GTIN.
    pub remove: Vec<RemovedModel>,
    /// A new contact, for the operator.
    pub contact: Option<Note>,
    /// Anything else.
    pub note: Option<Note>,
}

/// A model to take out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedModel {
    /// The product's name.
    pub product: Name,
    /// The model's number.
    pub model: Name,
}

/// Where a notice stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum NoticeState {
    /// Handed in.
    Filed,
    /// Accepted: the registration was changed in the same transaction.
    Accepted {
        /// By whom.
        by: Person,
        /// When.
        at: UnixTime,
    },
    /// Refused.
    Refused {
        /// By whom.
        by: Person,
        /// When.
        at: UnixTime,
        /// Why, for the holder.
        reason: Reason,
    },
    /// Taken back by the holder.
    Withdrawn {
        /// By whom.
        by: Person,
        /// When.
        at: UnixTime,
    },
}

/// A step that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{id} is {state} and cannot be {asked} by {by}: {why}")]
pub struct NoticeRefused {
    /// Which notice.
    pub id: NoticeId,
    /// The state that it is in, as a word.
    pub state: &'static str,
    /// What was asked for.
    pub asked: &'static str,
    /// Who asked.
    pub by: Person,
    /// Why not.
    pub why: Box<NoticeWhy>,
}

/// Why a step was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeWhy {
    /// Not in this state.
    #[error("not in this state")]
    State,
    /// It is the holder's step.
    #[error("that is for the holder")]
    NotTheHolder,
    /// Who decides belongs to the holder.
    #[error("nobody decides on what their own organisation handed in")]
    Partial,
    /// It does not fit the registration, or not any more.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Unfit(Vec<NoticeProblem>),
}

impl NoticeState {
    /// Its word, as in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

impl ChangeNotice {
    /// Files a notice about `registration`, of `by`'s organisation, where it could be accepted as things are. That the organisation holds
    /// the registration is the caller's to know.
    pub fn file(
        id: NoticeId,
        registration: &Registration,
        content: NoticeContent,
        by: Person,
        at: UnixTime,
    ) -> Result<Self, Vec<NoticeProblem>> {
        let (number, holder) = (registration.number.clone(), by.organisation.clone());
        let notice = Self { id, number, holder, filed_by: by, filed: at, content, state: NoticeState::Filed };
        notice.apply(registration)?;
        Ok(notice)
    }

    /// Its number.
    pub const fn id(&self) -> &NoticeId {
        &self.id
    }

    /// About which registration.
    pub const fn number(&self) -> &RegistrationNumber {
        &self.number
    }

    /// Whose notice.
    pub const fn holder(&self) -> &OrganisationId {
        &self.holder
    }

    /// Who filed it, and when.
    pub const fn filed(&self) -> (&Person, UnixTime) {
        (&self.filed_by, self.filed)
    }

    /// What changes.
    pub const fn content(&self) -> &NoticeContent {
        &self.content
    }

    /// Where it stands.
    pub const fn state(&self) -> &NoticeState {
        &self.state
    }

    /// Accepts it, and hands back the registration as it is from now on.
    pub fn accept(
        mut self,
        registration: &Registration,
        by: Person,
        at: UnixTime,
    ) -> Result<(Self, Registration), NoticeRefused> {
        self.allow("accepted", false, &by)?;
        match self.apply(registration) {
            Ok(changed) => {
                self.state = NoticeState::Accepted { by, at };
                Ok((self, changed))
            }
            Err(wrong) => Err(self.not("accepted", &by, NoticeWhy::Unfit(wrong))),
        }
    }

    /// Refuses it.
    pub fn refuse(mut self, reason: Reason, by: Person, at: UnixTime) -> Result<Self, NoticeRefused> {
        self.allow("refused", false, &by)?;
        self.state = NoticeState::Refused { by, at, reason };
        Ok(self)
    }

    /// Takes it back.
    pub fn withdraw(mut self, by: Person, at: UnixTime) -> Result<Self, NoticeRefused> {
        self.allow("withdrawn", true, &by)?;
        self.state = NoticeState::Withdrawn { by, at };
        Ok(self)
    }

    fn allow(&self, asked: &'static str, by_holder: bool, by: &Person) -> Result<(), NoticeRefused> {
        let is_holder = by.organisation == self.holder;
        let why = match (&self.state, by_holder, is_holder) {
            (NoticeState::Filed, true, true) | (NoticeState::Filed, false, false) => return Ok(()),
            (NoticeState::Filed, true, false) => NoticeWhy::NotTheHolder,
            (NoticeState::Filed, false, true) => NoticeWhy::Partial,
            _ => NoticeWhy::State,
        };
        Err(self.not(asked, by, why))
    }

    fn not(&self, asked: &'static str, by: &Person, why: NoticeWhy) -> NoticeRefused {
        let (id, by) = (self.id.clone(), by.clone());
        NoticeRefused { id, state: self.state.name(), asked, by, why: Box::new(why) }
    }
}
