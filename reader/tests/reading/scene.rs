//! A small camera: labels on a table, seen from any side, out of focus, in bad light.

use shirushi_reader::Gray;

use crate::{label::Label, noise::Noise};

/// How one label lies before the camera.
#[derive(Clone, Copy)]
pub(crate) struct Pose {
    /// Of the code's middle, in pixels.
    pub(crate) centre: (f32, f32),
    /// Pixels a module at the middle, before tilting.
    pub(crate) module: f32,
    /// Degrees, in the picture's plane.
    pub(crate) rotation: f32,
    /// Degrees out of the picture's plane …
    pub(crate) tilt: f32,
    /// … about an axis at this many degrees.
    pub(crate) axis: f32,
    /// Degrees of a bottle that the code goes round; 0 for flat.
    pub(crate) bottle: f32,
}

/// Everything about a picture but the labels in it.
#[derive(Clone, Copy)]
pub(crate) struct Shot {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Gray levels of ink and paper.
    pub(crate) ink: f32,
    pub(crate) paper: f32,
    /// Standard deviation of blur, in pixels, besides the lens's own 0.6.
    pub(crate) blur: f32,
    /// Standard deviation of the sensor's noise, in gray levels.
    pub(crate) noise: f32,
    /// A bright spot: its middle and radius in pixels.
    pub(crate) glare: Option<(f32, f32, f32)>,
}

/// Squares of paper laid over a label: where, in modules from its first corner, and how large.
pub(crate) type Patch = (f32, f32, f32);

/// A label, its pose, and what covers it.
pub(crate) struct Placed<'a> {
    pub(crate) label: &'a Label,
    pub(crate) pose: Pose,
    pub(crate) patches: &'a [Patch],
}

impl Default for Pose {
    fn default() -> Self {
        Self { centre: (320.0, 240.0), module: 5.0, rotation: 0.0, tilt: 0.0, axis: 0.0, bottle: 0.0 }
    }
}

impl Default for Shot {
    fn default() -> Self {
        Self { width: 640, height: 480, ink: 30.0, paper: 220.0, blur: 0.0, noise: 3.0, glare: None }
    }
}

/// Rays a pixel's side: nine a pixel keep modules of 1.8 px from being drawn as jagged as they never are.
const RAYS: usize = 3;

impl Shot {
    /// The picture, the same for the same seed.
    pub(crate) fn take(&self, placed: &[Placed], seed: u64) -> Gray {
        let mut levels = vec![0.0; self.width * self.height];
        for (index, level) in levels.iter_mut().enumerate() {
            let (x, y) = (index % self.width, index / self.width);
            let rays = (0..RAYS * RAYS).map(|ray| {
                let part = |i: usize| (i as f32 + 0.5) / RAYS as f32;
                self.ray(placed, x as f32 + part(ray % RAYS), y as f32 + part(ray / RAYS))
            });
            *level = rays.sum::<f32>() / (RAYS * RAYS) as f32;
        }
        self.blurred(&mut levels, self.blur.hypot(0.6));
        self.exposed(&mut levels, seed);
        let pixels = levels.into_iter().map(|level| level.round().clamp(0.0, 255.0) as u8).collect();
        Gray::new(self.width, self.height, pixels).unwrap()
    }

    fn ray(&self, placed: &[Placed], x: f32, y: f32) -> f32 {
        let dark = placed.iter().find_map(|placed| placed.is_dark(x, y, self.width as f32));
        match dark {
            Some(true) => self.ink,
            Some(false) => self.paper,
            // A table of soft stripes, between ink and paper.
            None => {
                let stripe = 0.55 + 0.25 * ((x * 0.031 + y * 0.017).sin() * (y * 0.023 - x * 0.011).cos());
                self.ink + (self.paper - self.ink) * stripe
            }
        }
    }

    fn blurred(&self, levels: &mut [f32], sigma: f32) {
        let reach = (sigma * 3.0).ceil() as usize;
        let weight = |off: usize| (-0.5 * (off as f32 / sigma).powi(2)).exp();
        let total = 1.0 + 2.0 * (1..=reach).map(weight).sum::<f32>();
        let weights: Vec<f32> = (0..=reach).map(|off| weight(off) / total).collect();
        let mut line = Vec::new();
        let mut pass = |start: usize, step: usize, count: usize| {
            line.clear();
            line.extend((0..count).map(|i| levels[start + i * step]));
            for i in 0..count {
                let mut sum = line[i] * weights[0];
                for (off, weight) in weights.iter().enumerate().skip(1) {
                    sum += weight * (line[i.saturating_sub(off)] + line[(i + off).min(count - 1)]);
                }
                levels[start + i * step] = sum;
            }
        };
        for y in 0..self.height {
            pass(y * self.width, 1, self.width);
        }
        for x in 0..self.width {
            pass(x, self.width, self.height);
        }
    }

    fn exposed(&self, levels: &mut [f32], seed: u64) {
        let mut noise = Noise::new(seed);
        for (index, level) in levels.iter_mut().enumerate() {
            if let Some((x, y, radius)) = self.glare {
                let off = ((index % self.width) as f32 - x).hypot((index / self.width) as f32 - y);
                *level += 260.0 / (1.0 + ((off - radius) / (0.18 * radius + 1.0)).exp());
            }
            *level += self.noise * noise.normal();
        }
    }
}

impl Placed<'_> {
    fn is_dark(&self, x: f32, y: f32, focal: f32) -> Option<bool> {
        let (u, v) = self.pose.module_at(x, y, focal, self.label.side as f32)?;
        let covered =
            |&(left, top, side): &Patch| (left..left + side).contains(&u) && (top..top + side).contains(&v);
        let dark = self.label.is_dark(u, v)?;
        Some(dark && !self.patches.iter().any(covered))
    }
}

impl Pose {
    /// Which module a ray through a pixel meets, by a pinhole camera of this focal length.
    fn module_at(&self, x: f32, y: f32, focal: f32, side: f32) -> Option<(f32, f32)> {
        let (x, y) = (x - self.centre.0, y - self.centre.1);
        let distance = focal / self.module;
        let (axis_sin, axis_cos) = self.axis.to_radians().sin_cos();
        let (tilt_sin, tilt_cos) = self.tilt.to_radians().sin_cos();
        // Along the axis of the tilt, and across it.
        let (along, across) = (x * axis_cos + y * axis_sin, y * axis_cos - x * axis_sin);
        let depth = focal * tilt_cos - across * tilt_sin;
        if depth <= 1e-3 {
            return None;
        }
        let across = across * distance / depth;
        let along = along * (distance + across * tilt_sin) / focal;
        let (x, y) = (along * axis_cos - across * axis_sin, along * axis_sin + across * axis_cos);
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let (mut u, v) = (x * cos + y * sin, y * cos - x * sin);
        if self.bottle > 0.0 {
            let radius = side / self.bottle.to_radians();
            if u.abs() >= radius {
                return None;
            }
            u = radius * (u / radius).asin();
        }
        Some((u + side / 2.0, v + side / 2.0))
    }
}
