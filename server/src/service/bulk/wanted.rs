//! What is to be in the answers, and what a run's policy says of a row.

use std::sync::Arc;

use shirushi_shared::{
    api::{BulkPolicy, Offer, When},
    claim::{Claimed, Listed, ProductClaims},
    policy::{Claim, Day, Facts, Policy, check},
    registration::Registration,
    text::Language,
    verdict::Verdict,
};

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

/// What a row claims that a policy asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offered<'a> {
    pub(crate) models: &'a [String],
    pub(crate) maker: Option<&'a str>,
    pub(crate) offer: Offer,
}

impl Wanted {
    /// Whether every label's registration is to be read.
    pub(super) fn needs_registrations(&self) -> bool {
        self.products || self.policy.is_some()
    }

    /// What the policy says of a row, as of the instant that the row asks about.
    pub(crate) fn policy_answer(
        &self,
        offered: &Offered<'_>,
        registration: Option<&Registration>,
        verdict: &Verdict,
    ) -> Option<BulkPolicy> {
        let policy = self.policy.as_deref()?;
        let Offered { models, maker, mut offer } = *offered;
        offer.contract_end = offer.contract_end.or(self.contract_end);
        let claim = Claim {
            model: models.first().cloned(),
            maker: maker.map(str::to_owned),
            corporate_number: offer.corporate_number,
            contract_end: offer.contract_end,
        };
        let facts = Facts::of(verdict, registration, worst(registration, models));
        let at = verdict.as_of.unwrap_or(verdict.checked_at);
        Some(self.language.policy_of_row(&check(policy, &claim, &facts, at), offer))
    }
}

/// The answer to each of `models`.
pub(crate) fn models_of(known: &Registration, models: Vec<String>) -> Vec<Claimed<String>> {
    let answered = |claimed: String| Claimed { answer: ProductClaims::covers(known, &claimed), claimed };
    models.into_iter().map(answered).collect()
}

/// Whether the registration covers every one of `models`: one that it does not cover is offered as well.
fn worst(registration: Option<&Registration>, models: &[String]) -> Option<Listed> {
    let registration = registration?;
    let mut answers = models.iter().map(|model| ProductClaims::covers(registration, model));
    let first = answers.next()?;
    Some(answers.fold(first, |worst, answer| if worst == Listed::NotListed { worst } else { answer }))
}
