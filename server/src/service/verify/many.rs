//! Many questions at once: the same verdicts as one by one, with what they need gathered together.
//!
//! In three steps, so that whoever runs them can give each the threads that suit it: [`Verifier::tell_apart`] (processor),
//! [`Verifier::gather`] (registry and cache), [`Gathered::judge`] (processor).

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
};

use shirushi_shared::{
    api::{BulkQuestion, Offer, Presented, When},
    claim::ProductClaims,
    key::KeyRing,
    label::RegistrationNumber,
    registration::{Gtin, Registration},
    scan::{Told, tell},
    status::{Revision, StatusEvidence},
    time::UnixTime,
    token::Token,
    verdict::{Clock, Freshness, NotALabel, TokenCheck, Verdict, judge},
};

use super::{Verifier, recall::Recall};

/// Signatures that a run remembers at least, of up to a kilobyte each with the text they are known by.
const SIGNATURES: usize = 4_096;
/// Registrations that a run remembers at least, of 2 kB each as a rule and 10 times that at worst.
const REGISTRATIONS: usize = 512;
/// Status records that a run puts into the cache that all share (`service::status`).
const KEPT: usize = 4_096;
/// A longer text is not remembered by; tokens have 300 characters.
const LONGEST_KNOWN: usize = 512;

/// What one run of questions has learnt. It is the run's own: a file of a million labels must not push out of the common
/// memories what scanners come back to.
#[derive(Debug)]
pub struct Run {
    signatures: Mutex<Signatures>,
    registrations: Mutex<Recall<(RegistrationNumber, Revision), Arc<Registration>>>,
    keep: AtomicUsize,
}

/// Signatures that held, by what was presented, under one ring.
#[derive(Debug)]
struct Signatures {
    ring: Arc<KeyRing>,
    held: Recall<Presented, Arc<TokenCheck>>,
}

/// What was presented, as far as it can be told without the registry.
#[derive(Debug)]
enum Seen {
    Check(Arc<TokenCheck>),
    Gtin(Gtin, TokenCheck),
}

/// A question whose signature was checked.
#[derive(Debug)]
pub struct Asked {
    seen: Seen,
    /// The claims about the product, but for its models.
    claims: ProductClaims,
    number: Option<RegistrationNumber>,
    models: Vec<String>,
    offer: Offer,
    as_of: Option<UnixTime>,
}

/// A question with all that its verdict needs.
#[derive(Debug)]
pub struct Gathered {
    /// What was presented; `None` where the registry could not be asked which label a GTIN belongs to.
    pub check: Option<Arc<TokenCheck>>,
    evidence: Arc<StatusEvidence>,
    /// The registration, where it was needed and is known.
    pub registration: Option<Arc<Registration>>,
    /// The claims about the product, but for its models.
    pub claims: ProductClaims,
    /// The number that is claimed beside a code.
    pub claimed_number: Option<RegistrationNumber>,
    /// The models in hand.
    pub models: Vec<String>,
    /// What only a policy asks for.
    pub offer: Offer,
    as_of: Option<UnixTime>,
}

/// The present, by which all questions of a batch are judged.
#[derive(Clone, Copy, Debug)]
pub struct Judge {
    now: UnixTime,
    freshness: Freshness,
}

impl Gathered {
    /// The verdict; `None` as for [`Gathered::check`].
    pub fn judge(&self, by: Judge) -> Option<Verdict> {
        let clock = Clock { now: by.now, as_of: self.as_of, freshness: by.freshness };
        Some(judge(self.check.as_deref()?, &self.evidence, &clock))
    }
}

impl Verifier {
    /// A run that has learnt nothing.
    pub fn run(&self) -> Run {
        let held = Recall::new(SIGNATURES);
        Run {
            signatures: Mutex::new(Signatures { ring: self.ring(), held }),
            registrations: Mutex::new(Recall::new(REGISTRATIONS)),
            keep: AtomicUsize::new(KEPT),
        }
    }

    /// Tells what is presented by each of `questions` and checks its signature. It keeps a processor busy. A question that
    /// does not say about when it asks, asks about `otherwise`. What the run knows is looked up for all at once: batches
    /// of one run do this at the same time, and would wait for each other at every row.
    pub fn tell_apart(&self, questions: Vec<BulkQuestion>, otherwise: When, run: &Run) -> Vec<Asked> {
        let (ring, now) = (self.ring(), self.0.clock.now());
        let known = {
            let mut signatures = run.signatures(&ring);
            let find = |question: &BulkQuestion| signatures.held.find(&question.presented);
            questions.iter().map(find).collect::<Vec<_>>()
        };
        let mut learnt = Vec::new();
        let asked = questions.into_iter().zip(known).map(|(question, known)| {
            let BulkQuestion { presented, claims, number, models, offer, when } = question;
            let seen = known.map_or_else(|| self.see(presented, &ring, &mut learnt), Seen::Check);
            Asked { seen, claims, number, models, offer, as_of: when.or(otherwise).as_of(now) }
        });
        let asked = asked.collect();
        let mut signatures = run.signatures(&ring);
        for (presented, check) in learnt {
            signatures.held.keep(presented, check);
        }
        asked
    }

    /// What is presented; a signature that holds goes to what was `learnt`.
    fn see(
        &self,
        presented: Presented,
        ring: &KeyRing,
        learnt: &mut Vec<(Presented, Arc<TokenCheck>)>,
    ) -> Seen {
        let (Presented::Token(text) | Presented::Scan(text) | Presented::Number(text)) = &presented;
        let known_by = (text.len() <= LONGEST_KNOWN).then(|| presented.clone());
        match tell(presented, &self.0.origins) {
            Told::Token(token) => {
                let check = Arc::new(self.check_by(&token, ring));
                if let (TokenCheck::Verified(_), Some(known_by)) = (&*check, known_by) {
                    learnt.push((known_by, Arc::clone(&check)));
                }
                Seen::Check(check)
            }
            Told::Check(check) => Seen::Check(Arc::new(check)),
            Told::Gtin(gtin, otherwise) => Seen::Gtin(gtin, otherwise),
        }
    }

    /// As [`Verifier::check`], and nothing is put into the common memory.
    fn check_by(&self, token: &Token, ring: &KeyRing) -> TokenCheck {
        if let Some(verified) = self.0.signatures.get(&token.id()) {
            return TokenCheck::Verified(verified);
        }
        token.verify(ring).map_or_else(TokenCheck::Refused, TokenCheck::Verified)
    }

    /// Gathers what the verdicts on `asked` need, in their order; registrations where a claim is to be held against them,
    /// where only a number is known, or where `all` of them are asked for. What it asks of the registry, it asks one
    /// after the other.
    pub async fn gather(&self, asked: Vec<Asked>, all: bool, run: &Run) -> (Vec<Gathered>, Judge) {
        let mut gathered = self.with_numbers(asked).await;
        self.with_evidence(&mut gathered, run).await;
        self.without_pre_label_numbers(&mut gathered).await;
        self.with_registrations(&mut gathered, all, run).await;
        (gathered, Judge { now: self.0.clock.now(), freshness: self.0.freshness })
    }

    /// Finds the labels of GTINs.
    async fn with_numbers(&self, asked: Vec<Asked>) -> Vec<Gathered> {
        let mut gtins: Vec<Gtin> = asked.iter().filter_map(Asked::gtin).collect();
        gtins.sort_unstable();
        gtins.dedup();
        let mut labels = Some(HashMap::new());
        if !gtins.is_empty() {
            let found = self.0.statuses.ask(|| self.0.registry.by_gtins(&gtins)).await;
            labels = found.map(|(mut found, _)| {
                // With several labels of one GTIN, the one with the highest number, as for a single question.
                found.sort_unstable();
                found.into_iter().collect()
            });
        }
        let none = Arc::new(StatusEvidence::None);
        let number = |Asked { seen, mut claims, number: claimed_number, models, offer, as_of }| {
            let check = match seen {
                Seen::Check(check) => Some(check),
                Seen::Gtin(gtin, otherwise) => labels.as_ref().map(|labels| match labels.get(&gtin) {
                    Some(number) => {
                        claims.gtin.get_or_insert(gtin);
                        Arc::new(TokenCheck::NumberOnly(number.clone()))
                    }
                    None => Arc::new(otherwise),
                }),
            };
            let evidence = Arc::clone(&none);
            Gathered { check, evidence, registration: None, claims, claimed_number, models, offer, as_of }
        };
        asked.into_iter().map(number).collect()
    }

    async fn with_evidence(&self, gathered: &mut [Gathered], run: &Run) {
        let now = self.0.clock.now();
        let is_past = |as_of: Option<UnixTime>| as_of.is_some_and(|at| at < now);
        let present = gathered.iter().filter(|question| !is_past(question.as_of));
        let numbers: HashSet<_> = present.filter_map(Gathered::number).collect();
        let numbers: Vec<_> = numbers.into_iter().cloned().collect();
        let found = self.0.statuses.evidence_of_many(&numbers, &run.keep).await;
        let present: HashMap<_, _> = numbers.into_iter().zip(found.into_iter().map(Arc::new)).collect();
        let mut past = HashMap::new();
        for question in gathered {
            let Some(number) = question.number() else { continue };
            if let Some(at) = question.as_of.filter(|_| is_past(question.as_of)) {
                let asked = (number.clone(), at);
                let evidence = match past.get(&asked) {
                    Some(known) => Arc::clone(known),
                    None => Arc::new(self.0.statuses.evidence(number, Some(at)).await),
                };
                past.insert(asked, Arc::clone(&evidence));
                question.evidence = evidence;
            } else if let Some(evidence) = present.get(number) {
                question.evidence = Arc::clone(evidence);
            }
        }
    }

    /// Numbers that exist before a label are none.
    async fn without_pre_label_numbers(&self, gathered: &mut [Gathered]) {
        let doubtful = |question: &Gathered| {
            let unregistered = matches!(*question.evidence, StatusEvidence::Unregistered { .. });
            match question.check.as_deref() {
                Some(TokenCheck::NumberOnly(number)) if unregistered => Some(number.clone()),
                _ => None,
            }
        };
        let numbers: HashSet<_> = gathered.iter().filter_map(doubtful).collect();
        if numbers.is_empty() {
            return;
        }
        let numbers: Vec<_> = numbers.into_iter().collect();
        let found = self.0.statuses.ask(|| self.0.registry.pre_label_numbers(&numbers)).await;
        let kinds: HashMap<_, _> = found.map(|(found, _)| found).unwrap_or_default().into_iter().collect();
        for question in gathered {
            if let Some(number) = doubtful(question).and_then(|number| kinds.get(&number).copied()) {
                question.check = Some(Arc::new(TokenCheck::NotALabel(NotALabel::PreLabelNumber { number })));
                question.evidence = Arc::new(StatusEvidence::None);
            }
        }
    }

    async fn with_registrations(&self, gathered: &mut [Gathered], all: bool, run: &Run) {
        let is_needed = |question: &Gathered| {
            let number_only = matches!(question.check.as_deref(), Some(TokenCheck::NumberOnly(_)));
            all || number_only || !question.models.is_empty() || !question.claims.is_empty()
        };
        let record = |question: &Gathered| {
            let record = question.evidence.record().filter(|_| is_needed(question))?;
            Some((record.number.clone(), record.revision))
        };
        let mut sought = HashSet::new();
        for question in &mut *gathered {
            let Some(key) = record(question) else { continue };
            let known = run.registrations().find(&key);
            question.registration = known.or_else(|| {
                let known = self.0.registrations.get(&key).map(Arc::new)?;
                run.registrations().keep(key.clone(), Arc::clone(&known));
                Some(known)
            });
            if question.registration.is_none() {
                sought.insert(key);
            }
        }
        if sought.is_empty() {
            return;
        }
        let found = self.registrations_of(sought, run).await;
        for question in gathered.iter_mut().filter(|question| question.registration.is_none()) {
            question.registration = record(question).and_then(|key| found.get(&key).cloned());
        }
    }

    /// What was registered at these revisions: nearly always the present ones, which are read together.
    async fn registrations_of(
        &self,
        sought: HashSet<(RegistrationNumber, Revision)>,
        run: &Run,
    ) -> HashMap<(RegistrationNumber, Revision), Arc<Registration>> {
        let mut found = HashMap::new();
        let numbers: Vec<_> = sought.iter().map(|(number, _)| number.clone()).collect();
        // A registry that does not answer costs the products' details, never a verdict.
        let Some((present, _)) = self.0.statuses.ask(|| self.0.registry.registrations(&numbers)).await else {
            return found;
        };
        for (registration, revision) in present {
            let key = (registration.number.clone(), revision);
            if sought.contains(&key) {
                found.insert(key, Arc::new(registration));
            }
        }
        for key in sought {
            if found.contains_key(&key) {
                continue;
            }
            // It was changed since the evidence, or the question is about the past.
            let (number, revision) = &key;
            let read = self.0.statuses.ask(|| self.0.registry.registration_of(number, *revision)).await;
            match read {
                Some((Some(registration), _)) => {
                    found.insert(key, Arc::new(registration));
                }
                Some((None, _)) => {}
                None => break,
            }
        }
        for (key, registration) in &found {
            run.registrations().keep(key.clone(), Arc::clone(registration));
        }
        found
    }

    fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Asked {
    const fn gtin(&self) -> Option<Gtin> {
        match &self.seen {
            Seen::Gtin(gtin, _) => Some(*gtin),
            Seen::Check(_) => None,
        }
    }
}

impl Gathered {
    fn number(&self) -> Option<&RegistrationNumber> {
        self.check.as_deref()?.number()
    }
}

impl Run {
    /// What is known under `ring`; nothing of what was known under another one.
    fn signatures(&self, ring: &Arc<KeyRing>) -> MutexGuard<'_, Signatures> {
        let mut known = self.signatures.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&known.ring, ring) {
            known.held.forget();
            known.ring = Arc::clone(ring);
        }
        known
    }

    fn registrations(&self) -> MutexGuard<'_, Recall<(RegistrationNumber, Revision), Arc<Registration>>> {
        self.registrations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
