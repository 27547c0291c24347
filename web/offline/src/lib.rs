//! The checker without a network: what it keeps, what it believes of it, and the verdict from that.
//!
//! Everything that comes in is bytes from a store that anybody may have written to. A list is used once its signature has
//! been checked here, against the pinned trust key, and only where it is not older than one seen before. The verdict is
//! `shirushi_shared::verdict::judge`'s, as everywhere; this crate gathers its evidence from the lists.
//!
//! A crate of its own, because its WebAssembly is loaded after the camera has opened (ADR 0017). Not here: fetching and
//! storing, which are `web/static/keeper.js`; and anything shown.
//!
//! In reading order:

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod checker;
mod evidence;
mod lists;
mod memory;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use checker::{Checker, Judged};
pub use lists::{Ages, Lists, Refused};
pub use memory::Memory;
