//! The copy against a model of a registry, of Redis servers that fail over and lag, and of a feed that loses steps: every
//! order of events that a few hundred thousand random choices find.

use std::collections::HashMap;

use shirushi_shared::{label::LabelState, status::Revision, time::Window};

use super::*;
use crate::cache::{Confirmed, redis::Found};

const LABELS: u64 = 3;

/// A Redis server: its life, how far it has come, what it holds.
#[derive(Clone)]
struct Server {
    life: u32,
    steps: u64,
    position: usize,
    /// Revision, and whether it is kept.
    records: HashMap<u64, (u64, bool)>,
    /// The steps that were told, with the positions from which they led.
    feed: Vec<(usize, Control)>,
}

/// The history: a label's index with its revision.
type History = Vec<(u64, u64)>;

struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.throw(length as u64)).unwrap()
    }
}

fn number(index: u64) -> RegistrationNumber {
    RegistrationNumber::parse(&format!("SHI-{index}")).unwrap()
}

fn record(index: u64, revision: u64) -> StatusRecord {
    StatusRecord {
        number: number(index),
        revision: Revision::new(revision),
        state: LabelState::Active,
        valid: Window { from: UnixTime::EPOCH, until: UnixTime::EPOCH.plus(1) },
        tokens: vec![],
    }
}

/// In this world each position is a second: what is confirmed up to a position is as of that second.
fn second(position: usize) -> UnixTime {
    UnixTime::EPOCH.plus(i64::try_from(position).unwrap())
}

fn newest(history: &[(u64, u64)], label: u64) -> u64 {
    history.iter().rev().find(|(index, _)| *index == label).map_or(0, |(_, revision)| *revision)
}

impl Server {
    fn control(&self) -> Control {
        let text = format!(
            "{:x} 0 run {} {} {}",
            self.life,
            self.steps,
            self.position,
            second(self.position).as_secs()
        );
        let control = Control::parse(&text).unwrap();
        assert_eq!(
            control.confirmed,
            Confirmed { position: at(self.position), as_of: second(self.position) }
        );
        control
    }

    /// A relay that reads as far as `to`.
    fn advance(&mut self, history: &History, to: usize) {
        let from = self.position;
        for (label, revision) in &history[from..to] {
            let present = self.records.entry(*label).or_insert((0, false));
            if present.0 <= *revision {
                *present = (*revision, true);
            }
        }
        (self.position, self.steps) = (to, self.steps + 1);
        let control = self.control();
        self.feed.push((from, control));
    }

    fn begin(&mut self, life: u32, position: usize) {
        (self.life, self.steps, self.position) = (life, 1, position);
        self.records.values_mut().for_each(|record| record.1 = false);
        let control = self.control();
        self.feed.push((position, control));
    }

    fn look(&self, label: u64) -> Look {
        let found = self.records.get(&label).map(|(revision, kept)| Found {
            record: record(label, *revision),
            as_of: if *kept { second(self.position) } else { UnixTime::EPOCH },
            kept: *kept,
        });
        let control = self.control();
        Look { ticket: control.ticket(), control: Some(control), found }
    }
}

fn at(position: usize) -> Position {
    Position(u64::try_from(position).unwrap())
}

/// What has to hold: no entry up to the followed position has a higher revision than a record that is kept.
fn check(mirror: &mut Mirror, history: &History, seed: u64) -> bool {
    let mut some = false;
    for label in 0..LABELS {
        let Some(lookup) = mirror.kept(&number(label)) else { continue };
        let (record, as_of) = lookup.found.unwrap();
        let position = usize::try_from(as_of.since(UnixTime::EPOCH)).unwrap();
        let followed = mirror.followed().unwrap().confirmed.position;
        assert!(at(position) >= followed);
        let owed = newest(&history[..position], label);
        assert!(
            record.revision.get() >= owed,
            "seed {seed}: {label} at {:?}, {owed} is owed",
            record.revision
        );
        some = true;
    }
    some
}

#[expect(clippy::too_many_lines, reason = "one arm an event; apart they would share all of this state")]
fn run(seed: u64) -> u32 {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut history = History::new();
    let mut lives = 1;
    // Two servers that may both believe to be the master, and snapshots to fail over to.
    let empty = Server { life: 1, steps: 1, position: 0, records: HashMap::new(), feed: vec![] };
    let mut servers = [empty.clone(), empty.clone()];
    let mut snapshots = vec![empty];
    let mut mirror = Mirror::new(2);
    // The server that the feed listens to, and how far it has heard.
    let mut listening: Option<(usize, usize)> = None;
    let mut looks: Vec<(u64, Look)> = vec![];
    let mut fills: Vec<(StatusRecord, UnixTime, Control)> = vec![];
    let mut kept = 0;
    for _ in 0..400 {
        let label = dice.throw(LABELS);
        let which = dice.index(2);
        match dice.throw(20) {
            0..=3 => {
                let revision = newest(&history, label) + 1;
                history.push((label, revision));
            }
            4..=6 => {
                let span = history.len() - servers[which].position;
                let to = servers[which].position + dice.index(span + 1);
                servers[which].advance(&history, to);
                if dice.throw(2) == 0 {
                    // This node's own relay: what it did is applied before, or after, the feed tells it.
                    let (from, control) = servers[which].feed.last().unwrap().clone();
                    let changes: Vec<_> =
                        history[from..to].iter().map(|(label, revision)| record(*label, *revision)).collect();
                    mirror.step(at(from), &changes, control);
                }
            }
            7..=10 => match &mut listening {
                Some((server, heard)) if *heard < servers[*server].feed.len() => {
                    if dice.throw(12) == 0 {
                        *heard += 1;
                    }
                    if let Some((from, control)) = servers[*server].feed.get(*heard).cloned() {
                        *heard += 1;
                        let to = usize::try_from(control.confirmed.position.0).unwrap();
                        let changes: Vec<_> = history[from..to]
                            .iter()
                            .map(|(label, revision)| record(*label, *revision))
                            .collect();
                        if !mirror.step(at(from), &changes, control) {
                            listening = None;
                        }
                    }
                }
                _ => listening = None,
            },
            11 => {
                mirror.join(Some(servers[which].control()));
                listening = Some((which, servers[which].feed.len()));
            }
            12 | 13 => looks.push((label, servers[which].look(label))),
            14 => {
                if !looks.is_empty() {
                    let (label, look) = looks.swap_remove(dice.index(looks.len()));
                    let control = look.control.clone().unwrap();
                    mirror.learn(&number(label), look);
                    // The reader goes on to the registry.
                    let revision = newest(&history, label);
                    if revision > 0 {
                        let as_of = second(usize::try_from(control.confirmed.position.0).unwrap());
                        fills.push((record(label, revision), as_of, control));
                    }
                }
            }
            15 => {
                if !fills.is_empty() {
                    let (record, as_of, control) = fills.swap_remove(dice.index(fills.len()));
                    let server = &mut servers[which];
                    let present = server.records.get(&label).map_or(0, |present| present.0);
                    if control == server.control()
                        && record.number == number(label)
                        && present <= record.revision.get()
                    {
                        server.records.insert(label, (record.revision.get(), true));
                    }
                    mirror.fill(record, as_of, Some(&control));
                }
            }
            16 => {
                servers[which].records.remove(&label);
            }
            17 => mirror.evict(&number(label)),
            18 => snapshots.push(servers[which].clone()),
            _ => {
                // A failover to a replica that lags, with or without a new life before the first question; its feed goes
                // on from the snapshot's.
                let snapshot = snapshots[dice.index(snapshots.len())].clone();
                servers[which] = snapshot;
                lives += 1;
                // As long as no relay has begun, it answers out of its past and confirms nothing.
                if dice.throw(2) == 0 {
                    looks.push((label, servers[which].look(label)));
                }
                servers[which].begin(lives, history.len());
                if listening.is_some_and(|(server, _)| server == which) {
                    listening = None;
                }
            }
        }
        kept += u32::from(check(&mut mirror, &history, seed));
    }
    kept
}

#[test]
fn what_is_kept_lacks_nothing() {
    let kept: u32 = (1..=600).map(run).sum();
    assert!(kept > 10_000, "a copy that keeps nothing proves nothing: {kept}");
}

#[test]
fn a_registry_that_was_restored_begins_an_empty_copy() {
    let mut mirror = Mirror::new(10);
    let control = |text: &str| Control::parse(text);
    mirror.join(control("a 0 run 1 50 50"));
    mirror.fill(record(1, 9), second(50), control("a 0 run 1 50 50").as_ref());
    assert!(mirror.kept(&number(1)).is_some());
    mirror.join(control("b 0 run 1 60 60"));
    assert_eq!((mirror.kept(&number(1)).is_some(), mirror.len()), (false, 1), "as after a failover");
    mirror.join(control("c 0 run 1 40 70"));
    assert_eq!(
        mirror.len(),
        0,
        "revisions of a history that is gone must not outrank those of the one that is"
    );
}
