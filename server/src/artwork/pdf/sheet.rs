//! What stands where on the A4 sheet.

use crate::artwork::{
    ArtworkError,
    drawing::{Drawing, MODULE, Outline, Point},
    font::{Line, Type},
    japanese,
};

/// Width and height in millimetres.
pub(super) const A4: [f32; 2] = [210.0, 297.0];

/// The sheet: words and marks, and where the label goes.
pub(super) struct Sheet {
    /// Filled black.
    pub(super) outlines: Vec<Outline>,
    /// The labels.
    pub(super) places: Vec<Place>,
}

/// One label on the sheet.
pub(super) struct Place {
    /// Its upper left corner in millimetres.
    pub(super) at: Point,
    /// Its size: 1 is 0.423 mm a module.
    pub(super) scale: f32,
}

/// The sizes: 4, 5 and 8 dots a module at 300 dpi, hence 0.339, 0.423 and 0.677 mm. Never under 0.33 mm.
const SIZES: [f32; 3] = [0.8, 1.0, 1.6];
/// White border of the sheet: more than any printer leaves blank.
const MARGIN: f32 = 14.0;
/// Between two labels: room for the crop marks of both, and for a caption.
const GAP: [f32; 2] = [9.0, 10.0];
/// Thickness of thin lines.
const HAIR: f32 = 0.12;

const INSTRUCTIONS: [[&str; 2]; 3] = [
    [
        "Print at 100 % (actual size), black on white, 300 dpi or better.",
        "100 %（実寸）で、白地に黒で印刷してください。",
    ],
    [
        "Keep the white margin around the code; do not stretch or invert it.",
        "コードの周りの余白を残し、変形や反転をしないでください。",
    ],
    [
        "Scan one printed label and compare the registration number.",
        "一枚を読み取り、登録番号が一致することを確認してください。",
    ],
];

impl Sheet {
    /// Lays out the sheet. A size that finds no room (a very large code) is left out.
    pub(super) fn of(drawing: &Drawing) -> Result<Self, ArtworkError> {
        let (regular, bold) = (Type::regular()?, Type::bold()?);
        let mut sheet = Self { outlines: Vec::new(), places: Vec::new() };
        sheet.head(&regular, &bold)?;

        let size = [drawing.width(), drawing.height()];
        let mut flow = Flow { x: MARGIN, y: 62.0, row: 0.0 };
        for scale in SIZES {
            if let Some(at) = sheet.place(&mut flow, size, scale) {
                let caption = format!("{:.2} mm a module, {:.0} mm wide", MODULE * scale, size[0] * scale);
                sheet.write(&regular.set(&caption, 1.6, 0.0)?, [at[0], at[1] + size[1] * scale + 5.2]);
            }
        }
        flow.next_row();
        while sheet.place(&mut flow, size, 1.0).is_some() {}
        Ok(sheet)
    }

    fn head(&mut self, regular: &Type, bold: &Type) -> Result<(), ArtworkError> {
        let title = bold.set("Label sheet", 3.4, 0.0)?;
        self.write(&title, [MARGIN, 19.5]);
        self.write(&japanese::set("登録ラベル印刷用シート", 4.4)?, [MARGIN + title.width + 3.0, 19.5]);

        let mut y = 27.5;
        for [english, japanese] in INSTRUCTIONS {
            self.write(&regular.set(english, 2.0, 0.0)?, [MARGIN, y]);
            self.write(&japanese::set(japanese, 2.8)?, [MARGIN, y + 4.2]);
            y += 9.6;
        }

        let [left, bar] = [A4[0] - MARGIN - 50.0, 27.0];
        self.outlines.push(Outline::rect([left, bar], 50.0, HAIR));
        for end in [left, left + 50.0 - HAIR] {
            self.outlines.push(Outline::rect([end, bar - 1.5], HAIR, 3.0));
        }
        let caption = regular.set("50 mm", 2.0, 0.0)?;
        self.write(&caption, [left + (50.0 - caption.width) / 2.0, bar + 4.0]);
        Ok(())
    }

    fn place(&mut self, flow: &mut Flow, [width, height]: [f32; 2], scale: f32) -> Option<Point> {
        let size = [width * scale, height * scale];
        let at = flow.take(size)?;
        self.places.push(Place { at, scale });
        self.crop_marks(at, size);
        Some(at)
    }

    /// Two thin lines outside of each corner.
    fn crop_marks(&mut self, [x, y]: Point, [width, height]: [f32; 2]) {
        const AWAY: f32 = 0.8;
        const LONG: f32 = 2.2;
        for (corner, left) in [(x, true), (x + width, false)] {
            for (edge, top) in [(y, true), (y + height, false)] {
                let from = |at: f32, before: bool| if before { at - AWAY - LONG } else { at + AWAY };
                self.outlines.push(Outline::rect([from(corner, left), edge - HAIR / 2.0], LONG, HAIR));
                self.outlines.push(Outline::rect([corner - HAIR / 2.0, from(edge, top)], HAIR, LONG));
            }
        }
    }

    fn write(&mut self, line: &Line, at: Point) {
        self.outlines.push(line.outline.placed(1.0, at));
    }
}

/// Fills the page from left to right, row under row.
struct Flow {
    x: f32,
    y: f32,
    row: f32,
}

impl Flow {
    /// The next place for a rectangle of this size, where the page has one.
    fn take(&mut self, [width, height]: [f32; 2]) -> Option<Point> {
        if self.x > MARGIN && self.x + width > A4[0] - MARGIN {
            self.next_row();
        }
        if self.x + width > A4[0] - MARGIN || self.y + height > A4[1] - MARGIN {
            return None;
        }
        let at = [self.x, self.y];
        self.x += width + GAP[0];
        self.row = self.row.max(height);
        Some(at)
    }

    fn next_row(&mut self) {
        if self.row > 0.0 {
            self.y += self.row + GAP[1];
        }
        self.x = MARGIN;
        self.row = 0.0;
    }
}
