//! One triple of finders, from versions to bytes: cheap tries first, refined ones after, each only while the
//! picture still looks like a code there.

use crate::{
    binary::Binary,
    code::Code,
    decode,
    effort::Budget,
    fit::{
        Map,
        homography::Homography,
        mesh::Mesh,
        refine::Refined,
        score::Score,
        start::{as_parallelogram, by_alignment, by_finders},
    },
    gray::Gray,
    grid::Levels,
    repair::Repairer,
    symbol::{
        Version,
        function::{self, Cell},
    },
    triple::Triple,
    version_guess,
};

/// Versions looked at closely, those with the highest contrast.
const MOST_VERSIONS: usize = 3;

/// Below these a version's patterns are not there: in gray levels, and as a share of perfect.
const LEAST_CONTRAST: f32 = 2.5;
const LEAST_QUALITY: f32 = 0.2;

/// Starting maps for the likeliest version; the others get one.
const STARTS: usize = 4;

/// Qualities from which a starting map is worth a look, and worth refining.
const QUALITY_TO_LOOK: f32 = 0.3;
const QUALITY_TO_REFINE: f32 = 0.4;

/// A large code may be curved so much that its patterns fit no single map; its near patterns then speak for it.
const NEAR_QUALITY_TO_REFINE: f32 = 0.55;

/// How much more contrast bending must show to be worth another look.
const WORTH_BENDING: f32 = 1.01;

/// Starting maps refined.
const REFINED: usize = 2;

/// A triple of finders with the versions that it may be.
pub(crate) struct Attempt<'a> {
    gray: &'a Gray,
    triple: &'a Triple,
    /// Best first.
    guesses: Vec<Guess>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(gray: &'a Gray, binary: &Binary, triple: &'a Triple) -> Self {
        let mut guesses = guesses(gray, binary, triple);
        let least = guesses.first().map_or(0.0, |guess| guess.score.least_beside());
        guesses.retain(|guess| guess.score.contrast >= least);
        Self { gray, triple, guesses }
    }

    /// The score of the likeliest version.
    pub(crate) fn score(&self) -> Option<Score> {
        self.guesses.first().map(|guess| guess.score)
    }

    /// The code that is there.
    pub(crate) fn read(&self, budget: &mut Budget) -> Option<Code> {
        self.guesses.iter().enumerate().find_map(|(rank, guess)| {
            let starts = if rank == 0 { STARTS } else { 1 };
            Try::new(self.gray, self.triple, guess, starts).read(budget)
        })
    }
}

/// A version, and the first map for it.
struct Guess {
    version: Version,
    map: Homography,
    score: Score,
}

fn guesses(gray: &Gray, binary: &Binary, triple: &Triple) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = version_guess::versions(gray, binary, triple)
        .into_iter()
        .filter_map(|version| {
            let map = by_finders(triple, version.side() as f64)?;
            let cells = if version >= Version::FIRST_WITH_BITS {
                function::cells_near_finders(version)
            } else {
                function::cells(version)
            };
            Some(Guess { version, map, score: Score::of(gray, &map, &cells) })
        })
        .collect();
    guesses.sort_by(|a, b| b.score.contrast.total_cmp(&a.score.contrast));
    guesses.truncate(MOST_VERSIONS);
    guesses.retain(|guess| guess.score.contrast >= LEAST_CONTRAST && guess.score.quality >= LEAST_QUALITY);
    guesses
}

/// One version tried.
struct Try<'a> {
    gray: &'a Gray,
    guess: &'a Guess,
    cells: Vec<Cell>,
    repairer: Repairer,
    /// Maps and their quality, best first.
    starts: Vec<(Homography, f32)>,
}

impl<'a> Try<'a> {
    fn new(gray: &'a Gray, triple: &Triple, guess: &'a Guess, most: usize) -> Self {
        let side = guess.version.side() as f64;
        let cells = function::cells(guess.version);
        let parallelogram = as_parallelogram(triple, side);
        let mut maps = Vec::new();
        if guess.version > Version::FIRST {
            let first_maps: Vec<Homography> = std::iter::once(guess.map).chain(parallelogram).collect();
            maps = by_alignment(gray, triple, side, &first_maps);
        }
        maps.push(guess.map);
        maps.extend(parallelogram);
        let mut starts: Vec<(Homography, f32)> =
            maps.into_iter().map(|map| (map, Score::of(gray, &map, &cells).quality)).collect();
        starts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        starts.truncate(most);
        Self { gray, guess, cells, repairer: Repairer::new(guess.version), starts }
    }

    fn side(&self) -> usize {
        self.guess.version.side()
    }

    fn read(&self, budget: &mut Budget) -> Option<Code> {
        self.as_they_are(budget).or_else(|| self.refined(budget))
    }

    fn as_they_are(&self, budget: &mut Budget) -> Option<Code> {
        let worth_a_look = self.starts.iter().filter(|(_, quality)| *quality >= QUALITY_TO_LOOK);
        worth_a_look.map(|(map, _)| map).find_map(|map| {
            let levels = Levels::sample(self.gray, self.side(), map);
            Some(self.code(decode::quickly(&levels, &self.repairer, budget)?, map))
        })
    }

    fn refined(&self, budget: &mut Budget) -> Option<Code> {
        self.starts.iter().take(REFINED).enumerate().find_map(|(rank, (start, quality))| {
            let likeliest = rank == 0;
            let curved = self.is_meshed() && likeliest && self.guess.score.quality > NEAR_QUALITY_TO_REFINE;
            if (*quality < QUALITY_TO_REFINE && !curved) || !budget.take_fit() {
                return None;
            }
            self.by_mesh(start, budget)
                .or_else(|| if likeliest { self.by_mesh(&self.guess.map, budget) } else { None })
                .or_else(|| self.by_refining(start, budget))
        })
    }

    fn by_refining(&self, start: &Homography, budget: &mut Budget) -> Option<Code> {
        let plane = Refined::plane(self.gray, start, &self.cells, self.side() as f64);
        self.sampled(&plane.surface, budget).or_else(|| {
            let bent = plane.bent();
            let better = bent.contrast > plane.contrast * WORTH_BENDING;
            let sampled = if better { self.sampled(&bent.surface, budget) } else { None };
            sampled.or_else(|| self.by_mesh(&bent.surface, budget))
        })
    }

    /// From version 7 on a code has enough alignment patterns for a mesh.
    fn is_meshed(&self) -> bool {
        self.guess.version >= Version::FIRST_WITH_BITS
    }

    fn by_mesh(&self, map: &impl Map, budget: &mut Budget) -> Option<Code> {
        if !self.is_meshed() || budget.is_spent() {
            return None;
        }
        self.sampled(&Mesh::new(self.gray, map, self.guess.version), budget)
    }

    fn sampled(&self, map: &impl Map, budget: &mut Budget) -> Option<Code> {
        let levels = Levels::sample(self.gray, self.side(), map);
        Some(self.code(decode::thoroughly(&levels, &self.repairer, budget)?, map))
    }

    fn code(&self, content: Vec<u8>, map: &impl Map) -> Code {
        let side = self.side() as f64;
        let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| {
            let corner = map.at(u, v);
            (corner.x, corner.y)
        });
        Code { content, corners, version: self.guess.version.number() }
    }
}
