//! Our own signs: the seal, the stars, the frame. Drawn here from rectangles and polygons; no picture of anyone else's.

use core::f32::consts::{FRAC_PI_2, PI};

use super::drawing::{Ink, Outline, Point, Shape};

/// The service's seal, `side` millimetres wide: white strokes in a black square, after the character 印 (shirushi).
pub(super) fn seal([x, y]: Point, side: f32) -> Vec<Shape> {
    // In sixteenths of the side. First the left half of the character, top to bottom, then the right half.
    const STROKES: [&[Point]; 8] = [
        &[[7.0, 2.5], [7.5, 3.8], [3.1, 5.1], [2.5, 3.9]],
        &[[2.5, 3.9], [3.9, 3.9], [3.9, 12.6], [2.5, 12.6]],
        &[[3.9, 7.0], [7.4, 7.0], [7.4, 8.4], [3.9, 8.4]],
        &[[2.5, 11.5], [7.3, 10.6], [7.6, 11.9], [2.5, 13.0]],
        &[[8.9, 3.2], [13.6, 3.2], [13.6, 4.6], [8.9, 4.6]],
        &[[8.9, 3.2], [10.3, 3.2], [10.3, 13.8], [8.9, 13.8]],
        &[[12.2, 3.2], [13.6, 3.2], [13.6, 10.3], [12.2, 9.7]],
        &[[12.2, 9.7], [13.6, 10.3], [12.9, 11.2], [11.4, 11.2], [11.2, 9.9]],
    ];
    let unit = side / 16.0;
    let mut strokes = Outline::default();
    for stroke in STROKES {
        strokes.join(Outline::polygon(stroke.iter().copied()).placed(unit, [x, y]));
    }
    let ground = Outline::round_rect([x, y], side, side, 2.2 * unit);
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
            shapes.push(Shape { outline: star(centre, size / 2.0 - 0.6), ink: Ink::White });
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
