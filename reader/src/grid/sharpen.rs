//! Undoes some blur on the grid of modules, where it is cheap and does not amplify the noise of single pixels.

use super::Levels;

/// Which neighbours blur has mixed in: motion blurs along one axis only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Along {
    Both,
    Rows,
    Columns,
}

impl Levels {
    /// Moves each module away from the mean of its neighbours by `strength` times the difference.
    pub(crate) fn sharpened(&self, strength: f32, along: Along) -> Self {
        let side = self.side;
        let mut levels = Vec::with_capacity(self.levels.len());
        for y in 0..side {
            for x in 0..side {
                let at = y * side + x;
                let (mut sum, mut count) = (0.0, 0.0);
                let mut add = |exists: bool, index: usize| {
                    if exists {
                        sum += self.levels[index];
                        count += 1.0;
                    }
                };
                if along != Along::Columns {
                    add(x > 0, at.wrapping_sub(1));
                    add(x + 1 < side, at + 1);
                }
                if along != Along::Rows {
                    add(y > 0, at.wrapping_sub(side));
                    add(y + 1 < side, at + side);
                }
                let level = self.levels[at];
                levels.push(level + strength * (level - sum / count));
            }
        }
        Self { side, levels }
    }
}
