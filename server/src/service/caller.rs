//! Somebody who was recognised, and what they may do.

use crate::{
    registry::{Actor, Kind, RegistryError},
    scheme::{
        access::{Action, Denied, Permit, Reach},
        organisation::OrganisationId,
        person::Person,
    },
};

use super::access::AccessError;

/// A caller.
#[derive(Clone, Debug)]
pub struct Caller {
    /// For the history.
    pub actor: Actor,
    /// Who they are, for decisions that take two people.
    pub person: Person,
    /// What they may do.
    pub permit: Permit,
}

impl Caller {
    /// Whether the caller may do `action` to an object of `owner`; without one, to what does not exist yet or is a list,
    /// which must then be held to the reach in the answer.
    pub fn may(&self, action: Action, owner: Option<&OrganisationId>) -> Result<Reach, Denied> {
        self.permit.decide(action, owner)
    }

    /// As [`Caller::may`] of the case `id`, where the refusal of what is others' is the very answer that a case which does
    /// not exist gets.
    pub fn may_with(
        &self,
        action: Action,
        owner: &OrganisationId,
        kind: Kind,
        id: &str,
    ) -> Result<Reach, AccessError> {
        self.may(action, Some(owner)).map_err(|denied| hidden(denied, kind, id))
    }

    /// For whom the caller acts.
    pub const fn organisation(&self) -> &OrganisationId {
        self.permit.organisation()
    }
}

/// `denied`, with what belongs to others turned into what does not exist.
pub(super) fn hidden(denied: Denied, kind: Kind, id: &str) -> AccessError {
    match denied {
        Denied::NotFound => RegistryError::NoCase { kind, id: id.to_owned() }.into(),
        other => AccessError::Denied(other),
    }
}
