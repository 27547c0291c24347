//! A label as a PDF sheet to print and cut. The label is drawn once and placed many times.

mod sheet;

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::{
    ArtworkError,
    drawing::{Drawing, Ink, MODULE, Outline, Point, Step},
};
use sheet::{A4, Sheet};

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;
const LABEL: Name<'static> = Name(b"Label");

/// The sheet as a PDF document.
pub(super) fn write(drawing: &Drawing) -> Result<Vec<u8>, ArtworkError> {
    let [catalog, pages, page, contents, label, info] = [1, 2, 3, 4, 5, 6].map(Ref::new);
    let sheet = Sheet::of(drawing)?;

    let mut pdf = Pdf::new();
    let mut root = pdf.catalog(catalog);
    root.pages(pages).lang(TextStr("en"));
    root.viewer_preferences().display_doc_title(true).pair(Name(b"PrintScaling"), Name(b"None"));
    root.finish();
    pdf.document_info(info).title(TextStr(&drawing.title)).subject(TextStr(&drawing.description));
    pdf.pages(pages).kids([page]).count(1);

    let [width, height] = A4;
    let mut leaf = pdf.page(page);
    leaf.parent(pages).media_box(Rect::new(0.0, 0.0, width * POINTS, height * POINTS)).contents(contents);
    leaf.resources().x_objects().pair(LABEL, label);
    leaf.finish();

    let [sheet, form] = [page_content(&sheet), label_content(drawing)].map(|content| deflate(&content));
    pdf.stream(contents, &sheet?).filter(Filter::FlateDecode);
    let form = form?;
    let mut form = pdf.form_xobject(label, &form);
    form.bbox(Rect::new(0.0, 0.0, drawing.width(), drawing.height())).filter(Filter::FlateDecode);
    form.finish();
    Ok(pdf.finish())
}

fn deflate(content: &[u8]) -> Result<Vec<u8>, ArtworkError> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(content).and_then(|()| packed.finish()).map_err(|_| ArtworkError::Raster)
}

fn page_content(sheet: &Sheet) -> Vec<u8> {
    let mut content = Content::new();
    // From here on millimetres from the upper left corner, y down.
    content.transform([POINTS, 0.0, 0.0, -POINTS, 0.0, A4[1] * POINTS]);
    for outline in &sheet.outlines {
        fill(&mut content, outline, Ink::Black);
    }
    for place in &sheet.places {
        let [x, y] = place.at;
        content.save_state().transform([place.scale, 0.0, 0.0, place.scale, x, y]);
        content.x_object(LABEL).restore_state();
    }
    content.finish().into_vec()
}

fn label_content(drawing: &Drawing) -> Vec<u8> {
    let mut content = Content::new();
    for shape in &drawing.shapes {
        fill(&mut content, &shape.outline, shape.ink);
    }
    let [x, y] = [drawing.symbol_at.0, drawing.symbol_at.1].map(|at| f32::from(at) * MODULE);
    content.set_fill_gray(0.0).transform([MODULE, 0.0, 0.0, MODULE, x, y]);
    for (x, y, length) in drawing.symbol.runs() {
        content.rect(f32::from(x), f32::from(y), f32::from(length), 1.0);
    }
    // One fill for all modules, so that no seams show between them.
    content.fill_nonzero();
    content.finish().into_vec()
}

fn fill(content: &mut Content, outline: &Outline, ink: Ink) {
    content.set_fill_gray(match ink {
        Ink::Black => 0.0,
        Ink::White => 1.0,
    });
    let mut at = [0.0; 2];
    for step in &outline.0 {
        let (a, b, to) = match *step {
            Step::Move(to) => {
                let [x, y] = short(to);
                content.move_to(x, y);
                at = to;
                continue;
            }
            Step::Line(to) => {
                let [x, y] = short(to);
                content.line_to(x, y);
                at = to;
                continue;
            }
            Step::Close => {
                content.close_path();
                continue;
            }
            Step::Quad(by, to) => (two_thirds(at, by), two_thirds(to, by), to),
            Step::Cubic(a, b, to) => (a, b, to),
        };
        let [a, b, end] = [a, b, to].map(short);
        content.cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
        at = to;
    }
    content.fill_nonzero();
}

/// The handle of the cubic that equals a quadratic: two thirds of the way from an end to its handle.
fn two_thirds([x, y]: Point, [to_x, to_y]: Point) -> Point {
    [x + (to_x - x) * 2.0 / 3.0, y + (to_y - y) * 2.0 / 3.0]
}

/// Rounded to a thousandth of a millimetre, which halves the file.
fn short(point: Point) -> Point {
    point.map(|at| (at * 1000.0).round() / 1000.0)
}
