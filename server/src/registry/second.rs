//! A second program that verifies a history, written from the table in `chain.rs` alone: it shares no code with it, and
//! reads the lines of `shirushi history export` as an auditor's program would.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shirushi_shared::time::UnixTime;

/// The hash of the entry in an exported line that follows `previous`.
pub(crate) fn hash(previous: &[u8], line: &Value) -> Vec<u8> {
    let mut bytes = previous.to_vec();
    let later = line["format"] == 2;
    text(&mut bytes, &Value::from(if later { "shirushi history 2" } else { "shirushi history 1" }));
    number(&mut bytes, &line["position"]);
    instant(&mut bytes, &line["at"]);
    text(&mut bytes, &line["by"]["name"]);
    if later {
        maybe(&mut bytes, &line["by"]["organisation"], text);
        maybe(&mut bytes, &line["by"]["key"], text);
    }
    text(&mut bytes, &line["what"]);
    if later {
        maybe(&mut bytes, &line["why"], text);
        text(&mut bytes, &line["kind"]);
    }
    if line["kind"] == "label" {
        label(&mut bytes, &line["record"]);
        if later {
            maybe(&mut bytes, &line["document"], text);
        }
    } else {
        text(&mut bytes, &line["id"]);
        number(&mut bytes, &line["revision"]);
        text(&mut bytes, &line["document"]);
    }
    Sha256::digest(&bytes).to_vec()
}

/// Follows the chain through exported lines from `previous`; gives the last hash, or the position at which it breaks.
pub(crate) fn follow(mut previous: Vec<u8>, lines: &str) -> Result<Vec<u8>, u64> {
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let hash = hash(&previous, &line);
        if line["hash"] != hex(&hash) {
            return Err(line["position"].as_u64().unwrap());
        }
        previous = hash;
    }
    Ok(previous)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn label(bytes: &mut Vec<u8>, record: &Value) {
    text(bytes, &record["number"]);
    number(bytes, &record["revision"]);
    let state = &record["state"];
    text(bytes, &state["state"]);
    maybe(bytes, &state["since"], instant);
    maybe(bytes, &state["until"], instant);
    maybe(bytes, &state["reason"], text);
    instant(bytes, &record["valid"]["from"]);
    instant(bytes, &record["valid"]["until"]);
    let tokens = record["tokens"].as_array().unwrap();
    bytes.extend(u32::try_from(tokens.len()).unwrap().to_be_bytes());
    for token in tokens {
        let digits = token["id"].as_str().unwrap();
        bytes.extend((0..64).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()));
        instant(bytes, &token["registered"]);
    }
}

fn text(bytes: &mut Vec<u8>, value: &Value) {
    let text = value.as_str().unwrap();
    bytes.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    bytes.extend(text.as_bytes());
}

fn number(bytes: &mut Vec<u8>, value: &Value) {
    bytes.extend(value.as_u64().unwrap().to_be_bytes());
}

fn instant(bytes: &mut Vec<u8>, value: &Value) {
    let seconds = UnixTime::parse(value.as_str().unwrap()).unwrap().as_secs();
    bytes.extend(u64::try_from(seconds).unwrap().to_be_bytes());
}

fn maybe(bytes: &mut Vec<u8>, value: &Value, write: fn(&mut Vec<u8>, &Value)) {
    bytes.push(u8::from(!value.is_null()));
    if !value.is_null() {
        write(bytes, value);
    }
}
