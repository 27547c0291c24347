//! Whether a label is extended (延長) on paper or with a new test.

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    label::RegistrationNumber,
    time::{UnixTime, Window},
};

use super::{Advisory, AdvisoryState, Duty, Severity};
use crate::scheme::case_id::{AdvisoryId, DutyId};

/// The longest extension in seconds, from the present expiry: 2 years (domain.md, **S**), as the registry counts them
/// (`registry::LONGEST_VALIDITY`; a test holds them together).
pub const LONGEST_UNIT: i64 = 731 * 24 * 3600;

/// A holder asks for an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRequest {
    /// Of which registration.
    pub number: RegistrationNumber,
    /// To which expiry: the first instant after it.
    pub until: UnixTime,
}

/// What is on record about a registration.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its validity.
    pub valid: Window,
    /// Vulnerabilities; those of other registrations are passed over.
    pub advisories: &'a [Advisory],
    /// Reports that are due; likewise.
    pub duties: &'a [Duty],
}

/// This service's rules of extension, where the scheme's are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExtensionRules {
    /// Open vulnerabilities of this severity or above ask for a new test.
    pub re_test_from: Severity,
    /// Whether a label that has lapsed can be extended at all. What JC-STAR says is not known here (**X**).
    pub after_lapse: bool,
}

impl Default for ExtensionRules {
    fn default() -> Self {
        Self { re_test_from: Severity::High, after_lapse: false }
    }
}

/// How a label is extended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "review", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExtensionReview {
    /// On paper: nothing speaks against it.
    Streamlined,
    /// With a new test ([`crate::scheme::application::Kind::ReTest`]).
    ReTest {
        /// Why, all of it.
        reasons: Vec<ReTestReason>,
    },
}

/// What asks for a new test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReTestReason {
    /// A vulnerability that is neither fixed nor closed.
    OpenAdvisory {
        /// Which.
        id: AdvisoryId,
        /// How severe.
        severity: Severity,
        /// Since when it is known.
        since: UnixTime,
    },
    /// A report that is missing.
    OverdueReport {
        /// Which.
        id: DutyId,
        /// Since when it is overdue.
        due: UnixTime,
    },
}

/// A request that cannot be granted either way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionRefused {
    /// It would end no later than now.
    #[error("{number} is valid until {present}: an extension ends later")]
    NotLonger {
        /// Which registration.
        number: RegistrationNumber,
        /// The present expiry.
        present: UnixTime,
    },
    /// More than one unit.
    #[error("{number} can be extended until {longest} at most: two years at a time")]
    TooLong {
        /// Which registration.
        number: RegistrationNumber,
        /// The latest expiry that can be asked for.
        longest: UnixTime,
    },
    /// It has lapsed.
    #[error("{number} has lapsed on {since}: it takes a new application")]
    Lapsed {
        /// Which registration.
        number: RegistrationNumber,
        /// Since when.
        since: UnixTime,
    },
}

/// Whether `request` is granted on paper or with a new test, by what is on record at `now`.
pub fn review(
    request: &ExtensionRequest,
    standing: Standing<'_>,
    rules: ExtensionRules,
    now: UnixTime,
) -> Result<ExtensionReview, ExtensionRefused> {
    let (number, present) = (request.number.clone(), standing.valid.until);
    if present <= now && !rules.after_lapse {
        return Err(ExtensionRefused::Lapsed { number, since: present });
    }
    if request.until <= present.max(now) {
        return Err(ExtensionRefused::NotLonger { number, present });
    }
    let longest = present.max(now).plus(LONGEST_UNIT);
    if request.until > longest {
        return Err(ExtensionRefused::TooLong { number, longest });
    }
    let open = standing.advisories.iter().filter_map(|advisory| {
        let about = advisory.about();
        let counts = about.number == request.number
            && about.severity >= rules.re_test_from
            && matches!(advisory.state(), AdvisoryState::Open);
        counts.then(|| ReTestReason::OpenAdvisory {
            id: advisory.id().clone(),
            severity: about.severity,
            since: about.discovered,
        })
    });
    let overdue = standing.duties.iter().filter_map(|duty| {
        let counts = *duty.about().0 == request.number && duty.is_overdue(now);
        counts.then(|| ReTestReason::OverdueReport { id: duty.id().clone(), due: duty.due() })
    });
    let reasons: Vec<_> = open.chain(overdue).collect();
    Ok(if reasons.is_empty() { ExtensionReview::Streamlined } else { ExtensionReview::ReTest { reasons } })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_unit_is_as_long_as_the_registry_takes() {
        assert_eq!(super::LONGEST_UNIT, crate::registry::LONGEST_VALIDITY);
    }
}
