//! Extractors whose refusals are problem documents, with the place of what is wrong.

mod admitted;
mod body;
mod form;
mod json;
mod path;
mod query;

pub(super) use admitted::{
    Admitted, Recognised, ToChangeOrganisation, ToChangeState, ToCreateKey, ToCreateOrganisation, ToExport,
    ToExtend, ToIssue, ToListKeys, ToReadArtwork, ToReadOrganisation, ToRevokeKey, ToRotateKey, bearer,
};
pub(super) use body::read as read_body;
pub(super) use form::Form;
pub(super) use json::Json;
pub(super) use path::Path;
pub(super) use query::Query;
