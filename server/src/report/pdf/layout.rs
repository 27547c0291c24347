//! What stands where on the pages of a report.

use super::{HEIGHT, Measure, WIDTH};
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
pub(super) enum Mark {
    /// A line of text with its baseline.
    Text { at: [f32; 2], size: f32, text: String },
    /// Filled boxes: left, top, width, height.
    Boxes(Vec<[f32; 4]>),
    /// An area that leads somewhere.
    Link { area: [f32; 4], to: String },
}

/// The pages of `report`.
pub(super) fn lay_out(report: &Report, measure: &Measure<'_>) -> Vec<Page> {
    let mut flow = Flow { measure, pages: Vec::new(), page: Page::default(), y: MARGIN };
    flow.text(&report.title, 18.0, MARGIN, FULL);
    flow.y += 4.0;
    for line in &report.lead {
        flow.text(line, BODY, MARGIN, FULL);
    }
    for part in &report.parts {
        flow.part(part);
    }
    flow.check(&report.check);
    let mut pages = flow.pages;
    pages.push(flow.page);
    let many = pages.len();
    for (number, page) in (1..).zip(&mut pages) {
        let foot = (report.page_of.0)(report.language, number, many);
        let left = WIDTH - MARGIN - measure.width(&foot, SMALL);
        page.marks.push(Mark::Text { at: [left, HEIGHT - 32.0], size: SMALL, text: foot });
        let line = measure.lines(&report.foot, SMALL, FULL - 80.0).into_iter().next().unwrap_or_default();
        page.marks.push(Mark::Text { at: [MARGIN, HEIGHT - 32.0], size: SMALL, text: line });
    }
    pages
}

struct Flow<'a> {
    measure: &'a Measure<'a>,
    pages: Vec<Page>,
    page: Page,
    /// The top of what comes next.
    y: f32,
}

impl Flow<'_> {
    fn turn(&mut self) {
        self.pages.push(std::mem::take(&mut self.page));
        self.y = MARGIN;
    }

    /// Goes to the next page where there is not so much room on this one.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.turn();
        }
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
            self.page.marks.push(Mark::Text { at: [left, top + size * 1.1], size, text });
        }
    }

    fn heading(&mut self, text: &str) {
        self.y += 12.0;
        // A heading is not the last of its page.
        self.need(60.0);
        self.text(text, 12.0, MARGIN, FULL);
        self.y += 2.0;
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Facts(title, facts) => {
                match title {
                    Some(title) => self.heading(title),
                    None => self.y += 8.0,
                }
                for (name, value) in facts {
                    self.fact(name, value);
                }
            }
            Part::List(title, items) => {
                self.heading(title);
                for (number, item) in (1..).zip(items) {
                    self.need(BODY * LEADING);
                    self.line(format!("{number}."), BODY, MARGIN, self.y);
                    self.text(item, BODY, MARGIN + 20.0, FULL - 20.0);
                }
            }
            Part::Table(title, columns, rows) => {
                self.heading(title);
                self.table(columns, rows);
            }
            Part::Text(text) => {
                self.y += 6.0;
                self.text(text, BODY, MARGIN, FULL);
            }
        }
    }

    fn fact(&mut self, name: &str, value: &str) {
        const NAME: f32 = 165.0;
        let names = self.measure.lines(name, BODY, NAME - 8.0);
        let values = self.measure.lines(value, BODY, FULL - NAME);
        for line in 0..names.len().max(values.len()) {
            self.need(BODY * LEADING);
            for (texts, left) in [(&names, MARGIN), (&values, MARGIN + NAME)] {
                if let Some(text) = texts.get(line) {
                    self.line(text.clone(), BODY, left, self.y);
                }
            }
            self.y += BODY * LEADING;
        }
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let whole: f32 = columns.iter().map(|column| f32::from(column.width)).sum::<f32>().max(1.0);
        let widths: Vec<_> = columns.iter().map(|column| FULL * f32::from(column.width) / whole).collect();
        let heading: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
        self.row(&heading, &widths, None);
        for row in rows {
            self.row(row, &widths, Some(&heading));
        }
        self.rule(self.y);
    }

    /// A row, on the next page where it does not fit on this one; a heading stands above it there too.
    fn row(&mut self, cells: &[String], widths: &[f32], heading: Option<&[String]>) {
        let wrap = |(cell, width): (&String, &f32)| self.measure.lines(cell, SMALL, width - 2.0 * PAD);
        let lines: Vec<_> = cells.iter().zip(widths).map(wrap).collect();
        let tall = lines.iter().map(Vec::len).max().unwrap_or_default();
        let tall = u16::try_from(tall).unwrap_or(MOST_LINES).min(MOST_LINES);
        let height = f32::from(tall) * SMALL * LEADING + 2.0 * PAD;
        if self.y + height > BOTTOM {
            self.rule(self.y);
            self.turn();
            if let Some(heading) = heading {
                self.row(heading, widths, None);
            }
        }
        self.rule(self.y);
        let mut left = MARGIN;
        for (lines, width) in lines.into_iter().zip(widths) {
            let mut top = self.y + PAD;
            for line in lines.into_iter().take(usize::from(MOST_LINES)) {
                self.line(line, SMALL, left + PAD, top);
                top += SMALL * LEADING;
            }
            left += width;
        }
        self.y += height;
    }

    fn rule(&mut self, y: f32) {
        self.page.marks.push(Mark::Boxes(vec![[MARGIN, y, FULL, 0.5]]));
    }

    fn check(&mut self, check: &Check) {
        self.y += 18.0;
        self.need(CODE + 60.0);
        self.rule(self.y);
        self.y += 8.0;
        let top = self.y;
        let width = FULL - CODE - 15.0;
        self.text(&check.title, 12.0, MARGIN, width);
        self.text(&check.text, BODY, MARGIN, width);
        self.y += 4.0;
        let from = self.y;
        self.text(&check.link, SMALL, MARGIN, width);
        let area = [MARGIN, from, width, (self.y - from).max(0.0)];
        self.page.marks.push(Mark::Link { area, to: check.link.clone() });
        if let Some((name, value)) = &check.compare {
            self.y += 4.0;
            self.text(name, SMALL, MARGIN, width);
            self.text(value, SMALL, MARGIN, width);
        }
        // All of it may have gone over to another page: then the code stands at its top.
        self.code(&check.link, if self.y > top { top } else { MARGIN });
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
        self.page.marks.push(Mark::Boxes(dark.collect()));
    }
}
