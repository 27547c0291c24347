//! Parts of pages, the same on the server and in the browser.
//!
//! Each is a function of values and holds no state: what a reader sees depends on the answer, the language and the
//! zone alone. They return erased views, which keeps the browser's WASM small.
//!
//! Not here: whole pages ([`crate::page`]), and anything that moves (the scanner).

mod ask;
mod claims;
mod icon;
mod machinery;
mod meant;
mod models;
mod notes;
mod number_form;
mod others;
mod product;
mod report;
mod verdict;

pub use ask::Ask;
pub use claims::claim_lines;
pub use icon::{ATTENTION, RECEIPT, icon, outline};
pub use machinery::{checks_table, machinery};
pub use meant::meant;
pub use models::{ModelSearch, model_list, models};
pub use notes::{copied_note, number_only_note};
pub use number_form::number_form;
pub use others::{others, others_in};
pub use product::product;
pub use report::{REPORT, report_link};
pub use verdict::{VerdictView, facts, headline, is_number_only, verdict, what_it_is};

pub use shirushi_shared::verdict::Tone;

use shirushi_shared::text::{Language, Words, Zone};

/// For whom something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// In which language.
    pub language: Language,
    /// With times in which zone: Japan's on the server, the reader's own in the browser.
    pub zone: Zone,
}

impl Reader {
    /// The words of the reader's language.
    pub fn words(self) -> &'static Words {
        self.language.words()
    }
}
