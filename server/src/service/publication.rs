//! The signed lists: made from the registry, kept in it, and shown by every node.
//!
//! One node at a time makes them, the one with the lease. It is not the lease that keeps them right, though: a list is
//! published only over the one that its maker has seen, with a later version, and with all that was in that one. With two
//! makers at once, the slower one is refused and begins again from what the other has published. Every node takes the same
//! bytes from the registry (`shelf.rs`), so that a balancer in front of them changes nothing.
//!
//! | name | made at | made anew after | its position |
//! |---|---|---|---|
//! | `trust-list`, `trust-list/{pin}` | a change of the keys | 12 hours | version of the keys |
//! | `status-lists/0`, `status-lists/0.jwt` | a change of a value, an end of a suspension, a new status key | 15 minutes | of the history |
//! | `product-index` | a change of what is covered or how long, a new status key | 6 hours | of the history |
//!
//! Versions are the second at which a file was signed, or one more than the last: they go on counting up after a registry
//! was restored from an older backup, and no checker refuses the first list that is made after it. No two publications of
//! a file have the same second, which is also what bounds their number while changes come in a burst.

mod error;
mod index;
mod maker;
mod parts;
mod publisher;
mod shelf;
mod statuses;
#[cfg(test)]
mod tests;
mod turn;

pub use error::ListsError;
pub use maker::Made;
pub use parts::{Parts, Publishing};
pub use publisher::Publisher;
pub use shelf::{Shelf, SignedFile};

pub use crate::registry::PublicationHead;

use shirushi_shared::key::KeyId;

/// The status list, as a CWT. Its address below the origin, too.
pub const STATUS_LIST: &str = "status-lists/0";
/// The same values as a JWT.
pub const STATUS_LIST_JWT: &str = "status-lists/0.jwt";
/// The product index.
pub const PRODUCT_INDEX: &str = "product-index";
/// The trust list, by the present trust key.
pub const TRUST_LIST: &str = "trust-list";

/// The trust list by the key `pin`, for those who pinned that one.
pub fn trust_list_by(pin: KeyId) -> String {
    format!("{TRUST_LIST}/{pin}")
}

/// The pin in a name that [`trust_list_by`] made.
pub fn pin_of(name: &str) -> Option<&str> {
    name.strip_prefix(TRUST_LIST)?.strip_prefix('/')
}
