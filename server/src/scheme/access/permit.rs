//! What a caller may do: roles by the table, scopes of the key, and whose the object is.

use std::collections::BTreeSet;

use shirushi_shared::time::UnixTime;

use super::{Action, Reach, Role, Scope, reach, scope};
use crate::scheme::organisation::{Organisation, OrganisationId, OrganisationKind};

/// What somebody who was recognised may do. Made for each request from what is on record, and never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    organisation: OrganisationId,
    roles: BTreeSet<Role>,
    scopes: BTreeSet<Scope>,
}

/// Why nobody may act so for this organisation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPermit {
    /// Its kind does not hold this role.
    #[error("an organisation of the kind {kind} does not hold the role {role}")]
    Role {
        /// The role.
        role: Role,
        /// The organisation's kind.
        kind: OrganisationKind,
    },
    /// It is suspended.
    #[error("the organisation is suspended")]
    Suspended,
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It belongs to somebody else: to this caller it does not exist, and the answer is that of a number never given.
    #[error("there is no such object")]
    NotFound,
    /// No role of the caller does this.
    #[error("none of the caller's roles allows {0}")]
    Forbidden(Action),
    /// The caller's role does it, and the key is narrowed to other things.
    #[error("the API key lacks the scope {0}")]
    MissingScope(Scope),
}

impl Permit {
    /// The permit of somebody with these roles in `organisation`, narrowed to `scopes`.
    pub fn of(
        organisation: &Organisation,
        roles: BTreeSet<Role>,
        scopes: BTreeSet<Scope>,
        at: UnixTime,
    ) -> Result<Self, NoPermit> {
        let kind = organisation.kind();
        if let Some(role) = roles.iter().copied().find(|role| role.held_through() != kind) {
            return Err(NoPermit::Role { role, kind });
        }
        if organisation.suspended(at).is_some() {
            return Err(NoPermit::Suspended);
        }
        Ok(Self { organisation: organisation.id.clone(), roles, scopes })
    }

    /// For whom the caller acts.
    pub const fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }

    /// Whether the caller may do `action` to an object of `owner`; without one, to what does not exist yet or is a list.
    ///
    /// The answer is the reach that allowed it: a list must be held to it, or it would show what is others'. Roles and scopes are
    /// judged before the owner, so that `Forbidden` and `MissingScope` tell nothing of what exists.
    pub fn decide(&self, action: Action, owner: Option<&OrganisationId>) -> Result<Reach, Denied> {
        let widest = self.roles.iter().map(|role| reach(*role, action)).max().unwrap_or(Reach::None);
        if widest == Reach::None {
            return Err(Denied::Forbidden(action));
        }
        if !self.scopes.contains(&scope(action)) {
            return Err(Denied::MissingScope(scope(action)));
        }
        match owner {
            Some(owner) if widest == Reach::Own && *owner != self.organisation => Err(Denied::NotFound),
            _ => Ok(widest),
        }
    }

    /// Whether the caller may make or rotate a key with these scopes for `owner`: nobody but an administrator hands out more
    /// than they have. The roles are bounded by the owner's kind, in [`Permit::of`].
    pub fn may_grant(
        &self,
        action: Action,
        owner: &OrganisationId,
        scopes: &BTreeSet<Scope>,
    ) -> Result<(), Denied> {
        match self.decide(action, Some(owner))? {
            Reach::All => Ok(()),
            Reach::Own | Reach::None => {
                scopes.difference(&self.scopes).next().map_or(Ok(()), |more| Err(Denied::MissingScope(*more)))
            }
        }
    }
}
