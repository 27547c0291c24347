//! A stock check.

use std::fmt::Write as _;

use super::*;

const OTHER: &str = "https://label.example/v/SHI-2026-00018";
/// Long enough for a token, and none.
const BROKEN: &str = "https://label.example/v/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

/// A phone in the middle of a stock check.
fn counting() -> Story {
    let mut story = Story::looking();
    story.happens(Event::Stock(StockEvent::Remembered(String::new())));
    story.effects.clear();
    story
}

impl Story {
    fn tally(&self) -> &Tally {
        &self.state.as_ref().unwrap().tally
    }

    /// What was counted, the latest first: the end of the code, the pieces, and what came out.
    fn list(&self) -> String {
        self.tally().rows.iter().fold(String::new(), |mut list, row| {
            let end = &row.text[row.text.len() - 5..];
            let told = row.told.as_ref().map_or("?", |told| told.outcome.as_str());
            let lists = if row.told.as_ref().is_some_and(|told| told.by_lists) { " (lists)" } else { "" };
            writeln!(list, "{end} x{} {told}{lists}", row.count).unwrap();
            list
        })
    }

    fn asked(&mut self) -> Vec<Ticket> {
        let asked = self.wanted().into_iter();
        asked
            .filter_map(|effect| if let Effect::Ask(ticket, _) = effect { Some(ticket) } else { None })
            .collect()
    }

    fn judged(&mut self) -> Vec<Ticket> {
        let asked = self.wanted().into_iter();
        asked
            .filter_map(|effect| if let Effect::Judge(ticket, _) = effect { Some(ticket) } else { None })
            .collect()
    }

    fn heard(&mut self) -> Vec<Effect> {
        let wanted = self.wanted().into_iter();
        wanted
            .filter(|effect| matches!(effect, Effect::Signal(_) | Effect::Stock(StockEffect::SignalAgain)))
            .collect()
    }

    fn later(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.plus(seconds);
        self
    }
}

#[test]
fn label_after_label_is_counted_while_the_camera_stays_on() {
    let mut story = counting();
    story.sees(&[LINK]).sees(&[LINK]).sees(&[]).later(1).sees(&[LINK]);
    let first = story.asked();
    assert_eq!((first.len(), story.list().as_str()), (1, "00017 x1 ?\n"), "what stays in view is one piece");
    story.later(1).sees(&[OTHER]);
    let second = story.asked();
    assert_eq!(story.camera(), Camera::On { torch: None });
    assert_eq!(story.screen(), &Screen::READY);
    story.happens(Event::Answered(second[0], answer(NOW)));
    story.happens(Event::Answered(first[0], answer(NOW)));
    assert_eq!(story.list(), "00018 x1 status_unknown\n00017 x1 status_unknown\n", "each its own answer");

    story.wanted();
    story.later(5).sees(&[LINK, OTHER]);
    assert_eq!(story.list(), "00018 x2 status_unknown\n00017 x2 status_unknown\n", "both that are in view");
    assert_eq!(story.tally().pieces(), 4);
    let again = story.wanted();
    assert!(!again.iter().any(|effect| matches!(effect, Effect::Ask(..))), "asked a moment ago: {again:?}");
    story.later(120).sees(&[LINK]);
    assert_eq!(story.asked().len(), 1, "what was said two minutes ago is asked anew");
    assert!(story.list().starts_with("00017 x3 ?\n"), "and not shown as if it held now: {}", story.list());

    story.happens(Event::Stock(StockEvent::TakeBack));
    assert_eq!(story.list(), "00017 x2 ?\n00018 x2 status_unknown\n");
}

#[test]
fn a_hand_scanner_counts_each_time_and_each_outcome_has_its_sound() {
    let mut story = counting();
    story.happens(Event::Typed(LINK.to_owned())).happens(Event::Typed(LINK.to_owned()));
    assert_eq!(story.list(), "00017 x2 ?\n");
    let asked = story.asked();
    assert_eq!(asked.len(), 1);
    let valid = VerdictAnswer { outcome: Outcome::Valid, ..*answer(NOW) };
    story.happens(Event::Answered(asked[0], Box::new(valid)));
    assert_eq!(story.heard(), [Effect::Signal(Tone::Good)]);
    story.happens(Event::Typed(LINK.to_owned()));
    assert_eq!(story.heard(), [Effect::Stock(StockEffect::SignalAgain)]);
    story.happens(Event::Typed(BROKEN.to_owned())).happens(Event::Typed(BROKEN.to_owned()));
    assert_eq!(story.heard(), [Effect::Signal(Tone::Bad), Effect::Signal(Tone::Bad)]);
    story.happens(Event::Typed("4901234567894".to_owned()));
    assert_eq!(story.note(), Some(&Note::ProductCode));
    assert_eq!(story.heard(), [Effect::Signal(Tone::Neutral)]);
    assert_eq!(story.list(), "eeeee x2 malformed\n00017 x3 valid\n", "a product's number is no label");
    story.happens(Event::Signals(false)).happens(Event::Typed(LINK.to_owned()));
    assert_eq!(story.heard(), []);
}

#[test]
fn what_imitates_a_label_is_called_out_and_counted() {
    let alike = format!("https://1abel.example/v/{}", "7".repeat(290));
    let mut story = counting();
    for _ in 0..30 {
        story.sees(&[&alike]);
    }
    assert_eq!(story.look_alike(), Some("1abel.example"));
    assert_eq!(
        (story.list().as_str(), story.heard()),
        ("77777 x1 not_a_label\n", vec![Effect::Signal(Tone::Bad)])
    );
    assert!(!story.asked().iter().any(|_| true), "and asked nowhere");
    story.later(3).sees(&[LINK]);
    assert_eq!(story.look_alike(), None);
}

#[test]
fn it_goes_on_by_the_lists_and_every_row_is_settled_when_the_service_is_back() {
    let mut story = counting();
    let code = |number: u32| format!("https://label.example/v/SHI-2026-{number:05}");
    for number in 1..=6 {
        story.happens(Event::Typed(code(number)));
    }
    let asked = story.asked();
    assert_eq!(asked.len(), 4, "so many at a time");
    story.happens(Event::Failed(asked[0], Trouble::Unreachable));
    assert_eq!(story.judged().len(), 3, "that one, and the two that were not asked about yet");
    for ticket in &asked[1..] {
        story.happens(Event::Failed(*ticket, Trouble::Unreachable));
    }
    let retry = story.wanted().into_iter().filter(|effect| matches!(effect, Effect::TryLater(_))).count();
    assert_eq!(retry, 0, "one time is enough for all of them");

    // Without a network, the next one is told by the lists at once.
    story.happens(Event::Typed(code(7)));
    let judged = story.judged();
    assert_eq!(judged.len(), 1);
    story.happens(Event::Judged(judged[0], Some(answer(NOW.plus(-3600)))));
    assert!(story.list().starts_with("00007 x1 status_unknown (lists)\n00006 x1 ?\n"), "{}", story.list());
    story.happens(Event::Judged(asked[0], None));
    assert!(story.list().ends_with("00001 x1 ?\n"), "no word is no outcome: {}", story.list());

    // It is connected again: all are asked, a few at a time, and the lists come too late.
    story.happens(Event::Online);
    let mut settled = 0;
    let mut open = story.asked();
    assert_eq!(open.len(), 4);
    while let Some(ticket) = open.pop() {
        settled += 1;
        story.happens(Event::Answered(ticket, answer(NOW)));
        story.happens(Event::Judged(ticket, Some(answer(NOW.plus(-3600)))));
        open.extend(story.asked());
    }
    assert_eq!(settled, 7);
    assert!(!story.list().contains('?') && !story.list().contains("lists"), "{}", story.list());
}

#[test]
fn while_the_service_is_away_one_row_tries_and_the_rest_wait() {
    let mut story = counting();
    for number in ["00001", "00002", "00003"] {
        story.happens(Event::Typed(format!("https://label.example/v/SHI-2026-{number}")));
    }
    let asked = story.asked();
    story.happens(Event::Failed(asked[0], Trouble::Overloaded));
    let Some(Effect::TryLater(later)) = story.wanted().pop() else { panic!("no second try") };
    story
        .happens(Event::Failed(asked[1], Trouble::Overloaded))
        .happens(Event::Failed(asked[2], Trouble::Overloaded));
    story.effects.clear();
    story.happens(Event::Waited(later));
    let probe = story.asked();
    assert_eq!(probe.len(), 1);
    story.happens(Event::Failed(probe[0], Trouble::Overloaded));
    let Some(Effect::TryLater(later)) = story.wanted().pop() else { panic!("no third try") };
    story.happens(Event::Waited(later));
    let probe = story.asked();
    story.happens(Event::Answered(probe[0], answer(NOW)));
    assert_eq!(story.asked().len(), 2, "it is there again");
}

#[test]
fn a_label_that_the_service_has_no_answer_to_holds_nothing_up() {
    let mut story = counting();
    story.happens(Event::Typed(LINK.to_owned()));
    let asked = story.asked();
    story.happens(Event::Failed(asked[0], Trouble::Answer));
    assert_eq!(story.judged(), asked, "the lists may know");
    story.happens(Event::Judged(asked[0], None));
    story.happens(Event::Typed(OTHER.to_owned()));
    let other = story.asked();
    assert_eq!(other.len(), 1);
    story.happens(Event::Answered(other[0], answer(NOW)));
    assert_eq!(story.asked(), [], "not by itself");
    assert_eq!(story.list(), "00018 x1 status_unknown\n00017 x1 ?\n");
    story.happens(Event::Typed(LINK.to_owned()));
    assert_eq!(story.asked(), asked, "when it is scanned again");
}

#[test]
fn the_list_survives_and_what_was_open_is_asked_again() {
    let mut story = counting();
    story.happens(Event::Typed(LINK.to_owned())).happens(Event::Typed(LINK.to_owned()));
    let asked = story.asked();
    story.happens(Event::Answered(asked[0], answer(NOW)));
    story.happens(Event::Typed(OTHER.to_owned())).happens(Event::Typed(BROKEN.to_owned()));
    let kept = story.wanted().into_iter().rev().find_map(|effect| match effect {
        Effect::Stock(StockEffect::Keep(text)) => Some(text),
        _ => None,
    });
    let (kept, list) = (kept.unwrap(), story.list());

    let mut next = Story::begin();
    next.happens(Event::Stock(StockEvent::Remembered(kept.clone())));
    assert_eq!((next.list(), next.tally().is_on), (list, true));
    assert_eq!(next.asked().len(), 1, "the one without an answer");
    next.happens(Event::Stock(StockEvent::Remembered(kept)));
    assert_eq!(next.asked().len(), 0, "nothing new in it");

    // Whatever somebody wrote there, nothing of it is believed beyond its line.
    let odd = "Wi-Fi password\t1\t1\nhttps://label.example/v/SHI-2026-00017\t-3\t1\n\t\t\n\
               https://label.example/v/SHI-2026-00018\t2\t5\tsuperb\t0\t5\t0\t\t\t\t\n";
    let mut odd_one = Story::begin();
    odd_one.happens(Event::Stock(StockEvent::Remembered(odd.to_owned())));
    assert_eq!(odd_one.list(), "00018 x2 ?\n");
}

#[test]
fn erasing_asks_back_and_a_full_list_says_so() {
    let mut story = counting();
    for number in 0..1_000 {
        story.happens(Event::Typed(format!("https://label.example/v/SHI-2026-{number:05}")));
    }
    story.effects.clear();
    story.happens(Event::Typed("https://label.example/v/SHI-2026-01000".to_owned()));
    assert_eq!((story.tally().is_full, story.tally().rows.len()), (true, 1_000));
    assert_eq!(story.heard(), [Effect::Signal(Tone::Bad)]);
    story.happens(Event::Typed("https://label.example/v/SHI-2026-00000".to_owned()));
    assert_eq!(
        (story.tally().is_full, story.tally().pieces()),
        (false, 1_001),
        "a known label finds its row"
    );
    story.happens(Event::Stock(StockEvent::Erase));
    assert_eq!(story.tally().pieces(), 1_001);
    story.happens(Event::Stock(StockEvent::Erase));
    assert_eq!((story.tally().pieces(), story.tally().is_on), (0, true));
}
