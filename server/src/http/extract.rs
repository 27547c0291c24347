//! Extractors whose refusals are problem documents, with the place of what is wrong.

mod admitted;
mod asker;
mod body;
mod form;
mod json;
mod path;
mod query;

pub(super) use admitted::{
    Admitted, Recognised, ToAcceptReport, ToApprove, ToAskExtension, ToBeginReview, ToChangeOrganisation,
    ToChangeState, ToConfirm, ToCreateKey, ToCreateOrganisation, ToDecideNotice, ToDecline, ToDraft,
    ToEditApplication, ToExport, ToExtend, ToFileNotice, ToFileReport, ToHandleSighting, ToIssue, ToListKeys,
    ToPropose, ToReadApplication, ToReadArtwork, ToReadDecision, ToReadEvidence, ToReadNotice,
    ToReadOrganisation, ToReadPolicy, ToReadSighting, ToReadStanding, ToReadWatch, ToReadWebhook, ToReject,
    ToReturn, ToRevokeKey, ToRotateKey, ToSubmit, ToUpload, ToVerifyBulk, ToWithdraw, ToWithdrawNotice,
    ToWriteAdvisory, ToWriteDuty, ToWritePolicy, ToWriteWatch, ToWriteWebhook, bearer,
};
pub(super) use asker::Asker;
pub(super) use body::{broken_off, read as read_body};
pub(super) use form::Form;
pub(super) use json::{Json, is_json};
pub(super) use path::Path;
pub(super) use query::Query;
