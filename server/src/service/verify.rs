//! From what was presented to the verdict: tell what it is, check the signature, gather evidence, judge.

pub mod many;
mod recall;

use std::sync::{Arc, PoisonError, RwLock};

use moka::sync::Cache;
use shirushi_shared::{
    api::{Presented, VerdictAnswer},
    claim::{ClaimAnswers, ProductClaims},
    key::KeyRing,
    label::RegistrationNumber,
    registration::{Gtin, Registration},
    scan::{Origins, Told, tell},
    status::{Revision, StatusEvidence},
    time::UnixTime,
    token::{Token, TokenId, VerifiedToken},
    verdict::{Clock, Freshness, NotALabel, TokenCheck, Verdict, judge},
};

use super::status::StatusReader;
use crate::{clock::SystemClock, registry::Registry};

/// Verifies labels. Cheap to clone; all clones share what is remembered.
#[derive(Clone)]
pub struct Verifier(Arc<Parts>);

struct Parts {
    ring: RwLock<Arc<KeyRing>>,
    registry: Arc<dyn Registry>,
    statuses: Arc<StatusReader>,
    origins: Origins,
    clock: SystemClock,
    freshness: Freshness,
    /// Signatures that held, by token. Only those: a flood of bad tokens must not push the good ones out.
    signatures: Cache<TokenId, VerifiedToken>,
    /// Registrations by revision; one revision never changes, so this cannot go stale.
    registrations: Cache<(RegistrationNumber, Revision), Registration>,
}

/// Remembered signatures and registrations, about 400 bytes and 2 kB each.
const REMEMBERED: u64 = 50_000;

/// A verdict with what the registration covers and the answers to the reader's claims.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// The registration, where it is known.
    pub registration: Option<Registration>,
    /// Answers to the claims about the product in hand.
    pub claimed: ClaimAnswers,
    /// Those claims.
    pub claims: ProductClaims,
    /// The token that was presented, where it was refused; one that holds is in the verdict.
    pub refused: Option<TokenId>,
}

impl Answer {
    /// The answer as it goes over the wire.
    pub fn to_wire(&self) -> VerdictAnswer {
        VerdictAnswer::new(&self.verdict, self.registration.as_ref(), self.claimed)
    }
}

impl Verifier {
    /// A verifier that believes the keys of `ring` and judges by `statuses`.
    pub fn new(
        ring: KeyRing,
        registry: Arc<dyn Registry>,
        statuses: Arc<StatusReader>,
        origins: Origins,
        clock: SystemClock,
        freshness: Freshness,
    ) -> Self {
        Self(Arc::new(Parts {
            ring: RwLock::new(Arc::new(ring.prepared())),
            registry,
            statuses,
            origins,
            clock,
            freshness: freshness.at_most(),
            signatures: Cache::new(REMEMBERED),
            registrations: Cache::new(REMEMBERED),
        }))
    }

    /// Believes the keys of `ring` from now on, and no signature result of before.
    pub fn set_ring(&self, ring: KeyRing) {
        let ring = Arc::new(ring.prepared());
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        self.0.signatures.invalidate_all();
    }

    /// Verifies what was presented. Whatever comes of it is an answer: there is no error.
    pub async fn verify(
        &self,
        presented: Presented,
        claims: ProductClaims,
        as_of: Option<UnixTime>,
    ) -> Answer {
        let mut claims = claims;
        let mut refused = None;
        let check = match tell(presented, &self.0.origins) {
            Told::Token(token) => {
                let check = self.check(&token);
                refused = matches!(check, TokenCheck::Refused(_)).then(|| token.id());
                check
            }
            Told::Check(check) => check,
            Told::Gtin(gtin, otherwise) => match self.registration_with(gtin).await {
                Some(number) => {
                    claims.gtin.get_or_insert(gtin);
                    TokenCheck::NumberOnly(number)
                }
                None => otherwise,
            },
        };
        Answer { refused, ..self.judge(check, claims, as_of).await }
    }

    /// Verifies the registration called `number`.
    pub async fn verify_number(&self, number: RegistrationNumber, claims: ProductClaims) -> Answer {
        self.judge(TokenCheck::NumberOnly(number), claims, None).await
    }

    /// The token in what somebody presents, whether it holds or not.
    pub fn token_in(&self, presented: Presented) -> Option<Token> {
        match tell(presented, &self.0.origins) {
            Told::Token(token) => Some(token),
            Told::Check(_) | Told::Gtin(..) => None,
        }
    }

    /// Checks the form and signature of `token`; the answer of a good signature is remembered.
    pub fn check(&self, token: &Token) -> TokenCheck {
        let id = token.id();
        if let Some(verified) = self.0.signatures.get(&id) {
            return TokenCheck::Verified(verified);
        }
        // Held until the result is kept, so that a result by the old ring cannot be kept after `set_ring`.
        let ring = self.0.ring.read().unwrap_or_else(PoisonError::into_inner);
        match token.verify(&ring) {
            Ok(verified) => {
                self.0.signatures.insert(id, verified.clone());
                TokenCheck::Verified(verified)
            }
            Err(refusal) => TokenCheck::Refused(refusal),
        }
    }

    /// How old evidence may be.
    pub fn freshness(&self) -> Freshness {
        self.0.freshness
    }

    /// The links that are ours.
    pub fn origins(&self) -> &Origins {
        &self.0.origins
    }

    async fn judge(&self, mut check: TokenCheck, claims: ProductClaims, as_of: Option<UnixTime>) -> Answer {
        let mut evidence = match check.number() {
            Some(number) => self.0.statuses.evidence(number, as_of).await,
            None => StatusEvidence::None,
        };
        if let (TokenCheck::NumberOnly(number), StatusEvidence::Unregistered { .. }) = (&check, &evidence)
            && let Ok(Some(kind)) = self.0.registry.pre_label_number(number).await
        {
            check = TokenCheck::NotALabel(NotALabel::PreLabelNumber { number: kind });
            evidence = StatusEvidence::None;
        }
        let now = self.0.clock.now();
        let verdict = judge(&check, &evidence, &Clock { now, as_of, freshness: self.0.freshness });
        let registration = self.registration(&evidence).await;
        let claimed = registration.as_ref().map(|known| claims.against(known)).unwrap_or_default();
        Answer { verdict, registration, claimed, claims, refused: None }
    }

    async fn registration(&self, evidence: &StatusEvidence) -> Option<Registration> {
        let record = evidence.record()?;
        let key = (record.number.clone(), record.revision);
        if let Some(known) = self.0.registrations.get(&key) {
            return Some(known);
        }
        // What was covered at that revision and not what is covered now: the two differ where the question is about the
        // past, and where a change comes in between. A registry that does not answer costs the product's details, never
        // the verdict.
        let found = self.0.registry.registration_of(&record.number, record.revision).await.ok().flatten()?;
        self.0.registrations.insert(key, found.clone());
        Some(found)
    }

    /// The registration that lists `gtin`; with several, the one with the highest number.
    async fn registration_with(&self, gtin: Gtin) -> Option<RegistrationNumber> {
        self.0.registry.by_gtin(gtin).await.ok()?.into_iter().max()
    }
}
