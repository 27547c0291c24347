//! Test data of others (photographs, vectors), which lies beside the project and is never copied into it.

use std::io::Write as _;
use std::path::PathBuf;

use crate::workspace_folder;

/// The path of `name` (`"qr-photos"`, `"wycheproof/ed25519_test.json"`) in the folder `SHIRUSHI_DATA`, else in
/// `../shared/data` beside the workspace.
///
/// Where it is missing: `None`, and one line saying what is skipped; with `REQUIRE_DATA=1` the test fails.
///
/// ```no_run
/// let Some(photos) = shirushi_tests::data::find("qr-photos") else { return };
/// ```
pub fn find(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SHIRUSHI_DATA")
        .map_or_else(|| workspace_folder().join("../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("skipped: {test} needs {} (SHIRUSHI_DATA names its folder)", path.display());
    let required = std::env::var_os("REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "REQUIRE_DATA=1, but {line}");
    // Not `eprintln!`, which the test runner keeps to itself when a test passes.
    let _ = writeln!(std::io::stderr(), "{line}");
    None
}
