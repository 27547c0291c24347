//! All finders that any stage has found: a code whose corners no single binarisation shows is still read.

use super::Finder;

/// Finders of all stages, each place once. Indices stay valid: finders are added or improved, never taken out.
#[derive(Default)]
pub(crate) struct Pool {
    finders: Vec<Finder>,
}

/// How much better a finder must be rated to take the place of the one known there.
const CLEARLY_BETTER: f32 = 0.05;

impl Pool {
    pub(crate) fn finders(&self) -> &[Finder] {
        &self.finders
    }

    /// Adds what is new, improves what is known, and says how many were new.
    pub(crate) fn merge(&mut self, found: Vec<Finder>) -> usize {
        let before = self.finders.len();
        for finder in found {
            let same = |known: &&mut Finder| {
                known.centre.distance(finder.centre) < 0.3 * known.side().min(finder.side()).max(4.0)
            };
            match self.finders.iter_mut().find(same) {
                Some(known) => {
                    let sightings = known.sightings + finder.sightings;
                    if finder.ring.is_some() && finder.quality > known.quality + CLEARLY_BETTER {
                        *known = finder;
                    }
                    known.sightings = sightings;
                }
                None => self.finders.push(finder),
            }
        }
        self.finders.len() - before
    }
}
