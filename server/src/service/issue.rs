//! Issuing labels for approved products, and changing what they are worth.

use std::sync::{Arc, PoisonError, RwLock};

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
    registry::{Actor, Change, NewRegistration, Registry, RegistryError},
};

/// How often another place in the status list is tried. With a million labels in 2^20 places one batch in a few meets
/// a taken place; ten tries in a row do not all.
const TRIES: usize = 10;

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
    ///
    /// Each label is signed before it is put on record and handed out only after, so that a process killed in between
    /// leaves no label that the registry does not know.
    pub async fn issue(&self, approvals: Vec<Approval>, by: &Actor) -> Result<Vec<Issued>, IssueError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let new =
                approvals.iter().map(|approval| self.signed(approval)).collect::<Result<Vec<_>, _>>()?;
            let tokens: Vec<_> = new.iter().map(|new| new.token.clone()).collect();
            match self.registry.register(new, by, self.clock.now()).await {
                Ok(records) => {
                    self.committed.notify_waiters();
                    let issued = records.into_iter().zip(tokens);
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
        let record = self.registry.change(number, expected, change, by, self.clock.now()).await?;
        self.committed.notify_waiters();
        if let Some(statuses) = &self.statuses {
            statuses.refresh(number).await;
        }
        Ok(record)
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

    fn signed(&self, approval: &Approval) -> Result<NewRegistration, IssueError> {
        let status_index = StatusIndex::from_random(getrandom::u32()?);
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
        };
        let pre_label_numbers = approval.pre_label_numbers.clone();
        Ok(NewRegistration { registration, valid: approval.valid, status_index, token, pre_label_numbers })
    }
}
