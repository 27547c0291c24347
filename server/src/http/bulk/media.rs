//! Which form rows come in, and which form answers go out in.

use axum::http::{HeaderMap, HeaderValue, header};
use shirushi_shared::{api::ProblemType, text::Language};

use crate::{
    http::problem::Refusal,
    service::bulk::Written,
    table::csv::{Asked, Encoding},
};

const CSV: &str = "text/csv";
/// JSON Lines have two names, and neither is registered.
const JSON_LINES: [&str; 2] = ["application/x-ndjson", "application/jsonl"];

/// The forms of one run.
pub(super) struct Media {
    /// CSV, with what is said of it; else JSON Lines.
    pub(super) csv: Option<Asked>,
    /// The form of the answers.
    answer: &'static str,
}

impl Media {
    /// By `Content-Type` and `Accept`; answers have the form of the rows where no other is asked for.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content = text(header::CONTENT_TYPE);
        let sent = known(content).ok_or_else(|| {
            let detail = "send JSON Lines with Content-Type: application/x-ndjson or application/jsonl, or CSV with \
                          text/csv";
            Refusal::new(ProblemType::UnsupportedMediaType, detail)
        })?;
        let csv = (sent == CSV).then(|| encoding(content)).transpose()?;
        let wanted = text(header::ACCEPT).split(',').find_map(known);
        Ok(Self { csv, answer: wanted.unwrap_or(sent) })
    }

    /// How answers are written, and their media type.
    pub(super) fn answer(&self, language: Language) -> (Written, HeaderValue) {
        if self.answer == CSV {
            (Written::csv(language), HeaderValue::from_static("text/csv; charset=utf-8; header=present"))
        } else {
            (Written::JsonLines, HeaderValue::from_static(self.answer))
        }
    }
}

/// The media type of `value`, where it is one of ours.
fn known(value: &str) -> Option<&'static str> {
    let essence = value.split(';').next().unwrap_or_default().trim();
    JSON_LINES.into_iter().chain([CSV]).find(|name| essence.eq_ignore_ascii_case(name))
}

/// What `charset` says of CSV; without it, the content tells.
fn encoding(content: &str) -> Result<Asked, Refusal> {
    let parameter = content.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    let encoding = match parameter.as_deref() {
        // UTF-16 says itself which of its kinds it is.
        None | Some("utf-16") => None,
        Some("utf-8" | "utf8" | "us-ascii") => Some(Encoding::Utf8),
        Some("shift_jis" | "shift-jis" | "sjis" | "windows-31j" | "cp932" | "ms932") => Some(Encoding::Cp932),
        Some("utf-16le") => Some(Encoding::Utf16Le),
        Some("utf-16be") => Some(Encoding::Utf16Be),
        Some(_) => {
            let detail = "charset: utf-8, shift_jis, windows-31j or utf-16";
            return Err(Refusal::new(ProblemType::UnsupportedMediaType, detail));
        }
    };
    Ok(Asked { encoding, separator: None })
}
