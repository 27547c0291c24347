//! What a caller may do to a label.

use shirushi_shared::label::RegistrationNumber;

use super::{Access, AccessError};
use crate::{
    registry::RegistryError,
    scheme::access::{Action, Reach},
    service::{caller::Caller, holder},
};

impl Access {
    /// Whether `caller` may do `action` to the label `number`. A label of others is answered as one that is not
    /// registered.
    pub async fn on_label(
        &self,
        caller: &Caller,
        action: Action,
        number: &RegistrationNumber,
    ) -> Result<Reach, AccessError> {
        let reach = caller.may(action, None).map_err(AccessError::Denied)?;
        let is_allowed = reach == Reach::All
            || holder::of(&*self.registry, number).await?.as_ref() == Some(caller.organisation());
        if is_allowed { Ok(reach) } else { Err(RegistryError::Unregistered(number.clone()).into()) }
    }
}
