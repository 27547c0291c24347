//! Where things stand on a label: the symbol at the left, the words at the right, a notice across the foot.

use super::{
    ArtworkError,
    drawing::{Drawing, Ink, MODULE, Outline, Point, Shape},
    font::{Line, Type},
    japanese, mark,
    qr::Symbol,
};

/// What is written beside the symbol.
pub(super) struct Words<'a> {
    /// The registration number as it is printed.
    pub(super) number: &'a str,
    /// Stars, 1 to 4.
    pub(super) stars: u8,
    /// The level in digits.
    pub(super) level: String,
    /// The day in the form YYYY-MM-DD.
    pub(super) valid_until: String,
    /// The host to type by hand, where the link has one.
    pub(super) host: Option<&'a str>,
    /// The line across the foot.
    pub(super) notice: Option<&'a str>,
}

/// Modules between the label's edge and the symbol's quiet zone; the frame stands in them.
const MARGIN: u16 = 3;
/// Modules between the quiet zone and the words.
const GUTTER: u16 = 1;
/// Modules that the notice takes at the foot.
const FOOT: u16 = 10;
/// Height of the notice's capitals in millimetres.
const NOTICE: f32 = 2.0;
/// Least width and height of the words, in millimetres.
const COLUMN: [f32; 2] = [34.5, 24.9];
/// Smallest capitals of a line that people type from the label, in millimetres (about 6 points).
const SMALLEST: f32 = 1.5;

/// The label.
pub(super) fn label(symbol: Symbol, words: &Words<'_>) -> Result<Drawing, ArtworkError> {
    let mut page = Page { regular: Type::regular()?, bold: Type::bold()?, shapes: Vec::new() };
    let number = fit(&page.bold, words.number, 2.6)?;
    let host = words.host.map(|host| host_line(&page, host)).transpose()?;
    let notice = words.notice.map(|notice| page.bold.set(notice, NOTICE, 0.35)).transpose()?;

    let side = symbol.width() + 2 * Symbol::QUIET_ZONE;
    let words_at = MARGIN + side + GUTTER;
    let wide = COLUMN[0].max(number.width).max(host.as_ref().map_or(0.0, |host| host.width));
    let least = notice.as_ref().map_or(0, |notice| modules(notice.width + 6.0));
    let columns = (words_at + modules(wide) + 2 * MARGIN).max(least);
    let body = side.max(modules(COLUMN[1]));
    let rows = body + 2 * MARGIN + notice.as_ref().map_or(0, |_| FOOT);

    let x = f32::from(words_at) * MODULE;
    let top = (f32::from(2 * MARGIN + body) * MODULE - COLUMN[1]) / 2.0;
    page.frame(columns, rows);
    page.shapes.extend(mark::seal([x, top + 0.1], 8.6));
    page.shapes.extend(mark::stars([x + 10.4, top - 0.1], 4.6, 5.0, words.stars));
    page.write(&page.bold.set(&words.level, 2.8, 0.1)?, [x + 10.6, top + 8.7]);
    page.caption("登録番号", "Registration number", [x, top + 12.3])?;
    page.write(&number, [x, top + 15.9]);
    page.caption("有効期限（発行時）", "Valid until, at issue", [x, top + 19.1])?;
    let date = page.bold.set(&words.valid_until, 1.9, 0.0)?;
    page.write(&date, [x, top + 22.0]);
    page.write(&page.regular.set("check now by scanning", 1.3, 0.0)?, [x + date.width + 1.0, top + 22.0]);
    if let Some(host) = &host {
        page.write(host, [x, top + 24.7]);
    }
    if let Some(notice) = &notice {
        page.notice(notice, columns, rows);
    }

    let symbol_at = (MARGIN + Symbol::QUIET_ZONE, MARGIN + (body - side) / 2 + Symbol::QUIET_ZONE);
    let (title, description) = in_words(words);
    Ok(Drawing { columns, rows, symbol, symbol_at, shapes: page.shapes, title, description })
}

/// A symbol with its quiet zone and nothing else.
pub(super) fn symbol_alone(symbol: Symbol) -> Drawing {
    let side = symbol.width() + 2 * Symbol::QUIET_ZONE;
    Drawing {
        columns: side,
        rows: side,
        symbol_at: (Symbol::QUIET_ZONE, Symbol::QUIET_ZONE),
        shapes: Vec::new(),
        title: "QR code".to_owned(),
        description: format!("A QR code of version {}.", symbol.version()),
        symbol,
    }
}

/// What is drawn so far.
struct Page {
    regular: Type,
    bold: Type,
    shapes: Vec<Shape>,
}

impl Page {
    fn write(&mut self, line: &Line, at: Point) {
        self.fill(line.outline.placed(1.0, at), Ink::Black);
    }

    fn fill(&mut self, outline: Outline, ink: Ink) {
        self.shapes.push(Shape { outline, ink });
    }

    /// A small heading in both languages.
    fn caption(&mut self, japanese: &str, english: &str, [x, y]: Point) -> Result<(), ArtworkError> {
        let japanese = japanese::set(japanese, 1.95)?;
        self.write(&japanese, [x, y]);
        self.write(&self.regular.set(english, 1.3, 0.02)?, [x + japanese.width + 0.6, y]);
        Ok(())
    }

    /// A thin line one module inside the edge.
    fn frame(&mut self, columns: u16, rows: u16) {
        let [width, height] = [columns - 2, rows - 2].map(|side| f32::from(side) * MODULE);
        self.shapes.extend(mark::frame([MODULE, MODULE], width, height, 1.4, MODULE / 2.0));
    }

    /// White letters in a black bar across the foot, inside the frame.
    fn notice(&mut self, notice: &Line, columns: u16, rows: u16) {
        let width = f32::from(columns - 2 * MARGIN) * MODULE;
        let height = f32::from(FOOT - 2) * MODULE;
        let [x, y] = [MARGIN, rows - MARGIN - FOOT + 2].map(|at| f32::from(at) * MODULE);
        self.fill(Outline::round_rect([x, y], width, height, 0.7), Ink::Black);
        let at = [x + (width - notice.width) / 2.0, y + f32::midpoint(height, NOTICE)];
        self.fill(notice.outline.placed(1.0, at), Ink::White);
    }
}

fn host_line(page: &Page, host: &str) -> Result<Line, ArtworkError> {
    let mut line = page.regular.set("or at ", 1.3, 0.0)?;
    let host = page.bold.set(host, SMALLEST, 0.0)?;
    line.outline.join(host.outline.placed(1.0, [line.width, 0.0]));
    line.width += host.width;
    Ok(line)
}

/// `text` in capitals of `height`, smaller where the column is narrower, never below [`SMALLEST`].
fn fit(face: &Type, text: &str, height: f32) -> Result<Line, ArtworkError> {
    let line = face.set(text, height, 0.0)?;
    if line.width <= COLUMN[0] {
        return Ok(line);
    }
    face.set(text, (height * COLUMN[0] / line.width).max(SMALLEST), 0.0)
}

/// Whole modules that hold `millimetres`.
fn modules(millimetres: f32) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lengths of bounded texts: 0 to 1,000"
    )]
    let count = (millimetres / MODULE).ceil() as u16;
    count
}

fn in_words(words: &Words<'_>) -> (String, String) {
    let title = format!("Label {}", words.number);
    let mut description = format!(
        "Registration number {}, level {}, valid until {} as of its issue. The QR code leads to its status now.",
        words.number, words.level, words.valid_until
    );
    if let Some(notice) = words.notice {
        description.push(' ');
        description.push_str(notice);
        description.push('.');
    }
    (title, description)
}
