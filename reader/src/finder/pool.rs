//! All finders that any stage has found: a code whose corners no single binarisation shows is still read.

use std::collections::HashSet;

use super::Finder;

/// Finders of all stages, each place once.
///
/// Indices stay valid. A finder seen much better by a later stage gets a new one and the old is replaced: its triples
/// are then tried again. Half the size, which comes first, sees modules of 2 px too coarsely to tell a version by.
#[derive(Default)]
pub(crate) struct Pool {
    finders: Vec<Finder>,
    replaced: HashSet<usize>,
}

/// How much better a finder must be rated to take the place of the one known there.
const CLEARLY_BETTER: f32 = 0.05;

impl Pool {
    /// By index, those replaced included: see [`Pool::is_current`].
    pub(crate) fn finders(&self) -> &[Finder] {
        &self.finders
    }

    /// Whether no later stage has seen this finder better.
    pub(crate) fn is_current(&self, index: usize) -> bool {
        !self.replaced.contains(&index)
    }

    /// Adds what is new or clearly better, and says how many that were.
    pub(crate) fn merge(&mut self, found: Vec<Finder>) -> usize {
        let before = self.finders.len();
        for mut finder in found {
            let same = |known: &Finder| {
                known.centre.distance(finder.centre) < 0.3 * known.side().min(finder.side()).max(4.0)
            };
            let known =
                (0..self.finders.len()).find(|&index| self.is_current(index) && same(&self.finders[index]));
            match known.map(|index| (index, &mut self.finders[index])) {
                Some((_, known))
                    if finder.ring.is_none() || finder.quality <= known.quality + CLEARLY_BETTER =>
                {
                    known.sightings += finder.sightings;
                }
                Some((index, known)) => {
                    finder.sightings += known.sightings;
                    self.replaced.insert(index);
                    self.finders.push(finder);
                }
                None => self.finders.push(finder),
            }
        }
        self.finders.len() - before
    }
}
