//! Five runs of dark, light, dark, light, dark along a line, and whether they are a finder's 1:1:3:1:1.

use crate::{binary::Binary, point::Point};

/// Run lengths in pixels.
pub(super) type Runs = [f32; 5];

/// A run a little shorter than a module still counts: seven modules of one pixel are the least that can be told.
const LEAST_TOTAL: f32 = 7.0;

/// How far a pair of runs may be off, in modules, besides half a pixel. Measured: a stricter tolerance (0.7, 0.95)
/// loses blurred and tilted codes, and wrong finders cost little, since their quality on the gray picture is low.
const PAIR_OF_TWO: f32 = 0.875;
const PAIR_OF_FOUR: f32 = 1.19;

/// An outer dark run longer than this many modules has run into ink outside of the code.
const GROWN: f32 = 1.7;

/// Compares pairs of neighbouring runs, edge to like edge: ink that spreads (and blur) makes dark runs longer by what
/// it takes from the light ones, and so leaves a pair as it was.
pub(super) fn are_a_finder(runs: &Runs) -> bool {
    let runs = without_foreign_ink(*runs);
    let [first, second, middle, fourth, last] = runs;
    let total: f32 = runs.iter().sum();
    if total < LEAST_TOTAL {
        return false;
    }
    let module = total / 7.0;
    let two = |pair: f32| (pair - 2.0 * module).abs() < PAIR_OF_TWO * module + 0.5;
    let four = |pair: f32| (pair - 4.0 * module).abs() < PAIR_OF_FOUR * module + 0.5;
    two(first + second)
        && two(fourth + last)
        && four(second + middle)
        && four(middle + fourth)
        && middle > first * 1.15
        && middle > last * 1.15
        && middle > second
        && middle > fourth
        && middle < 5.2 * module
}

/// Where exactly one outer run is too long, it touches other ink: a third of the middle one stands in for it.
fn without_foreign_ink(runs: Runs) -> Runs {
    let [first, second, middle, fourth, last] = runs;
    let grown = |run: f32| run > GROWN * (second + middle + fourth) / 5.0;
    let stand_in = middle * 0.34;
    match (grown(first), grown(last)) {
        (true, false) => [stand_in, second, middle, fourth, last],
        (false, true) => [first, second, middle, fourth, stand_in],
        _ => runs,
    }
}

/// The runs on the line through a dark point in a direction (its longer component is 1), none longer than `limit`;
/// and how far the middle of the middle run lies ahead, in steps.
pub(super) fn through(binary: &Binary, at: Point, step: Point, limit: f32) -> Option<(Runs, f32)> {
    let [ahead, light_ahead, ring_ahead] = one_way(binary, at, step, 0.0, limit)?;
    let [behind, light_behind, ring_behind] = one_way(binary, at, step * -1.0, 1.0, limit)?;
    let runs = [ring_behind, light_behind, behind + ahead, light_ahead, ring_ahead];
    Some((runs, (ahead - behind) / 2.0))
}

/// Half of the middle run, then light, then dark. The last run may also end with the picture, or at the limit.
fn one_way(binary: &Binary, at: Point, step: Point, first: f32, limit: f32) -> Option<[f32; 3]> {
    let mut runs = [0.0; 3];
    let (mut run, mut dark, mut steps) = (0, true, first);
    loop {
        match binary.is_dark(at + step * steps) {
            None => return (run == 2 && runs[2] > 0.0).then_some(runs),
            Some(now) if now != dark => {
                run += 1;
                dark = now;
                if run == 3 {
                    return Some(runs);
                }
            }
            Some(_) => {}
        }
        runs[run] += 1.0;
        if runs[run] > limit {
            return (run == 2).then_some(runs);
        }
        steps += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_hold_under_ink_spread_and_beside_foreign_ink_but_not_for_stripes() {
        assert!(are_a_finder(&[4.0, 4.0, 12.0, 4.0, 4.0]), "as printed");
        assert!(are_a_finder(&[5.5, 2.5, 13.5, 2.5, 5.5]), "ink spread by three eighths of a module");
        assert!(are_a_finder(&[4.0, 4.0, 12.0, 4.0, 60.0]), "touching a dark edge on one side");
        assert!(!are_a_finder(&[4.0, 4.0, 4.0, 4.0, 4.0]), "a timing row");
        assert!(!are_a_finder(&[60.0, 4.0, 12.0, 4.0, 60.0]), "both sides run off");
        assert!(!are_a_finder(&[0.5, 0.5, 1.5, 0.5, 0.5]), "too small to be told");
    }
}
