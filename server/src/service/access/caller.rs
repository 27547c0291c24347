//! Somebody who was recognised.

use std::sync::Arc;

use super::{AccessError, ApiKeyRecord};
use crate::{
    registry::{Actor, Kind, RegistryError},
    scheme::{
        access::{Action, Denied, Permit, Reach},
        organisation::OrganisationId,
        person::Person,
    },
};

/// Who asks, and what they may do.
#[derive(Clone, Debug)]
pub struct Caller {
    /// By whom a change is made, for the history.
    pub actor: Actor,
    /// The person, to be told from others where two must decide.
    pub person: Person,
    /// What they may do.
    pub permit: Permit,
    /// The key that they presented; `None` at the command line.
    pub key: Option<Arc<ApiKeyRecord>>,
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
