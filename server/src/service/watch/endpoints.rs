//! Endpoints: made, rotated, paused, tried, and what became of each delivery.

use zeroize::Zeroizing;

use super::{
    Delivery, DeliveryState, Endpoint, EndpointId, EndpointState, EventId, MAX_ENDPOINTS, WatchError,
    WatchLists, event, lists::random, may,
};
use crate::{
    registry::watch::{Carried, NewDelivery, NewEndpoint, SecretBytes},
    scheme::access::Action,
    service::caller::Caller,
    webhook::{self, Target},
};

/// Longest time for which a secret that was replaced still signs: a month, to reach every machine that checks it.
pub const MAX_OVERLAP_HOURS: u32 = 31 * 24;

/// With so many messages waiting no test is added: it would show nothing, and anybody could fill the database.
pub(super) const MAX_WAITING: u32 = 100;

/// An endpoint with a secret that was just made.
#[derive(Debug)]
pub struct Made {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its secret, shown this once.
    pub secret: Secret,
}

/// A secret as text.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text, for the one time that it is shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl WatchLists {
    /// Makes an endpoint for the caller's organisation.
    pub async fn create_endpoint(&self, url: &str, caller: &Caller) -> Result<Made, WatchError> {
        caller.may(Action::WebhookWrite, None)?;
        let target = Target::parse(url, &self.allowed)?;
        let (id, secret) = (EndpointId::of(random()?), webhook::generate()?);
        let new = NewEndpoint {
            id: id.clone(),
            owner: caller.organisation().to_string(),
            url: target.as_str().to_owned(),
            secret: SecretBytes::new(secret.to_vec()),
            created: self.clock.now(),
        };
        if !self.watches.add_endpoint(&new, MAX_ENDPOINTS).await? {
            return Err(WatchError::TooManyEndpoints);
        }
        tracing::info!(webhook = id.as_str(), "a webhook was made");
        let endpoint = self.existing_endpoint(&id).await?;
        Ok(Made { endpoint, secret: Secret(webhook::text_of(&secret)) })
    }

    /// Makes a new secret; the present one signs beside it for `hours`.
    pub async fn rotate_endpoint(
        &self,
        id: &EndpointId,
        hours: u32,
        caller: &Caller,
    ) -> Result<Made, WatchError> {
        self.own_endpoint(id, Action::WebhookWrite, caller).await?;
        if hours > MAX_OVERLAP_HOURS {
            return Err(WatchError::Overlap);
        }
        let secret = webhook::generate()?;
        let overlap = self.clock.now().plus(i64::from(hours) * 3600);
        self.watches.rotate_endpoint(id, &SecretBytes::new(secret.to_vec()), overlap).await?;
        tracing::info!(webhook = id.as_str(), "a webhook's secret was rotated");
        let endpoint = self.existing_endpoint(id).await?;
        Ok(Made { endpoint, secret: Secret(webhook::text_of(&secret)) })
    }

    /// Pauses an endpoint: what is to be told waits.
    pub async fn pause_endpoint(&self, id: &EndpointId, caller: &Caller) -> Result<Endpoint, WatchError> {
        self.set(id, EndpointState::Paused, caller).await
    }

    /// Resumes one that was paused or has been disabled.
    pub async fn resume_endpoint(&self, id: &EndpointId, caller: &Caller) -> Result<Endpoint, WatchError> {
        let endpoint = self.set(id, EndpointState::Active, caller).await?;
        self.woken.notify_one();
        Ok(endpoint)
    }

    /// Deletes an endpoint with its deliveries; gives it as it was.
    pub async fn delete_endpoint(&self, id: &EndpointId, caller: &Caller) -> Result<Endpoint, WatchError> {
        let endpoint = self.own_endpoint(id, Action::WebhookWrite, caller).await?;
        self.watches.remove_endpoint(id).await?;
        tracing::info!(webhook = id.as_str(), "a webhook was deleted");
        Ok(endpoint)
    }

    /// Sends a message that only shows that one arrives; gives its name.
    pub async fn test_endpoint(&self, id: &EndpointId, caller: &Caller) -> Result<EventId, WatchError> {
        let endpoint = self.own_endpoint(id, Action::WebhookWrite, caller).await?;
        if endpoint.state != EndpointState::Active {
            return Err(WatchError::NotActive(endpoint.state.as_str()));
        }
        let waiting = self.watches.deliveries(id, Some(DeliveryState::Pending), 0, MAX_WAITING).await?;
        if u32::try_from(waiting.len()).is_ok_and(|waiting| waiting >= MAX_WAITING) {
            return Err(WatchError::Waiting);
        }
        let (name, at) = (EventId::of(random()?), self.clock.now());
        let delivery = NewDelivery {
            id: name.clone(),
            endpoint: id.clone(),
            number: None,
            kind: event::TEST,
            body: event::test_body(id, at),
        };
        let carried = Carried { cursor: None, events: Vec::new(), deliveries: vec![delivery], at };
        self.watches.carry(&carried).await?;
        self.woken.notify_one();
        Ok(name)
    }

    /// The endpoints of the caller's organisation.
    pub async fn endpoints(&self, caller: &Caller) -> Result<Vec<Endpoint>, WatchError> {
        caller.may(Action::WebhookRead, None)?;
        Ok(self.watches.endpoints_of(caller.organisation().as_str()).await?)
    }

    /// Up to `limit` deliveries of an endpoint after `after`, in order; with `state`, those alone.
    pub async fn deliveries(
        &self,
        id: &EndpointId,
        state: Option<DeliveryState>,
        after: u64,
        limit: u32,
        caller: &Caller,
    ) -> Result<Vec<Delivery>, WatchError> {
        self.own_endpoint(id, Action::WebhookRead, caller).await?;
        Ok(self.watches.deliveries(id, state, after, limit).await?)
    }

    /// Sends dead letters once more: all of them, or one. How many there are.
    pub async fn replay(
        &self,
        id: &EndpointId,
        one: Option<&EventId>,
        caller: &Caller,
    ) -> Result<u64, WatchError> {
        self.own_endpoint(id, Action::WebhookWrite, caller).await?;
        let replayed = self.watches.replay(id, one, self.clock.now()).await?;
        if let Some(one) = one.filter(|_| replayed == 0) {
            return Err(WatchError::NoDelivery(one.clone()));
        }
        self.woken.notify_one();
        Ok(replayed)
    }

    async fn set(
        &self,
        id: &EndpointId,
        state: EndpointState,
        caller: &Caller,
    ) -> Result<Endpoint, WatchError> {
        self.own_endpoint(id, Action::WebhookWrite, caller).await?;
        self.watches.set_endpoint(id, state, self.clock.now()).await?;
        tracing::info!(webhook = id.as_str(), state = state.as_str(), "a webhook's state was set");
        self.existing_endpoint(id).await
    }

    async fn existing_endpoint(&self, id: &EndpointId) -> Result<Endpoint, WatchError> {
        self.watches.endpoint(id).await?.ok_or_else(|| WatchError::NoEndpoint(id.clone()))
    }

    /// The endpoint `id`, where it is the caller's to do `action` to; else the answer of one that never was.
    async fn own_endpoint(
        &self,
        id: &EndpointId,
        action: Action,
        caller: &Caller,
    ) -> Result<Endpoint, WatchError> {
        caller.may(action, None)?;
        let endpoint = self.existing_endpoint(id).await?;
        if may(caller, action, &endpoint.owner) {
            Ok(endpoint)
        } else {
            Err(WatchError::NoEndpoint(id.clone()))
        }
    }
}
