//! Data of others is found, or its absence is told, or refused.

use std::path::Path;
use std::process::{Command, Output};

use shirushi_tests::data;

/// Tells the child process below that it is the child.
const INSIDE: &str = "SHIRUSHI_TEST_INSIDE";

/// This test starts itself again, since what it is about is the environment of a process and what that prints.
#[test]
fn missing_data_is_a_line_and_where_it_is_required_a_failure() {
    if std::env::var_os(INSIDE).is_some() {
        if let Some(path) = data::find("vectors/one.json") {
            assert_eq!(std::fs::read_to_string(path).unwrap(), "data of others");
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let optional = inside(folder.path(), "0");
    let said = String::from_utf8_lossy(&optional.stderr);
    assert!(optional.status.success(), "{said}");
    assert!(said.contains("skipped:") && said.contains("vectors/one.json"), "{said}");
    assert!(!inside(folder.path(), "1").status.success());

    std::fs::create_dir(folder.path().join("vectors")).unwrap();
    std::fs::write(folder.path().join("vectors/one.json"), "data of others").unwrap();
    let found = inside(folder.path(), "1");
    assert!(found.status.success() && found.stderr.is_empty(), "{}", String::from_utf8_lossy(&found.stderr));
}

fn inside(data: &Path, required: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "world::data::missing_data_is_a_line_and_where_it_is_required_a_failure"])
        .envs([(INSIDE, "1"), ("REQUIRE_DATA", required)])
        .env("SHIRUSHI_DATA", data)
        .output()
        .unwrap()
}
