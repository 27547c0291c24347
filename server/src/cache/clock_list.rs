//! A bounded map that drops what was not used lately (the CLOCK algorithm: one bit an entry instead of LRU's lists).

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// At most so many values by key.
#[derive(Debug)]
pub(super) struct ClockList<K, V> {
    slots: HashMap<K, Slot<V>>,
    /// Every key once, in the order in which the hand comes by.
    hand: VecDeque<K>,
    capacity: usize,
}

#[derive(Debug)]
struct Slot<V> {
    value: V,
    /// Used since the hand last came by.
    used: bool,
}

impl<K: Clone + Eq + Hash, V> ClockList<K, V> {
    /// Holds at most `capacity` values, at least one.
    pub(super) fn new(capacity: usize) -> Self {
        Self { slots: HashMap::new(), hand: VecDeque::new(), capacity: capacity.max(1) }
    }

    /// The value of `key`, which counts as used.
    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let slot = self.slots.get_mut(key)?;
        slot.used = true;
        Some(&mut slot.value)
    }

    /// Puts `value` there; if that is one too many, another one goes.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if let Some(slot) = self.slots.get_mut(&key) {
            *slot = Slot { value, used: true };
            return;
        }
        while self.slots.len() >= self.capacity {
            self.evict();
        }
        self.hand.push_back(key.clone());
        self.slots.insert(key, Slot { value, used: false });
    }

    /// Takes one away, as an eviction might: for tests.
    #[cfg(test)]
    pub(super) fn remove(&mut self, key: &K) {
        self.slots.remove(key);
        self.hand.retain(|kept| kept != key);
    }

    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.hand.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Drops the first value that was not used since the hand last came by. Ends, since passing takes the mark away.
    fn evict(&mut self) {
        while let Some(key) = self.hand.pop_front() {
            match self.slots.get_mut(&key) {
                Some(slot) if slot.used => {
                    slot.used = false;
                    self.hand.push_back(key);
                }
                _ => {
                    self.slots.remove(&key);
                    return;
                }
            }
        }
        // Every key is in `hand`; were one not, this keeps the loop in `insert` from going on for ever.
        self.slots.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_bound_holds() {
        let mut list = ClockList::new(100);
        for number in 0..10_000 {
            list.insert(number, ());
            assert!(list.get_mut(&0).is_some(), "the one in use is never dropped ({number})");
            assert!(list.len() <= 100);
        }
        assert_eq!(list.len(), 100);
        assert!(list.get_mut(&9_999).is_some() && list.get_mut(&5_000).is_none());
    }

    #[test]
    fn a_key_is_held_once() {
        let mut list = ClockList::new(2);
        for value in 0..10 {
            list.insert("a", value);
        }
        list.insert("b", 0);
        assert_eq!((list.len(), list.get_mut(&"a").copied()), (2, Some(9)));
    }
}
