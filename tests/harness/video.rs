//! What a camera sees: a printed picture held before it, as a clip for the browser's fake camera.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use image::{GrayImage, Luma};

/// Size of the frames we make, that of the camera the checker asks for.
pub const WIDTH: u32 = 1280;
/// See [`WIDTH`].
pub const HEIGHT: u32 = 720;

/// How a picture is held before the camera.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Centre of the picture in the frame, pixels.
    pub centre: (f64, f64),
    /// Width of the picture as seen straight on, pixels.
    pub width: f64,
    /// Turned about its vertical axis, degrees.
    pub yaw: f64,
    /// Tilted about its horizontal axis, degrees.
    pub pitch: f64,
    /// Rotated in the plane of the frame, degrees.
    pub roll: f64,
    /// Blur, standard deviation in pixels.
    pub blur: f32,
    /// Noise, standard deviation in gray levels.
    pub noise: f64,
    /// Gray of what lies behind the picture.
    pub background: u8,
    /// Which noise; the same seed gives the same frame.
    pub seed: u64,
}

impl Default for Scene {
    /// Straight on, in the middle, sharp, on a gray table.
    fn default() -> Self {
        Self {
            centre: (f64::from(WIDTH) / 2.0, f64::from(HEIGHT) / 2.0),
            width: 400.0,
            yaw: 0.0,
            pitch: 0.0,
            roll: 0.0,
            blur: 0.0,
            noise: 0.0,
            background: 150,
            seed: 1,
        }
    }
}

impl Scene {
    /// The frame that the camera takes of `picture`.
    pub fn take(&self, picture: &GrayImage) -> GrayImage {
        let mut frame = self.project(picture);
        if self.blur > 0.0 {
            frame = image::imageops::blur(&frame, self.blur);
        }
        if self.noise > 0.0 {
            self.add_noise(&mut frame);
        }
        frame
    }

    fn project(&self, picture: &GrayImage) -> GrayImage {
        let to_picture = inverse(self.homography(picture));
        GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
            let levels = SAMPLES.map(|(across, down)| {
                let point = apply(&to_picture, f64::from(x) + across, f64::from(y) + down);
                sample(picture, point).unwrap_or_else(|| f64::from(self.background))
            });
            Luma([gray(levels.iter().sum::<f64>() / 4.0)])
        })
    }

    /// From pixels of the picture to pixels of the frame: the picture is a plane, turned in space, seen by a camera
    /// whose focal length is that of a phone (about one and a quarter times the frame's width away).
    fn homography(&self, picture: &GrayImage) -> Matrix {
        let focal = 1.25 * f64::from(WIDTH);
        let scale = self.width / f64::from(picture.width());
        let ((sin_y, cos_y), (sin_p, cos_p), (sin_r, cos_r)) =
            (turn(self.yaw), turn(self.pitch), turn(self.roll));
        // Columns of roll · pitch · yaw for the two axes of the plane.
        let across = [cos_y, sin_p * sin_y, -cos_p * sin_y];
        let down = [0.0, cos_p, sin_p];
        let roll = |[x, y, z]: [f64; 3]| [cos_r * x - sin_r * y, sin_r * x + cos_r * y, z];
        let (across, down) = (roll(across), roll(down));
        let (middle_x, middle_y) = (f64::from(picture.width()) / 2.0, f64::from(picture.height()) / 2.0);
        let origin: [f64; 3] =
            std::array::from_fn(|axis| -scale * (across[axis] * middle_x + down[axis] * middle_y));
        let depth = [scale * across[2] / focal, scale * down[2] / focal, 1.0 + origin[2] / focal];
        let row = |axis: usize, centre: f64| {
            [
                scale * across[axis] + centre * depth[0],
                scale * down[axis] + centre * depth[1],
                origin[axis] + centre * depth[2],
            ]
        };
        [row(0, self.centre.0), row(1, self.centre.1), depth]
    }

    fn add_noise(&self, frame: &mut GrayImage) {
        let mut random = Random(self.seed);
        for Luma([level]) in frame.pixels_mut() {
            *level = gray(f64::from(*level) + self.noise * random.normal());
        }
    }
}

/// Writes frames of [`WIDTH`] × [`HEIGHT`] (or any other even size) as a clip of 30 frames a second, which Chromium's
/// fake camera plays in a loop.
pub fn write_clip(file: &Path, frames: &[GrayImage]) -> io::Result<()> {
    write_clip_at(30, file, frames)
}

/// The same with `rate` frames a second.
pub fn write_clip_at(rate: u8, file: &Path, frames: &[GrayImage]) -> io::Result<()> {
    let Some(first) = frames.first() else {
        return Err(io::Error::other("a clip needs a frame"));
    };
    let (width, height) = first.dimensions();
    let frames: Vec<Vec<u8>> = frames.iter().map(|frame| frame.as_raw().clone()).collect();
    write_y4m(rate, file, width, height, &frames)
}

/// The same for bare luminance, row by row. YUV4MPEG2 with 4:2:0 colour, all of it gray.
pub fn write_y4m(rate: u8, file: &Path, width: u32, height: u32, frames: &[Vec<u8>]) -> io::Result<()> {
    let luminance = width as usize * height as usize;
    if !width.is_multiple_of(2)
        || !height.is_multiple_of(2)
        || frames.iter().any(|frame| frame.len() != luminance)
    {
        return Err(io::Error::other(format!("frames must be {width} × {height}, both even")));
    }
    let colour = vec![128; luminance / 2];
    let mut clip = BufWriter::new(std::fs::File::create(file)?);
    writeln!(clip, "YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg")?;
    for frame in frames {
        clip.write_all(b"FRAME\n")?;
        clip.write_all(frame)?;
        clip.write_all(&colour)?;
    }
    clip.flush()
}

/// Four samples a pixel: edges of small modules come out gray, as on a sensor.
const SAMPLES: [(f64, f64); 4] = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];

type Matrix = [[f64; 3]; 3];

fn turn(degrees: f64) -> (f64, f64) {
    degrees.to_radians().sin_cos()
}

fn apply(matrix: &Matrix, x: f64, y: f64) -> (f64, f64) {
    let [across, down, depth] = matrix.map(|row| row[0] * x + row[1] * y + row[2]);
    (across / depth, down / depth)
}

/// Up to a factor, which a homography does not mind: the adjugate, whose columns are cross products of rows.
fn inverse([first, second, third]: Matrix) -> Matrix {
    let columns = [cross(second, third), cross(third, first), cross(first, second)];
    std::array::from_fn(|row| columns.map(|column| column[row]))
}

fn cross(one: [f64; 3], other: [f64; 3]) -> [f64; 3] {
    let part = |y: usize, z: usize| one[y] * other[z] - one[z] * other[y];
    [part(1, 2), part(2, 0), part(0, 1)]
}

/// Between the four pixels around a point; `None` outside of the picture.
fn sample(picture: &GrayImage, (x, y): (f64, f64)) -> Option<f64> {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    if !(0.0..width).contains(&x) || !(0.0..height).contains(&y) {
        return None;
    }
    let (x, y) = ((x - 0.5).clamp(0.0, width - 1.0), (y - 0.5).clamp(0.0, height - 1.0));
    let (left, top) = (x.floor(), y.floor());
    let (right, bottom) = ((left + 1.0).min(width - 1.0), (top + 1.0).min(height - 1.0));
    let (along, below) = (x - left, y - top);
    let level = |x, y| f64::from(picture.get_pixel(whole(x), whole(y)).0[0]);
    let upper = level(left, top) * (1.0 - along) + level(right, top) * along;
    let lower = level(left, bottom) * (1.0 - along) + level(right, bottom) * along;
    Some(upper * (1.0 - below) + lower * below)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a pixel of the picture"
)]
fn whole(coordinate: f64) -> u32 {
    coordinate as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a byte holds")]
fn gray(level: f64) -> u8 {
    level.round().clamp(0.0, 255.0) as u8
}

/// SplitMix64: the same noise on every machine and in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Nearly normal, standard deviation 1: the sum of four 16-bit parts.
    fn normal(&mut self) -> f64 {
        let bits = self.next();
        let parts = [bits, bits >> 16, bits >> 32, bits >> 48];
        let sum: f64 =
            parts.iter().map(|part| f64::from(u16::try_from(part & 0xFFFF).unwrap_or_default())).sum();
        // Four uniform parts of variance 65536² / 12 each.
        (sum - 2.0 * 65_535.0) / (65_536.0 / 3.0_f64.sqrt())
    }
}
