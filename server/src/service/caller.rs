//! Somebody who was recognised, and what they may do.

use crate::{
    registry::Actor,
    scheme::{access::Permit, person::Person},
};

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
