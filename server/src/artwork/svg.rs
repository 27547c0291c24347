//! A drawing as SVG: no script, no style, no font, no reference to anything outside.

use core::fmt::Write;

use super::drawing::{Drawing, Ink, MODULE, Outline, Point, Step};

/// The drawing as an SVG document, in millimetres.
pub(super) fn write(drawing: &Drawing) -> String {
    let [width, height] = [drawing.width(), drawing.height()].map(Number);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
         <path fill=\"#fff\" d=\"M0 0h{width}v{height}H0z\"/>\n",
        Escaped(&drawing.title),
        Escaped(&drawing.description),
    );
    for shape in &drawing.shapes {
        let fill = match shape.ink {
            Ink::Black => "#000",
            Ink::White => "#fff",
        };
        push(&mut svg, format_args!("<path fill=\"{fill}\" d=\"{}\"/>\n", Path(&shape.outline)));
    }
    let (x, y) = drawing.symbol_at;
    let [x, y] = [x, y].map(|at| Number(f32::from(at) * MODULE));
    // Whole modules under one scale: no rounding between neighbours, and no seams from antialiasing.
    let module = MODULE;
    push(
        &mut svg,
        format_args!(
            "<path shape-rendering=\"crispEdges\" transform=\"translate({x} {y}) scale({module:.6})\" d=\""
        ),
    );
    for (x, y, length) in drawing.symbol.runs() {
        push(&mut svg, format_args!("M{x} {y}h{length}v1h-{length}z"));
    }
    svg.push_str("\"/>\n</svg>\n");
    svg
}

fn push(svg: &mut String, text: core::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = svg.write_fmt(text);
}

/// A length to a thousandth of a millimetre, without closing zeros.
struct Number(f32);

impl core::fmt::Display for Number {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let text = format!("{:.3}", self.0);
        let short = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if short == "-0" { "0" } else { short })
    }
}

struct Path<'a>(&'a Outline);

impl core::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.0.iter().try_for_each(|step| match *step {
            Step::Move(to) => points(f, "M", &[to]),
            Step::Line(to) => points(f, "L", &[to]),
            Step::Quad(by, to) => points(f, "Q", &[by, to]),
            Step::Cubic(a, b, to) => points(f, "C", &[a, b, to]),
            Step::Close => f.write_str("Z"),
        })
    }
}

fn points(f: &mut core::fmt::Formatter<'_>, command: &str, points: &[Point]) -> core::fmt::Result {
    f.write_str(command)?;
    for (index, [x, y]) in points.iter().enumerate() {
        let gap = if index == 0 { "" } else { " " };
        write!(f, "{gap}{} {}", Number(*x), Number(*y))?;
    }
    Ok(())
}

/// Text inside an element. Characters that XML cannot hold are left out.
struct Escaped<'a>(&'a str);

impl core::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => Ok(()),
            c => f.write_char(c),
        })
    }
}
