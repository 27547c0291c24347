//! Refusals as problem documents (RFC 9457). This is the one file with status codes of errors.
//!
//! What a caller reads is written for the caller; what went wrong inside is logged here, once, and never sent.

mod watch;

use axum::{
    extract::multipart::MultipartError,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use shirushi_shared::{
    api::{FieldProblem, Problem, ProblemType, RequestError},
    receipt::ReceiptError,
};

use crate::service::{
    RegistryError,
    access::{AccessError, Denied, KeyError, NoPermit},
    desk::{DeskError, EvidenceError, StoreError},
    organisations::OrganisationsError,
    receipt::NoReceipt,
};

/// A request that is not answered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    kind: ProblemType,
    detail: Option<String>,
    errors: Vec<FieldProblem>,
    /// Seconds after which to try again, where that can be told.
    wait: Option<u64>,
}

/// The kind of problem that a response is, for the log and the metrics.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(pub(super) ProblemType);

/// Seconds after which it is worth trying again, where nothing better is known.
const RETRY_AFTER: u64 = 2;

/// The status code of each kind.
pub(super) const fn status(kind: ProblemType) -> StatusCode {
    match kind {
        ProblemType::BadRequest => StatusCode::BAD_REQUEST,
        ProblemType::Unauthorized => StatusCode::UNAUTHORIZED,
        ProblemType::Forbidden => StatusCode::FORBIDDEN,
        ProblemType::NotFound => StatusCode::NOT_FOUND,
        ProblemType::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ProblemType::Conflict => StatusCode::CONFLICT,
        ProblemType::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemType::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ProblemType::UnreadableImage | ProblemType::InvalidInput => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemType::TooOften => StatusCode::TOO_MANY_REQUESTS,
        ProblemType::Overloaded | ProblemType::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ProblemType::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Refusal {
    /// A refusal that says no more than its kind.
    pub const fn bare(kind: ProblemType) -> Self {
        Self { kind, detail: None, errors: Vec::new(), wait: None }
    }

    /// A refusal with what was wrong here, in words for the caller.
    #[expect(clippy::needless_pass_by_value, reason = "texts and errors are handed over alike")]
    pub fn new(kind: ProblemType, detail: impl ToString) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::bare(kind) }
    }

    /// A refusal of several rows or fields at once.
    pub const fn of_fields(errors: Vec<FieldProblem>) -> Self {
        Self { kind: ProblemType::InvalidInput, detail: None, errors, wait: None }
    }

    /// A refusal of one field.
    pub fn of_field(field: &str, detail: &impl ToString) -> Self {
        Self::of_fields(vec![FieldProblem { row: None, field: field.to_owned(), detail: detail.to_string() }])
    }

    /// The caller, or everybody together, has sent as much as is taken; again after so many seconds.
    pub(super) fn too_often(seconds: u64) -> Self {
        let detail = format!("no more is taken from here at present; try again in {seconds} s");
        Self { wait: Some(seconds), ..Self::new(ProblemType::TooOften, detail) }
    }

    /// A refusal with words for the caller, and what speaks against it one by one.
    fn with_errors(kind: ProblemType, detail: impl ToString, errors: Vec<FieldProblem>) -> Self {
        Self { errors, ..Self::new(kind, detail) }
    }

    /// What it tells, in one line.
    pub(super) fn told(&self) -> String {
        let errors = self.errors.iter().map(|error| format!("{}: {}", error.field, error.detail));
        let all: Vec<_> = self.detail.clone().into_iter().chain(errors).collect();
        if all.is_empty() { self.kind.title().to_owned() } else { all.join("; ") }
    }

    /// The request cannot be understood.
    pub fn bad_request(detail: impl ToString) -> Self {
        Self::new(ProblemType::BadRequest, detail)
    }

    /// A fault of ours: logged in full, told in general.
    pub fn internal(fault: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(fault = %chain(fault), "fault");
        Self::bare(ProblemType::Internal)
    }

    /// A part that does not answer: logged in full, told in general.
    fn unavailable(what: &'static str, fault: &(dyn std::error::Error + 'static)) -> Self {
        tracing::warn!(fault = %chain(fault), "a part does not answer");
        Self::new(ProblemType::Unavailable, what)
    }

    /// The kind.
    pub const fn kind(&self) -> ProblemType {
        self.kind
    }

    /// What was wrong here, for the caller.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The fields that are wrong.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(|error| error.field.as_str())
    }

    /// The document.
    fn to_problem(&self) -> Problem {
        Problem {
            problem_type: self.kind,
            title: self.kind.title().to_owned(),
            status: status(self.kind).as_u16(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // A problem document is text and numbers: writing it cannot fail; an empty body would still have its status.
        let body = serde_json::to_vec(&self.to_problem()).unwrap_or_default();
        let mut response = (status(self.kind), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.kind {
            ProblemType::Overloaded | ProblemType::Unavailable | ProblemType::TooOften => {
                headers.insert(header::RETRY_AFTER, self.wait.unwrap_or(RETRY_AFTER).into());
            }
            ProblemType::Unauthorized => {
                headers
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"shirushi\""));
            }
            _ => {}
        }
        response.extensions_mut().insert(Refused(self.kind));
        response
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::OneOf | RequestError::CaseAlone => Self::bad_request(error),
            RequestError::TooLong(..) => Self::new(ProblemType::TooLarge, error),
        }
    }
}

impl From<NoReceipt> for Refusal {
    fn from(error: NoReceipt) -> Self {
        Self::unavailable("receipts cannot be signed at present; ask without one", &error)
    }
}

impl From<ReceiptError> for Refusal {
    fn from(error: ReceiptError) -> Self {
        Self::of_field("receipt", &error)
    }
}

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        match &error {
            RegistryError::Unavailable(_) => Self::unavailable("the registry does not answer", &error),
            RegistryError::Conflict { expected, found } => Self::new(
                ProblemType::Conflict,
                format!(
                    "it is at revision {}, not {}: read it again before changing it",
                    found.get(),
                    expected.get()
                ),
            ),
            RegistryError::AlreadyRegistered(_)
            | RegistryError::Illegal(_)
            | RegistryError::CaseExists { .. }
            | RegistryError::Succession(_) => Self::new(ProblemType::Conflict, error),
            RegistryError::Unregistered(_) | RegistryError::NoCase { .. } => {
                Self::new(ProblemType::NotFound, error)
            }
            RegistryError::Expiry(_) => Self::of_field("until", &error),
            RegistryError::StatusIndexTaken
            | RegistryError::Twice(_)
            | RegistryError::NotEmpty
            | RegistryError::Corrupt { .. } => Self::internal(&error),
        }
    }
}

impl From<AccessError> for Refusal {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Unknown => Self::new(ProblemType::Unauthorized, error),
            AccessError::Denied(Denied::NotFound) => Self::bare(ProblemType::NotFound),
            AccessError::NoPermit(_) | AccessError::Denied(_) | AccessError::RoleNeeded => {
                Self::new(ProblemType::Forbidden, error)
            }
            AccessError::Registry(error) => error.into(),
        }
    }
}

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Access(error) => error.into(),
            KeyError::Random(_) => Self::internal(&error),
            KeyError::Ended(_) | KeyError::TooMany | KeyError::NoPermit(NoPermit::Suspended) => {
                Self::new(ProblemType::Conflict, error)
            }
            KeyError::NoPermit(NoPermit::Role { .. }) | KeyError::Nothing => Self::of_field("roles", &error),
            KeyError::Expiry => Self::of_field("expires", &error),
            KeyError::Overlap => Self::of_field("overlap_hours", &error),
        }
    }
}

impl From<OrganisationsError> for Refusal {
    fn from(error: OrganisationsError) -> Self {
        match error {
            OrganisationsError::Access(error) => error.into(),
            OrganisationsError::Rule(_) | OrganisationsError::SecondOperator => {
                Self::new(ProblemType::Conflict, error)
            }
        }
    }
}

/// A form with files that cannot be read, or is too large.
pub(super) fn form_refusal(error: &MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::new(ProblemType::TooLarge, "the file is larger than is taken here")
    } else {
        Refusal::bad_request(error.body_text())
    }
}

impl From<DeskError> for Refusal {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound => Self::new(ProblemType::NotFound, error),
            DeskError::Denied(_) => Self::new(ProblemType::Forbidden, error),
            DeskError::Refused(_) => Self::new(ProblemType::Conflict, error),
            DeskError::Invalid(errors) => Self::of_fields(errors),
            DeskError::ReTest(_) => {
                let reasons = error.details();
                Self::with_errors(ProblemType::Conflict, error, reasons)
            }
            DeskError::Registry(error) => error.into(),
            DeskError::Issue(error) => error.into(),
            DeskError::Evidence(error) => error.into(),
            DeskError::Random(_) => Self::internal(&error),
        }
    }
}
impl From<EvidenceError> for Refusal {
    fn from(error: EvidenceError) -> Self {
        match &error {
            EvidenceError::TooLarge(_) => Self::new(ProblemType::TooLarge, error),
            EvidenceError::NotItsHash { .. } => Self::of_field("sha256", &error),
            EvidenceError::NotItsType(_) => Self::of_field("file", &error),
            EvidenceError::BrokeOff(_) => Self::bad_request("the body ended before it was complete"),
            EvidenceError::Busy => Self::bare(ProblemType::Overloaded),
            EvidenceError::Store(StoreError::Unavailable(_)) => {
                Self::unavailable("the evidence store does not answer", &error)
            }
            EvidenceError::Corrupt(_) | EvidenceError::Store(StoreError::Refused(_)) => {
                Self::internal(&error)
            }
        }
    }
}

/// An error with its causes, outermost first.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
