//! Who may do what: one table, read by one function, denied by default.
//!
//! A caller has roles, by which the table gives a reach, and scopes, to which an API key may be narrowed further. A role is
//! held through an organisation, and a reach of `Own` ends at what belongs to that organisation.

mod action;
mod permit;
mod role;
mod table;
#[cfg(test)]
mod tests;

pub use action::{Action, Scope};
pub use permit::{Denied, NoPermit, Permit};
pub use role::{Reach, Role};
pub use table::{reach, scope};
