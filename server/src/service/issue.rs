//! Issuing labels for approved products, and changing what they are worth.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

use shirushi_shared::{
    cose::{Sign, SignError},
    label::RegistrationNumber,
    registration::Registration,
    status::{Revision, StatusRecord},
    token::{LabelClaims, StatusIndex, Token},
};
use tokio::sync::Notify;

use super::{approval::Approval, status::StatusReader};
use crate::{
    clock::SystemClock,
    registry::{Actor, Change, NewRegistration, Registry, RegistryError, Write, Written},
};

/// How often a batch is signed anew because somebody else took one of its places in the status list meanwhile.
const TRIES: usize = 10;
/// Rounds of drawing, before the places that are left are looked through one by one.
const DRAWS: usize = 16;
/// The fewest places drawn in a round: with 99 of 100 taken, a single label finds one in four rounds of five.
const DRAWN: usize = 160;

/// A signer that can be shared between threads.
type Signer = Arc<dyn Sign + Send + Sync>;

/// Registers and issues. Cheap to clone.
#[derive(Clone)]
pub struct Issuer {
    registry: Arc<dyn Registry>,
    signer: Arc<RwLock<Signer>>,
    clock: SystemClock,
    /// Wakes the relay, so that a change does not wait for its next round.
    committed: Arc<Notify>,
    /// Whose cache is brought up to date after a change, so that the next question here finds it.
    statuses: Option<Arc<StatusReader>>,
}

/// A label that was issued.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its first status record.
    pub record: StatusRecord,
    /// What is printed.
    pub token: Token,
}

/// What the artwork of a label needs.
#[derive(Clone, Debug)]
pub struct LabelOnRecord {
    /// What is registered.
    pub registration: Registration,
    /// The status as it is now.
    pub record: StatusRecord,
    /// The label that was issued last.
    pub token: Token,
}

/// Why nothing was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The registry did not take it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The signer did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The system gave no randomness.
    #[error("the system gave no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl Issuer {
    /// Issues with `signer` and registers in `registry`; `committed` is told after each write.
    pub fn new(
        registry: Arc<dyn Registry>,
        signer: Signer,
        clock: SystemClock,
        committed: Arc<Notify>,
    ) -> Self {
        Self { registry, signer: Arc::new(RwLock::new(signer)), clock, committed, statuses: None }
    }

    /// As before, and after each change `statuses` knows it, without waiting for the relay.
    #[must_use]
    pub fn telling(mut self, statuses: Arc<StatusReader>) -> Self {
        self.statuses = Some(statuses);
        self
    }

    /// Signs with `signer` from now on: keys are rotated while the service runs.
    pub fn set_signer(&self, signer: Signer) {
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = signer;
    }

    /// Registers `approvals` and issues a label for each: all of them or none.
    pub async fn issue(&self, approvals: Vec<Approval>, by: &Actor) -> Result<Vec<Issued>, IssueError> {
        self.issue_with(&approvals, &[], by).await
    }

    /// As before, in one transaction with `others`: the case that led to the label, or the change that follows from it.
    ///
    /// Each label is signed before it is put on record and handed out only after, so that a process killed in between
    /// leaves no label that the registry does not know.
    pub async fn issue_with(
        &self,
        approvals: &[Approval],
        others: &[Write],
        by: &Actor,
    ) -> Result<Vec<Issued>, IssueError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let places = self.free_places(approvals.len()).await?;
            let new = approvals.iter().zip(places).map(|(approval, place)| self.signed(approval, place));
            let new = new.collect::<Result<Vec<_>, _>>()?;
            let tokens: Vec<_> = new.iter().map(|new| new.token.clone()).collect();
            let writes = new.into_iter().map(|new| Write::Register(Box::new(new)));
            match self.commit(writes.chain(others.iter().cloned()).collect(), by).await {
                Ok(written) => {
                    let issued = written.into_iter().filter_map(Written::into_record).zip(tokens);
                    return Ok(issued.map(|(record, token)| Issued { record, token }).collect());
                }
                Err(RegistryError::StatusIndexTaken) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Changes a registration. With `expected`, only from that revision.
    pub async fn change(
        &self,
        number: &RegistrationNumber,
        expected: Option<Revision>,
        change: Change,
        by: &Actor,
    ) -> Result<StatusRecord, RegistryError> {
        let write = Write::Change { number: number.clone(), expected, change, why: None };
        let written = self.commit(vec![write], by).await?;
        let record = written.into_iter().find_map(Written::into_record);
        record.ok_or_else(|| RegistryError::Unregistered(number.clone()))
    }

    /// Commits `writes`; then the relay is woken, and the next question on this node finds what changed.
    pub async fn commit(&self, writes: Vec<Write>, by: &Actor) -> Result<Vec<Written>, RegistryError> {
        let changed: Vec<_> = writes.iter().filter_map(changed_label).cloned().collect();
        let written = self.registry.commit(writes, by, self.clock.now()).await?;
        self.committed.notify_waiters();
        if let Some(statuses) = &self.statuses {
            for number in &changed {
                statuses.refresh(number).await;
            }
        }
        Ok(written)
    }

    /// The label of `number` with what its artwork shows.
    pub async fn label(&self, number: &RegistrationNumber) -> Result<Option<LabelOnRecord>, RegistryError> {
        let (Some(registration), Some(record), Some(token)) = (
            self.registry.registration(number).await?,
            self.registry.status(number).await?,
            self.registry.token(number).await?,
        ) else {
            return Ok(None);
        };
        Ok(Some(LabelOnRecord { registration, record, token }))
    }

    /// So many random places of the status list that no label has yet, no two alike.
    async fn free_places(&self, count: usize) -> Result<Vec<StatusIndex>, IssueError> {
        let mut free = HashSet::with_capacity(count);
        for _ in 0..DRAWS {
            let missing = count.saturating_sub(free.len());
            if missing == 0 {
                return Ok(free.into_iter().collect());
            }
            let mut drawn = Vec::new();
            while drawn.len() < missing.max(DRAWN) {
                drawn.push(StatusIndex::from_random(getrandom::u32()?));
            }
            let taken: HashSet<_> = self.registry.taken(&drawn).await?.into_iter().collect();
            let new: Vec<_> = drawn.into_iter().filter(|place| !taken.contains(place)).collect();
            for place in new {
                if free.len() < count {
                    free.insert(place);
                }
            }
        }
        let missing = count.saturating_sub(free.len());
        let left = self.places_left(missing, &free).await?;
        free.extend(left);
        if free.len() == count {
            Ok(free.into_iter().collect())
        } else {
            Err(RegistryError::StatusIndexTaken.into())
        }
    }

    /// So many of the places that are left beside `chosen`, at random, or all of them where they are fewer: for a list
    /// so full that drawing finds few. It costs a look at each of the list's places.
    async fn places_left(
        &self,
        count: usize,
        chosen: &HashSet<StatusIndex>,
    ) -> Result<Vec<StatusIndex>, IssueError> {
        let all: Vec<_> = (0..StatusIndex::LIST_SIZE).filter_map(StatusIndex::new).collect();
        let taken: HashSet<_> = self.registry.taken(&all).await?.into_iter().collect();
        let is_left = |place: &StatusIndex| !taken.contains(place) && !chosen.contains(place);
        let mut left: Vec<_> = all.into_iter().filter(is_left).collect();
        let mut places = Vec::with_capacity(count);
        while places.len() < count && !left.is_empty() {
            // Less than 2^20 of 2^32: one place is chosen at most a 4,096th more often than another.
            let at = usize::try_from(getrandom::u32()?).unwrap_or_default() % left.len();
            places.push(left.swap_remove(at));
        }
        Ok(places)
    }

    fn signed(&self, approval: &Approval, status_index: StatusIndex) -> Result<NewRegistration, IssueError> {
        let issued = self.clock.now();
        let claims = LabelClaims {
            number: approval.number.clone(),
            expires: approval.valid.until,
            issued,
            level: approval.level,
            category: approval.category,
            status_index,
        };
        let signer = self.signer.read().unwrap_or_else(PoisonError::into_inner).clone();
        let token = Token::issue(&claims, signer.as_ref())?;
        let registration = Registration {
            number: approval.number.clone(),
            printed_number: approval.printed_number.clone(),
            maker: approval.maker.clone(),
            products: approval.products.clone(),
            category: approval.category,
            level: approval.level,
            route: approval.route.clone(),
            registered: issued,
            successor: None,
        };
        let pre_label_numbers = approval.pre_label_numbers.clone();
        Ok(NewRegistration { registration, valid: approval.valid, status_index, token, pre_label_numbers })
    }
}

/// The label that `write` changes. A new one is in no cache.
const fn changed_label(write: &Write) -> Option<&RegistrationNumber> {
    match write {
        Write::Change { number, .. } => Some(number),
        Write::Register(_) | Write::Case(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{registry::SqliteRegistry, service::import::read_csv, signer::KeyFolder};

    /// Among 3,000 random places of 2^20 some four pairs are alike: a batch must not depend on luck.
    #[tokio::test]
    async fn a_large_batch_gets_a_place_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::default();
        let label = shirushi_shared::key::KeyUse::Label;
        let keys = KeyFolder::init(&folder.path().join("keys"), &[label], clock.now()).unwrap();
        let registry: Arc<dyn Registry> =
            Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap());
        let issuer = Issuer::new(registry, keys.signer(label).unwrap(), clock, Arc::default());
        let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
        for row in 0..3_000 {
            csv += &format!("SHI-{row:05},M,P,A,network_camera,1,2026-01-01,2027-12-31\n");
        }
        let labels = issuer.issue(read_csv(csv.as_bytes()).unwrap(), &Actor::here("test")).await.unwrap();
        assert_eq!(labels.len(), 3_000);
    }
}
