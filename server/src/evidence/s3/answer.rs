//! What the store said, and what it means.

use bytes::Bytes;
use hyper::StatusCode;

use crate::evidence::StoreError;

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

impl Answer {
    /// Whether the same question may have another answer in a moment.
    pub(super) fn is_passing(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS
    }

    /// The object that was asked for; `None` where the store knows the bucket and says that it is not there. Another 404,
    /// of a proxy or of a bucket that does not exist, says nothing about the object.
    pub(super) fn content(self) -> Result<Option<Bytes>, StoreError> {
        match self.status {
            StatusCode::OK => Ok(Some(self.body)),
            StatusCode::NOT_FOUND if self.code() == Some("NoSuchKey") => Ok(None),
            _ => Err(self.refusal()),
        }
    }

    /// Why the store refuses: its code, and not its words, which repeat what was signed.
    pub(super) fn refusal(&self) -> StoreError {
        let code = self.code().unwrap_or("without a reason");
        let advice = match code {
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" => ": the access key or its secret is wrong",
            "AccessDenied" => ": the key needs GetObject, PutObject and ListBucket",
            "RequestTimeTooSkewed" => ": the clocks differ",
            "NoSuchBucket" => ": the bucket is not there",
            _ => "",
        };
        StoreError::Refused(format!("{} {code}{advice}", self.status.as_u16()))
    }

    /// `<Code>NoSuchKey</Code>` of the error document. It is told to people and compared, so a search is enough, and
    /// only letters and digits are taken.
    fn code(&self) -> Option<&str> {
        let (_, rest) = std::str::from_utf8(&self.body).ok()?.split_once("<Code>")?;
        let (code, _) = rest.split_once("</Code>")?;
        let plain = (1..=64).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_alphanumeric());
        plain.then_some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status: StatusCode::from_u16(status).unwrap(), body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn only_the_stores_own_word_makes_a_file_missing() {
        let missing = answer(404, "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>");
        assert_eq!(missing.content().unwrap(), None);
        for body in ["", "<html>404</html>", "<Error><Code>NoSuchBucket</Code></Error>"] {
            assert!(matches!(answer(404, body).content(), Err(StoreError::Refused(_))), "{body}");
        }
        assert!(answer(403, "<Code>NoSuchKey</Code>").content().is_err());
    }

    #[test]
    fn a_refusal_repeats_nothing_that_was_signed() {
        let body = "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>hunter2</StringToSign></Error>";
        let told = answer(403, body).refusal().to_string();
        assert!(
            told.contains("403 SignatureDoesNotMatch: the access key") && !told.contains("hunter2"),
            "{told}"
        );
        for body in ["<Code>a b</Code>", "<Code></Code>", "<Code>x\n</Code>", "<Code>"] {
            assert!(answer(400, body).refusal().to_string().ends_with("400 without a reason"), "{body:?}");
        }
    }
}
