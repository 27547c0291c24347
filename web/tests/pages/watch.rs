//! The page of a watch list.

use shirushi_shared::{text::Language, time::UnixTime};
use shirushi_web::page::watch::{Change, List, Seen, render as page};

use super::{can_be_walked, render, without_style};

fn change(reason: &str, days: Option<u32>, before: Option<&str>, after: &str) -> Change {
    let expires = UnixTime::parse("2027-05-20T15:00:00Z").unwrap();
    let seen = |state: &str| Seen { state: state.into(), expires };
    Change {
        number: "SHI202600017".into(),
        at: UnixTime::parse("2026-11-22T01:00:00Z").unwrap(),
        reason: reason.into(),
        days,
        before: before.map(seen),
        after: seen(after),
    }
}

const PATH: &str = "/watch/0123456789abcdefghijkl?lang=ja&before=9";

#[test]
fn every_change_is_told_with_before_and_after_and_in_no_colour_of_a_verdict() {
    for &language in Language::ALL {
        let words = &language.page_words().watch;
        let mut expired = change("expired", None, Some("active"), "active");
        expired.at = expired.after.expires;
        let changes = vec![
            change("revoked", None, Some("suspended"), "revoked"),
            change("suspended", None, Some("active"), "suspended"),
            change("expiring", Some(90), Some("active"), "active"),
            change("a word of a later version", None, Some("grace"), "active"),
            change("registered", None, None, "active"),
            expired,
        ];
        let list = List { name: "棚 <12>", numbers: 3, changes, older: Some(7), is_newest: false };
        let html = render("watch", PATH, language, |frame| page(frame, &list));
        can_be_walked("watch", &html);
        let markup = without_style(&html);
        assert!(!markup.contains("<script") && !markup.contains("tone-") && markup.contains("noindex"));
        assert!(markup.contains("棚 &lt;12&gt;"), "a name stays a text");
        for text in [words.reasons.revoked, words.reasons.suspended, words.reasons.other, words.not_on_record]
        {
            assert!(markup.contains(text), "{text}");
        }
        let ended = language.ended_on(list.changes[5].after.expires, shirushi_shared::text::Zone::JAPAN);
        assert!(markup.contains(&ended), "{ended}");
        assert!(markup.contains("/watch/0123456789abcdefghijkl?lang="), "{markup}");
        assert!(markup.contains("&amp;before=7") && markup.contains(words.newest));
        assert_eq!(markup.matches("href=\"/v/SHI202600017?lang=").count(), 6);
    }
}

#[test]
fn a_list_to_which_nothing_happened_says_so() {
    for &language in Language::ALL {
        let words = &language.page_words().watch;
        let list = List { name: "n", numbers: 1, changes: vec![], older: None, is_newest: true };
        let html = render("watch-empty", PATH, language, |frame| page(frame, &list));
        can_be_walked("watch-empty", &html);
        assert!(html.contains(words.none) && html.contains(words.count_one));
        assert!(!html.contains(words.older) && !html.contains(words.newest));
    }
}
