//! Callers with an API key. Admission comes before the body is read: who may not write is not listened to.
//!
//! A handler names what it does as a type. Whether the caller may do that to *this* object is asked again with the
//! object's owner, by the service that knows it.

use std::marker::PhantomData;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use shirushi_shared::api::ProblemType;

use crate::{
    http::problem::Refusal,
    service::{
        access::{Access, AccessError, Action},
        caller::Caller,
    },
};

/// What a handler does.
pub(in crate::http) trait Does {
    /// The action; where the body says which of several it is, all of them, and the handler asks again.
    const ACTIONS: &'static [Action];
}

macro_rules! does {
    ($($name:ident: $($action:ident)|+;)*) => {$(
        #[doc = concat!("A handler that does `", stringify!($($action)|+), "`.")]
        pub(in crate::http) struct $name;
        impl Does for $name {
            const ACTIONS: &'static [Action] = &[$(Action::$action),+];
        }
    )*};
}
does! {
    ToIssue: LabelIssue;
    ToChangeState: LabelSuspend | LabelReinstate | LabelGrace | LabelRevoke;
    ToExtend: LabelExtend;
    ToReadArtwork: ArtworkRead;
    ToDraft: ApplicationDraft;
    ToEditApplication: ApplicationEdit;
    ToSubmit: ApplicationSubmit;
    ToWithdraw: ApplicationWithdraw;
    ToReadApplication: ApplicationRead;
    ToUpload: EvidenceUpload;
    ToReadEvidence: EvidenceRead;
    ToFileReport: ReportFile;
    ToBeginReview: ReviewBegin;
    ToAcceptReport: ReviewAcceptReport;
    ToReturn: ReviewReturn;
    ToReject: ReviewReject;
    ToApprove: ApplicationApprove;
    ToPropose: LabelRevoke | LabelSupersede | ExtensionRequest;
    ToReadDecision: DecisionRead;
    ToConfirm: DecisionConfirm;
    ToDecline: DecisionDecline;
    ToFileNotice: NoticeFile;
    ToReadNotice: NoticeRead;
    ToDecideNotice: NoticeDecide;
    ToWithdrawNotice: NoticeWithdraw;
    ToWriteAdvisory: AdvisoryWrite;
    ToWriteDuty: DutyWrite;
    ToReadStanding: StandingRead;
    ToReadSighting: SightingRead;
    ToHandleSighting: SightingHandle;
    ToAskExtension: ExtensionRequest;
    ToCreateOrganisation: OrganisationCreate;
    ToChangeOrganisation: OrganisationChange;
    ToReadOrganisation: OrganisationRead;
    ToCreateKey: KeyCreate;
    ToRotateKey: KeyRotate;
    ToRevokeKey: KeyRevoke;
    ToListKeys: KeyList;
    ToExport: HistoryExport;
    ToVerifyBulk: VerifyBulk;
    ToReadWatch: WatchRead;
    ToWriteWatch: WatchWrite;
    ToReadWebhook: WebhookRead;
    ToWriteWebhook: WebhookWrite;
    ToWritePolicy: PolicyWrite;
    ToReadPolicy: PolicyRead;
}

/// A caller who may do what the handler does, to some object at least.
pub(in crate::http) struct Admitted<D> {
    /// Who they are.
    pub(in crate::http) caller: Caller,
    does: PhantomData<D>,
}

impl<D: Does, S: Send + Sync> FromRequestParts<S> for Admitted<D>
where
    Access: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Recognised(caller) = Recognised::from_request_parts(parts, state).await?;
        let mut denied = None;
        for action in D::ACTIONS {
            match caller.may(*action, None) {
                Ok(_) => return Ok(Self { caller, does: PhantomData }),
                Err(reason) => denied = denied.or(Some(reason)),
            }
        }
        // Without an action nobody may do it.
        Err(denied.map_or(Refusal::bare(ProblemType::Forbidden), |reason| AccessError::Denied(reason).into()))
    }
}

/// A caller with a key, whatever it allows.
pub(in crate::http) struct Recognised(pub(in crate::http) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Recognised
where
    Access: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let presented = bearer(&parts.headers).ok_or_else(|| {
            Refusal::new(ProblemType::Unauthorized, "send an API key: Authorization: Bearer <key>")
        })?;
        Ok(Self(Access::from_ref(state).recognise(presented).await?))
    }
}

/// The token of `Authorization: Bearer`, whose scheme has no case (RFC 9110 §11.1). Two such headers are no key: which of
/// them a proxy on the way has looked at is not known.
pub(in crate::http) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
