//! What was learnt a while ago, in bounded memory.

use std::{borrow::Borrow, collections::HashMap, hash::Hash};

/// Values by their keys, in two generations: when the younger one is full it becomes the older one, and the older one is
/// forgotten. What is asked for again stays. Against a list in order of use it costs no bookkeeping at each look.
#[derive(Debug)]
pub(super) struct Recall<K, V> {
    half: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V: Clone> Recall<K, V> {
    /// Remembers at least `half` values, and at most twice as many.
    pub(super) fn new(half: usize) -> Self {
        Self { half, young: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn find<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.keep(key, value.clone());
        Some(value)
    }

    pub(super) fn keep(&mut self, key: K, value: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(super) fn forget(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut recall = Recall::new(10);
        for number in 0..1_000 {
            recall.keep(number, number);
            assert_eq!(recall.find(&0), Some(0), "asked for all the time");
            assert!(recall.young.len() + recall.old.len() <= 20);
        }
        assert_eq!(recall.find(&500), None);
        recall.forget();
        assert_eq!(recall.find(&0), None);
    }
}
