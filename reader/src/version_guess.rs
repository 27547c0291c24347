//! How many modules a code may have: by distance, by counting the timing rows, by the printed version bits.
//!
//! No one of the three is right often enough; together they are, and the contrast of the known patterns chooses.

use crate::{
    binary::Binary,
    fit::{Map, homography::Homography},
    gray::Gray,
    point::Point,
    symbol::{Version, version_bits},
    triple::Triple,
};

/// Modules a side from which printed version bits are looked for; version 7 has 45, and distances misjudge by 20 %.
const BITS_FROM: f32 = 36.0;

/// Versions worth a look, the likeliest first; empty when the triple's distances make no code.
pub(crate) fn versions(gray: &Gray, binary: &Binary, triple: &Triple) -> Vec<Version> {
    let Some(modules) = triple.modules() else { return Vec::new() };
    let nearest = Version::nearest(modules);
    let number = i32::from(nearest.number());
    let mut versions = vec![nearest];
    let mut add = |version: Option<Version>, within: i32| {
        if let Some(version) = version
            && (i32::from(version.number()) - number).abs() <= within
            && !versions.contains(&version)
        {
            versions.push(version);
        }
    };
    for counted in counted(binary, triple) {
        add(counted, 2 + number / 6);
    }
    let rounded_down = modules > nearest.side() as f32;
    let (second, third) = if rounded_down { (1, -1) } else { (-1, 1) };
    add(nearest.plus(second), 1);
    add(nearest.plus(third), 1);
    if modules > BITS_FROM {
        add(triple.right.ring.and_then(|ring| printed(gray, &ring, true)), 3 + number / 5);
        add(triple.below.ring.and_then(|ring| printed(gray, &ring, false)), 3 + number / 5);
    }
    versions
}

/// By the changes of colour along the two timing rows, from inner corner to inner corner of the finders' rings.
fn counted(binary: &Binary, triple: &Triple) -> [Option<Version>; 2] {
    let (Some(first), Some(right), Some(below)) = (triple.first.ring, triple.right.ring, triple.below.ring)
    else {
        return [None, None];
    };
    // From the middle of a ring's dark module to the next ring's: 13 modules of the side are not between them.
    let version =
        |to: Point| Version::new(((changes(binary, first[2], to) as f32 + 13.0 - 17.0) / 4.0).round() as i32);
    [version(right[3]), version(below[1])]
}

fn changes(binary: &Binary, from: Point, to: Point) -> u32 {
    let looks = (from.distance(to) * 1.5) as u16;
    let mut count = 0;
    let mut before = None;
    for look in 0..=looks {
        let at = from + (to - from) * (f32::from(look) / f32::from(looks.max(1)));
        let Some(now) = binary.is_dark(at) else { continue };
        if before.is_some_and(|before| before != now) {
            count += 1;
        }
        before = Some(now);
    }
    count
}

/// By the eighteen bits beside a finder, which that finder's own square reaches well enough; `right` says which one.
fn printed(gray: &Gray, ring: &[Point; 4], right: bool) -> Option<Version> {
    let square = Homography::of_ring(ring)?;
    let level = |u: f64, v: f64| gray.level(square.at(u, v));
    let dark = (level(3.5, 3.5) + level(0.5, 3.5) + level(6.5, 3.5) + level(3.5, 0.5)) / 4.0;
    let light = (level(1.5, 3.5) + level(5.5, 3.5) + level(3.5, 1.5) + level(3.5, 5.5)) / 4.0;
    if light - dark < 2.0 {
        return None;
    }
    let threshold = f32::midpoint(dark, light);
    let mut bits = 0;
    for bit in 0..18u32 {
        let (along, beside) = (f64::from(bit / 3) + 0.5, f64::from(bit % 3) - 3.5);
        let level = if right { level(beside, along) } else { level(along, beside) };
        bits |= u32::from(level < threshold) << bit;
    }
    version_bits::nearest(bits)
}
