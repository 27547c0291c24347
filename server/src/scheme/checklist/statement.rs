//! Another scheme's statement: a file, or where it is published.

use serde::{Deserialize, Serialize};

use crate::scheme::{
    evidence::EvidenceRef,
    text::{checked_text, line},
};

/// A statement of compliance under another scheme, or its address (domain.md: "statement or its URL given").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Handed in.
    File(EvidenceRef),
    /// Published there.
    Url(StatementUrl),
}

/// Text that is no address of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the address of a statement: https:// and at most {} bytes, without blanks",
    StatementUrl::MAX_BYTES
)]
pub struct NotAStatementUrl;

checked_text! {
    /// Where a statement is published. For people to open; this service never fetches it.
    StatementUrl, NotAStatementUrl, |text| {
        let rest = text.strip_prefix("https://").ok_or(NotAStatementUrl)?;
        line(text, 1, StatementUrl::MAX_BYTES).map_err(|_| NotAStatementUrl)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // Without a name and password before the host, which make an address look like another's.
        let fits = host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace);
        if fits && !text.contains(['"', '<', '>', '\\']) { Ok(()) } else { Err(NotAStatementUrl) }
    }
}

impl StatementUrl {
    /// Longest address.
    pub const MAX_BYTES: usize = 2_000;
}
