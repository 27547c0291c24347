//! From a question to its answer, as the service answers it, with the lists in place of the registry.

use shirushi_shared::{
    api::{VerdictAnswer, VerifyRequest},
    claim::{ClaimAnswers, ProductClaims},
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
    /// … and where they are young enough to tell what it does not cover: that changes, and by an index that is over, nobody
    /// is told that a product is none of it.
    pub current: Option<&'a Registration>,
    /// The claims about the product in hand, with what the code itself claims.
    pub claims: ProductClaims,
}

impl Judged<'_> {
    /// Answers to the claims.
    pub fn claimed(&self) -> ClaimAnswers {
        self.current.map_or_else(ClaimAnswers::default, |known| self.claims.against(known))
    }
}

impl Checker {
    /// A checker of labels that are printed under `origins`.
    pub fn new(lists: Lists, origins: Origins, bounds: Freshness) -> Self {
        Self { lists, origins, bounds: bounds.at_most() }
    }

    /// The answer, as [`Self::judge`] has it.
    pub fn answer(&self, request: VerifyRequest, now: UnixTime) -> Option<VerdictAnswer> {
        let judged = self.judge(request, now)?;
        Some(VerdictAnswer::new(&judged.verdict, judged.registration, judged.claimed()))
    }

    /// The verdict; `None` where there is nothing to judge by, or the question is about the past, which no list knows.
    pub fn judge(&self, request: VerifyRequest, now: UnixTime) -> Option<Judged<'_>> {
        let (_, ring) = self.lists.trust.as_ref()?;
        let (presented, mut claims, as_of) = request.into_parts().ok()?;
        if as_of.is_some() {
            return None;
        }
        let check = match tell(presented, &self.origins) {
            Told::Token(token) => match token.verify(ring) {
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
        let current = registration.filter(|_| index.is_some_and(|index| now < index.window.until));
        Some(Judged { verdict, registration, current, claims })
    }
}
