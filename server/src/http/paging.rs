//! A page of a list: so many after a name.

use super::problem::Refusal;

/// Entries of a page where the caller does not say.
const USUAL: u32 = 50;
/// Most entries of a page.
pub(super) const MOST: u32 = 200;

/// How many entries a page has that was asked for by `limit`.
pub(super) fn size(limit: Option<u32>) -> Result<u32, Refusal> {
    match limit.unwrap_or(USUAL) {
        size if (1..=MOST).contains(&size) => Ok(size),
        _ => Err(Refusal::bad_request(format!("limit is 1 to {MOST}"))),
    }
}
