//! Chance that can be repeated.

use std::cell::Cell;

/// xorshift64*: enough to choose, and the same for a seed everywhere.
pub(super) struct Dice {
    state: Cell<u64>,
    seed: u64,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: Cell::new(seed | 1), seed }
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn throw(&self, sides: u32) -> u32 {
        let mut state = self.state.get();
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        self.state.set(state);
        u32::try_from((state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % u64::from(sides)).unwrap()
    }

    pub(super) fn pick(&self, many: usize) -> usize {
        usize::try_from(self.throw(u32::try_from(many).unwrap())).unwrap()
    }
}

/// The seed that was asked for, else one by the clock. A life that failed prints its own seed, which repeats it as the first.
#[expect(clippy::disallowed_methods, reason = "a test's own switch, and its own chance")]
pub(super) fn seed() -> u64 {
    let now = || {
        let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        elapsed.as_secs() ^ u64::from(elapsed.subsec_nanos())
    };
    std::env::var("SHIRUSHI_SEED").ok().map_or_else(now, |text| text.parse().unwrap())
}
