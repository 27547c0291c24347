//! The scanner as HTML, in states that a browser would reach.

use std::sync::Arc;

use leptos::prelude::*;
use shirushi_shared::{
    scan::Origins,
    text::{Language, Zone},
    verdict::Outcome,
};
use shirushi_web::{
    check::{CameraProblem, Effect, Event, State, Surroundings, Ticket, Trouble, step},
    scanner::{Refs, scanner},
    view::Reader,
};

use crate::samples;

const PHONE: Surroundings = Surroundings { encrypted: true, can_ask: true, in_app: false };

/// What a reader sees after `events`.
fn shown(language: Language, events: Vec<Event>) -> String {
    let mut state = State::new(Origins::new(["https://label.example"]));
    for event in events {
        state = step(state, event, samples::now()).0;
    }
    Owner::new().with(|| {
        let reader = Reader { language, zone: Zone::east_by(120) };
        scanner(RwSignal::new(state), reader, Refs::default(), Arc::new(|_| {})).to_html()
    })
}

/// The ticket of the first question, which is the same in every new scanner.
fn first_ticket() -> Ticket {
    let state = State::new(Origins::new(["https://label.example"]));
    let (_, effects) = step(state, Event::Typed("SHI-2026-00017".into()), samples::now());
    let asked = effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(ticket, _) => Some(ticket),
        _ => None,
    });
    asked.unwrap()
}

fn asked(answer: Event) -> Vec<Event> {
    vec![Event::Opened(PHONE), Event::Typed("SHI-2026-00017".into()), answer]
}

#[test]
fn what_could_not_be_checked_looks_like_no_verdict() {
    for &language in Language::ALL {
        for trouble in [Trouble::Unreachable, Trouble::Overloaded, Trouble::Answer] {
            let html = shown(language, asked(Event::Failed(first_ticket(), trouble)));
            assert!(html.contains(language.words().problems.unreachable), "{trouble:?}: {html}");
            assert!(html.contains(language.words().scan.retry), "{trouble:?}");
            assert!(!html.contains("tone-") && !html.contains("data-outcome"), "{trouble:?}");
        }
    }
}

#[test]
fn a_verdict_is_the_same_view_as_on_the_server_in_the_readers_zone() {
    for outcome in Outcome::ALL {
        let answer = Box::new(samples::answer(outcome));
        let html = shown(Language::En, asked(Event::Answered(first_ticket(), answer)));
        let words = Language::En.words();
        assert!(html.contains(&format!("data-outcome=\"{}\"", outcome.as_str())), "{html}");
        assert!(html.contains(&format!("<h1>{}</h1>", words.outcomes.of(outcome).headline)));
        assert!(html.contains(words.scan.next) && html.contains("UTC+02:00"), "{outcome:?}");
    }
}

#[test]
fn each_problem_of_the_camera_has_its_words_and_leaves_the_other_ways_open() {
    let mut seen = std::collections::BTreeSet::new();
    use CameraProblem as P;
    for problem in [P::Refused, P::Missing, P::Busy, P::Unencrypted, P::InApp, P::Unsupported, P::Reader] {
        let html = shown(Language::Ja, vec![Event::Opened(PHONE), Event::CameraFailed(problem)]);
        assert!(html.contains("id=\"number\"") && html.contains("id=\"photograph\""), "{problem:?}");
        let says = html.split("class=\"says\">").nth(1).unwrap().split("</p>").next().unwrap().to_owned();
        assert!(seen.insert(says), "{problem:?} has words of its own");
    }
}

#[test]
fn foreign_codes_are_named_as_text() {
    let evil = "https://evil.example/<script>alert(1)</script>";
    let frame = || Event::Frame(vec![evil.into(), "https://label.example/v/SHI-2026-00017".into()]);
    let answered = Event::Answered(first_ticket(), Box::new(samples::answer(Outcome::Valid)));
    let camera = vec![Event::Opened(PHONE), Event::CameraStarted { torch: false }];
    let html = shown(Language::En, [camera.clone(), vec![frame(), answered]].concat());
    assert!(html.contains("<li>evil.example</li>") && html.contains("It was not opened."), "{html}");
    let alone = shown(Language::En, [camera, vec![Event::Frame(vec![evil.into()])]].concat());
    assert!(alone.contains("The code is a link to evil.example. It was not opened."), "{alone}");
    for html in [html, alone] {
        assert!(!html.contains("<script") && !html.contains("href=\"https://evil"));
    }
}
