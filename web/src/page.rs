//! Whole pages as HTML text.
//!
//! Each `render` gives a full document from values; it reads no clock and no files. Texts from outside (maker names,
//! models, hosts) are escaped by the renderer; nothing here writes them into markup by hand.

pub mod about;
mod asked;
pub mod bulk;
mod document;
mod footer;
mod frame;
mod header;
pub mod home;
mod keep;
pub mod message;
pub mod paths;
pub mod policy;
pub mod receipt;
pub mod report;
pub mod scan;
pub mod verdict;
pub mod watch;

pub use document::style;
pub use frame::{Assets, Frame};
