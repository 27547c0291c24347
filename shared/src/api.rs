//! What goes over the wire: requests, answers and problem types.
//!
//! Status codes are not here: they are HTTP's, and are added in the server's one file for them.

mod bulk;
mod problem;
mod receipt;
mod verdict;
mod verify;

pub use bulk::{
    BadRow, BulkAnswer, BulkClaims, BulkEnd, BulkLine, BulkProduct, BulkQuestion, BulkRow, ClaimedModel,
    RowError, RowFault, StopCode, Stopped, When,
};
pub use problem::{FieldProblem, Problem, ProblemType};
pub use receipt::{
    NotGenuine, ReceiptAnswer, ReceiptCheckRequest, ReceiptClaim, ReceiptClaims, ReceiptStanding, ReceiptThen,
};
pub use verdict::{ClaimsAnswer, OtherCode, PictureAnswer, ProductAnswer, StatusAnswer, VerdictAnswer};
pub use verify::{Presented, ReceiptWish, RequestError, VerifyRequest};
