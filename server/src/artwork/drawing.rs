//! A drawing: filled outlines and one QR symbol, in millimetres from the upper left corner.
//!
//! Not here: how it is written. `svg.rs`, `png.rs` and `pdf.rs` each walk the same drawing.

use super::qr::Symbol;

/// Side of a module in millimetres: 1/60 inch, which is 5 dots at 300 dpi, 10 at 600 dpi and 1.2 points, so that
/// paper and every printer share one grid. Phones need 0.33 mm.
pub(super) const MODULE: f32 = 25.4 / 60.0;

/// What a label, or a QR code alone, looks like.
#[derive(Clone, Debug)]
pub(super) struct Drawing {
    /// Width in modules: the edges lie on the printer's dots.
    pub(super) columns: u16,
    /// Height in modules.
    pub(super) rows: u16,
    /// The QR symbol.
    pub(super) symbol: Symbol,
    /// Its upper left module, in modules from the upper left corner.
    pub(super) symbol_at: (u16, u16),
    /// What is filled, in this order, beside the symbol.
    pub(super) shapes: Vec<Shape>,
    /// Its name, for screen readers and document properties.
    pub(super) title: String,
    /// What it says, in words.
    pub(super) description: String,
}

impl Drawing {
    /// Width in millimetres.
    pub(super) fn width(&self) -> f32 {
        f32::from(self.columns) * MODULE
    }

    /// Height in millimetres.
    pub(super) fn height(&self) -> f32 {
        f32::from(self.rows) * MODULE
    }
}

/// An outline filled by the non-zero rule.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// What is filled.
    pub(super) outline: Outline,
    /// With what.
    pub(super) ink: Ink,
}

/// Black on white, since anything else costs contrast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    White,
}

/// A point: x to the right, y down.
pub(super) type Point = [f32; 2];

/// One step of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Move(Point),
    Line(Point),
    Quad(Point, Point),
    Cubic(Point, Point, Point),
    Close,
}

/// Closed curves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outline(pub(super) Vec<Step>);

impl Outline {
    /// The polygon through `points`.
    pub(super) fn polygon(points: impl IntoIterator<Item = Point>) -> Self {
        let mut steps: Vec<_> = points.into_iter().map(Step::Line).collect();
        if let Some(Step::Line(first)) = steps.first().copied() {
            steps.splice(..1, [Step::Move(first)]);
            steps.push(Step::Close);
        }
        Self(steps)
    }

    /// The upright rectangle from `[x, y]`.
    pub(super) fn rect([x, y]: Point, width: f32, height: f32) -> Self {
        Self::polygon([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    }

    /// A rectangle whose corners are quarter circles.
    pub(super) fn round_rect([x, y]: Point, width: f32, height: f32, radius: f32) -> Self {
        let (right, bottom) = (x + width, y + height);
        // A cubic whose handles are this far along the sides stays within 0.03 % of the circle.
        let slack = radius * (1.0 - 0.552_285);
        Self(vec![
            Step::Move([x + radius, y]),
            Step::Line([right - radius, y]),
            Step::Cubic([right - slack, y], [right, y + slack], [right, y + radius]),
            Step::Line([right, bottom - radius]),
            Step::Cubic([right, bottom - slack], [right - slack, bottom], [right - radius, bottom]),
            Step::Line([x + radius, bottom]),
            Step::Cubic([x + slack, bottom], [x, bottom - slack], [x, bottom - radius]),
            Step::Line([x, y + radius]),
            Step::Cubic([x, y + slack], [x + slack, y], [x + radius, y]),
            Step::Close,
        ])
    }

    /// This outline scaled by `factor`, then moved by `[dx, dy]`.
    pub(super) fn placed(&self, factor: f32, [dx, dy]: Point) -> Self {
        let to = |[x, y]: Point| [x * factor + dx, y * factor + dy];
        Self(self.0.iter().map(|step| step.map(to)).collect())
    }

    /// Adds the curves of `other`.
    pub(super) fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl Step {
    fn map(self, to: impl Fn(Point) -> Point) -> Self {
        match self {
            Self::Move(a) => Self::Move(to(a)),
            Self::Line(a) => Self::Line(to(a)),
            Self::Quad(a, b) => Self::Quad(to(a), to(b)),
            Self::Cubic(a, b, c) => Self::Cubic(to(a), to(b), to(c)),
            Self::Close => Self::Close,
        }
    }
}
