//! Without the service, or until it has answered.

use super::*;

/// The lists' answer, told from the service's by its time.
fn by_lists() -> Box<VerdictAnswer> {
    answer(NOW.plus(-3600))
}

/// What is wanted beside what the reader hears and what is kept of it.
fn questions(story: &mut Story) -> Vec<Effect> {
    let wanted = story.wanted();
    wanted.into_iter().filter(|effect| !matches!(effect, Effect::Signal(_) | Effect::Keep(_))).collect()
}

fn basis(story: &Story) -> (Basis, UnixTime) {
    match story.screen() {
        Screen::Told { basis, answer, .. } => (*basis, answer.checked_at),
        other => panic!("no verdict: {other:?}"),
    }
}

#[test]
fn on_a_slow_line_the_lists_answer_first_and_the_service_has_the_last_word() {
    let mut story = Story::looking();
    story.sees(&[LINK]);
    let (ticket, request) = story.question();
    story.happens(Event::Waited(ticket));
    assert_eq!(questions(&mut story), [Effect::Judge(ticket, Box::new(request))]);
    story.happens(Event::Judged(ticket, Some(by_lists())));
    assert_eq!(basis(&story), (Basis::Lists { asking: true }, NOW.plus(-3600)));
    story.happens(Event::Answered(ticket, answer(NOW)));
    assert_eq!(basis(&story), (Basis::Settled, NOW));
    story.happens(Event::Judged(ticket, Some(by_lists())));
    assert_eq!(basis(&story), (Basis::Settled, NOW), "the lists come too late");
    let heard = story.wanted();
    let signals = heard.iter().filter(|effect| matches!(effect, Effect::Signal(_)));
    assert_eq!(signals.count(), 1, "the service said the same, which is not heard again: {heard:?}");
    assert!(heard.iter().all(|effect| matches!(effect, Effect::Signal(_) | Effect::Keep(_))), "{heard:?}");
}

#[test]
fn the_lists_are_not_asked_on_a_good_line() {
    let mut story = Story::looking();
    story.sees(&[LINK]);
    let (ticket, _) = story.question();
    story.happens(Event::Answered(ticket, answer(NOW)));
    story.happens(Event::Waited(ticket));
    assert_eq!(questions(&mut story), []);
}

#[test]
fn without_a_network_the_lists_answer_until_the_service_is_back() {
    let mut story = Story::looking();
    story.sees(&[LINK]);
    let (ticket, _) = story.question();
    story.happens(Event::Failed(ticket, Trouble::Unreachable));
    assert!(matches!(questions(&mut story)[..], [Effect::Judge(..)]));
    story.happens(Event::Judged(ticket, Some(by_lists())));
    assert_eq!(basis(&story).0, Basis::Lists { asking: false });
    assert_eq!(questions(&mut story), [Effect::TryLater(ticket)]);

    // In vain at first, with the lists' answer in sight all the time.
    story.happens(Event::Waited(ticket));
    let (again, _) = story.question();
    assert_ne!(again, ticket);
    assert_eq!(basis(&story).0, Basis::Lists { asking: true });
    story.happens(Event::Failed(again, Trouble::Unreachable));
    assert_eq!(
        (basis(&story).0, questions(&mut story)),
        (Basis::Lists { asking: false }, vec![Effect::TryLater(again)])
    );

    // Then the device is connected again, before the time is over.
    story.happens(Event::Online);
    let (third, _) = story.question();
    story.happens(Event::Waited(again));
    assert_eq!(questions(&mut story), [], "that time belonged to an earlier question");
    story.happens(Event::Answered(third, answer(NOW)));
    assert_eq!(basis(&story), (Basis::Settled, NOW));
    story.happens(Event::Online);
    assert_eq!(questions(&mut story), []);
}

#[test]
fn without_lists_the_trouble_is_told_and_nothing_else() {
    for (first, second) in [(0, 1), (1, 0)] {
        let mut story = Story::looking();
        story.sees(&[LINK]);
        let (ticket, _) = story.question();
        let events = [Event::Waited(ticket), Event::Failed(ticket, Trouble::Overloaded)];
        story.happens(events[first].clone()).happens(Event::Judged(ticket, None));
        if first == 0 {
            assert!(
                matches!(story.screen(), Screen::Asking { trouble: None, .. }),
                "the service may still answer"
            );
        }
        story.happens(events[second].clone()).happens(Event::Judged(ticket, None));
        assert!(matches!(story.screen(), Screen::NotChecked { trouble: Trouble::Overloaded, .. }));
        questions(&mut story);
        story.happens(Event::Online);
        story.question();
    }
}

#[test]
fn a_label_whose_page_could_not_be_had_is_asked_about_with_its_model() {
    let mut story = Story::begin();
    story.happens(Event::Linked(LINK.into(), Some("RX-200".into())));
    let (ticket, request) = story.question();
    assert_eq!((request.number.as_deref(), request.model.as_deref()), (Some("SHI202600017"), Some("RX-200")));
    story.happens(Event::Failed(ticket, Trouble::Unreachable));
    let judged = questions(&mut story).into_iter().find_map(|effect| match effect {
        Effect::Judge(_, request) => request.model,
        _ => None,
    });
    assert_eq!(judged.as_deref(), Some("RX-200"));
}

#[test]
fn a_verdict_by_lists_that_lay_in_a_pocket_stays_until_there_is_a_better_one() {
    let mut story = Story::looking();
    story.sees(&[LINK]);
    let (ticket, _) = story.question();
    story
        .happens(Event::Failed(ticket, Trouble::Unreachable))
        .happens(Event::Judged(ticket, Some(by_lists())));
    questions(&mut story);
    story.happens(Event::Hidden).happens(Event::Shown);
    story.question();
    assert_eq!(basis(&story).0, Basis::Lists { asking: true });
}
