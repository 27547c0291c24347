//! Pictures made to hurt: whatever comes, the answer is "no code" and not a panic, nor a text that isn't there.

use shirushi_reader::{Effort, Gray, GrayError, read};

use crate::{
    label::Label,
    noise::Noise,
    scene::{Placed, Pose, Shot},
};

const EFFORTS: [Effort; 3] = [Effort::LiveFast, Effort::LiveFull, Effort::Still];

#[track_caller]
fn nothing_in(width: usize, height: usize, mut pixel: impl FnMut(usize, usize) -> u8) {
    let pixels = (0..width * height).map(|index| pixel(index % width, index / width)).collect();
    let gray = Gray::new(width, height, pixels).unwrap();
    for effort in EFFORTS {
        assert_eq!(read(&gray, effort, &|| false), [], "{width}×{height}, {effort:?}");
    }
}

#[test]
fn sizes_no_code_fits_into_are_refused() {
    for (width, height) in [(0, 0), (1, 500), (500, 1), (20, 20)] {
        let refused = Gray::new(width, height, vec![0; width * height]).unwrap_err();
        assert_eq!(refused, GrayError::TooSmall { width, height });
    }
}

#[test]
fn plain_pictures_of_all_awkward_sizes() {
    for (width, height) in [(21, 21), (21, 400), (400, 21), (22, 43), (63, 64), (127, 129), (1500, 22)] {
        for level in [0, 1, 127, 254, 255] {
            nothing_in(width, height, |_, _| level);
        }
    }
}

#[test]
fn stripes_and_boards_of_every_period() {
    for period in 1..=12 {
        nothing_in(160, 120, |x, y| if (x / period + y / period) % 2 == 0 { 0 } else { 255 });
        nothing_in(160, 120, |x, _| if x / period % 2 == 0 { 20 } else { 230 });
        nothing_in(160, 120, |x, y| if (x + y) / period % 2 == 0 { 20 } else { 230 });
    }
}

#[test]
fn noise_of_every_grain() {
    for seed in 0..40 {
        let mut noise = Noise::new(seed);
        let (width, height) = (21 + noise.below(180) as usize, 21 + noise.below(180) as usize);
        let grain = 1 + seed as usize % 8;
        let levels: Vec<u8> = (0..width * height).map(|_| noise.next() as u8).collect();
        let steep = seed % 2 == 0;
        nothing_in(width, height, |x, y| {
            let level = levels[y / grain * width + x / grain];
            if steep { if level < 128 { 0 } else { 255 } } else { level }
        });
    }
}

/// Is (x, y) dark in a finder whose corner is at the origin and whose modules have this many pixels?
fn finder_at(x: usize, y: usize, module: usize) -> Option<bool> {
    let (x, y) = (x / module, y / module);
    (x < 7 && y < 7).then(|| x.min(y).min(6 - x).min(6 - y) != 1)
}

/// Every three of them are a triple, and none is a code.
#[test]
fn a_wallpaper_of_finders() {
    for (module, pitch) in [(2, 16), (3, 27), (3, 60), (5, 70)] {
        nothing_in(420, 360, |x, y| match finder_at(x % pitch, y % pitch, module) {
            Some(true) => 0,
            _ => 255,
        });
    }
}

#[test]
fn finders_strewn_over_noise_even_over_the_edges() {
    for seed in 0..30 {
        let mut noise = Noise::new(1000 + seed);
        let (width, height) = (60 + noise.below(240) as usize, 60 + noise.below(240) as usize);
        let mut pixels: Vec<u8> = (0..width * height).map(|_| noise.next() as u8).collect();
        for _ in 0..2 + noise.below(12) {
            let module = 1 + noise.below(6) as usize;
            let (left, top) = (noise.below(width as u64) as usize, noise.below(height as u64) as usize);
            for y in top..(top + 7 * module).min(height) {
                for x in left..(left + 7 * module).min(width) {
                    if let Some(dark) = finder_at(x - left, y - top, module) {
                        pixels[y * width + x] = if dark { 10 } else { 240 };
                    }
                }
            }
        }
        nothing_in(width, height, |x, y| pixels[y * width + x]);
    }
}

/// All patterns of a code in place, and random modules for data: nothing can be repaired, so nothing may be read.
#[test]
fn codes_whose_data_is_noise_are_no_codes() {
    for seed in 0..60 {
        let mut noise = Noise::new(5000 + seed);
        let label = Label::of_version(4 + (seed % 9) as i16, seed);
        let side = label.side;
        let random: Vec<bool> = (0..side * side).map(|_| noise.next() >> 40 & 1 == 1).collect();
        let module = 3;
        nothing_in((side + 8) * module, (side + 8) * module, |x, y| {
            let (u, v) = ((x / module) as f32 - 3.5, (y / module) as f32 - 3.5);
            let inner = |t: f32| t > 9.0 && t < side as f32 - 9.0;
            let dark = if inner(u) && inner(v) {
                random[v as usize * side + u as usize]
            } else {
                label.is_dark(u, v).unwrap_or(false)
            };
            if dark { 0 } else { 255 }
        });
    }
}

/// Cut at any row or column, a code is read or not, and never wrongly.
#[test]
fn codes_that_run_out_of_the_picture() {
    let label = Label::of_version(5, 1);
    let whole = Shot { width: 260, height: 260, ..Shot::default() }.take(
        &[Placed { label: &label, pose: Pose { centre: (130.0, 130.0), ..Pose::default() }, patches: &[] }],
        1,
    );
    for cut in (21..260).step_by(7) {
        for (width, height) in [(cut, 260), (260, cut), (cut, cut)] {
            let rows = whole.pixels().chunks(260).take(height);
            let pixels = rows.flat_map(|row| &row[..width]).copied().collect();
            let gray = Gray::new(width, height, pixels).unwrap();
            for code in read(&gray, Effort::LiveFull, &|| false) {
                assert_eq!(code.text().as_deref(), Some(label.text.as_str()), "{width}×{height}");
            }
        }
    }
}
