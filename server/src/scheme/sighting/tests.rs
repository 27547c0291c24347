use super::*;
use crate::scheme::sample::{now, person, reason};

fn ours() -> Origins {
    Origins::new(["https://label.shirushi.example"])
}

fn about(account: &str) -> NewSighting {
    NewSighting {
        suspicion: Suspicion::Altered,
        seen: None,
        answered: None,
        account: Account::parse(account).ok(),
        place: None,
        contact: None,
        photograph: None,
    }
}

fn sighting() -> Sighting {
    Sighting::report(Reference::of(7), about("a second sticker lies on it"), now())
}

#[test]
fn a_report_is_taken_up_and_closed_once() {
    let (sato, kato) = (person("operator", "Sato"), person("operator", "Kato"));
    let taken = sighting().take(sato.clone(), now()).unwrap();
    assert_eq!(taken.state().name(), "in_review");
    let twice = taken.clone().take(kato.clone(), now()).unwrap_err();
    assert_eq!(twice.to_string(), format!("{} is in_review and cannot be taken up", Reference::of(7)));
    let closed = taken.close(reason(), kato.clone(), now()).unwrap();
    assert!(matches!(closed.state(), SightingState::Closed { by, .. } if *by == kato));
    assert!(closed.clone().close(reason(), sato.clone(), now()).is_err());
    assert!(closed.take(sato.clone(), now()).is_err());
    assert!(sighting().close(reason(), sato, now()).is_ok(), "plain at the first look");
}

#[test]
fn a_code_is_kept_as_what_it_is_and_never_as_its_text() {
    let read = |text: &str| Seen::read(text, &ours());
    let number = RegistrationNumber::parse("SHI-2026-00017").unwrap();
    assert_eq!(read("登録番号: shi-2026-00017"), Seen::Number { number: number.clone() });
    assert_eq!(read("https://label.shirushi.example/v/SHI-2026-00017"), Seen::Number { number });
    let broken = format!("https://label.shirushi.example/v/{}", "9".repeat(300));
    for (text, kind, host) in [
        ("https://shop.example/item?user=42", CodeKind::ForeignLink, Some("shop.example")),
        ("https://label.shirushi.example/about", CodeKind::OwnPage, None),
        ("申請番号 A-2026-000123", CodeKind::PreLabelNumber, None),
        ("4901234567894", CodeKind::Gtin, None),
        (&broken, CodeKind::Malformed, None),
        ("こんにちは、これは何かの文章です！", CodeKind::Text, None),
    ] {
        let host = host.map(|host| Name::parse(host).unwrap());
        let sha256 = ContentHash::of(text.as_bytes());
        assert_eq!(read(text), Seen::Code { kind, host, sha256 }, "{text}");
        let kept = serde_json::to_string(&read(text)).unwrap();
        assert!(!kept.contains("999") && !kept.contains("user=42"), "{kept}");
    }
}

#[test]
fn what_is_written_has_its_bounds_in_characters() {
    let written = "字".repeat(MAX_ACCOUNT);
    assert!(Account::parse(&written).is_ok());
    assert_eq!(Account::parse(&(written + "字")), Err(TextError::TooMany(MAX_ACCOUNT)));
    assert!(Account::parse("one\ntwo").is_ok());
    assert_eq!(Account::parse(" "), Err(TextError::Empty));
    assert_eq!(Account::parse("a\u{202E}b"), Err(TextError::Hidden));
    assert_eq!(Brief::parse("one\ntwo"), Err(TextError::Hidden));
    assert!(Brief::parse(&"字".repeat(MAX_BRIEF)).is_ok());
    assert!(Brief::parse(&"字".repeat(MAX_BRIEF + 1)).is_err());
}

#[test]
fn a_report_that_says_nothing_is_none() {
    assert_eq!(about("").check(), Err(Nothing));
    assert!(about("it looks stuck over").check().is_ok());
    assert!(NewSighting { seen: Some(Seen::read("SHI-1", &ours())), ..about("") }.check().is_ok());
    assert!(NewSighting { photograph: Some(ContentHash::of(b"jpeg")), ..about("") }.check().is_ok());
}
