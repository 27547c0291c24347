//! Watch lists in words: what happened to a label, and how it was and is.

use super::{Language, Zone, phrase::fill, words::texts};
use crate::time::UnixTime;

texts! {
    /// A watch list's page: what happened to the labels on it.
    WatchWords { title, lead, private, count, count_one, none, happened, when, before, after, not_on_record, held, older, newest } {
        reasons: WatchReasonWords,
    }

    /// What happened to a label.
    WatchReasonWords {
        registered,
        suspended,
        reinstated,
        suspension_ended,
        grace,
        revoked,
        expiry,
        products,
        succeeded,
        expiring,
        expired,
        other,
    }
}

impl Language {
    fn watch(self) -> &'static WatchWords {
        &self.page_words().watch
    }

    /// How many labels are watched.
    pub fn watched(self, count: u64) -> String {
        let words = self.watch();
        let text = if count == 1 { words.count_one } else { words.count };
        fill(text, &[("count", &count.to_string())])
    }

    /// What happened, by its word on the wire and the days that are left. A word of a later version is "something else".
    pub fn watch_reason(self, reason: &str, days: Option<u32>) -> String {
        let words = &self.watch().reasons;
        let text = match reason {
            "registered" => words.registered,
            "suspended" => words.suspended,
            "reinstated" => words.reinstated,
            "suspension_ended" => words.suspension_ended,
            "grace" => words.grace,
            "revoked" => words.revoked,
            "expiry" => words.expiry,
            "products" => words.products,
            "succeeded" => words.succeeded,
            "expiring" => words.expiring,
            "expired" => words.expired,
            _ => words.other,
        };
        fill(text, &[("days", &days.unwrap_or_default().to_string())])
    }

    /// How a label stood at `at`: its state by its word on the wire, and until when its validity lasts.
    pub fn watch_state(self, state: &str, expires: UnixTime, at: UnixTime, zone: Zone) -> String {
        let named = self.words().states.named(state);
        if state == "revoked" {
            return named.to_owned();
        }
        if expires <= at {
            return self.ended_on(expires, zone);
        }
        fill(self.watch().held, &[("state", named), ("end", &self.valid_until(expires, zone))])
    }
}
