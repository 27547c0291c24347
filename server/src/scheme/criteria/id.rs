//! Numbers of criteria, and of clauses elsewhere.

use crate::scheme::text::checked_text;

/// Text that is no criterion's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a criterion's number: 1 to 24 of A-Z, 0-9, full stops and hyphens, as in S1.1-01")]
pub struct NotACriterionId;

checked_text! {
    /// A criterion's number, such as `S1.1-01`.
    CriterionId, NotACriterionId, |text| {
        if fits(text, 24, u8::is_ascii_uppercase) { Ok(()) } else { Err(NotACriterionId) }
    }
}

/// Text that is no clause's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a clause: 1 to 16 of 0-9, full stops and hyphens, as in 5.1-2")]
pub struct NotAClauseId;

checked_text! {
    /// A clause's number elsewhere, such as `5.1-2`.
    ClauseId, NotAClauseId, |text| if fits(text, 16, |_| false) { Ok(()) } else { Err(NotAClauseId) }
}

fn fits(text: &str, most: usize, also: fn(&u8) -> bool) -> bool {
    (1..=most).contains(&text.len())
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-') || also(&byte))
}
