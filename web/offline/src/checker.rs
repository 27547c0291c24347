//! From a question to its answer, as the service answers it, with the lists in place of the registry.

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    claim::ClaimAnswers,
    registration::Registration,
    scan::{Origins, Told, tell},
    time::UnixTime,
    verdict::{Clock, Freshness, TokenCheck, Verdict, judge},
};

use crate::Lists;

/// Judges labels by lists.
#[derive(Debug)]
pub struct Checker {
    /// What it judges by.
    pub lists: Lists,
    origins: Origins,
    bounds: Freshness,
}

/// What was judged.
#[derive(Debug)]
pub struct Judged<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// What the registration covers, where the lists tell it.
    pub registration: Option<&'a Registration>,
    /// Answers to the claims about the product in hand.
    pub claimed: ClaimAnswers,
}

impl Checker {
    /// A checker of labels that are printed under `origins`.
    pub fn new(lists: Lists, origins: Origins, bounds: Freshness) -> Self {
        Self { lists, origins, bounds: bounds.at_most() }
    }

    /// The answer, as [`Self::judge`] has it.
    pub fn answer(&self, request: VerifyRequest, now: UnixTime) -> Option<VerdictAnswer> {
        let Judged { verdict, registration, claimed } = self.judge(request, now)?;
        Some(VerdictAnswer::new(&verdict, registration, claimed))
    }

    /// The verdict; `None` where there is nothing to judge by, or the question is about the past, which no list knows.
    pub fn judge(&self, request: VerifyRequest, now: UnixTime) -> Option<Judged<'_>> {
        let trust = self.lists.trust.as_ref()?;
        let (presented, mut claims, as_of) = request.into_parts().ok()?;
        if as_of.is_some() {
            return None;
        }
        let check = match tell(presented, &self.origins) {
            Told::Token(token) => match token.verify(&trust.ring()) {
                Ok(verified) => TokenCheck::Verified(verified),
                Err(refusal) => TokenCheck::Refused(refusal),
            },
            Told::Check(check) => check,
            Told::Gtin(gtin, otherwise) => match self.lists.with_gtin(gtin) {
                Some(number) => {
                    claims.gtin.get_or_insert(gtin);
                    TokenCheck::NumberOnly(number)
                }
                None => otherwise,
            },
        };
        let evidence = self.lists.evidence(&check, now, self.bounds);
        let verdict = judge(&check, &evidence, &Clock::at(now, self.bounds));
        let index = self.lists.index();
        let registration = check.number().and_then(|number| Some(&index?.find(number)?.registration));
        // What a registration covers changes; by an index that is over, nobody is told that a product is none of it.
        let current = index.is_some_and(|index| now < index.window.until);
        let claimed = registration.filter(|_| current).map(|known| claims.against(known));
        let claimed = claimed.unwrap_or_else(ClaimAnswers::default);
        Some(Judged { verdict, registration, claimed })
    }
}
