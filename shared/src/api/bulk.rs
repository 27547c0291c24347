//! `POST /v1/verify/bulk`: rows in, an answer for each of them out, in order, and at the end what came of them.
//!
//! As JSON Lines each is a line of its own. Fields of a row are texts as people write them, so that a row which cannot be
//! asked about still says which one it is; [`BulkRow::into_question`] reads them.

mod answer;
mod line;
mod row;
mod texts;
mod when;
mod which;

pub use answer::{BulkAnswer, BulkClaims, BulkPolicy, BulkProduct, BulkRule};
pub use line::{BadRow, BulkEnd, BulkLine, StopCode, Stopped};
pub use row::{BulkQuestion, BulkRow, Offer, RowError, RowFault};
pub use when::When;
pub use which::Which;
