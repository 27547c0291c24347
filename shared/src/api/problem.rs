//! Problem details (RFC 9457): a request that could not be answered says what was wrong, and where.
//!
//! A verdict is never a problem: whatever its outcome, it is an answer.

use serde::{Deserialize, Serialize};

/// A problem document, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem, as a relative URI of this service.
    #[serde(rename = "type")]
    pub problem_type: ProblemType,
    /// The kind in words.
    pub title: String,
    /// HTTP status code.
    pub status: u16,
    /// What was wrong here, for the caller; never internal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Problems of single rows or fields, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// What is wrong with one row or field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Row of the input, from 1, the heading included; absent for a single object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column or field.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

/// The kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProblemType {
    /// The request cannot be understood.
    #[serde(rename = "/problems/bad-request")]
    BadRequest,
    /// The body, a field or a picture is larger than is taken.
    #[serde(rename = "/problems/too-large")]
    TooLarge,
    /// A media type that is not taken here.
    #[serde(rename = "/problems/unsupported-media-type")]
    UnsupportedMediaType,
    /// A picture that is none, or holds no code.
    #[serde(rename = "/problems/unreadable-image")]
    UnreadableImage,
    /// No such thing here.
    #[serde(rename = "/problems/not-found")]
    NotFound,
    /// A method that this address does not have.
    #[serde(rename = "/problems/method-not-allowed")]
    MethodNotAllowed,
    /// No API key, or none that is known.
    #[serde(rename = "/problems/unauthorized")]
    Unauthorized,
    /// The API key does not allow this.
    #[serde(rename = "/problems/forbidden")]
    Forbidden,
    /// The present state does not allow this, or somebody else was first.
    #[serde(rename = "/problems/conflict")]
    Conflict,
    /// Rows or fields that were refused; nothing was taken over.
    #[serde(rename = "/problems/invalid-input")]
    InvalidInput,
    /// Too much in a short time from one place, or about one thing; try again after `Retry-After`.
    #[serde(rename = "/problems/too-often")]
    TooOften,
    /// Too much at once; try again after `Retry-After`.
    #[serde(rename = "/problems/overloaded")]
    Overloaded,
    /// A part that this needs does not answer; try again after `Retry-After`.
    #[serde(rename = "/problems/unavailable")]
    Unavailable,
    /// A fault of ours.
    #[serde(rename = "/problems/internal")]
    Internal,
}

impl ProblemType {
    /// The kind in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request cannot be understood",
            Self::TooLarge => "Larger than is taken here",
            Self::UnsupportedMediaType => "This media type is not taken here",
            Self::UnreadableImage => "The picture cannot be read",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "This address does not have that method",
            Self::Unauthorized => "An API key is needed",
            Self::Forbidden => "The API key does not allow this",
            Self::Conflict => "The present state does not allow this",
            Self::InvalidInput => "The input was refused; nothing was taken over",
            Self::TooOften => "Too often",
            Self::Overloaded => "Too much at once",
            Self::Unavailable => "A needed part does not answer",
            Self::Internal => "A fault of the service",
        }
    }
}
