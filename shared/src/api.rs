//! What goes over the wire: requests, answers and problem types.
//!
//! Status codes are not here: they are HTTP's, and are added in the server's one file for them.

mod bulk;
mod pack;
mod problem;
mod receipt;
mod verdict;
mod verify;

pub use bulk::{
    BadRow, BulkAnswer, BulkClaims, BulkEnd, BulkLine, BulkPolicy, BulkProduct, BulkQuestion, BulkRow,
    BulkRule, Offer, RowError, RowFault, StopCode, Stopped, When, Which,
};
pub use pack::{
    FileDigest, PackAnswer, PackChange, PackFile, PackFiles, PackInput, PackManifest, PackNow, PackPolicy,
    PackThen, PackThenPolicy,
};
pub use problem::{FieldProblem, Problem, ProblemType};
pub use receipt::{NotGenuine, ReceiptAnswer, ReceiptCheckRequest, ReceiptStanding, ReceiptThen};
pub use verdict::{ClaimsAnswer, OtherCode, PictureAnswer, ProductAnswer, StatusAnswer, VerdictAnswer};
pub use verify::{Presented, ReceiptWish, RequestError, VerifyRequest};
