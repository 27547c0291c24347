//! Our own signs: the seal, the stars, the frame. Drawn here from rectangles and polygons; no picture of anyone else's.

use core::f32::consts::{FRAC_PI_2, PI};

use super::drawing::{Ink, Outline, Point, Shape};

/// The service's seal, `side` millimetres wide: white strokes in a black square, after the character 印 (shirushi).
pub(super) fn seal([x, y]: Point, side: f32) -> Vec<Shape> {
    // In sixteenths of the side: left, top, width, height.
    const STROKES: [[f32; 4]; 8] = [
        [2.6, 3.0, 4.9, 1.5],
        [2.6, 3.0, 1.5, 10.0],
        [2.6, 7.2, 4.9, 1.5],
        [2.6, 11.5, 4.9, 1.5],
        [8.9, 3.0, 4.5, 1.5],
        [8.9, 3.0, 1.5, 10.0],
        [11.9, 3.0, 1.5, 7.4],
        [10.9, 8.9, 2.5, 1.5],
    ];
    let unit = side / 16.0;
    let ground = Outline::round_rect([x, y], side, side, 2.2 * unit);
    let mut strokes = Outline::default();
    for [left, top, width, height] in STROKES {
        strokes.join(Outline::rect([x + left * unit, y + top * unit], width * unit, height * unit));
    }
    vec![Shape { outline: ground, ink: Ink::Black }, Shape { outline: strokes, ink: Ink::White }]
}

/// Four stars in a row from `[x, y]`, each `size` high and `pitch` apart, the first `filled` of them black.
pub(super) fn stars([x, y]: Point, size: f32, pitch: f32, filled: u8) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for place in 0..4_u8 {
        let centre = [x + size / 2.0 + f32::from(place) * pitch, y + size / 2.0];
        shapes.push(Shape { outline: star(centre, size / 2.0), ink: Ink::Black });
        if place >= filled {
            // The outline of an empty star must survive 300 dpi.
            shapes.push(Shape { outline: star(centre, size / 2.0 - 0.42), ink: Ink::White });
        }
    }
    shapes
}

/// A frame of thickness `line` inside the rectangle.
pub(super) fn frame([x, y]: Point, width: f32, height: f32, radius: f32, line: f32) -> Vec<Shape> {
    let outer = Outline::round_rect([x, y], width, height, radius);
    let inner =
        Outline::round_rect([x + line, y + line], width - 2.0 * line, height - 2.0 * line, radius - line);
    vec![Shape { outline: outer, ink: Ink::Black }, Shape { outline: inner, ink: Ink::White }]
}

fn star([x, y]: Point, radius: f32) -> Outline {
    /// Inner radius of a five-pointed star whose edges are straight lines from point to point.
    const INNER: f32 = 0.381_966;
    Outline::polygon((0..10_u8).map(|corner| {
        let angle = f32::from(corner) * PI / 5.0 - FRAC_PI_2;
        let reach = if corner % 2 == 0 { radius } else { radius * INNER };
        [x + reach * angle.cos(), y + reach * angle.sin()]
    }))
}
