//! `POST /v1/verify`.

use serde::{Deserialize, Serialize};

use crate::{claim::ProductClaims, label::Level, receipt::CaseReference, registration::Gtin, time::UnixTime};

/// A question about one label. Exactly one of `token`, `link` and `number` is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// A token as text, decimal or base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// A link as it was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A registration number as it is printed or typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The model in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The level that is claimed: `"STAR-2"` or `2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The maker that is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// The JAN/GTIN on the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Gtin>,
    /// "Was it valid then?": a past instant, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<UnixTime>,
    /// Whether the answer is to come with a signed receipt.
    #[serde(default, skip_serializing_if = "is_not")]
    pub receipt: bool,
    /// The requester's own reference, signed into the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseReference>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_not(wanted: &bool) -> bool {
    !*wanted
}

/// A receipt that is asked for with an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptWish {
    /// The requester's own reference.
    pub case: Option<CaseReference>,
}

/// What is to be verified.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Presented {
    /// A token as text.
    Token(String),
    /// Anything scanned or pasted: a link, most often.
    Scan(String),
    /// A registration number.
    Number(String),
}

/// A request that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// None or several of the three.
    #[error("give exactly one of token, link and number")]
    OneOf,
    /// A reference for a receipt that is not asked for.
    #[error("case is the reference on a receipt: ask for one with receipt too")]
    CaseAlone,
    /// A field that is too long.
    #[error("{0} is longer than {1} bytes")]
    TooLong(&'static str, usize),
}

impl VerifyRequest {
    /// Longest `model` or `maker`.
    pub const MAX_CLAIM: usize = 256;

    /// The receipt that is asked for, where one is.
    pub fn receipt_wish(&self) -> Result<Option<ReceiptWish>, RequestError> {
        match (self.receipt, &self.case) {
            (true, case) => Ok(Some(ReceiptWish { case: case.clone() })),
            (false, None) => Ok(None),
            (false, Some(_)) => Err(RequestError::CaseAlone),
        }
    }

    /// What is asked, checked: what to verify, and the claims about the product.
    pub fn into_parts(self) -> Result<(Presented, ProductClaims, Option<UnixTime>), RequestError> {
        for (name, field, longest) in [
            ("token", &self.token, crate::scan::MAX_TEXT),
            ("link", &self.link, crate::scan::MAX_TEXT),
            ("number", &self.number, Self::MAX_CLAIM),
            ("model", &self.model, Self::MAX_CLAIM),
            ("maker", &self.maker, Self::MAX_CLAIM),
        ] {
            if field.as_ref().is_some_and(|text| text.len() > longest) {
                return Err(RequestError::TooLong(name, longest));
            }
        }
        let presented = match (self.token, self.link, self.number) {
            (Some(token), None, None) => Presented::Token(token),
            (None, Some(link), None) => Presented::Scan(link),
            (None, None, Some(number)) => Presented::Number(number),
            _ => return Err(RequestError::OneOf),
        };
        let claims =
            ProductClaims { model: self.model, level: self.level, maker: self.maker, gtin: self.gtin };
        Ok((presented, claims, self.as_of))
    }
}
