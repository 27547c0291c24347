//! A drawing as PNG: eight-bit gray, the symbol on whole printer dots, the resolution in the file.

use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, Transform};

use super::{
    ArtworkError, Dpi,
    drawing::{Drawing, Ink, MODULE, Outline, Step},
};

/// The drawing at `dpi`.
pub(super) fn write(drawing: &Drawing, dpi: Dpi) -> Result<Vec<u8>, ArtworkError> {
    let dots = dpi.dots_per_module();
    let (width, height) = (u32::from(drawing.columns) * dots, u32::from(drawing.rows) * dots);
    let mut gray = shapes(drawing, width, height, dots)?;
    stamp(drawing, &mut gray, width, dots);
    encode(&gray, width, height, dpi).map_err(|_| ArtworkError::Raster)
}

/// Everything but the symbol, smoothed, as one byte of gray a dot.
fn shapes(drawing: &Drawing, width: u32, height: u32, dots: u32) -> Result<Vec<u8>, ArtworkError> {
    let mut page = Pixmap::new(width, height).ok_or(ArtworkError::Raster)?;
    page.fill(tiny_skia::Color::WHITE);
    #[expect(clippy::cast_precision_loss, reason = "5 or 10")]
    let scale = dots as f32 / MODULE;
    for shape in &drawing.shapes {
        let mut paint = Paint::default();
        match shape.ink {
            Ink::Black => paint.set_color(tiny_skia::Color::BLACK),
            Ink::White => paint.set_color(tiny_skia::Color::WHITE),
        }
        // An outline without a curve (a text of spaces) has no path and leaves no trace.
        if let Some(path) = path(&shape.outline) {
            page.fill_path(&path, &paint, FillRule::Winding, Transform::from_scale(scale, scale), None);
        }
    }
    // Opaque black on white: red is the gray.
    Ok(page.pixels().iter().map(|pixel| pixel.red()).collect())
}

fn path(outline: &Outline) -> Option<tiny_skia::Path> {
    let mut path = PathBuilder::new();
    for step in &outline.0 {
        match *step {
            Step::Move([x, y]) => path.move_to(x, y),
            Step::Line([x, y]) => path.line_to(x, y),
            Step::Quad([x1, y1], [x, y]) => path.quad_to(x1, y1, x, y),
            Step::Cubic([x1, y1], [x2, y2], [x, y]) => path.cubic_to(x1, y1, x2, y2, x, y),
            Step::Close => path.close(),
        }
    }
    path.finish()
}

/// Sets the symbol's dark modules: each exactly `dots` × `dots`, never smoothed.
fn stamp(drawing: &Drawing, gray: &mut [u8], width: u32, dots: u32) {
    let (left, top) = drawing.symbol_at;
    for (x, y, length) in drawing.symbol.runs() {
        let from = u32::from(left + x) * dots;
        let to = from + u32::from(length) * dots;
        let rows = u32::from(top + y) * dots..u32::from(top + y + 1) * dots;
        for row in rows {
            let [from, to] = [from, to].map(|x| row as usize * width as usize + x as usize);
            if let Some(run) = gray.get_mut(from..to) {
                run.fill(0);
            }
        }
    }
}

fn encode(gray: &[u8], width: u32, height: u32, dpi: Dpi) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let dots = dpi.dots_per_metre();
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: dots, yppu: dots, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(gray)?;
    writer.finish()?;
    Ok(file)
}
