//! Stories of scanning.

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    claim::ClaimAnswers,
    label::RegistrationNumber,
    scan::Origins,
    status::StatusEvidence,
    time::UnixTime,
    verdict::{Clock, Freshness, NotALabel, Outcome, TokenCheck, judge},
};

use super::*;
use crate::view::Tone;

mod lists;
mod mine;
mod stock;
mod wedge;

const NOW: UnixTime = match UnixTime::from_secs(1_800_000_000) {
    Ok(now) => now,
    Err(_) => UnixTime::EPOCH,
};
const LINK: &str = "https://label.example/v/SHI-2026-00017";
const PHONE: Surroundings = Surroundings { encrypted: true, can_ask: true, in_app: false };

/// A scanner to be told stories; keeps what it wanted done since last asked.
struct Story {
    state: Option<State>,
    now: UnixTime,
    effects: Vec<Effect>,
}

impl Story {
    fn begin() -> Self {
        Self {
            state: Some(State::new(Origins::new(["https://label.example"]))),
            now: NOW,
            effects: Vec::new(),
        }
    }

    /// A phone whose camera is on.
    fn looking() -> Self {
        let mut story = Self::begin();
        story.happens(Event::Opened(PHONE));
        story.happens(Event::CameraStarted { torch: false });
        story.effects.clear();
        story
    }

    fn happens(&mut self, event: Event) -> &mut Self {
        let (state, effects) = step(self.state.take().unwrap(), event, self.now);
        self.state = Some(state);
        self.effects.extend(effects);
        self
    }

    fn sees(&mut self, texts: &[&str]) -> &mut Self {
        self.happens(Event::Frame(texts.iter().map(ToString::to_string).collect()))
    }

    fn screen(&self) -> &Screen {
        &self.state.as_ref().unwrap().screen
    }

    fn camera(&self) -> Camera {
        self.state.as_ref().unwrap().camera
    }

    fn wanted(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.effects)
    }

    /// The question that was asked last, with its ticket.
    fn question(&mut self) -> (Ticket, VerifyRequest) {
        let asked = self.wanted().into_iter().find_map(|effect| match effect {
            Effect::Ask(ticket, request) => Some((ticket, *request)),
            _ => None,
        });
        asked.expect("a question was asked")
    }

    fn note(&self) -> Option<&Note> {
        match self.screen() {
            Screen::Ready { note, .. } => note.as_ref(),
            other => panic!("not waiting: {other:?}"),
        }
    }

    fn look_alike(&self) -> Option<&str> {
        self.state.as_ref().unwrap().look_alike.as_deref()
    }

    fn told(&self) -> Outcome {
        match self.screen() {
            Screen::Told { answer, .. } => answer.outcome,
            other => panic!("no verdict: {other:?}"),
        }
    }
}

/// An answer of the service; which one does not matter here.
fn answer(at: UnixTime) -> Box<VerdictAnswer> {
    let number = RegistrationNumber::parse("SHI-2026-00017").unwrap();
    let clock = Clock::at(at, Freshness::LONGEST);
    let verdict = judge(&TokenCheck::NumberOnly(number), &StatusEvidence::None, &clock);
    Box::new(VerdictAnswer::new(&verdict, None, ClaimAnswers::default()))
}

#[test]
fn a_label_is_read_once_and_the_camera_let_go() {
    let mut story = Story::begin();
    story.happens(Event::Opened(PHONE));
    assert_eq!(
        (story.camera(), story.wanted()),
        (Camera::Starting, vec![Effect::StartCamera(String::new())])
    );
    story.happens(Event::CameraStarted { torch: true });
    assert_eq!((story.camera(), story.wanted()), (Camera::On { torch: Some(false) }, vec![Effect::Remind]));
    story.sees(&[]).sees(&[LINK]);
    let effects = story.wanted();
    assert!(
        matches!(effects[..], [Effect::Ask(..), Effect::Wait(_), Effect::Buzz, Effect::StopCamera]),
        "{effects:?}"
    );
    story.sees(&[LINK]);
    assert_eq!(story.wanted(), [], "a frame that was still under way changes nothing");
}

#[test]
fn the_answer_to_the_latest_question_counts() {
    let mut story = Story::looking();
    story.sees(&[LINK]);
    let (first, request) = story.question();
    assert_eq!(request.number.as_deref(), Some("SHI202600017"));
    story.happens(Event::Next).happens(Event::Typed("SHI-2026-00018".into()));
    let (second, _) = story.question();
    story.happens(Event::Answered(first, answer(NOW)));
    assert!(matches!(story.screen(), Screen::Asking { .. }), "the first answer came too late");
    story.happens(Event::Answered(second, answer(NOW)));
    assert_eq!(story.told(), Outcome::StatusUnknown);
}

#[test]
fn what_could_not_be_checked_is_no_verdict_and_can_be_tried_again() {
    for trouble in [Trouble::Unreachable, Trouble::Overloaded, Trouble::Answer] {
        let mut story = Story::looking();
        story.sees(&[LINK]);
        let (ticket, request) = story.question();
        story.happens(Event::Failed(ticket, trouble)).happens(Event::Judged(ticket, None));
        assert!(matches!(story.screen(), Screen::NotChecked { trouble: told, .. } if *told == trouble));
        story.happens(Event::Retry);
        let (again, same) = story.question();
        assert_eq!(same, request);
        story.happens(Event::Failed(ticket, trouble));
        assert!(matches!(story.screen(), Screen::Asking { .. }), "the old failure is over");
        story.happens(Event::Answered(again, answer(NOW)));
        assert_eq!(story.told(), Outcome::StatusUnknown);
    }
}

#[test]
fn among_several_codes_the_label_is_taken_and_the_others_only_named() {
    let mut story = Story::looking();
    story.sees(&["4901234567894", "https://shop.example/item?id=1", LINK, "WIFI:S:cafe;P:secret;;"]);
    let Screen::Asking { request, others, .. } = story.screen() else { panic!("{:?}", story.screen()) };
    assert_eq!(request.number.as_deref(), Some("SHI202600017"));
    assert!(others.contains(&"shop.example".to_owned()), "{others:?}");
    assert_eq!(request.link, None);
}

#[test]
fn a_foreign_code_is_named_at_once_and_told_when_it_stays() {
    let mut story = Story::looking();
    let foreign = NotALabel::ForeignLink { host: "evil.example".into() };
    story.sees(&["https://label.example@evil.example/v/1"]);
    assert_eq!(story.note(), Some(&Note::Seen(foreign)));
    assert_eq!(story.look_alike(), Some("evil.example"), "and called out for what it plays");
    for _ in 0..7 {
        story.sees(&[]).sees(&["https://label.example@evil.example/v/1"]);
    }
    assert_eq!(story.told(), Outcome::NotALabel);
    assert_eq!(
        story.wanted(),
        [Effect::Signal(Tone::Neutral), Effect::Buzz, Effect::StopCamera],
        "nothing is asked and nothing opened"
    );
}

#[test]
fn a_label_after_a_foreign_code_is_still_taken() {
    let mut story = Story::looking();
    for _ in 0..6 {
        story.sees(&["https://shop.example/"]);
    }
    story.sees(&["some text"]).sees(&["https://shop.example/"]).sees(&[LINK]);
    assert_eq!(story.question().1.number.as_deref(), Some("SHI202600017"));
}

#[test]
fn a_serial_number_must_stay_before_it_is_taken_for_a_registration_number() {
    let mut story = Story::looking();
    story.sees(&["SN-0012345"]);
    assert_eq!(story.wanted(), []);
    for _ in 0..7 {
        story.sees(&["SN-0012345"]);
    }
    assert_eq!(story.question().1.number.as_deref(), Some("SN0012345"));
}

#[test]
fn a_bar_code_is_explained_and_never_judged() {
    let mut story = Story::looking();
    for _ in 0..50 {
        story.sees(&["4901234567894"]);
    }
    assert_eq!(story.note(), Some(&Note::ProductCode));
    story.happens(Event::Typed("4901234567894".into()));
    assert_eq!(story.note(), Some(&Note::ProductCode));
    assert_eq!(story.wanted(), []);
}

#[test]
fn each_thing_in_the_way_of_the_camera_is_told_apart() {
    let opened = |surroundings, failure: Option<CameraProblem>| {
        let mut story = Story::begin();
        story.happens(Event::Opened(surroundings));
        if let Some(problem) = failure {
            story.happens(Event::CameraFailed(problem));
        }
        story.camera()
    };
    use CameraProblem as P;
    let failed = Camera::Failed;
    assert_eq!(opened(Surroundings { encrypted: false, ..PHONE }, None), failed(P::Unencrypted));
    assert_eq!(opened(Surroundings { can_ask: false, ..PHONE }, None), failed(P::Unsupported));
    assert_eq!(opened(Surroundings { can_ask: false, in_app: true, ..PHONE }, None), failed(P::InApp));
    assert_eq!(opened(Surroundings { in_app: true, ..PHONE }, None), Camera::Starting, "some apps allow it");
    assert_eq!(opened(Surroundings { in_app: true, ..PHONE }, Some(P::Refused)), failed(P::InApp));
    for problem in [P::Refused, P::Dismissed, P::Missing, P::Busy, P::Reader] {
        assert_eq!(opened(PHONE, Some(problem)), failed(problem));
    }
}

#[test]
fn without_a_camera_a_number_still_leads_to_a_verdict() {
    let mut story = Story::begin();
    story.happens(Event::Opened(PHONE)).happens(Event::CameraFailed(CameraProblem::Refused));
    story.happens(Event::Typed("  ＳＨＩ－２０２６－０００１７ ".into()));
    let (ticket, request) = story.question();
    assert_eq!(request.number.as_deref(), Some("SHI202600017"));
    story.happens(Event::Answered(ticket, answer(NOW)));
    story.effects.clear();
    story.happens(Event::Start);
    assert_eq!(
        story.wanted(),
        [Effect::StartCamera(String::new())],
        "the reader may have allowed it meanwhile"
    );
}

#[test]
fn a_word_is_no_number_and_goes_nowhere() {
    for text in ["", "hello", "WIFI:S:cafe;T:WPA;P:secret;;"] {
        let mut story = Story::looking();
        story.happens(Event::Typed(text.into()));
        assert_eq!(story.note(), Some(&Note::NotANumber), "{text}");
        assert_eq!(story.wanted(), [], "{text}");
    }
    let mut story = Story::looking();
    story.happens(Event::Typed("申請番号 2026-1".into()));
    assert_eq!(story.told(), Outcome::NotALabel);
}

#[test]
fn a_cut_off_code_is_damaged_without_asking_anybody() {
    let mut story = Story::looking();
    story.happens(Event::Typed("https://label.example/v/12345".into()));
    assert_eq!(story.told(), Outcome::Malformed);
    assert_eq!(story.wanted(), [Effect::Signal(Tone::Bad), Effect::Buzz, Effect::StopCamera]);
}

#[test]
fn the_camera_rests_while_the_page_is_hidden() {
    let mut story = Story::looking();
    story.happens(Event::Hidden);
    assert_eq!((story.camera(), story.wanted()), (Camera::Paused, vec![Effect::StopCamera]));
    story.sees(&[LINK]);
    assert_eq!(story.wanted(), [], "a late frame is not looked at");
    story.happens(Event::Shown);
    assert_eq!(
        (story.camera(), story.wanted()),
        (Camera::Starting, vec![Effect::StartCamera(String::new())])
    );
    story.happens(Event::Hidden).happens(Event::CameraStarted { torch: false });
    assert_eq!(story.wanted(), [Effect::StopCamera, Effect::StopCamera], "allowed after the page was left");
    assert_eq!(story.camera(), Camera::Paused);
}

#[test]
fn a_verdict_that_lay_in_a_pocket_is_asked_for_again() {
    let mut story = Story::looking();
    story.sees(&[LINK]);
    let (ticket, request) = story.question();
    story.happens(Event::Answered(ticket, answer(NOW))).happens(Event::Hidden);
    story.effects.clear();
    story.now = NOW.plus(15);
    story.happens(Event::Shown);
    assert_eq!(story.wanted(), []);
    story.now = NOW.plus(16);
    story.happens(Event::Shown);
    assert_eq!(story.question().1, request);
    assert!(matches!(story.screen(), Screen::Asking { .. }), "the old verdict is not shown meanwhile");
}

#[test]
fn the_model_in_hand_is_asked_about_with_the_same_label() {
    let mut story = Story::looking();
    story.happens(Event::Model("RX-200".into()));
    assert_eq!(story.wanted(), [], "there is no label to ask about yet");
    story.sees(&[LINK]);
    let (ticket, _) = story.question();
    story.happens(Event::Answered(ticket, answer(NOW))).happens(Event::Model(" RX-200 ".into()));
    let (_, request) = story.question();
    assert_eq!((request.number.as_deref(), request.model.as_deref()), (Some("SHI202600017"), Some("RX-200")));
}

#[test]
fn a_photograph_is_read_or_says_why_not() {
    let chosen = || {
        let mut story = Story::looking();
        story.happens(Event::PhotographChosen);
        assert_eq!((story.screen(), story.camera()), (&Screen::Reading, Camera::Off));
        story.effects.clear();
        story
    };
    let mut story = chosen();
    story.happens(Event::PhotographRead(vec!["https://shop.example/".into(), LINK.into()]));
    assert_eq!(story.question().1.number.as_deref(), Some("SHI202600017"));
    for (event, note) in [
        (Event::PhotographRead(vec![]), Note::NoCode),
        (Event::PhotographFailed(PhotographProblem::NotAPicture), Note::NotAPicture),
        (Event::PhotographFailed(PhotographProblem::Reader), Note::NoReader),
    ] {
        assert_eq!(chosen().happens(event).note(), Some(&note));
    }
    let mut story = chosen();
    story.happens(Event::PhotographRead(vec!["https://shop.example/".into()]));
    assert_eq!(story.told(), Outcome::NotALabel, "a photograph does not get better by waiting");
}

#[test]
fn the_light_is_switched_where_there_is_one() {
    let mut story = Story::looking();
    story.happens(Event::Torch);
    assert_eq!(story.wanted(), []);
    let mut story = Story::begin();
    story.happens(Event::Opened(PHONE)).happens(Event::CameraStarted { torch: true });
    story.effects.clear();
    story.happens(Event::Torch).happens(Event::Torch);
    assert_eq!(story.wanted(), [Effect::SetTorch(true), Effect::SetTorch(false)]);
}

#[test]
fn help_comes_after_a_while_without_a_code() {
    let mut story = Story::looking();
    story.happens(Event::StillNothing);
    assert_eq!(story.note(), Some(&Note::LookingLong));
    let mut story = Story::looking();
    story.sees(&["https://shop.example/"]).happens(Event::StillNothing);
    assert!(matches!(story.note(), Some(Note::Seen(_))), "what was seen says more");
}

#[test]
fn a_token_survives_a_garbled_link() {
    let digits = "0".repeat(290);
    let mut story = Story::looking();
    story.happens(Event::Typed(format!("https+''label.example'v'{digits}")));
    assert_eq!(story.told(), Outcome::Malformed, "these digits are no token, but they were taken for one");
    let mut story = Story::looking();
    story.happens(Event::Typed(format!("]Q1https;&&label.example&v&{digits}#")));
    assert_eq!(story.told(), Outcome::Malformed, "whatever a scanner puts before and after it");
    let mut story = Story::looking();
    story.happens(Event::Typed("]Q1https://label.example/v/SHI-2026-00017".into()));
    assert_eq!(
        story.question().1.number.as_deref(),
        Some("SHI202600017"),
        "an AIM identifier is no part of it"
    );
    let mut story = Story::looking();
    story.happens(Event::Typed(format!("https://evil.example/v/{digits}")));
    assert_eq!(story.look_alike(), Some("evil.example"));
    assert_eq!(story.told(), Outcome::NotALabel, "a readable link is judged as the link that it is");
}

#[test]
fn apps_that_show_pages_are_known_by_their_names() {
    let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    let chrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
    for browser in [safari, chrome, ""] {
        assert!(!is_in_app(browser), "{browser}");
    }
    for app in [
        format!("{safari} Line/15.1.0"),
        chrome.replace("; K)", "; K; wv)"),
        safari.replace(" Safari/604.1", ""),
        format!("{chrome} Instagram 300.0"),
    ] {
        assert!(is_in_app(&app), "{app}");
    }
}

#[test]
fn of_several_labels_in_view_the_reader_chooses() {
    let other = "https://label.example/v/SHI-2026-00018";
    let mut story = Story::looking();
    story.sees(&[LINK, other, "https://labe1.example/"]);
    assert_eq!(story.screen(), &Screen::Choosing);
    assert_eq!(story.wanted(), [Effect::Buzz, Effect::StopCamera], "nothing is asked yet");
    assert_eq!(story.look_alike(), Some("labe1.example"));
    story.happens(Event::Label(1));
    let (ticket, request) = story.question();
    assert_eq!(request.number.as_deref(), Some("SHI202600018"));
    story.happens(Event::Answered(ticket, answer(NOW))).happens(Event::Label(0));
    assert_eq!(story.question().1.number.as_deref(), Some("SHI202600017"), "the other one after it");
    story.happens(Event::Label(9));
    assert_eq!(story.wanted(), []);
    story.happens(Event::Next);
    assert_eq!((story.look_alike(), story.state.as_ref().unwrap().labels.len()), (None, 0));
}
