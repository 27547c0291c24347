//! Signature vectors of others (read where they lie, never copied): what is accepted at the edges.

use std::path::PathBuf;

use serde_json::Value;

use super::PublicKey;

/// A JSON file of the test data, or a skip that says so (`REQUIRE_DATA=1` makes it a failure).
pub(crate) fn data(file: &str) -> Option<Value> {
    raw_data(file).map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

/// A file of the test data, likewise.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn raw_data(file: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("SHIRUSHI_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    match std::fs::read(folder.join(file)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            assert!(std::env::var_os("REQUIRE_DATA").is_none(), "{file}: {error}");
            eprintln!("skipped: no test data at {} ({error})", folder.join(file).display());
            None
        }
    }
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn holds(key: &str, message: &[u8], signature: &str) -> bool {
    let key: Option<[u8; 32]> = unhex(key).try_into().ok();
    let signature: Option<[u8; 64]> = unhex(signature).try_into().ok();
    match (key.map(|key| PublicKey::from_bytes(&key)), signature) {
        (Some(Ok(key)), Some(signature)) => {
            let holds = key.holds(message, &signature);
            assert_eq!(key.prepared().holds(message, &signature), holds, "the same by tables");
            holds
        }
        _ => false,
    }
}

#[test]
fn all_of_wycheproof_agree() {
    let Some(file) = data("wycheproof/ed25519_test.json") else { return };
    let mut seen = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let key = group["publicKey"]["pk"].as_str().unwrap();
        for test in group["tests"].as_array().unwrap() {
            let held = holds(key, &unhex(test["msg"].as_str().unwrap()), test["sig"].as_str().unwrap());
            assert_eq!(held, test["result"] == "valid", "{test}");
            seen += 1;
        }
    }
    assert_eq!(seen, 151);
}

/// 914 signatures at the edges of the curve, on which implementations disagree. We accept the 43 that `verify_strict`
/// accepts: those that `verify` would accept beyond them (165) can be made by someone who does not have the key, or
/// have a second form.
#[test]
fn at_the_edges_the_strict_ones_only() {
    let Some(file) = data("cctv/ed25519vectors.json") else { return };
    let vectors = file.as_array().unwrap();
    let mut accepted = std::collections::BTreeMap::<String, u32>::new();
    for vector in vectors {
        let text = |field: &str| vector[field].as_str().unwrap();
        if holds(text("key"), text("msg").as_bytes(), text("sig")) {
            let flags = vector["flags"].as_array().map_or_else(String::new, |flags| {
                flags.iter().map(|flag| flag.as_str().unwrap()).collect::<Vec<_>>().join(" + ")
            });
            assert!(!flags.contains("low_order_A") && !flags.contains("low_order_R"), "{vector}");
            *accepted.entry(flags).or_default() += 1;
        }
    }
    assert_eq!(vectors.len(), 914);
    assert_eq!(accepted.values().sum::<u32>(), 43);
    let table: String = accepted.iter().map(|(flags, count)| format!("{count:3} {flags}\n")).collect();
    insta::assert_snapshot!("accepted_edge_cases", table);
}
