//! What follows from what happened.

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    claim::ClaimAnswers,
    scan::{Scanned, read},
    status::StatusEvidence,
    time::UnixTime,
    verdict::{Clock, Freshness, NotALabel, Outcome, TokenCheck, Tone, judge},
};

use super::{
    Basis, CAN_COUNT, Camera, Effect, Event, Note, PhotographProblem, Screen, State,
    pick::{MOST, Picked, is_certain, pick},
    wedge::without_identifier,
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
        Event::Remembered(memory) => {
            state.memory = memory;
            Vec::new()
        }
        Event::NotKept => {
            state.not_kept = true;
            Vec::new()
        }
        Event::Start => state.start_camera(),
        Event::Stop => state.stop_camera(Camera::Off),
        Event::CameraStarted { torch } => state.camera_started(torch),
        Event::Abilities(abilities) => {
            state.abilities = abilities;
            Vec::new()
        }
        Event::Camera(id) => state.choose_camera(id),
        Event::Zoom(by) => vec![Effect::SetZoom(by)],
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
        Event::Label(index) => state.choose_label(index, now),
        Event::Model(model) => state.ask_model(&model),
        Event::Stock(event) if CAN_COUNT => state.stock(event),
        Event::Answered(ticket, answer) if state.counts() => state.row_answered(ticket, &answer),
        Event::Failed(ticket, trouble) if state.counts() => state.row_failed(ticket, trouble),
        Event::Judged(ticket, answer) if state.counts() => state.row_judged(ticket, answer.as_deref()),
        Event::Waited(ticket) if state.counts() => state.row_waited(ticket),
        Event::Answered(ticket, answer) if ticket == state.ticket => state.answered(answer),
        Event::Failed(ticket, trouble) if ticket == state.ticket => state.failed(trouble),
        Event::Judged(ticket, answer) if ticket == state.ticket => state.judged(answer),
        Event::Waited(ticket) if ticket == state.ticket => state.waited(),
        Event::Stock(_) | Event::Answered(..) | Event::Failed(..) | Event::Judged(..) | Event::Waited(..) => {
            Vec::new()
        }
        Event::Online if state.counts() => state.stock_online(),
        Event::Online => state.online(),
        Event::Kept(kept) => {
            state.kept = kept;
            Vec::new()
        }
        Event::Retry => state.retry(),
        Event::Next => {
            state.screen = Screen::READY;
            state.forget_view();
            state.start_camera()
        }
        Event::Share => state.share(),
        Event::Copied => {
            state.copied = true;
            Vec::new()
        }
        Event::Recheck(index) => match state.memory.entries.get(index) {
            Some(entry) => state.typed(&entry.text.clone(), now),
            None => Vec::new(),
        },
        Event::Forget(index) => state.forget(index),
        Event::ForgetAll => state.forget_all(),
        Event::Keep(keeps) => state.switch_history(keeps),
        Event::Signals(signals) => {
            state.memory.signals = signals;
            state.keep()
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
    /// Whether labels are counted, one after another.
    pub(super) fn counts(&self) -> bool {
        CAN_COUNT && self.tally.is_on
    }

    /// What was in view, and belongs to no later code.
    fn forget_view(&mut self) {
        self.labels.clear();
        self.look_alike = None;
    }

    fn watch(&mut self, texts: &[String]) {
        let alike = texts.iter().take(MOST).find_map(|text| self.origins.look_alike(text));
        if alike.is_some() {
            self.look_alike = alike;
        }
    }

    fn choose_label(&mut self, index: usize, now: UnixTime) -> Vec<Effect> {
        let Some(text) = self.labels.get(index).cloned() else { return Vec::new() };
        let scanned = read(&text, &self.origins);
        self.conclude(Picked { text, scanned, others: Vec::new(), labels: Vec::new() }, now)
    }

    fn share(&self) -> Vec<Effect> {
        match &self.screen {
            Screen::Told { request: Some(request), .. } => {
                let text = request.link.clone().or_else(|| request.number.clone());
                text.map(Effect::Share).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn frame(&mut self, texts: Vec<String>, now: UnixTime) -> Vec<Effect> {
        if !matches!((self.camera, &self.screen), (Camera::On { .. }, Screen::Ready { .. })) {
            return Vec::new();
        }
        if self.counts() && !texts.is_empty() {
            self.look_alike = None;
        }
        self.watch(&texts);
        let (Camera::On { .. }, Screen::Ready { note, seen }) = (self.camera, &mut self.screen) else {
            return Vec::new();
        };
        let Some(picked) = pick(texts, &self.origins) else { return Vec::new() };
        if is_certain(&picked.text, &picked.scanned) {
            return self.found(picked, now);
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
        if times >= SURE && !is_product { self.found(picked, now) } else { Vec::new() }
    }

    /// The camera is sure of what it sees. In a stock check, a label that stays in view is one piece.
    fn found(&mut self, picked: Picked, now: UnixTime) -> Vec<Effect> {
        if !self.counts() {
            return self.conclude(picked, now);
        }
        let new = self.come_into_view(picked.all(), now);
        new.iter().flat_map(|text| self.count(text, now)).collect()
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
        self.forget_view();
        self.watch(&texts);
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
        self.forget_view();
        let text = without_identifier(text.trim());
        let text = garbled_token(text).unwrap_or(text);
        self.watch(&[text.to_owned()]);
        match read(text, &self.origins) {
            Scanned::NotALabel(NotALabel::Text) => {
                self.note(Note::NotANumber);
                if self.counts() { self.heard(Tone::Neutral) } else { Vec::new() }
            }
            scanned => self.conclude(
                Picked { text: text.to_owned(), scanned, others: Vec::new(), labels: Vec::new() },
                now,
            ),
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
        if self.counts() {
            return picked.all().iter().flat_map(|text| self.count(text, now)).collect();
        }
        let Picked { text, scanned, others, labels } = picked;
        if !labels.is_empty() {
            self.labels = labels;
            self.screen = Screen::Choosing;
            return self.buzzing(Vec::new());
        }
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
        let answer = judged_here(token, now);
        let signal = self.signal(&answer);
        let (answer, basis) = (Box::new(answer), Basis::Settled);
        self.screen = Screen::Told { request: None, answer, others, basis };
        self.buzzing(signal)
    }

    fn ask(&mut self, request: VerifyRequest, others: Vec<String>) -> Vec<Effect> {
        self.ticket = self.ticket.next();
        self.copied = false;
        let request = Box::new(request);
        self.screen = Screen::Asking { request: request.clone(), others, trouble: None };
        self.buzzing(vec![Effect::Ask(self.ticket, request), Effect::Wait(self.ticket)])
    }

    /// A code was taken: the camera has done its work.
    fn buzzing(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        let stopped = self.stop_camera(Camera::Off);
        if !stopped.is_empty() && self.memory.signals {
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
        let (request, others, before) = match &mut self.screen {
            Screen::Asking { request, others, .. } => (request.clone(), core::mem::take(others), None),
            Screen::Told { request: Some(request), others, answer, basis: Basis::Lists { .. } } => {
                (request.clone(), core::mem::take(others), Some(answer.outcome))
            }
            _ => return Vec::new(),
        };
        self.told(request, answer, others, Basis::Settled, before)
    }

    /// Shows an answer, keeps it among the reader's scans, and lets it be heard, unless it says what was shown `before`.
    pub(super) fn told(
        &mut self,
        request: Box<VerifyRequest>,
        answer: Box<VerdictAnswer>,
        others: Vec<String>,
        basis: Basis,
        before: Option<Outcome>,
    ) -> Vec<Effect> {
        let mut effects = if before == Some(answer.outcome) { Vec::new() } else { self.signal(&answer) };
        if self.memory.add(&request, &answer) {
            effects.extend(self.keep());
        }
        self.screen = Screen::Told { request: Some(request), answer, others, basis };
        effects
    }

    fn signal(&self, answer: &VerdictAnswer) -> Vec<Effect> {
        self.heard(answer.tone())
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

    pub(super) fn note(&mut self, note: Note) -> Vec<Effect> {
        self.screen = Screen::Ready { note: Some(note), seen: None };
        Vec::new()
    }
}

/// The answer about what no registry has to be asked about.
pub(super) fn judged_here(token: &TokenCheck, now: UnixTime) -> VerdictAnswer {
    let verdict = judge(token, &StatusEvidence::None, &Clock::at(now, Freshness::LONGEST));
    VerdictAnswer::new(&verdict, None, ClaimAnswers::default())
}

/// The token in a link that a keyboard layout has garbled (`https+''host'v'123…`), whatever a scanner was set to put
/// before and after it: digits come through every layout. Only where the text is no link any more: a readable link is
/// judged as the link that it is.
fn garbled_token(text: &str) -> Option<&str> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).max_by_key(|run| run.len())?;
    (digits.len() >= 100 && digits.len() < text.len() && !text.contains("://")).then_some(digits)
}
