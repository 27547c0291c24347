//! What follows from what happened.

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    claim::ClaimAnswers,
    scan::{Scanned, read},
    status::StatusEvidence,
    time::UnixTime,
    verdict::{Clock, Freshness, NotALabel, TokenCheck, judge},
};

use super::{
    Basis, Camera, CameraProblem, Effect, Event, Note, PhotographProblem, Screen, State,
    pick::{Picked, is_certain, pick},
};

/// How often in a row a code in doubt is seen before it is taken for what it looks like: about half a second.
const SURE: u8 = 8;

/// The state after `event`, and what is to be done.
pub fn step(mut state: State, event: Event, now: UnixTime) -> (State, Vec<Effect>) {
    let effects = match event {
        Event::Opened(surroundings) => {
            state.surroundings = surroundings;
            state.start_camera()
        }
        Event::Start => state.start_camera(),
        Event::Stop => state.stop_camera(Camera::Off),
        Event::CameraStarted { torch } => state.camera_started(torch),
        Event::CameraFailed(problem) => state.camera_failed(problem),
        Event::Torch => state.switch_torch(),
        Event::Frame(texts) => state.frame(texts, now),
        Event::StillNothing => state.still_nothing(),
        Event::PhotographChosen => {
            let mut effects = state.stop_camera(Camera::Off);
            state.screen = Screen::Reading;
            effects.push(Effect::ReadPhotograph);
            effects
        }
        Event::PhotographRead(texts) => state.photograph(texts, now),
        Event::PhotographFailed(problem) => state.photograph_failed(problem),
        Event::Typed(text) => state.typed(&text, now),
        Event::Linked(link, model) => state.linked(&link, model, now),
        Event::Model(model) => state.ask_model(&model),
        Event::Answered(ticket, answer) if ticket == state.ticket => state.answered(answer),
        Event::Failed(ticket, trouble) if ticket == state.ticket => state.failed(trouble),
        Event::Judged(ticket, answer) if ticket == state.ticket => state.judged(answer),
        Event::Waited(ticket) if ticket == state.ticket => state.waited(),
        Event::Answered(..) | Event::Failed(..) | Event::Judged(..) | Event::Waited(..) => Vec::new(),
        Event::Online => state.online(),
        Event::Kept(kept) => {
            state.kept = kept;
            Vec::new()
        }
        Event::Retry => state.retry(),
        Event::Next => {
            state.screen = Screen::READY;
            state.start_camera()
        }
        Event::Hidden => match state.camera {
            Camera::Starting | Camera::On { .. } => state.stop_camera(Camera::Paused),
            Camera::Off | Camera::Paused | Camera::Failed(_) => Vec::new(),
        },
        Event::Shown => state.shown(now),
    };
    (state, effects)
}

impl State {
    fn start_camera(&mut self) -> Vec<Effect> {
        if let Some(problem) = self.surroundings.problem() {
            self.camera = Camera::Failed(problem);
            return Vec::new();
        }
        match self.camera {
            Camera::Starting | Camera::On { .. } => Vec::new(),
            Camera::Off | Camera::Paused | Camera::Failed(_) => {
                self.camera = Camera::Starting;
                vec![Effect::StartCamera]
            }
        }
    }

    fn stop_camera(&mut self, to: Camera) -> Vec<Effect> {
        match self.camera {
            Camera::Starting | Camera::On { .. } => {
                self.camera = to;
                vec![Effect::StopCamera]
            }
            Camera::Paused => {
                self.camera = to;
                Vec::new()
            }
            // A problem stays told; there is nothing to stop.
            Camera::Off | Camera::Failed(_) => Vec::new(),
        }
    }

    fn camera_started(&mut self, torch: bool) -> Vec<Effect> {
        if self.camera != Camera::Starting {
            // No longer wanted: the page was hidden, or a number typed, while the browser asked for permission.
            return vec![Effect::StopCamera];
        }
        self.camera = Camera::On { torch: torch.then_some(false) };
        vec![Effect::Remind]
    }

    fn camera_failed(&mut self, problem: CameraProblem) -> Vec<Effect> {
        self.camera = Camera::Failed(self.surroundings.explain(problem));
        Vec::new()
    }

    fn switch_torch(&mut self) -> Vec<Effect> {
        let Camera::On { torch: Some(lit) } = self.camera else { return Vec::new() };
        self.camera = Camera::On { torch: Some(!lit) };
        vec![Effect::SetTorch(!lit)]
    }

    fn frame(&mut self, texts: Vec<String>, now: UnixTime) -> Vec<Effect> {
        let (Camera::On { .. }, Screen::Ready { note, seen }) = (self.camera, &mut self.screen) else {
            return Vec::new();
        };
        let Some(picked) = pick(texts, &self.origins) else { return Vec::new() };
        if is_certain(&picked.text, &picked.scanned) {
            return self.conclude(picked, now);
        }
        let times = match seen.take() {
            Some((text, times)) if text == picked.text => times.saturating_add(1),
            _ => 1,
        };
        *seen = Some((picked.text.clone(), times));
        match &picked.scanned {
            // A bar code names a product; the label is somewhere else on the package, so go on looking.
            Scanned::Gtin(_) => *note = Some(Note::ProductCode),
            Scanned::NotALabel(what) => *note = Some(Note::Seen(what.clone())),
            Scanned::Token(_) | Scanned::BrokenToken(_) | Scanned::Number(_) => *note = None,
        }
        let is_product = matches!(picked.scanned, Scanned::Gtin(_));
        if times >= SURE && !is_product { self.conclude(picked, now) } else { Vec::new() }
    }

    fn still_nothing(&mut self) -> Vec<Effect> {
        if let (Camera::On { .. }, Screen::Ready { note: note @ None, .. }) = (self.camera, &mut self.screen)
        {
            *note = Some(Note::LookingLong);
        }
        Vec::new()
    }

    fn photograph(&mut self, texts: Vec<String>, now: UnixTime) -> Vec<Effect> {
        if self.screen != Screen::Reading {
            return Vec::new();
        }
        match pick(texts, &self.origins) {
            Some(picked) => self.conclude(picked, now),
            None => self.note(Note::NoCode),
        }
    }

    fn photograph_failed(&mut self, problem: PhotographProblem) -> Vec<Effect> {
        match problem {
            _ if self.screen != Screen::Reading => Vec::new(),
            PhotographProblem::NotAPicture => self.note(Note::NotAPicture),
            PhotographProblem::Reader => self.note(Note::NoReader),
        }
    }

    fn typed(&mut self, text: &str, now: UnixTime) -> Vec<Effect> {
        let text = text.trim();
        let text = garbled_token(text).unwrap_or(text);
        match read(text, &self.origins) {
            Scanned::NotALabel(NotALabel::Text) => self.note(Note::NotANumber),
            scanned => self.conclude(Picked { text: text.to_owned(), scanned, others: Vec::new() }, now),
        }
    }

    /// The label's page could not be had; what its link asks is asked here.
    fn linked(&mut self, link: &str, model: Option<String>, now: UnixTime) -> Vec<Effect> {
        let mut effects = self.typed(link, now);
        if let (Screen::Asking { request, .. }, Some(Effect::Ask(_, asked))) =
            (&mut self.screen, effects.first_mut())
        {
            request.model.clone_from(&model);
            asked.model = model;
        }
        effects
    }

    /// Takes a text for what it is: asks the registry about a label or a number, and judges the rest here.
    fn conclude(&mut self, picked: Picked, now: UnixTime) -> Vec<Effect> {
        let Picked { text, scanned, others } = picked;
        match scanned {
            Scanned::Token(_) => {
                self.ask(VerifyRequest { link: Some(text), ..VerifyRequest::default() }, others)
            }
            Scanned::Number(number) => {
                let number = Some(number.to_string());
                self.ask(VerifyRequest { number, ..VerifyRequest::default() }, others)
            }
            Scanned::Gtin(_) => self.note(Note::ProductCode),
            Scanned::BrokenToken(error) => self.tell(&TokenCheck::Malformed(error), others, now),
            Scanned::NotALabel(what) => self.tell(&TokenCheck::NotALabel(what), others, now),
        }
    }

    fn tell(&mut self, token: &TokenCheck, others: Vec<String>, now: UnixTime) -> Vec<Effect> {
        let verdict = judge(token, &StatusEvidence::None, &Clock::at(now, Freshness::LONGEST));
        let answer = VerdictAnswer::new(&verdict, None, ClaimAnswers::default());
        let (answer, basis) = (Box::new(answer), Basis::Settled);
        self.screen = Screen::Told { request: None, answer, others, basis };
        self.buzzing(Vec::new())
    }

    fn ask(&mut self, request: VerifyRequest, others: Vec<String>) -> Vec<Effect> {
        self.ticket = self.ticket.next();
        let request = Box::new(request);
        self.screen = Screen::Asking { request: request.clone(), others, trouble: None };
        self.buzzing(vec![Effect::Ask(self.ticket, request), Effect::Wait(self.ticket)])
    }

    /// A code was taken: the camera has done its work.
    fn buzzing(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        let stopped = self.stop_camera(Camera::Off);
        if !stopped.is_empty() {
            effects.push(Effect::Buzz);
        }
        effects.extend(stopped);
        effects
    }

    fn ask_model(&mut self, model: &str) -> Vec<Effect> {
        match &self.screen {
            Screen::Told { request: Some(request), others, .. } => {
                let model = Some(model.trim().to_owned()).filter(|model| !model.is_empty());
                let request = VerifyRequest { model, ..(**request).clone() };
                let others = others.clone();
                self.ask(request, others)
            }
            _ => Vec::new(),
        }
    }

    fn answered(&mut self, answer: Box<VerdictAnswer>) -> Vec<Effect> {
        if let Screen::Asking { request, others, .. }
        | Screen::Told { request: Some(request), others, basis: Basis::Lists { .. }, .. } =
            &mut self.screen
        {
            let (request, others) = (Some(request.clone()), core::mem::take(others));
            self.screen = Screen::Told { request, answer, others, basis: Basis::Settled };
        }
        Vec::new()
    }

    pub(super) fn retry(&mut self) -> Vec<Effect> {
        match &self.screen {
            Screen::NotChecked { request, others, .. }
            | Screen::Told { request: Some(request), others, .. } => {
                let (request, others) = ((**request).clone(), others.clone());
                self.ask(request, others)
            }
            _ => Vec::new(),
        }
    }

    fn shown(&mut self, now: UnixTime) -> Vec<Effect> {
        // A verdict that lay in a pocket has aged: ask again rather than show it.
        if let Screen::Told { request: Some(_), answer, basis, .. } = &self.screen
            && now.since(answer.checked_at).abs() > Freshness::LONGEST.online
        {
            return if *basis == Basis::Settled { self.retry() } else { self.online() };
        }
        if self.camera == Camera::Paused { self.start_camera() } else { Vec::new() }
    }

    fn note(&mut self, note: Note) -> Vec<Effect> {
        self.screen = Screen::Ready { note: Some(note), seen: None };
        Vec::new()
    }
}

/// The token at the end of a link that a keyboard layout has garbled (`https+''host'v'123…`): digits come through
/// every layout. Only where the text is no link any more: a readable link is judged as the link that it is.
fn garbled_token(text: &str) -> Option<&str> {
    let start = text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let digits = text.get(start..)?;
    (digits.len() >= 100 && start > 0 && !text.contains("://")).then_some(digits)
}
