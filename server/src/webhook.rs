//! Webhooks in the form of Standard Webhooks 1: what signs them, where they may go, and one attempt to send one.
//!
//! Whoever may name an address makes this service connect to it, from within the operator's network. So the address is
//! looked at twice: when it is named ([`Target`]), and again when it is connected to ([`Client`]), by the very address
//! that the connection then goes to; a name that leads elsewhere a moment later leads nowhere. Nothing that comes back is
//! kept but the status, and nothing is followed.
//!
//! Not here: what is told, to whom, and when again (`service::watch`).

mod address;
mod allowed;
mod client;
mod secret;
mod target;
#[cfg(test)]
mod tests;

pub use address::is_public;
pub use allowed::{Allowed, NotAllowed};
pub use client::{Client, Message, NotSent, PATIENCE};
pub use secret::{NoSecret, PREFIX as SECRET_PREFIX, generate, sign, text_of};
pub use target::{Target, TargetError};
