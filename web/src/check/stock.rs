//! A stock check: label after label, each counted and checked while the next is read.
//!
//! The camera stays on. Several questions are under way at a time; each row of the list waits for its own answer, by its
//! ticket. Where the service does not answer, the lists on this device do, at once from then on, and the service is asked
//! again by one row until it is there.

use std::sync::Arc;

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    scan::{Scanned, read},
    time::UnixTime,
    verdict::{Freshness, TokenCheck, Tone},
};

use super::{
    Camera, Effect, Note, Screen, State, StockEffect, StockEvent, Tally, Ticket, Trouble,
    step::judged_here,
    tally::{MOST, Question, Row, Told},
};

/// Questions under way at a time.
const AT_ONCE: usize = 4;
/// How long a label may be out of the camera's sight, in seconds, and is still the same piece: single frames fail.
const OUT_OF_SIGHT: i64 = 2;

impl State {
    pub(super) fn stock(&mut self, event: StockEvent) -> Vec<Effect> {
        match event {
            StockEvent::Remembered(stored) => self.remember_tally(&stored),
            StockEvent::TakeBack => self.take_back(),
            StockEvent::CheckAll => self.check_all(),
            StockEvent::Erase => self.erase_tally(),
            StockEvent::Save(text) => vec![Effect::Stock(StockEffect::Save(text))],
        }
    }

    /// The list, to be changed.
    fn tally(&mut self) -> &mut Tally {
        Arc::make_mut(&mut self.tally)
    }

    fn remember_tally(&mut self, stored: &str) -> Vec<Effect> {
        if self.tally.is_on && self.tally.write() == stored {
            return Vec::new();
        }
        let mut tally = Tally::read(stored, &self.origins);
        for row in &mut tally.rows {
            self.ticket = self.ticket.next();
            row.ticket = self.ticket;
        }
        self.tally = Arc::new(tally);
        self.ask_due()
    }

    /// Those of the labels in view that came into it just now.
    pub(super) fn come_into_view(&mut self, texts: Vec<String>, now: UnixTime) -> Vec<String> {
        self.in_view.retain(|(_, seen)| now.since(*seen).abs() <= OUT_OF_SIGHT);
        let mut new = Vec::new();
        for text in texts {
            if let Some((_, seen)) = self.in_view.iter_mut().find(|(known, _)| *known == text) {
                *seen = now;
            } else {
                self.in_view.push((text.clone(), now));
                new.push(text);
            }
        }
        new
    }

    /// Counts a label, or says of anything else what it is.
    pub(super) fn count(&mut self, text: &str, now: UnixTime) -> Vec<Effect> {
        let what = read(text, &self.origins);
        let told = match self.told_here(text, &what, now) {
            Ok(told) => told,
            Err(note) => {
                self.note(note);
                return self.heard(Tone::Neutral);
            }
        };
        let known = self.tally.rows.iter().position(|row| row.what == what);
        let is_full = known.is_none() && self.tally.rows.len() >= MOST;
        let tally = self.tally();
        (tally.erasing, tally.is_full) = (false, is_full);
        if is_full {
            return self.heard(Tone::Bad);
        }
        let mut effects =
            if matches!(self.camera, Camera::On { .. }) { self.signalling(Effect::Buzz) } else { Vec::new() };
        if let Some(at) = known {
            effects.extend(self.count_again(at, now));
        } else {
            self.ticket = self.ticket.next();
            let row = Row::new(text, what, told, now, self.ticket);
            effects.extend(match &row.told {
                Some(told) => self.heard(told.tone),
                None => vec![Effect::Wait(row.ticket)],
            });
            self.tally().rows.insert(0, row);
        }
        self.screen = Screen::READY;
        effects.push(self.keep_tally());
        effects.extend(if self.tally.trouble.is_some() { self.judge_latest() } else { self.ask_due() });
        effects
    }

    /// What is told without asking anybody, or why there is nothing to count.
    fn told_here(&self, text: &str, what: &Scanned, now: UnixTime) -> Result<Option<Told>, Note> {
        let told = |token| Told::new(&judged_here(&token, now), false);
        match what {
            Scanned::Token(_) | Scanned::Number(_) => Ok(None),
            Scanned::BrokenToken(error) => Ok(Some(told(TokenCheck::Malformed(error.clone())))),
            // What imitates a label is no bystander in a stock of labels.
            Scanned::NotALabel(other) if self.origins.look_alike(text).is_some() => {
                Ok(Some(Told { tone: Tone::Bad, ..told(TokenCheck::NotALabel(other.clone())) }))
            }
            Scanned::NotALabel(other) => Err(Note::Seen(other.clone())),
            Scanned::Gtin(_) => Err(Note::ProductCode),
        }
    }

    /// Another piece with the label of the row at `at`. What was said of it a while ago is asked anew, and no longer shown: it
    /// would look like what holds now.
    fn count_again(&mut self, at: usize, now: UnixTime) -> Vec<Effect> {
        let rows = &mut self.tally().rows;
        let mut row = rows.remove(at);
        row.count = row.count.saturating_add(1);
        row.at = now;
        let is_old = |told: &Told| now.since(told.checked_at).abs() > Freshness::LONGEST.online;
        if row.is_askable() && row.told.as_ref().is_none_or(is_old) {
            row.told = None;
            if row.question == Question::Settled {
                row.question = Question::Due;
            }
        }
        let ticket = row.ticket;
        let tone = row.told.as_ref().map(|told| told.tone);
        rows.insert(0, row);
        match tone {
            Some(Tone::Good) => self.signalling(Effect::Stock(StockEffect::SignalAgain)),
            Some(tone) => self.heard(tone),
            None => vec![Effect::Wait(ticket)],
        }
    }

    /// Asks about as many rows as may be asked about now: those that wait longest first.
    pub(super) fn ask_due(&mut self) -> Vec<Effect> {
        let most = if self.tally.trouble.is_some() { 1 } else { AT_ONCE };
        let tally = Arc::make_mut(&mut self.tally);
        let asked = tally.rows.iter().filter(|row| row.question == Question::Asked).count();
        let mut effects = Vec::new();
        let due = tally.rows.iter_mut().rev().filter(|row| row.question == Question::Due);
        for row in due.take(most.saturating_sub(asked)) {
            row.question = Question::Asked;
            effects.push(Effect::Ask(row.ticket, Box::new(request(row))));
        }
        effects
    }

    /// While the service does not answer: the lists are asked about the label that was just read.
    fn judge_latest(&self) -> Vec<Effect> {
        let row = self.tally.rows.first().filter(|row| row.question == Question::Due);
        row.map(by_lists).into_iter().collect()
    }

    /// The service has answered about a row.
    pub(super) fn row_answered(&mut self, ticket: Ticket, answer: &VerdictAnswer) -> Vec<Effect> {
        self.tally().trouble = None;
        let mut effects = self.tell_row(ticket, answer, false);
        effects.extend(self.ask_due());
        effects
    }

    /// The service did not answer: from now on the lists are asked, until it does. What it has no answer to, it is not asked
    /// again by itself: others wait for theirs.
    pub(super) fn row_failed(&mut self, ticket: Ticket, trouble: Trouble) -> Vec<Effect> {
        let tally = Arc::make_mut(&mut self.tally);
        if trouble == Trouble::Answer {
            let row = tally.rows.iter_mut().find(|row| row.ticket == ticket);
            let mut effects: Vec<_> = row
                .map(|row| {
                    row.question = Question::Settled;
                    by_lists(row)
                })
                .into_iter()
                .collect();
            effects.extend(self.ask_due());
            return effects;
        }
        tally.trouble = Some(trouble);
        if let Some(row) = tally.rows.iter_mut().find(|row| row.ticket == ticket) {
            row.question = Question::Due;
        }
        let open = tally.rows.iter().filter(|row| row.question == Question::Due && row.told.is_none());
        let mut effects: Vec<_> = open.map(by_lists).collect();
        if tally.retry.is_none() {
            self.ticket = self.ticket.next();
            tally.retry = Some(self.ticket);
            effects.push(Effect::TryLater(self.ticket));
        }
        effects
    }

    /// The lists have answered about a row, or have nothing to say.
    pub(super) fn row_judged(&mut self, ticket: Ticket, answer: Option<&VerdictAnswer>) -> Vec<Effect> {
        let row = self.tally.rows.iter().find(|row| row.ticket == ticket);
        let (Some(row), Some(answer)) = (row, answer) else { return Vec::new() };
        // The service's word stands, unless the lists are newer.
        let is_newer =
            |told: &Told| told.by_lists || answer.status.as_of.is_some_and(|at| at > told.checked_at);
        if row.told.as_ref().is_none_or(is_newer) { self.tell_row(ticket, answer, true) } else { Vec::new() }
    }

    /// The service takes long about a row, or it is time to try again.
    pub(super) fn row_waited(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.tally.retry == Some(ticket) {
            self.tally().retry = None;
            return self.ask_due();
        }
        let row = self.tally.rows.iter().find(|row| row.ticket == ticket && row.told.is_none());
        row.map(by_lists).into_iter().collect()
    }

    /// The device is connected again.
    pub(super) fn stock_online(&mut self) -> Vec<Effect> {
        if self.tally.trouble.is_some() {
            self.tally().trouble = None;
        }
        self.ask_due()
    }

    fn tell_row(&mut self, ticket: Ticket, answer: &VerdictAnswer, by_lists: bool) -> Vec<Effect> {
        let told = Told::new(answer, by_lists);
        let (outcome, tone) = (told.outcome, told.tone);
        let Some(row) = self.tally().rows.iter_mut().find(|row| row.ticket == ticket) else {
            return Vec::new();
        };
        if !by_lists {
            row.question = Question::Settled;
        }
        let before = row.told.replace(told).map(|told| told.outcome);
        let mut effects = vec![self.keep_tally()];
        if before != Some(outcome) {
            effects.extend(self.heard(tone));
        }
        effects
    }

    fn take_back(&mut self) -> Vec<Effect> {
        let tally = self.tally();
        if let Some(row) = tally.rows.first_mut() {
            row.count = row.count.saturating_sub(1);
        }
        tally.rows.retain(|row| row.count > 0);
        vec![self.keep_tally()]
    }

    fn check_all(&mut self) -> Vec<Effect> {
        for row in self.tally().rows.iter_mut().filter(|row| row.is_askable()) {
            if row.question == Question::Settled {
                row.question = Question::Due;
            }
        }
        self.stock_online()
    }

    /// Asks back at first.
    fn erase_tally(&mut self) -> Vec<Effect> {
        if !self.tally.erasing {
            self.tally().erasing = true;
            return Vec::new();
        }
        self.tally = Arc::new(Tally { is_on: true, ..Tally::default() });
        vec![self.keep_tally()]
    }

    pub(super) fn heard(&self, tone: Tone) -> Vec<Effect> {
        self.signalling(Effect::Signal(tone))
    }

    fn signalling(&self, effect: Effect) -> Vec<Effect> {
        if self.memory.signals { vec![effect] } else { Vec::new() }
    }

    fn keep_tally(&self) -> Effect {
        Effect::Stock(StockEffect::Keep(self.tally.write()))
    }
}

fn request(row: &Row) -> VerifyRequest {
    let (link, number) = match &row.what {
        Scanned::Number(number) => (None, Some(number.to_string())),
        _ => (Some(row.text.clone()), None),
    };
    VerifyRequest { link, number, ..VerifyRequest::default() }
}

fn by_lists(row: &Row) -> Effect {
    Effect::Judge(row.ticket, Box::new(request(row)))
}
