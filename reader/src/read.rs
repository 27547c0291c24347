//! The whole way: sizes, stages, dark on light and light on dark.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::{
    attempt::Attempt,
    binary::Binary,
    code::Code,
    effort::{Budget, Effort, Stage},
    finder::{self, Finder, Pool},
    fit::score::Score,
    gray::Gray,
    triple::{
        Triple,
        rank::{self, Indices},
    },
};

/// All codes in a picture that can be read with this effort, until `time_up` says so.
///
/// Empty when there is none. With `time_up` true from the start nothing is looked at; it is asked every few
/// milliseconds, and for the largest codes at least every few tens of them.
pub fn read(picture: &Gray, effort: Effort, time_up: &dyn Fn() -> bool) -> Vec<Code> {
    let mut as_it_is = false;
    for &longest in effort.sizes() {
        let gray = picture.shrunk_to(longest).map_or(Cow::Borrowed(picture), Cow::Owned);
        if matches!(gray, Cow::Borrowed(_)) && std::mem::replace(&mut as_it_is, true) {
            continue;
        }
        if time_up() {
            break;
        }
        let mut codes = Scan::new(&gray, time_up).run(effort.stages());
        if codes.is_empty() && effort.inverted() {
            codes = Scan::new(&gray.inverted(), time_up).run(Effort::LiveFast.stages());
        }
        if !codes.is_empty() {
            let scale = picture.longest_side() as f32 / gray.longest_side() as f32;
            return codes.into_iter().map(|code| code.scaled(scale)).collect();
        }
    }
    Vec::new()
}

/// Finders rated below this that belong to no code are text or foliage: no reason to look further once a code is read.
const QUALITY_OF_ANOTHER: f32 = 0.6;

/// One picture at one size.
struct Scan<'a> {
    gray: &'a Gray,
    binary: Option<Binary>,
    pool: Pool,
    tried: HashSet<Indices>,
    used: HashSet<usize>,
    /// By finder: the least contrast that a triple with it must show.
    least: Vec<f32>,
    codes: Vec<Code>,
    budget: Budget<'a>,
}

impl<'a> Scan<'a> {
    fn new(gray: &'a Gray, time_up: &'a dyn Fn() -> bool) -> Self {
        Self {
            gray,
            binary: None,
            pool: Pool::default(),
            tried: HashSet::new(),
            used: HashSet::new(),
            least: Vec::new(),
            codes: Vec::new(),
            budget: Budget::new(time_up),
        }
    }

    fn run(mut self, stages: &[Stage]) -> Vec<Code> {
        for &stage in stages {
            if self.budget.is_spent() || !self.more_to_find() {
                break;
            }
            let new = self.look(stage);
            if new > 0 || stage == Stage::Full {
                self.budget.refill_fits();
                self.try_triples();
            }
        }
        self.codes
    }

    /// Before anything is read, always; after that, while enough good finders for another code are left over.
    fn more_to_find(&self) -> bool {
        let left_over = |(index, finder): &(usize, &Finder)| {
            finder.quality > QUALITY_OF_ANOTHER && self.is_free(*index, finder)
        };
        self.codes.is_empty() || self.pool.finders().iter().enumerate().filter(left_over).count() >= 3
    }

    fn is_free(&self, index: usize, finder: &Finder) -> bool {
        self.pool.is_current(index)
            && !self.used.contains(&index)
            && !self.codes.iter().any(|code| code.contains(finder.centre))
    }

    /// Adds the finders that a stage sees; says how many were new.
    fn look(&mut self, stage: Stage) -> usize {
        let clock = self.budget.clock();
        let small = |gray: Option<Gray>, binarise: fn(&Gray) -> Binary, scale: f32| match gray {
            Some(gray) => finder::find(&gray, &binarise(&gray), scale, clock),
            None => Vec::new(),
        };
        let found = match stage {
            Stage::Half => small(self.gray.half(), Binary::by_blocks, 2.0),
            Stage::Quarter => small(self.gray.half().and_then(|half| half.half()), Binary::by_blocks, 4.0),
            Stage::Full => finder::find(self.gray, full(&mut self.binary, self.gray), 1.0, clock),
            Stage::Mean => finder::find(self.gray, &Binary::by_local_mean(self.gray), 1.0, clock),
            Stage::Faint => small(self.gray.half(), Binary::by_faint_mean, 2.0),
        };
        self.pool.merge(found)
    }

    fn try_triples(&mut self) {
        loop {
            let before = self.codes.len();
            let usable = |index: usize| self.is_free(index, &self.pool.finders()[index]);
            for indices in rank::ranked(self.pool.finders(), &usable) {
                if self.budget.is_spent() {
                    return;
                }
                self.try_triple(indices);
            }
            // Codes taken out, other triples may come within the limits of the ranking.
            if self.codes.len() == before {
                return;
            }
        }
    }

    fn try_triple(&mut self, indices: Indices) {
        let [first, right, below] = indices.map(|index| &self.pool.finders()[index]);
        let free =
            indices.iter().zip([first, right, below]).all(|(&index, finder)| self.is_free(index, finder));
        if !free || !self.tried.insert(indices) {
            return;
        }
        let Some(triple) = Triple::new(first, right, below) else { return };
        let attempt = Attempt::new(self.gray, full(&mut self.binary, self.gray), &triple);
        if attempt.score().is_none_or(|score| self.is_outshone(indices, score)) {
            return;
        }
        if let Some(code) = attempt.read(&mut self.budget) {
            self.used.extend(indices);
            self.budget.refill_fits();
            if !self.codes.iter().any(|known| known.is_again(&code)) {
                self.codes.push(code);
            }
        }
    }

    /// Whether one of the finders has shown much more in another triple; if none has, what they show here is noted.
    fn is_outshone(&mut self, indices: Indices, score: Score) -> bool {
        self.least.resize(self.pool.finders().len(), 0.0);
        if indices.iter().any(|&index| score.contrast < self.least[index]) {
            return true;
        }
        for index in indices {
            self.least[index] = self.least[index].max(score.least_beside());
        }
        false
    }
}

/// The full-size binary picture, made when first asked for: a miss in the first stage need not pay for it.
fn full<'a>(binary: &'a mut Option<Binary>, gray: &Gray) -> &'a Binary {
    binary.get_or_insert_with(|| Binary::by_blocks(gray))
}
