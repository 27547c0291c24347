//! Keys in an operator's hands: the ceremony as it is written down, a theft, and a machine that dies in between.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use shirushi_server::clock::SystemClock;
use shirushi_tests::patience::until;
use shirushi_tests::shirushi::{BY_TWO, Node, done, program, run};
use shirushi_tests::workspace_folder;

/// What a shell would run of a Markdown text: its `sh` blocks, in order.
fn commands(text: &str) -> Vec<String> {
    let blocks = text.split("```sh\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_key_ceremony_works_as_it_is_written() {
    let document = fs::read_to_string(workspace_folder().join("SECURITY.md")).unwrap();
    let blocks = commands(document.split("## Key ceremony").nth(1).unwrap());
    assert!(blocks.len() >= 7, "{blocks:?}");
    let place = tempfile::tempdir().unwrap();
    let path = format!("{}:{}", program().parent().unwrap().display(), std::env!("PATH"));
    let output = Command::new("sh")
        .args(["-eu", "-c", &blocks.join("\necho ----\n")])
        .current_dir(place.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!told.contains("warning"), "{told}");
    let answers: Vec<_> = told.split("----\n").collect();
    let fingerprint = answers[2].trim();
    assert!(fingerprint.len() == 64 && fingerprint.chars().all(|c| c.is_ascii_hexdigit()), "{fingerprint:?}");
    assert!(answers.iter().any(|answer| answer.contains("compromised since")), "{told}");
    for file in fs::read_dir(place.path().join("keys")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "pem") {
            assert!(fs::read_to_string(&file).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        }
    }
}

/// The key that lists name as active for `key_use`.
fn active(listed: &str, key_use: &str) -> String {
    let line = listed.lines().find(|line| line.starts_with(key_use) && line.ends_with("active")).unwrap();
    line.split_whitespace().nth(1).unwrap().to_owned()
}

/// Issues a label from the command line and returns its link.
fn issue(number: &str, keys: &str, database: &str) -> String {
    let arguments = [
        &["issue", "--number", number, "--maker", "架空電機", "--product", "カメラ", "--model", "RX-200"][..],
        &["--category", "network_camera", "--level", "STAR-1"],
        &["--valid-from", "2026-01-01", "--valid-until", "2027-12-31"],
        &["--keys", keys, "--database", database, "--public-url", "https://label.example"],
        &BY_TWO,
    ];
    let told: serde_json::Value = serde_json::from_str(&done(arguments.concat())).unwrap();
    told["link"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_stolen_key_costs_only_what_was_not_on_record_before_the_cut_off() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let (keys, loot) = (path("keys"), path("loot"));
    let listed = done(["keys", "init", "--keys", &keys]);
    let database = format!("sqlite:{}", path("registry.db"));
    let before = issue("SHI-2026-00001", &keys, &database);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let cutoff = SystemClock::default().now().to_string();
    let after = issue("SHI-2026-00002", &keys, &database);

    // The thief has a copy of the folder, and a registry of their own to make labels with.
    let copied = Command::new("cp").args(["-rp", &keys, &loot]).status().unwrap();
    assert!(copied.success());
    let forged = issue("SHI-2026-00001", &loot, &format!("sqlite:{}", path("thief.db")));
    let node =
        Node::serve(&["--database", &database, "--keys", &keys, "--public-url", "https://label.example"])
            .await;
    assert_eq!(node.outcome(&before).await, "valid");
    assert_eq!(node.outcome(&after).await, "valid");
    assert_eq!(node.outcome(&forged).await, "not_registered", "signed by the right key, not on record");

    let stolen = active(&listed, "label");
    done(["keys", "compromise", &stolen, "--cutoff", &cutoff, "--keys", &keys]);
    node.comes_to(&forged, "key_compromised").await;
    assert_eq!(node.outcome(&after).await, "key_compromised", "on record, but only after the cut-off");
    assert_eq!(node.outcome(&before).await, "valid");
    let fresh = issue("SHI-2026-00003", &keys, &database);
    node.comes_to(&fresh, "valid").await;

    // The trust key is rotated, then found stolen: its list is led on, then ends.
    let trust = active(&listed, "trust");
    let list = format!("/.well-known/shirushi/trust-list/{trust}");
    assert!(node.status(&list).await.unwrap().is_success());
    done(["keys", "rotate", "--use", "trust", "--keys", &keys]);
    done(["keys", "compromise", &trust, "--cutoff", &cutoff, "--keys", &keys]);
    until("a list is gone", async || node.status(&list).await.is_some_and(|status| status == 404)).await;
}

fn secret(path: &Path, words: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, words).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

#[test]
fn encrypting_killed_at_any_moment_loses_no_key() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys").display().to_string();
    let mut words = secret(&place.path().join("0"), "correct horse battery 0\n");
    let made = done(["keys", "init", "--keys", &keys, "--keys-passphrase-file", &words]);
    let mut killed = 0;
    for step in 1..=10_u64 {
        let name = step.to_string();
        let new = secret(&place.path().join(&name), &format!("correct horse battery {name}\n"));
        let change = ["keys", "encrypt", "--keys", &keys, "--keys-passphrase-file", &words];
        let change = [&change[..], &["--new-passphrase-file", &new]].concat();
        let mut child = Command::new(program())
            .args(&change)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment of the kill wanders through reading, writing and leaving.
        std::thread::sleep(Duration::from_millis(120 * step));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        done(&change);
        let listed = done(["keys", "list", "--keys", &keys, "--keys-passphrase-file", &new]);
        assert_eq!(listed, made);
        let refused = run(["keys", "list", "--keys", &keys, "--keys-passphrase-file", &words]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains("is not opened by the passphrase") && !told.contains("horse"), "{told}");
        words = new;
    }
    assert!(killed > 0, "no run was killed in time");
}
