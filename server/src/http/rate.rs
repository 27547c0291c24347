//! How often the public may report: from one address, about one label, and to this node in all.
//!
//! In the memory of this node and nowhere else. An address is looked at, turned into a number by a key that is drawn when
//! the process starts, and forgotten; no log, no table and no answer has it (SECURITY.md).
//!
//! Each limit allows some at once and then one after each interval. What is remembered of it is one instant: when the
//! last one that was allowed will be paid off. Only what is allowed is remembered, and what is paid off is swept
//! out; so there are never more entries than this node takes reports in the longest such time, whoever tries.

mod client;

pub(super) use client::Client;
pub use client::Peer;

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use shirushi_shared::time::UnixTime;

use super::problem::Refusal;

/// So many at once, then one after each interval in seconds.
#[derive(Clone, Copy, Debug)]
struct Pace {
    at_once: i64,
    interval: i64,
}

/// From one address: a shopper in front of a shelf. Many telephones share one at times; they wait some minutes.
const ADDRESS: Pace = Pace { at_once: 10, interval: 360 };
/// About one label: by the twentieth report the operator knows.
const LABEL: Pace = Pace { at_once: 20, interval: 360 };
/// To this node: with photographs of 1 MiB, 1.4 GB a day at the most.
const NODE: Pace = Pace { at_once: 100, interval: 60 };
/// Files to be verified, from one address: somebody who tries things out.
const FILES: Pace = Pace { at_once: 20, interval: 60 };

/// Whose report, or about what.
#[derive(Hash)]
enum Of<'a> {
    Address(Option<IpAddr>),
    Label(&'a str),
    Node,
    Files(Option<IpAddr>),
}

/// The limits on reports, and how many proxies to believe. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct ReportRate {
    counts: Arc<Counts>,
    proxies: usize,
}

#[derive(Debug, Default)]
struct Counts {
    key: RandomState,
    /// By whose or what: when the last one will be paid off.
    paid_off: Mutex<HashMap<u64, UnixTime>>,
}

impl ReportRate {
    /// Nothing was reported yet; `proxies` of ours stand before this service.
    pub fn new(proxies: u8) -> Self {
        Self { counts: Arc::default(), proxies: proxies.into() }
    }

    /// Refuses whom [`ReportRate::take`] would refuse, before their report is read.
    pub(super) fn look(&self, from: Client, at: UnixTime) -> Result<(), Refusal> {
        self.counts.ask(&[(Of::Address(from.0), ADDRESS), (Of::Node, NODE)], at, false)
    }

    /// Counts a report about `label`, where it is about one; or refuses it, and counts nothing.
    pub(super) fn take(&self, from: Client, label: Option<&str>, at: UnixTime) -> Result<(), Refusal> {
        let mut of = vec![(Of::Address(from.0), ADDRESS), (Of::Node, NODE)];
        of.extend(label.map(|label| (Of::Label(label), LABEL)));
        self.counts.ask(&of, at, true)
    }

    /// Counts a file that is to be verified without a key; or refuses it.
    pub(super) fn take_job(&self, from: Client, at: UnixTime) -> Result<(), Refusal> {
        self.counts.ask(&[(Of::Files(from.0), FILES)], at, true)
    }
}

impl Counts {
    fn ask(&self, of: &[(Of<'_>, Pace)], at: UnixTime, is_report: bool) -> Result<(), Refusal> {
        let mut paid_off = self.paid_off.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Vec::with_capacity(of.len());
        let mut wait = 0;
        for (of, pace) in of {
            let key = self.key.hash_one(of);
            let most = at.plus(pace.at_once * pace.interval);
            // Later than any report of now makes it, only a clock that was set back leaves it; that locks nobody out.
            let known = paid_off.get(&key).copied().filter(|due| *due <= most);
            let due = known.unwrap_or(at).max(at).plus(pace.interval);
            wait = wait.max(due.since(most));
            next.push((key, due));
        }
        if wait > 0 {
            return Err(Refusal::too_often(wait.unsigned_abs()));
        }
        if is_report {
            paid_off.retain(|_, due| *due > at);
            paid_off.extend(next);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Client {
        Client(Some(IpAddr::from([192, 0, 2, last])))
    }

    fn after(seconds: i64) -> UnixTime {
        UnixTime::EPOCH.plus(1_800_000_000 + seconds)
    }

    #[test]
    fn one_address_waits_while_others_do_not() {
        let rate = ReportRate::new(0);
        for _ in 0..ADDRESS.at_once {
            assert!(rate.look(from(1), after(0)).is_ok());
            assert!(rate.take(from(1), None, after(0)).is_ok());
        }
        assert_eq!(rate.take(from(1), None, after(0)), Err(Refusal::too_often(360)));
        assert_eq!(rate.look(from(1), after(60)), Err(Refusal::too_often(300)));
        assert!(rate.take(from(2), None, after(0)).is_ok());
        assert!(rate.take(from(1), None, after(360)).is_ok(), "the wait that was told is enough");
        assert!(rate.take(from(1), None, after(360)).is_err(), "and is for one");
    }

    #[test]
    fn one_label_is_reported_by_many_and_then_known() {
        let rate = ReportRate::new(0);
        let taken = (0..40).filter(|n| rate.take(from(*n), Some("SHI20261"), after(0)).is_ok()).count();
        assert_eq!(taken, 20);
        assert!(rate.take(from(40), Some("SHI20262"), after(0)).is_ok());
        assert!(rate.take(from(30), None, after(0)).is_ok(), "a refusal costs nothing");
    }

    #[test]
    fn a_flood_from_everywhere_ends_and_leaves_no_more_than_was_taken() {
        let rate = ReportRate::new(0);
        let flood = |at| {
            let addresses = (0..50_000_u32).map(|n| Client(Some(IpAddr::from(n.to_be_bytes()))));
            addresses.filter(|from| rate.take(*from, None, after(at)).is_ok()).count()
        };
        assert_eq!(flood(0), 100);
        assert_eq!(rate.counts.paid_off.lock().unwrap().len(), 101);
        assert_eq!(flood(600), 10);
        assert_eq!(rate.counts.paid_off.lock().unwrap().len(), 11, "those of before are paid off");
        assert_eq!(flood(-100_000), 100, "the clock was set back, and nobody is locked out");
        assert_eq!(flood(-100_000), 0);
    }
}
