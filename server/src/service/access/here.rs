//! People at this machine: whoever can run commands here can read the registry's file anyway. They say who they are, and the
//! same table applies to them; the history tells that they had no key.

use super::{Access, AccessError, Caller};
use crate::{
    registry::{Actor, Kind, RegistryError},
    scheme::{
        access::{Permit, Role, Scope},
        organisation::{Organisation, OrganisationId},
        person::{Person, PersonName},
    },
};

impl Access {
    /// Whoever sits at this machine, as `name`: an administrator of the operator with every scope.
    pub async fn at_this_machine(&self, name: &str) -> Result<Caller, AccessError> {
        let name = PersonName::parse(name).map_err(|_| AccessError::Unknown)?;
        self.staff_at_this_machine(name, Role::Administrator).await
    }

    /// Whoever sits at this machine, as one of the operator's staff.
    pub async fn staff_at_this_machine(&self, name: PersonName, role: Role) -> Result<Caller, AccessError> {
        let operator = self.organisations.operator().await?;
        self.here(&operator, name, role)
    }

    /// Whoever sits at this machine, as `person` in `role`; without one, in the only one that their organisation has.
    pub async fn person_at_this_machine(
        &self,
        person: Person,
        role: Option<Role>,
    ) -> Result<Caller, AccessError> {
        self.organisations.operator().await?;
        let organisation = self.organisations.recent(&person.organisation).await?;
        let organisation = organisation.ok_or_else(|| none(&person.organisation))?;
        let mut roles = Role::of(organisation.kind());
        let only = roles.next().filter(|_| roles.next().is_none());
        let role = role.or(only).ok_or(AccessError::RoleNeeded)?;
        self.here(&organisation, person.name, role)
    }

    fn here(&self, organisation: &Organisation, name: PersonName, role: Role) -> Result<Caller, AccessError> {
        let scopes = Scope::ALL.iter().copied().collect();
        let permit = Permit::of(organisation, [role].into(), scopes, self.clock.now())?;
        let person = Person { organisation: organisation.id.clone(), name };
        let of = Some(organisation.id.to_string());
        let actor = Actor { organisation: of, ..Actor::here(person.name.as_str()) };
        Ok(Caller { actor, person, permit })
    }
}

fn none(id: &OrganisationId) -> AccessError {
    RegistryError::NoCase { kind: Kind::Organisation, id: id.to_string() }.into()
}
