use serde_json::json;
use shirushi_shared::api::{VerdictAnswer, VerifyRequest};

use super::{read, write};

fn full() -> serde_json::Value {
    let check = |reason: &str| json!({ "result": "pass", "reason": reason });
    json!({
        "outcome": "valid",
        "checks": {
            "signature": check("ok"), "key": check("key_retired"), "validity": check("ok"),
            "status": check("ok"), "freshness": { "result": "unknown", "reason": "clock_disagreement" },
        },
        "number": "SHI202600017",
        "claims": {
            "token_sha256": "ab".repeat(32), "number": "SHI202600017", "level": "STAR-2", "category": "network_camera",
            "issued": "2026-11-22T00:00:00Z", "expires": "2028-11-22T00:00:00Z",
        },
        "status": {
            "value": "suspended", "reason": "疑義 \"x\"\n", "since": "2026-11-22T00:00:00Z",
            "until": "2026-12-22T00:00:00Z", "valid_from": "2026-11-01T00:00:00Z",
            "expires": "2028-11-22T00:00:00Z", "revision": 7, "as_of": "2026-11-22T00:00:00Z", "age_s": 3,
            "source": "cache",
        },
        "product": {
            "printed_number": "SHI-2026-00017",
            "maker": { "name": "架空電機😀", "name_en": "Kaku", "corporate_number": "7000012050002" },
            "products": [
                { "name": "A", "models": [{ "number": "R/1", "gtin": "04901234567894" }, { "number": "R2", "gtin": null }] },
                { "name": "B", "models": [] },
            ],
            "category": "network_camera", "level": "STAR-3",
            "assessment": { "route": "third_party", "body": "例示評価センター" },
            "registered": "2026-11-01T00:00:00Z",
        },
        "claimed": { "model": "not_listed", "level": "listed" },
        "checked_at": "2026-11-22T01:02:03Z",
        "as_of": "2026-11-22T00:00:00Z",
    })
}

/// By hand and by serde, the same.
fn same(answer: &serde_json::Value) -> VerdictAnswer {
    let text = answer.to_string();
    let derived: VerdictAnswer =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(read(&text).as_ref(), Some(&derived), "{text}");
    let written = serde_json::to_string_pretty(&derived).unwrap();
    assert_eq!(read(&written).as_ref(), Some(&derived), "{written}");
    derived
}

#[test]
fn what_is_read_by_hand_is_what_serde_reads() {
    let mut answer = full();
    same(&answer);
    // Without each optional part in turn.
    for field in ["number", "claims", "product", "claimed", "as_of"] {
        let mut less = answer.clone();
        less.as_object_mut().unwrap().remove(field);
        same(&less);
    }
    for field in ["value", "reason", "since", "until", "valid_from", "expires", "revision", "as_of", "age_s"]
    {
        let mut less = answer.clone();
        less["status"].as_object_mut().unwrap().remove(field);
        same(&less);
    }
    answer["product"]["assessment"] = json!({ "route": "self_declaration" });
    answer["product"]["maker"] = json!({ "name": "甲", "name_en": null, "corporate_number": null });
    answer["something"] = json!({ "new": [1.5, true, {}] });
    same(&answer);
    for kind in [
        json!({ "kind": "text" }),
        json!({ "kind": "own_page" }),
        json!({ "kind": "foreign_link", "host": "evil.example" }),
        json!({ "kind": "pre_label_number", "number": "acceptance" }),
    ] {
        answer["not_a_label"] = kind;
        same(&answer);
    }
}

#[test]
fn every_word_of_an_answer_is_known_to_both() {
    use shirushi_shared::verdict::{Outcome, Reason};
    let mut answer = full();
    for part in ["claims", "product"] {
        answer.as_object_mut().unwrap().remove(part);
    }
    for outcome in Outcome::ALL {
        answer["outcome"] = outcome.as_str().into();
        assert_eq!(same(&answer).outcome, outcome);
    }
    for reason in Reason::ALL {
        answer["checks"]["key"]["reason"] = reason.as_str().into();
        assert_eq!(same(&answer).checks.key.reason, reason);
    }
    for source in ["registry", "cache", "status_list", "none"] {
        answer["status"]["source"] = source.into();
        same(&answer);
    }
}

#[test]
fn what_is_no_answer_is_none() {
    let text = {
        let answer = full();
        answer.to_string()
    };
    assert!(read(&text).is_some());
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(read(&text[..end]).is_none(), "cut at {end}");
    }
    for (word, other) in [
        ("\"valid\"", "\"fine\""),
        ("key_retired", "whatever"),
        ("not_listed", "maybe"),
        ("2028-11-22T00:00:00Z", "soon"),
        ("STAR-2", "STAR-9"),
        ("}", "}}"),
    ] {
        assert!(read(&text.replacen(word, other, 1)).is_none(), "{other}");
    }
    for other in ["", "null", "[]", "{}", "\"", &"[".repeat(100_000), "{\"outcome\":\"\\ud800\"}"] {
        assert!(read(other).is_none());
    }
    assert_eq!(
        super::json::Value::parse(r#"{"a":"\u00e9\ud83d\ude00\n\/"}"#).unwrap().text("a"),
        Some("é😀\n/")
    );
}

#[test]
fn a_question_is_written_as_serde_reads_it() {
    for request in [
        VerifyRequest {
            link: Some("https://a.example/v/1\u{1}\"\\é😀".into()), ..VerifyRequest::default()
        },
        VerifyRequest { number: Some("A-1".into()), model: Some("R".into()), ..VerifyRequest::default() },
        VerifyRequest::default(),
    ] {
        assert_eq!(serde_json::from_str::<VerifyRequest>(&write(&request)).unwrap(), request);
    }
}
