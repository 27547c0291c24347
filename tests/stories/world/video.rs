//! The camera's pictures are what they say.

use image::{GrayImage, Luma};
use shirushi_tests::video::{HEIGHT, Scene, WIDTH, write_clip};

/// Black left half, white right half.
fn halves() -> GrayImage {
    GrayImage::from_fn(100, 100, |x, _| Luma([if x < 50 { 0 } else { 255 }]))
}

fn level(frame: &GrayImage, x: u32, y: u32) -> u8 {
    frame.get_pixel(x, y).0[0]
}

#[test]
fn straight_on_the_picture_lies_where_it_was_put() {
    let frame = Scene::default().take(&halves());
    assert_eq!(frame.dimensions(), (WIDTH, HEIGHT));
    // 400 pixels wide around (640, 360): from 440 to 840, from 160 to 560.
    let (table, black, white) = (150, 0, 255);
    let seen =
        [(438, 360), (442, 360), (630, 360), (650, 360), (838, 360), (842, 360), (640, 158), (500, 162)];
    assert_eq!(
        seen.map(|(x, y)| level(&frame, x, y)),
        [table, black, black, white, white, table, table, black]
    );
}

#[test]
fn turned_away_the_far_edge_is_shorter() {
    let scene = Scene { yaw: 50.0, width: 500.0, ..Scene::default() };
    let frame = scene.take(&halves());
    let height_of = |gray: u8| {
        let longest = (0..WIDTH).map(|x| (0..HEIGHT).filter(|&y| level(&frame, x, y) == gray).count());
        longest.max().unwrap()
    };
    let (left, right) = (height_of(0), height_of(255));
    assert!(left + 40 < right || right + 40 < left, "{left} and {right} pixels high");
    assert!((400..700).contains(&left.max(right)) && left.min(right) > 350, "{left} and {right} pixels high");
}

#[test]
fn rolled_a_quarter_left_is_up() {
    let frame = Scene { roll: 90.0, ..Scene::default() }.take(&halves());
    assert_eq!([level(&frame, 640, 200), level(&frame, 640, 520)], [0, 255]);
}

#[test]
fn blur_softens_and_noise_repeats_with_its_seed() {
    let sharp = Scene::default();
    let levels = |frame: &GrayImage| (600..680).filter(|&x| !matches!(level(frame, x, 360), 0 | 255)).count();
    let blurred = Scene { blur: 3.0, ..sharp.clone() }.take(&halves());
    assert!(levels(&sharp.take(&halves())) <= 6 && levels(&blurred) > 8);

    let noisy = Scene { noise: 8.0, ..sharp.clone() };
    let (one, same) = (noisy.take(&halves()), noisy.take(&halves()));
    assert_eq!(one, same);
    assert_ne!(one, Scene { seed: 2, ..noisy }.take(&halves()));
    let table: Vec<f64> = (0..200).map(|x| f64::from(level(&one, x, 20)) - 150.0).collect();
    let deviation = (table.iter().map(|d| d * d).sum::<f64>() / 200.0).sqrt();
    assert!((6.0..10.0).contains(&deviation), "{deviation}");
}

#[test]
fn a_clip_has_the_size_its_header_tells() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clip.y4m");
    let frames = [GrayImage::new(4, 2), GrayImage::from_pixel(4, 2, Luma([9]))];
    write_clip(&file, &frames).unwrap();
    let clip = std::fs::read(&file).unwrap();
    let rest = clip.strip_prefix(b"YUV4MPEG2 W4 H2 F30:1 Ip A1:1 C420jpeg\n").unwrap();
    let gray = [128; 4];
    let want = [b"FRAME\n".as_slice(), &[0; 8], &gray, b"FRAME\n", &[9; 8], &gray].concat();
    assert_eq!(rest, want);

    let odd = [GrayImage::new(3, 2)];
    assert!(write_clip(&file, &odd).is_err() && write_clip(&file, &[]).is_err());
}
