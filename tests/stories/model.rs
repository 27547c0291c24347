//! The life of a registry against a small model of it: changes in random order with clock jumps, restarts, cancelled
//! writes, a cache that forgets or fails, a relay that stands still, and a registry that goes away.
//!
//! The model knows what was decided and when, and nothing of caches, histories or verdict tables. What it demands of
//! every verdict: that it is one that was right at some instant of the last 15 seconds; of a past date, that it is exact;
//! and that "not known" is said only where somebody could not be asked. The seed is printed; `SHIRUSHI_SEED` repeats it.

mod dice;
mod house;
mod reference;

use std::io::Write as _;

use shirushi_shared::verdict::Outcome;

use dice::{Dice, seed};
use house::House;
use reference::{Label, Model};

/// Lives, and steps in each: a fixed budget, some seconds on the machines of CI.
const LIVES: u64 = 24;
const STEPS: u32 = 80;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_the_verdict_was_true_a_moment_ago() {
    let seed = seed();
    say(&format!("SHIRUSHI_SEED={seed}: {LIVES} lives of {STEPS} steps"));
    let mut told = std::collections::BTreeMap::<&str, u32>::new();
    for life in 0..LIVES {
        let dice = Dice::new(seed.wrapping_add(life.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let mut story = Story { house: House::open().await, model: Model::default(), dice, log: Vec::new() };
        for _ in 0..STEPS {
            story.step().await;
            for outcome in story.look().await {
                *told.entry(outcome.as_str()).or_default() += 1;
            }
        }
        story.end().await;
    }
    say(&format!("SHIRUSHI_SEED={seed}: {told:?}"));
    for outcome in ["valid", "suspended", "revoked", "expired", "grace", "not_registered", "status_unknown"] {
        assert!(told.contains_key(outcome), "SHIRUSHI_SEED={seed} never led to {outcome}");
    }
}

/// Not `println!`, which the test runner keeps to itself when a test passes.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

struct Story {
    house: House,
    model: Model,
    dice: Dice,
    log: Vec<String>,
}

impl Story {
    /// One thing happens.
    async fn step(&mut self) {
        let dice = &self.dice;
        match dice.throw(24) {
            0 | 1 if self.model.labels.len() < 6 => self.issue().await,
            0..=11 => self.change().await,
            12 | 13 => {
                let seconds = [1, 4, 14, 15, 16, 40, 3_600, 86_400, 200 * 86_400][dice.pick(9)];
                self.note(format!("{seconds} s pass"));
                self.house.clock.jump(seconds);
            }
            14 => {
                self.note("restart".into());
                self.house.restart().await;
            }
            15 => {
                self.note("the cache forgets".into());
                self.house.forget();
            }
            16 | 17 => {
                let fails = dice.throw(2) == 0;
                self.note(format!("the cache fails: {fails}"));
                self.house.cache_fails(fails);
            }
            18 => {
                self.note("the registry goes away".into());
                self.house.lose_registry().await;
            }
            19 => {
                self.note("… and comes back".into());
                self.house.restart().await;
            }
            _ => {
                self.note("the relay steps".into());
                self.house.relay().await;
            }
        }
    }

    async fn issue(&mut self) {
        let name = self.model.labels.len();
        let days = 1 + i64::from(self.dice.throw(700));
        self.note(format!("issue {name} for {days} days"));
        if let Some(issued) = self.house.issue(name, days).await {
            let label = Label::issued(issued.record.number.clone(), issued.token, &issued.record, self.now());
            self.model.labels.push(label);
        }
    }

    async fn change(&mut self) {
        if self.model.labels.is_empty() {
            return;
        }
        let (place, now) = (self.dice.pick(self.model.labels.len()), self.now());
        let (name, change) = reference::some_change(&self.dice, now);
        let cancelled = self.dice.throw(5) == 0;
        let elsewhere = self.dice.throw(3) == 0;
        self.note(format!("label {place}: {name}, cancelled {cancelled}, elsewhere {elsewhere}"));
        let label = &mut self.model.labels[place];
        let expected = (self.dice.throw(3) == 0).then_some(label.revision());
        let allowed = label.after(&change, now);
        let done = self.house.change(&label.number, expected, change, cancelled, elsewhere).await;
        match (done, allowed) {
            // The clock is whole seconds: the second may have ended between asking it here and there.
            (house::Done::Changed(at), Some(_)) => {
                let (_, again) = (at, label.after(&self.house.last_change(), at));
                label.put(again.unwrap(), at);
            }
            (house::Done::Refused, None) | (house::Done::Nobody, _) => {}
            (house::Done::Changed(_), None) => self.fail("the registry did what it must refuse"),
            (house::Done::Refused, Some(_)) => self.fail("the registry refused what is allowed"),
        }
    }

    /// Looks at everything, as a shopper and as a procurement officer.
    async fn look(&mut self) -> Vec<Outcome> {
        let mut told = Vec::new();
        for label in &self.model.labels {
            let now = self.now();
            let answer = self.house.verify(label, None).await;
            let right = label.right(now, self.now());
            let excused = !self.house.is_whole() && answer == Outcome::StatusUnknown;
            // Without the registry, older evidence of something that is not green is told as what it is: final, or passed.
            let older = !self.house.is_whole() && label.was_ever(answer, self.now());
            if !(right.contains(&answer) || excused || older) {
                self.fail(&format!("{} is told as {answer:?}, right is {right:?}", label.number));
            }
            told.push(answer);
            if self.house.is_whole() {
                let then = label.some_past(&self.dice, now);
                let answer = self.house.verify(label, Some(then)).await;
                let right = label.at(then);
                if answer != right {
                    self.fail(&format!(
                        "{} at {then} is told as {answer:?}, right is {right:?}",
                        label.number
                    ));
                }
            }
        }
        if let Some(answer) = self.house.verify_forged().await {
            let allowed = [Outcome::NotRegistered, Outcome::StatusUnknown];
            if !allowed.contains(&answer) || (self.house.is_whole() && answer != allowed[0]) {
                self.fail(&format!("a label that nobody issued is told as {answer:?}"));
            }
            told.push(answer);
        }
        told
    }

    /// After everything: the history is whole, and the registry is what the model is.
    async fn end(mut self) {
        self.house.restart().await;
        let entries = self.house.entries().await;
        let expected: u64 = self.model.labels.iter().map(|label| label.revision().get()).sum();
        if entries != expected {
            self.fail(&format!("{entries} entries in the history, {expected} were written"));
        }
        for label in &self.model.labels {
            if self.house.revision(&label.number).await != Some(label.revision()) {
                self.fail(&format!("{} has another revision", label.number));
            }
        }
    }

    fn now(&self) -> shirushi_shared::time::UnixTime {
        self.house.clock.now()
    }

    fn note(&mut self, what: String) {
        self.log.push(what);
    }

    fn fail(&self, what: &str) -> ! {
        panic!("SHIRUSHI_SEED={}\n{}\n{what}", self.dice.seed(), self.log.join("\n"))
    }
}
