//! How much one picture may cost: which stages run, how many tries they get, and when to stop whatever happens.

/// How hard to try on one picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// A frame of a live camera: the two stages that read most (`half`, `full`). The next frame comes in 30 ms.
    LiveFast,
    /// A frame after a few misses: all stages, light on dark, and half the size. For every third or fourth frame.
    LiveFull,
    /// A photograph: as after misses, and up to 2560 px when that shows nothing.
    Still,
}

/// One way to look for finders; what all have found is pooled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    /// Blocks on half the size: fastest, and forgiving of noise.
    Half,
    /// Blocks on a quarter of the size: large codes, close by and out of focus.
    Quarter,
    /// Blocks on the full size: small modules.
    Full,
    /// Local mean on the full size: gradients and glare.
    Mean,
    /// Local mean on half the size, a hair's difference enough: faint print.
    Faint,
}

impl Effort {
    /// In this order: what reads most for its time comes first.
    pub(crate) fn stages(self) -> &'static [Stage] {
        match self {
            Self::LiveFast => &[Stage::Half, Stage::Full],
            Self::LiveFull | Self::Still => {
                &[Stage::Half, Stage::Quarter, Stage::Full, Stage::Mean, Stage::Faint]
            }
        }
    }

    /// Whether to look for light on dark when dark on light shows nothing.
    pub(crate) fn inverted(self) -> bool {
        self != Self::LiveFast
    }

    /// Longest sides to try, in pixels, until something is found.
    ///
    /// 1280 reads as much as more does of almost everything, at a third of the time. 640 quietens what dirt and
    /// scratches put into the finders: of 27 damaged codes 1280 reads 19, and 640 reads 24. The larger ones are for a
    /// small label in a large photograph; 2560 bounds memory to 20 MB and time to half a second.
    pub(crate) fn sizes(self) -> &'static [usize] {
        match self {
            Self::LiveFast => &[1280],
            Self::LiveFull => &[1280, 640],
            Self::Still => &[1280, 640, 1920, 2560],
        }
    }
}

/// Bit grids handed to the repair, a picture. A failing one costs 0.1 to 0.5 ms.
const GRIDS: u32 = 600;

/// Fits refined, a stage. One costs 1 to 4 ms, and the right triple is nearly always among the first few.
const FITS: u32 = 8;

/// Counts what a picture has cost so far.
pub(crate) struct Budget<'a> {
    time_up: &'a dyn Fn() -> bool,
    grids: u32,
    fits: u32,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(time_up: &'a dyn Fn() -> bool) -> Self {
        Self { time_up, grids: GRIDS, fits: FITS }
    }

    pub(crate) fn clock(&self) -> &'a dyn Fn() -> bool {
        self.time_up
    }

    /// Each stage, and each code found, brings new fits.
    pub(crate) fn refill_fits(&mut self) {
        self.fits = FITS;
    }

    pub(crate) fn take_fit(&mut self) -> bool {
        let left = self.fits > 0 && !self.is_spent();
        self.fits = self.fits.saturating_sub(1);
        left
    }

    pub(crate) fn take_grid(&mut self) -> bool {
        let left = !self.is_spent();
        self.grids = self.grids.saturating_sub(1);
        left
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.grids == 0 || (self.time_up)()
    }
}
