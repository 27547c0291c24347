//! A status record over the wire.

use shirushi_shared::{
    api::StatusAnswer,
    label::LabelState,
    status::{StatusRecord, StatusSource},
    time::UnixTime,
};

/// `record` as it was written at `now`.
pub(in crate::http) fn status_answer(record: &StatusRecord, now: UnixTime) -> StatusAnswer {
    let (reason, since, until) = match &record.state {
        LabelState::Active => (None, None, None),
        LabelState::Grace { since } => (None, Some(*since), None),
        LabelState::Suspended { since, until, reason } => (Some(reason.clone()), Some(*since), *until),
        LabelState::Revoked { since, reason } => (Some(reason.clone()), Some(*since), None),
    };
    StatusAnswer {
        value: Some(record.state.name().to_owned()),
        reason,
        since,
        until,
        valid_from: Some(record.valid.from),
        expires: Some(record.valid.until),
        revision: Some(record.revision.get()),
        as_of: Some(now),
        age_s: Some(0),
        source: StatusSource::Registry,
    }
}
