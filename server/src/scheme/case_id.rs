//! Numbers of cases: `A-2026-000123`.

use shirushi_shared::label::{NumberError, RegistrationNumber};

/// Text that is no number of this kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a case number: a letter, a year and six to nine digits, as in {0}-2026-000123")]
pub struct NotACaseId(pub(super) char);

/// Declares the number of a kind of case by its letter.
macro_rules! case_id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        crate::scheme::text::checked_text! {
            $(#[$doc])*
            $name, crate::scheme::case_id::NotACaseId, |text| crate::scheme::case_id::check(text, $letter)
        }

        impl $name {
            /// The number with this place in the year's order.
            pub fn new(year: u16, sequence: u32) -> Result<Self, crate::scheme::case_id::NotACaseId> {
                Self::parse(&format!("{}-{year:04}-{sequence:06}", $letter))
            }
        }
    };
}

case_id! {
    /// 申請番号: an application. It exists before a label and must never pass as one (domain.md).
    ApplicationId, 'A'
}
case_id! {
    /// A change notice (変更届).
    NoticeId, 'N'
}
case_id! {
    /// A decision that takes two people.
    DecisionId, 'D'
}
case_id! {
    /// A record of a vulnerability.
    AdvisoryId, 'V'
}
case_id! {
    /// A report that is due (報告届).
    DutyId, 'R'
}

impl ApplicationId {
    /// The same number as the registry compares it, to be put on record as one that exists before a label.
    pub fn as_pre_label_number(&self) -> Result<RegistrationNumber, NumberError> {
        RegistrationNumber::parse(self.as_str())
    }
}

pub(super) fn check(text: &str, letter: char) -> Result<(), NotACaseId> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('-');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(kind), Some(year), Some(sequence), None)
            if kind.strip_prefix(letter) == Some("")
                && year.len() == 4
                && (6..=9).contains(&sequence.len())
                && digits(year)
                && digits(sequence) =>
        {
            Ok(())
        }
        _ => Err(NotACaseId(letter)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_case_has_its_letter() {
        let id = ApplicationId::new(2026, 123).unwrap();
        assert_eq!(id.as_str(), "A-2026-000123");
        assert_eq!(id.as_pre_label_number().unwrap().as_str(), "A2026000123");
        for other in
            ["N-2026-000123", "A-26-000123", "A-2026-00012", "A-2026-000123-1", "A-2026-１２３４５６", ""]
        {
            assert_eq!(ApplicationId::parse(other), Err(NotACaseId('A')), "{other}");
        }
        assert!(ApplicationId::new(10_000, 1).is_err());
        assert!(NoticeId::parse("N-2026-000123").is_ok());
    }
}
