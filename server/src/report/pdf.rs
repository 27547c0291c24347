//! A report as a PDF: laid out here, line by line, and written by `krilla` with as much of the typeface as is used.

mod layout;
mod measure;
mod structure;

use std::panic::{AssertUnwindSafe, catch_unwind};

use krilla::{
    Data, Document, SerializeSettings,
    action::{Action, LinkAction},
    annotation::{Annotation, LinkAnnotation, Target},
    configure::{Accessibility, Archival, Configuration, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
    page::{Page as Sheet, PageSettings},
    surface::Surface,
    tagging::{Artifact, ContentTag, Identifier, SpanTag},
    text::{Font, GlyphId, KrillaGlyph},
};

use self::{
    layout::{Laid, Mark, Page, Shape, lay_out},
    measure::Measure,
};
use super::{NoPdf, Report, typeface::Typeface};

/// A4, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;

/// The report with `typeface`: to be kept for long and read by everybody (PDF/A-2a, PDF/UA-1). Where it has a character
/// that the typeface does not have, it can be neither; it is tagged all the same.
pub(super) fn write(report: &Report, typeface: &Typeface) -> Result<Vec<u8>, NoPdf> {
    let failed = || NoPdf::Failed(typeface.name.clone());
    let measure = Measure::of(typeface).ok_or_else(failed)?;
    let ways = [standards(), Some(Configuration::default())].into_iter().flatten();
    // Typefaces come from outside, and what reads them was not written for strangers' ones: a report without a PDF is
    // better than none.
    let written = catch_unwind(AssertUnwindSafe(|| {
        ways.map(|way| draw(report, lay_out(report, &measure), typeface, &measure, way)).find_map(|file| file)
    }));
    written.ok().flatten().ok_or_else(failed)
}

/// What a file is held to.
fn standards() -> Option<Configuration> {
    let both = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1);
    both.finish().ok()
}

/// Whether a character is shown as itself: not one of control, and not one that turns the direction of writing.
pub(super) const fn is_shown(c: char) -> bool {
    !matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn draw(
    report: &Report,
    laid: Laid,
    typeface: &Typeface,
    measure: &Measure<'_>,
    configuration: Configuration,
) -> Option<Vec<u8>> {
    let font = Font::new(Data::from(typeface.data.clone()), typeface.index)?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(report));
    let mut drawn = vec![None; laid.places];
    for page in &laid.pages {
        let mut sheet = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
        draw_page(&mut sheet, page, &font, measure, &mut drawn);
        sheet.finish();
    }
    let mut outline = Outline::new();
    for (text, page, y) in laid.headings {
        outline.push_child(OutlineNode::new(text, XyzDestination::new(page, Point::from_xy(0.0, y))));
    }
    document.set_outline(outline);
    document.set_tag_tree(structure::tree(laid.elements, &drawn, report.language));
    document.finish().ok()
}

fn metadata(report: &Report) -> Metadata {
    let day = report.made.date_at(0);
    let seconds = report.made.as_secs().rem_euclid(86_400);
    let part = |seconds: i64| u8::try_from(seconds % 60).unwrap_or_default();
    let made = DateTime::new(u16::try_from(day.year).unwrap_or_default())
        .month(day.month)
        .day(day.day)
        .hour(part(seconds / 3_600))
        .minute(part(seconds / 60))
        .second(part(seconds))
        .utc_offset_hour(0);
    Metadata::new()
        .title(report.title.clone())
        .language(report.language.to_owned())
        .creation_date(made)
        .creator(concat!("Shirushi ", env!("CARGO_PKG_VERSION")).to_owned())
}

/// Draws `page`; what is named of it goes to its place in `drawn`.
fn draw_page(
    sheet: &mut Sheet<'_>,
    page: &Page,
    font: &Font,
    measure: &Measure<'_>,
    drawn: &mut [Option<Identifier>],
) {
    let mut keep = |place: Option<usize>, identifier| {
        if let Some(kept) = place.and_then(|place| drawn.get_mut(place)) {
            *kept = Some(identifier);
        }
    };
    let mut surface = sheet.surface();
    for Mark { shape, place } in &page.marks {
        let tag = match (place, shape) {
            (_, Shape::Link { .. }) => continue,
            (None, _) => ContentTag::Artifact(Artifact::default()),
            (Some(_), Shape::Text { .. }) => ContentTag::Span(SpanTag::empty()),
            (Some(_), Shape::Boxes(_)) => ContentTag::Other,
        };
        keep(*place, surface.start_tagged(tag));
        draw_shape(&mut surface, shape, font, measure);
        surface.end_tagged();
    }
    surface.finish();
    for Mark { shape, place } in &page.marks {
        if let Shape::Link { area: [x, y, width, height], to } = shape
            && let Some(rect) = Rect::from_xywh(*x, *y, *width, *height)
        {
            let target = Target::Action(Action::Link(LinkAction::new(to.clone())));
            let link = Annotation::new_link(LinkAnnotation::new(rect, target), Some(to.clone()));
            keep(*place, sheet.add_tagged_annotation(link));
        }
    }
}

fn draw_shape(surface: &mut Surface<'_>, shape: &Shape, font: &Font, measure: &Measure<'_>) {
    match shape {
        Shape::Text { at: [x, y], size, text } => {
            let glyphs = glyphs(text, measure);
            surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, font.clone(), text, *size, false);
        }
        Shape::Boxes(boxes) => {
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
        Shape::Link { .. } => {}
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
