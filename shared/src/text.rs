//! The words of the checker, in Japanese and English: the same on the server's pages and in the browser.
//!
//! Each language is one value of a struct of texts, so a text that is missing in one of them does not compile.
//! [`Words`] is what the checker itself says and goes to the browser; [`PageWords`] is what only the server's pages say.
//! What depends on a value (dates, counts, names) is written by the methods of [`Language`], each one `match` over the
//! languages. The rules of wording are held by this module's tests.
//!
//! Not here: looks (icons, colours), and any decision.

mod date;
mod en;
mod ja;
mod language;
mod page;
mod phrase;
#[cfg(test)]
mod tests;
mod words;

pub use date::Zone;
pub use language::Language;
pub use page::{AboutWords, HomeWords, MessageWords, PageWords, ReceiptWords, ScanPageWords};
pub use words::{
    CategoryWords, CheckWords, OfflineWords, OutcomeText, Outcomes, ProblemWords, ReasonWords, ResultWords,
    ScanWords, SiteWords, SourceWords, StateWords, VerdictWords, Words,
};
