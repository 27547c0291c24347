//! The world around Shirushi, for the stories in `stories/`: real neighbours, real outages, a real browser.
//!
//! Everything listens on loopback, lives in a temporary folder, and ends with its owner: on drop, on a panic, and
//! also when the test process itself is killed ([`process`]). The harness fails the test that asked by panicking
//! with one sentence: a story without its world has nothing to say.
//!
//! Not here: mocks. Where the server can run without a neighbour, stories run it without.

#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a harness that cannot do its work fails the test that asked"
)]

pub mod browser;
pub mod data;
pub mod patience;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod redis;
pub mod s3;
pub mod shirushi;
pub mod tree;
pub mod upload;
pub mod video;
pub mod webdriver;

use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub fn workspace_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
}

/// The build folder this test was built into (`target`, or what `CARGO_TARGET_DIR` said).
pub fn target_folder() -> PathBuf {
    // <target>/debug/deps/stories-0123456789abcdef
    let test = std::env::current_exe().expect("a running test has a file");
    test.ancestors().nth(3).expect("cargo puts test programs three folders deep").to_path_buf()
}
