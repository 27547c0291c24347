//! Many registrations as the rows of one transaction.

use std::collections::HashSet;

use shirushi_shared::time::UnixTime;

use super::{
    Actor, HistoryEntry, NewRegistration, RegistryError,
    chain::Head,
    change::{REGISTERED, first_record},
    stored::to_json,
};

/// Registrations in one INSERT: far below the 32,766 variables of SQLite and the 65,535 of PostgreSQL.
pub(super) const CHUNK: usize = 500;

/// One registration as it is written.
pub(super) struct NewRows {
    pub(super) new: NewRegistration,
    /// The registration as JSON.
    pub(super) document: String,
    /// Its first history entry.
    pub(super) entry: HistoryEntry,
    /// The entry's record as JSON.
    pub(super) record: String,
}

impl NewRows {
    /// Its number, which is the key of most of its rows.
    pub(super) fn number(&self) -> &str {
        self.new.registration.number.as_str()
    }
}

/// Refuses a batch that contradicts itself, before anything is written.
pub(super) fn check_distinct(new: &[NewRegistration]) -> Result<(), RegistryError> {
    let (mut numbers, mut indexes, mut tokens) = (HashSet::new(), HashSet::new(), HashSet::new());
    for new in new {
        if !numbers.insert(&new.registration.number) {
            return Err(RegistryError::AlreadyRegistered(new.registration.number.clone()));
        }
        if !indexes.insert(new.status_index) || !tokens.insert(new.token.id()) {
            return Err(RegistryError::StatusIndexTaken);
        }
    }
    Ok(())
}

/// The rows of `new`, which follow `head` in the history.
pub(super) fn rows(
    new: Vec<NewRegistration>,
    mut head: Head,
    by: &Actor,
    at: UnixTime,
) -> Result<Vec<NewRows>, RegistryError> {
    new.into_iter()
        .map(|new| {
            let record = first_record(&new, at)?;
            let (document, json) = (to_json(&new.registration)?, to_json(&record)?);
            Ok(NewRows { document, entry: head.append(at, by, REGISTERED, record), record: json, new })
        })
        .collect()
}
