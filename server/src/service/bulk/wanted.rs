//! What is to be in the answers, and what a run's policy says of a row.

use std::sync::Arc;

use shirushi_shared::{
    api::{BulkPolicy, When},
    claim::{Listed, ProductClaims},
    policy::{Claim, Day, Facts, Policy, check},
    registration::Registration,
    text::Language,
    verdict::Verdict,
};

use crate::service::verify::many::Gathered;

/// What is to be in the answers.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In which language.
    pub language: Language,
    /// Whether they name the products, which costs a reading for each label.
    pub products: bool,
    /// By which policy every row is checked as well; it costs the same reading.
    pub policy: Option<Arc<Policy>>,
    /// About when rows ask that do not say it.
    pub when: When,
    /// The last day of the contract, for rows that do not say it.
    pub contract_end: Option<Day>,
}

impl Wanted {
    /// Whether every label's registration is to be read.
    pub(super) fn needs_registrations(&self) -> bool {
        self.products || self.policy.is_some()
    }

    /// What the policy says of a row, as of the instant that the row asks about.
    pub(super) fn policy_answer(&self, gathered: &Gathered, verdict: &Verdict) -> Option<BulkPolicy> {
        let policy = self.policy.as_deref()?;
        let registration = gathered.registration.as_deref();
        let claim = Claim {
            model: gathered.models.first().cloned(),
            maker: gathered.claims.maker.clone(),
            corporate_number: gathered.offer.corporate_number,
            contract_end: gathered.offer.contract_end.or(self.contract_end),
        };
        let facts = Facts::of(verdict, registration, worst(registration, &gathered.models));
        let at = verdict.as_of.unwrap_or(verdict.checked_at);
        Some(self.language.policy_of_row(&check(policy, &claim, &facts, at)))
    }
}

/// Whether the registration covers every one of `models`: one that it does not cover is offered as well.
fn worst(registration: Option<&Registration>, models: &[String]) -> Option<Listed> {
    let registration = registration?;
    let mut answers = models.iter().map(|model| ProductClaims::covers(registration, model));
    let first = answers.next()?;
    Some(answers.fold(first, |worst, answer| if worst == Listed::NotListed { worst } else { answer }))
}
