//! A report as a PDF: laid out here, line by line, and written by `krilla` with as much of the typeface as is used.

mod layout;
mod measure;

use std::panic::{AssertUnwindSafe, catch_unwind};

use krilla::{
    Data, Document,
    action::{Action, LinkAction},
    annotation::{Annotation, LinkAnnotation, Target},
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    page::{Page as Sheet, PageSettings},
    text::{Font, GlyphId, KrillaGlyph},
};

use self::{
    layout::{Mark, Page, lay_out},
    measure::Measure,
};
use super::{NoPdf, Report, typeface::Typeface};

/// A4, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;

/// The report with `typeface`.
pub(super) fn write(report: &Report, typeface: &Typeface) -> Result<Vec<u8>, NoPdf> {
    let failed = || NoPdf::Failed(typeface.name.clone());
    let measure = Measure::of(typeface).ok_or_else(failed)?;
    let pages = lay_out(report, &measure);
    // Typefaces come from outside, and what reads them was not written for strangers' ones: a report without a PDF is
    // better than none.
    let written = catch_unwind(AssertUnwindSafe(|| draw(report, &pages, typeface, &measure)));
    written.ok().flatten().ok_or_else(failed)
}

/// Whether a character is shown as itself: not one of control, and not one that turns the direction of writing.
pub(super) const fn is_shown(c: char) -> bool {
    !matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn draw(report: &Report, pages: &[Page], typeface: &Typeface, measure: &Measure<'_>) -> Option<Vec<u8>> {
    let font = Font::new(Data::from(typeface.data.clone()), typeface.index)?;
    let mut document = Document::new();
    let metadata = Metadata::new().title(report.title.clone()).language(report.language.to_owned());
    document.set_metadata(metadata.creator(concat!("Shirushi ", env!("CARGO_PKG_VERSION")).to_owned()));
    for page in pages {
        let mut sheet = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
        draw_page(&mut sheet, page, &font, measure);
        sheet.finish();
    }
    document.finish().ok()
}

fn draw_page(sheet: &mut Sheet<'_>, page: &Page, font: &Font, measure: &Measure<'_>) {
    let mut surface = sheet.surface();
    for mark in &page.marks {
        match mark {
            Mark::Text { at: [x, y], size, text } => {
                let glyphs = glyphs(text, measure);
                surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, font.clone(), text, *size, false);
            }
            Mark::Boxes(boxes) => {
                let mut path = PathBuilder::new();
                for [x, y, width, height] in boxes {
                    if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                        path.push_rect(rect);
                    }
                }
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
            Mark::Link { .. } => {}
        }
    }
    surface.finish();
    for mark in &page.marks {
        if let Mark::Link { area: [x, y, width, height], to } = mark
            && let Some(rect) = Rect::from_xywh(*x, *y, *width, *height)
        {
            let target = Target::Action(Action::Link(LinkAction::new(to.clone())));
            sheet.add_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), Some(to.clone())));
        }
    }
}

fn glyphs(text: &str, measure: &Measure<'_>) -> Vec<KrillaGlyph> {
    let glyph = |(at, c): (usize, char)| {
        let (id, advance) = measure.glyph(c);
        let id = GlyphId::new(id.into());
        KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
    };
    text.char_indices().map(glyph).collect()
}
