//! The words of the checker, the same on the server's pages and in the browser.
//!
//! A language is one file with two values: [`Words`], what the checker itself says, which goes to the browser, and
//! [`PageWords`], what only the server's pages say. Sentences that hold a value (a date, a count, a name) are texts too,
//! with `{name}` where the value goes; the methods of [`Language`] fill it in. So a language holds no code: a text that is
//! missing does not compile, and the tests say what else a new file lacks. They also hold the rules of wording.
//!
//! Not here: looks (icons, colours), and any decision.

mod date;
#[cfg(not(target_arch = "wasm32"))]
mod easy;
#[cfg(not(target_arch = "wasm32"))]
mod en;
#[cfg(not(target_arch = "wasm32"))]
mod evidence;
#[cfg(not(target_arch = "wasm32"))]
mod file;
#[cfg(not(target_arch = "wasm32"))]
mod ja;
mod language;
mod lines;
#[cfg(not(target_arch = "wasm32"))]
mod page;
mod phrase;
#[cfg(not(target_arch = "wasm32"))]
mod policy;
#[cfg(test)]
mod tests;
#[cfg(not(target_arch = "wasm32"))]
mod watch;
mod words;

pub use date::Zone;
#[cfg(not(target_arch = "wasm32"))]
pub use evidence::{PackWords, ReceiptWords};
#[cfg(not(target_arch = "wasm32"))]
pub use file::{BulkWords, ColumnWords, DifferenceWords, FaultWords, MeaningWords, StopWords};
pub use language::Language;
#[cfg(not(target_arch = "wasm32"))]
pub use page::{
    AboutWords, HomeWords, MessageWords, PageWords, PolicyPageWords, ReportWords, ScanPageWords, SheetWords,
};
#[cfg(not(target_arch = "wasm32"))]
pub use policy::{PolicyReasonWords, PolicySchemeWords, PolicySeverityWords, PolicyStateWords, PolicyWords};
#[cfg(not(target_arch = "wasm32"))]
pub use watch::{WatchReasonWords, WatchWords};
pub use words::{
    CategoryWords, CheckWords, OfflineWords, OutcomeText, Outcomes, PhraseWords, ProblemWords, ReasonWords,
    ResultWords, ScanWords, SiteWords, SourceWords, StateWords, StockWords, VerdictWords, Words,
};
