//! When a file's turn has come.

use shirushi_shared::time::UnixTime;

use crate::registry::{Position, PublicationHead};

/// A clock further behind the last publication's than this is not waited for: it would keep back what has changed.
const SKEW: i64 = 60;

/// How often a file is made.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Least seconds between two, at least 1: no two publications have the same second.
    pub(super) least: i64,
    /// Seconds after which it is made anew although nothing has changed.
    pub(super) every: i64,
}

/// What decides when a file is made anew. `K` tells by which keys the last one was made.
pub(super) struct Turn<K> {
    head: Option<PublicationHead>,
    made_by: Option<K>,
    stale: bool,
    not_before: UnixTime,
}

impl<K: PartialEq> Turn<K> {
    /// Over the publication `head`, of which nothing is known but that: it is replaced.
    pub(super) const fn over(head: Option<PublicationHead>) -> Self {
        Self { head, made_by: None, stale: true, not_before: UnixTime::EPOCH }
    }

    /// What it says has changed.
    pub(super) const fn touch(&mut self) {
        self.stale = true;
    }

    /// Whether it is to be made at `now`, by these keys.
    pub(super) fn has_come(&self, now: UnixTime, keys: &K, pace: Pace) -> bool {
        let age = self.head.as_ref().map_or(i64::MAX, |head| now.since(head.signed));
        let is_wanted = self.stale || self.made_by.as_ref() != Some(keys) || age >= pace.every;
        // Nodes' clocks differ a little; whoever is behind waits.
        let is_free = age >= pace.least || age < -SKEW;
        is_wanted && is_free && now >= self.not_before
    }

    /// Whether it was made, and nothing has changed since.
    pub(super) const fn is_done(&self) -> bool {
        !self.stale
    }

    /// The version of the next one, signed at `now`.
    pub(super) fn next_version(&self, now: UnixTime) -> u64 {
        let next = self.head.as_ref().map_or(1, |head| head.version.saturating_add(1));
        next.max(now.as_unsigned())
    }

    /// The position of what is published, where it is beyond `position`: a file from there would take something back.
    pub(super) fn ahead_of(&self, position: Position) -> Option<Position> {
        self.head.as_ref().map(|head| head.position).filter(|published| *published > position)
    }

    /// It was made, by these keys, and published.
    pub(super) fn done(&mut self, head: PublicationHead, keys: K) {
        *self = Self { head: Some(head), made_by: Some(keys), stale: false, not_before: UnixTime::EPOCH };
    }

    /// Somebody else has published `head` meanwhile: it is made again, over that one.
    pub(super) fn overtaken(&mut self, head: Option<PublicationHead>) {
        *self = Self::over(head);
    }

    /// It could not be made: it is not tried again before `then`.
    pub(super) const fn failed(&mut self, then: UnixTime) {
        self.not_before = then;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: i64 = 900;
    const PACE: Pace = Pace { least: 1, every: EVERY };

    fn at(seconds: i64) -> UnixTime {
        UnixTime::EPOCH.plus(1_800_000_000 + seconds)
    }

    fn signed(version: u64, seconds: i64) -> PublicationHead {
        PublicationHead { name: "x".into(), version, position: Position(7), signed: at(seconds) }
    }

    #[test]
    fn it_comes_at_a_change_with_new_keys_and_by_the_clock() {
        let mut turn = Turn::over(None);
        assert!(turn.has_come(at(0), &1, PACE), "nothing is published yet");
        turn.done(signed(1, 0), 1);
        assert!(!turn.has_come(at(EVERY - 1), &1, PACE));
        assert!(turn.has_come(at(EVERY), &1, PACE), "by the clock");
        assert!(turn.has_come(at(1), &2, PACE), "with new keys");
        turn.touch();
        assert!(!turn.has_come(at(0), &1, PACE), "not twice in a second");
        assert!(turn.has_come(at(1), &1, PACE));
        turn.failed(at(11));
        assert!(!turn.has_come(at(10), &1, PACE) && turn.has_come(at(11), &1, PACE));
    }

    #[test]
    fn a_clock_that_is_a_little_behind_waits_and_a_wrong_one_does_not() {
        let mut turn = Turn::over(Some(signed(1, 0)));
        turn.touch();
        assert!(!turn.has_come(at(-5), &1, PACE));
        assert!(turn.has_come(at(-3600), &1, PACE));
    }

    #[test]
    fn versions_follow_the_clock_and_never_go_back() {
        assert_eq!(Turn::<u8>::over(None).next_version(at(3)), 1_800_000_003);
        assert_eq!(Turn::<u8>::over(Some(signed(1, 0))).next_version(at(3)), 1_800_000_003);
        let ahead = Turn::<u8>::over(Some(signed(1_800_000_009, 0)));
        assert_eq!(ahead.next_version(at(3)), 1_800_000_010);
        assert_eq!((ahead.ahead_of(Position(7)), ahead.ahead_of(Position(6))), (None, Some(Position(7))));
    }
}
