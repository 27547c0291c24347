//! A report as a page of its own: the style is in it, the code is drawn in it, and it says itself that nothing else is
//! loaded or run.

use std::fmt::{self, Write as _};

use super::{Check, Part, Report};
use crate::artwork::qr::Symbol;

const STYLE: &str = "\
:root{color-scheme:light}\
body{font:16px/1.6 system-ui,'Noto Sans JP','Hiragino Sans','Yu Gothic',sans-serif;color:#111;background:#fff;\
max-width:60rem;margin:0 auto;padding:1.5rem}\
h1{font-size:1.6rem;line-height:1.3;margin:0 0 .5rem}h2{font-size:1.15rem;margin:1.8rem 0 .4rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0}dt{color:#444}dd{margin:0;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border:1px solid #888;padding:.3rem .5rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}th{background:#eee}\
.check{border:2px solid #111;padding:1rem;margin-top:2rem;break-inside:avoid}.check svg{width:9rem;height:9rem;float:right;\
margin:0 0 .5rem 1rem}code{overflow-wrap:anywhere}\
@media (max-width:40rem){dl{display:block}dd{margin:0 0 .4rem}}\
@media print{body{max-width:none;padding:0;font-size:10pt}thead{display:table-header-group}tr{break-inside:avoid}\
@page{size:A4;margin:15mm}}";

pub(super) fn write(report: &Report) -> String {
    let mut page = String::new();
    let title = Text(&report.title);
    put(
        &mut page,
        format_args!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
            Text(report.language),
        ),
    );
    for line in &report.lead {
        put(&mut page, format_args!("<p>{}</p>\n", Text(line)));
    }
    for part in &report.parts {
        write_part(&mut page, part);
    }
    write_check(&mut page, &report.check);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn write_part(page: &mut String, part: &Part) {
    match part {
        Part::Facts(title, facts) => {
            if let Some(title) = title {
                put(page, format_args!("<h2>{}</h2>\n", Text(title)));
            }
            page.push_str("<dl>\n");
            for (name, value) in facts {
                put(page, format_args!("<dt>{}</dt><dd>{}</dd>\n", Text(name), Text(value)));
            }
            page.push_str("</dl>\n");
        }
        Part::List(title, items) => {
            put(page, format_args!("<h2>{}</h2>\n<ol>\n", Text(title)));
            for item in items {
                put(page, format_args!("<li>{}</li>\n", Text(item)));
            }
            page.push_str("</ol>\n");
        }
        Part::Table(title, columns, rows) => {
            put(page, format_args!("<h2>{}</h2>\n<table>\n<thead><tr>", Text(title)));
            for column in columns {
                put(page, format_args!("<th scope=\"col\">{}</th>", Text(&column.name)));
            }
            page.push_str("</tr></thead>\n<tbody>\n");
            for row in rows {
                page.push_str("<tr>");
                for cell in row {
                    put(page, format_args!("<td>{}</td>", Text(cell)));
                }
                page.push_str("</tr>\n");
            }
            page.push_str("</tbody>\n</table>\n");
        }
        Part::Text(text) => put(page, format_args!("<p>{}</p>\n", Text(text))),
    }
}

fn write_check(page: &mut String, check: &Check) {
    put(page, format_args!("<section class=\"check\">\n<h2>{}</h2>\n", Text(&check.title)));
    // A link that no code can hold still stands in words.
    if let Ok(symbol) = Symbol::of(&check.link) {
        let (quiet, side) = (Symbol::QUIET_ZONE, symbol.width() + 2 * Symbol::QUIET_ZONE);
        put(
            page,
            format_args!(
                "<svg viewBox=\"-{quiet} -{quiet} {side} {side}\" role=\"img\" aria-label=\"QR\">\
                 <path d=\"M-{quiet}-{quiet}h{side}v{side}h-{side}z\" fill=\"#fff\"/>\
                 <path d=\"{}\" stroke=\"#000\" fill=\"none\"/></svg>\n",
                symbol.rows()
            ),
        );
    }
    put(page, format_args!("<p>{}</p>\n", Text(&check.text)));
    let link = Text(&check.link);
    put(page, format_args!("<p><a href=\"{link}\" rel=\"noreferrer\">{link}</a></p>\n"));
    if let Some((name, value)) = &check.compare {
        put(page, format_args!("<p>{}<br><code>{}</code></p>\n", Text(name), Text(value)));
    }
    page.push_str("</section>\n");
}

fn put(page: &mut String, text: fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = page.write_fmt(text);
}

/// Text within an element or an attribute. What a page cannot show is left out, and so is what turns the direction of
/// writing: rows are others' texts.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c if super::pdf::is_shown(c) => f.write_char(c),
            _ => Ok(()),
        })
    }
}
