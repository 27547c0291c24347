//! Evidence packs: the manifest, and what is to be said of a pack that somebody kept.

mod answer;
mod manifest;

pub use answer::{PackAnswer, PackChange, PackFiles, PackNow, PackThen, PackThenPolicy};
pub use manifest::{FileDigest, PackFile, PackInput, PackManifest, PackPolicy};
