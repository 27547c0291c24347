//! Evidence for many numbers at once, at the cost of few.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use shirushi_shared::{label::RegistrationNumber, status::StatusEvidence};

use super::{StatusReader, evidence};

impl StatusReader {
    /// What is known now of each of `numbers`, in their order: as current as by [`StatusReader::evidence`], with one turn
    /// of the registry for all that the cache does not know well enough.
    ///
    /// What is read there goes into the cache as long as `keep` is not used up: whoever asks about very many labels once
    /// must not push out those that others ask about all the time.
    pub(in crate::service) async fn evidence_of_many(
        &self,
        numbers: &[RegistrationNumber],
        keep: &AtomicUsize,
    ) -> Vec<StatusEvidence> {
        let lookups = self.cache.read_many(numbers).await;
        let mut known = Vec::with_capacity(numbers.len());
        let mut sought = Vec::new();
        for (number, lookup) in numbers.iter().zip(lookups) {
            if lookup.is_err() {
                self.metrics.cache_errors.add();
            }
            let (found, ticket) = lookup.ok().map(|lookup| (lookup.found, lookup.ticket)).unzip();
            let found = found.flatten();
            let is_recent = found.as_ref().is_some_and(|(_, as_of)| self.is_recent(*as_of));
            match (is_recent, &found) {
                (true, _) => self.metrics.cache_hits.add(),
                (false, Some(_)) => self.metrics.cache_old.add(),
                (false, None) => self.metrics.cache_misses.add(),
            }
            if !is_recent {
                sought.push(number.clone());
            }
            known.push((found, ticket, is_recent));
        }
        if sought.is_empty() {
            return known.into_iter().map(|(found, ..)| evidence(None, found)).collect();
        }
        let answer = self.ask(|| self.registry.statuses(&sought)).await;
        let (mut read, read_at) = match answer {
            Some((records, as_of)) => {
                let by_number = records.into_iter().map(|record| (record.number.clone(), Arc::new(record)));
                (by_number.collect::<HashMap<_, _>>(), Some(as_of))
            }
            None => (HashMap::new(), None),
        };
        let mut fills = Vec::new();
        let mut all = Vec::with_capacity(numbers.len());
        for (number, (found, ticket, is_recent)) in numbers.iter().zip(known) {
            if is_recent {
                all.push(evidence(None, found));
                continue;
            }
            let record = read.remove(number);
            if let (Some(record), Some(ticket), Some(read_at)) = (&record, ticket, read_at)
                && take_one(keep)
            {
                let record = Arc::clone(record);
                fills.push(async move { self.cache.fill(&record, read_at, &ticket).await });
            }
            let evidence = evidence(read_at.map(|read_at| (record, read_at)), found);
            self.count(&evidence);
            all.push(evidence);
        }
        for filled in join_all(fills).await {
            // Refused or failed, it is only a miss more.
            if filled.is_err() {
                self.metrics.cache_errors.add();
            }
        }
        all
    }
}

/// One of `left`, where there is one.
fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}
