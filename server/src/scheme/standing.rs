//! A holder's standing: known vulnerabilities and due reports of a registration, and whether it is extended on paper or
//! with a new test.
//!
//! That holders send reports (報告届) and that STAR-1 is extended in 2-year units is known of the scheme (domain.md, **O** and **S**).
//! Recording vulnerabilities within 24 hours, and looking at them when a label is extended, was asked of this service and
//! is its own rule: no page may show it as the scheme's.

mod advisory;
mod duty;
mod extension;
#[cfg(test)]
mod tests;

pub use advisory::{Advisory, AdvisoryRefused, AdvisoryState, NewAdvisory, Severity, TIMELY};
pub use duty::{Delivery, Duty, DutyRefused};
pub use extension::{
    ExtensionRefused, ExtensionRequest, ExtensionReview, ExtensionRules, LONGEST_UNIT, ReTestReason,
    Standing, review,
};
