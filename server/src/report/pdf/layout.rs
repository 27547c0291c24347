//! What stands where on the pages of a report.

use std::num::NonZeroU16;

use super::{
    HEIGHT, Measure, WIDTH,
    structure::{Child, Element, Kind},
};
use crate::{
    artwork::qr::Symbol,
    report::{Check, Column, Part, Report},
};

const MARGIN: f32 = 45.0;
const FULL: f32 = WIDTH - 2.0 * MARGIN;
/// Where the text of a page ends, above its foot.
const BOTTOM: f32 = HEIGHT - 60.0;
const BODY: f32 = 9.5;
const SMALL: f32 = 8.0;
/// Headings of the parts.
const SECOND: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);
/// From one line to the next, in sizes.
const LEADING: f32 = 1.5;
/// Side of the code.
const CODE: f32 = 110.0;
/// Most lines of a cell: a page of them. The results have the rest.
const MOST_LINES: u16 = 58;
/// Between text and the lines of a table.
const PAD: f32 = 3.0;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) marks: Vec<Mark>,
}

/// Something on a page, in points from its upper left corner.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) shape: Shape,
    /// Which of all that the elements name; none for what only helps the eye.
    pub(super) place: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Shape {
    /// A line of text with its baseline.
    Text { at: [f32; 2], size: f32, text: String },
    /// Filled boxes: left, top, width, height.
    Boxes(Vec<[f32; 4]>),
    /// An area that leads somewhere.
    Link { area: [f32; 4], to: String },
}

/// A report on its pages.
#[derive(Debug)]
pub(super) struct Laid {
    pub(super) pages: Vec<Page>,
    /// What stands on them, in the order in which it is read.
    pub(super) elements: Vec<Element>,
    /// Headings, with page and height.
    pub(super) headings: Vec<(String, usize, f32)>,
    /// How many places the elements name.
    pub(super) places: usize,
}

/// The pages of `report`.
pub(super) fn lay_out(report: &Report, measure: &Measure<'_>) -> Laid {
    let laid = Laid { pages: Vec::new(), elements: Vec::new(), headings: Vec::new(), places: 0 };
    let mut flow = Flow { measure, laid, page: Page::default(), open: Vec::new(), y: MARGIN };
    flow.title(&report.title, NonZeroU16::MIN, 18.0, FULL);
    flow.y += 4.0;
    for line in &report.lead {
        flow.paragraph(line, BODY, FULL);
    }
    for part in &report.parts {
        flow.part(part);
    }
    flow.check(&report.check);
    flow.turn();
    let mut laid = flow.laid;
    let many = laid.pages.len();
    for (number, page) in (1..).zip(&mut laid.pages) {
        let foot = (report.page_of.0)(report.language, number, many);
        let left = WIDTH - MARGIN - measure.width(&foot, SMALL);
        let line = measure.lines(&report.foot, SMALL, FULL - 80.0).into_iter().next().unwrap_or_default();
        for (left, text) in [(left, foot), (MARGIN, line)] {
            let shape = Shape::Text { at: [left, HEIGHT - 32.0], size: SMALL, text };
            page.marks.push(Mark { shape, place: None });
        }
    }
    laid
}

struct Flow<'a> {
    measure: &'a Measure<'a>,
    laid: Laid,
    page: Page,
    /// The elements that what comes next belongs to, the innermost last.
    open: Vec<Element>,
    /// The top of what comes next.
    y: f32,
}

impl Flow<'_> {
    fn turn(&mut self) {
        self.laid.pages.push(std::mem::take(&mut self.page));
        self.y = MARGIN;
    }

    /// Goes to the next page where there is not so much room on this one.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.turn();
        }
    }

    /// What `draw` draws belongs to `element`.
    fn go_on(&mut self, element: Element, draw: impl FnOnce(&mut Self)) -> Option<Element> {
        self.open.push(element);
        draw(self);
        self.open.pop()
    }

    /// What `draw` draws is an element of this kind, in the one that is open.
    fn element(&mut self, kind: Kind, draw: impl FnOnce(&mut Self)) {
        let drawn = self.go_on(Element::new(kind), draw);
        self.keep(drawn);
    }

    /// What `draw` draws only helps the eye.
    fn aside(&mut self, draw: impl FnOnce(&mut Self)) {
        let open = std::mem::take(&mut self.open);
        draw(self);
        self.open = open;
    }

    fn keep(&mut self, element: Option<Element>) {
        match (self.open.last_mut(), element) {
            (Some(outer), Some(element)) => outer.children.push(Child::Element(element)),
            (None, Some(element)) => self.laid.elements.push(element),
            (_, None) => {}
        }
    }

    /// Draws `shape`, which belongs to the element that is open; where none is, it only helps the eye.
    fn mark(&mut self, shape: Shape) {
        let place = self.open.last_mut().map(|element| {
            element.children.push(Child::Drawn(self.laid.places));
            self.laid.places += 1;
            self.laid.places - 1
        });
        self.page.marks.push(Mark { shape, place });
    }

    fn text(&mut self, text: &str, size: f32, left: f32, width: f32) {
        for line in self.measure.lines(text, size, width) {
            self.need(size * LEADING);
            self.line(line, size, left, self.y);
            self.y += size * LEADING;
        }
    }

    /// A line whose top is `top`.
    fn line(&mut self, text: String, size: f32, left: f32, top: f32) {
        if !text.is_empty() {
            self.mark(Shape::Text { at: [left, top + size * 1.1], size, text });
        }
    }

    fn paragraph(&mut self, text: &str, size: f32, width: f32) {
        self.element(Kind::Paragraph, |flow| flow.text(text, size, MARGIN, width));
    }

    fn title(&mut self, text: &str, level: NonZeroU16, size: f32, width: f32) {
        self.laid.headings.push((text.to_owned(), self.laid.pages.len(), self.y));
        self.element(Kind::Heading(level, text.to_owned()), |flow| flow.text(text, size, MARGIN, width));
    }

    fn heading(&mut self, text: &str) {
        self.y += 12.0;
        // A heading is not the last of its page.
        self.need(60.0);
        self.title(text, SECOND, 12.0, FULL);
        self.y += 2.0;
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Facts(title, facts) => {
                match title {
                    Some(title) => self.heading(title),
                    None => self.y += 8.0,
                }
                self.element(Kind::Table, |flow| {
                    for (name, value) in facts {
                        flow.fact(name, value);
                    }
                });
            }
            Part::List(title, items) => {
                self.heading(title);
                self.element(Kind::List, |flow| {
                    for (number, item) in (1..).zip(items) {
                        flow.element(Kind::Item, |flow| flow.item(number, item));
                    }
                });
            }
            Part::Table(title, columns, rows) => {
                self.heading(title);
                self.element(Kind::Table, |flow| flow.table(columns, rows));
            }
            Part::Text(text) => {
                self.y += 6.0;
                self.paragraph(text, BODY, FULL);
            }
        }
    }

    fn item(&mut self, number: usize, item: &str) {
        self.need(BODY * LEADING);
        self.element(Kind::Number, |flow| flow.line(format!("{number}."), BODY, MARGIN, flow.y));
        self.element(Kind::Body, |flow| flow.text(item, BODY, MARGIN + 20.0, FULL - 20.0));
    }

    fn fact(&mut self, name: &str, value: &str) {
        const NAME: f32 = 165.0;
        let names = self.measure.lines(name, BODY, NAME - 8.0);
        let values = self.measure.lines(value, BODY, FULL - NAME);
        let mut cells = [Kind::RowName, Kind::Cell].map(|kind| Some(Element::new(kind)));
        for line in 0..names.len().max(values.len()) {
            self.need(BODY * LEADING);
            for (cell, (texts, left)) in cells.iter_mut().zip([(&names, MARGIN), (&values, MARGIN + NAME)]) {
                if let Some(text) = texts.get(line)
                    && let Some(begun) = cell.take()
                {
                    *cell = self.go_on(begun, |flow| flow.line(text.clone(), BODY, left, flow.y));
                }
            }
            self.y += BODY * LEADING;
        }
        self.element(Kind::Row, |flow| cells.into_iter().for_each(|cell| flow.keep(cell)));
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let whole: f32 = columns.iter().map(|column| f32::from(column.width)).sum::<f32>().max(1.0);
        let widths: Vec<_> = columns.iter().map(|column| FULL * f32::from(column.width) / whole).collect();
        let heading: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
        self.element(Kind::Row, |flow| flow.row(&heading, &widths, Some(&Kind::ColumnName), &[]));
        for row in rows {
            self.element(Kind::Row, |flow| flow.row(row, &widths, Some(&Kind::Cell), &heading));
        }
        self.rule(self.y);
    }

    /// A row of cells of this kind, on the next page where it does not fit on this one; the heading stands above it there
    /// too, for the eye alone.
    fn row(&mut self, cells: &[String], widths: &[f32], kind: Option<&Kind>, heading: &[String]) {
        let wrap = |(cell, width): (&String, &f32)| self.measure.lines(cell, SMALL, width - 2.0 * PAD);
        let lines: Vec<_> = cells.iter().zip(widths).map(wrap).collect();
        let tall = lines.iter().map(Vec::len).max().unwrap_or_default();
        let tall = u16::try_from(tall).unwrap_or(MOST_LINES).min(MOST_LINES);
        let height = f32::from(tall) * SMALL * LEADING + 2.0 * PAD;
        if self.y + height > BOTTOM {
            self.rule(self.y);
            self.turn();
            if !heading.is_empty() {
                self.aside(|flow| flow.row(heading, widths, None, &[]));
            }
        }
        self.rule(self.y);
        let mut left = MARGIN;
        for (lines, width) in lines.into_iter().zip(widths) {
            let draw = |flow: &mut Self| {
                let mut top = flow.y + PAD;
                for line in lines.into_iter().take(usize::from(MOST_LINES)) {
                    flow.line(line, SMALL, left + PAD, top);
                    top += SMALL * LEADING;
                }
            };
            match kind {
                Some(kind) => self.element(kind.clone(), draw),
                None => draw(self),
            }
            left += width;
        }
        self.y += height;
    }

    fn rule(&mut self, y: f32) {
        self.aside(|flow| flow.mark(Shape::Boxes(vec![[MARGIN, y, FULL, 0.5]])));
    }

    fn check(&mut self, check: &Check) {
        self.y += 18.0;
        self.need(CODE + 60.0);
        self.rule(self.y);
        self.y += 8.0;
        let top = self.y;
        let width = FULL - CODE - 15.0;
        self.title(&check.title, SECOND, 12.0, width);
        self.paragraph(&check.text, BODY, width);
        self.y += 4.0;
        self.element(Kind::Link, |flow| {
            let from = flow.y;
            flow.text(&check.link, SMALL, MARGIN, width);
            let area = [MARGIN, from, width, (flow.y - from).max(0.0)];
            flow.mark(Shape::Link { area, to: check.link.clone() });
        });
        if let Some((name, value)) = &check.compare {
            self.y += 4.0;
            self.paragraph(name, SMALL, width);
            self.paragraph(value, SMALL, width);
        }
        // All of it may have gone over to another page: then the code stands at its top.
        let top = if self.y > top { top } else { MARGIN };
        self.element(Kind::Picture(format!("QR: {}", check.link)), |flow| flow.code(&check.link, top));
        self.y = self.y.max(top + CODE);
    }

    fn code(&mut self, link: &str, top: f32) {
        let Ok(symbol) = Symbol::of(link) else { return };
        let module = CODE / f32::from(symbol.width() + 2 * Symbol::QUIET_ZONE);
        let left = WIDTH - MARGIN - CODE + module * f32::from(Symbol::QUIET_ZONE);
        let top = top + module * f32::from(Symbol::QUIET_ZONE);
        let dark = symbol.runs().map(|(x, y, length)| {
            [left + module * f32::from(x), top + module * f32::from(y), module * f32::from(length), module]
        });
        self.mark(Shape::Boxes(dark.collect()));
    }
}
