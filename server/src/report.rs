//! A report as a document: what it says, and the same as HTML and as PDF. It knows no label and no policy: texts in,
//! bytes out.
//!
//! Both are for printing and for reading without this service: nothing is fetched, nothing runs. The PDF has its typeface
//! in it, as much of it as it uses, found on this machine; where there is none there is no PDF. It says what its parts are, to
//! whoever hears it, and can be kept for long.

mod html;
mod pdf;
#[cfg(test)]
mod tests;
mod typeface;

use shirushi_shared::time::UnixTime;

pub use typeface::{NoTypeface, Typefaces};

/// What a report says.
#[derive(Clone, Debug)]
pub struct Report {
    /// BCP 47 tag of its language.
    pub language: &'static str,
    /// Its title.
    pub title: String,
    /// When it was made.
    pub made: UnixTime,
    /// What it is and what it is not, above all else.
    pub lead: Vec<String>,
    /// Its parts, in their order.
    pub parts: Vec<Part>,
    /// How it is checked, at its end.
    pub check: Check,
    /// What stands at the foot of each page on paper, beside the page's number.
    pub foot: String,
    /// The number of a page among all, in words.
    pub page_of: PageOf,
}

/// A part of a report.
#[derive(Clone, Debug)]
pub enum Part {
    /// What is named and what it is.
    Facts(Option<String>, Vec<(String, String)>),
    /// Items in their order.
    List(String, Vec<String>),
    /// A table: its heading, the widths of its columns in parts of the whole, its rows.
    Table(String, Vec<Column>, Vec<Vec<String>>),
    /// A paragraph.
    Text(String),
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// Its width, compared with the others.
    pub width: u8,
}

/// How a report is checked.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Its heading.
    pub title: String,
    /// What to do.
    pub text: String,
    /// Where; the code holds it too.
    pub link: String,
    /// What to compare, by name.
    pub compare: Option<(String, String)>,
}

/// Says which page it is.
#[derive(Clone, Copy)]
pub struct PageOf(pub fn(&'static str, usize, usize) -> String);

impl Default for PageOf {
    fn default() -> Self {
        Self(|_, page, pages| format!("{page} / {pages}"))
    }
}

impl std::fmt::Debug for PageOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageOf(…)")
    }
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum NoPdf {
    /// No typeface for it.
    #[error(transparent)]
    Typeface(#[from] NoTypeface),
    /// It could not be written with this typeface.
    #[error("the typeface {0} cannot be used in a PDF")]
    Failed(String),
}

impl Report {
    /// The report as a page that needs nothing else.
    pub fn to_html(&self) -> String {
        html::write(self)
    }

    /// The report as a PDF.
    pub fn to_pdf(&self, typefaces: &Typefaces) -> Result<Vec<u8>, NoPdf> {
        pdf::write(self, &typefaces.find()?)
    }
}
