//! The parts of one transaction, as the rows that they become.

use std::collections::HashSet;

use shirushi_shared::{
    registration::Registration,
    status::{Revision, StatusRecord},
    time::UnixTime,
};

use super::{
    Actor, Case, CaseWrite, Change, Fact, HistoryEntry, Kind, NewRegistration, RegistryError, Write, Written,
    chain::Head,
    change::{self, REGISTERED},
    stored::to_json,
};

/// Rows in one INSERT: with at most 13 columns far below the 32,766 variables of SQLite and the 65,535 of PostgreSQL.
pub(super) const CHUNK: usize = 500;

/// What is on record of a part before it is written.
pub(super) enum Present {
    /// Nothing: it is new.
    Nothing,
    /// The label, with its registration where the change touches it.
    Label(Box<StatusRecord>, Option<Box<Registration>>),
    /// The case.
    Case(Box<Case>),
}

/// Rows to be written.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) new: Vec<NewRow>,
    pub(super) changed: Vec<ChangedRow>,
    pub(super) cases: Vec<CaseRow>,
    pub(super) history: Vec<(HistoryEntry, String)>,
    pub(super) written: Vec<Written>,
}

/// A new registration.
pub(super) struct NewRow {
    pub(super) new: NewRegistration,
    /// The registration as JSON.
    pub(super) document: String,
    /// Its first status.
    pub(super) record: StatusRecord,
    /// The same as JSON.
    pub(super) json: String,
}

/// A changed label.
pub(super) struct ChangedRow {
    pub(super) record: StatusRecord,
    pub(super) json: String,
    /// The registration and its JSON, where they changed.
    pub(super) revised: Option<(Registration, String)>,
}

/// A new or changed case.
pub(super) struct CaseRow {
    pub(super) write: CaseWrite,
    pub(super) revision: Revision,
}

/// Refuses a transaction that contradicts itself, before anything is read.
pub(super) fn check_distinct(writes: &[Write]) -> Result<(), RegistryError> {
    let (mut subjects, mut indexes, mut tokens) = (HashSet::new(), HashSet::new(), HashSet::new());
    for write in writes {
        let subject = match write {
            Write::Register(new) => (Kind::Label, new.registration.number.as_str()),
            Write::Change { number, .. } => (Kind::Label, number.as_str()),
            Write::Case(case) => (case.kind, case.id.as_str()),
        };
        if !subjects.insert(subject) {
            return Err(match write {
                Write::Register(new) => RegistryError::AlreadyRegistered(new.registration.number.clone()),
                _ => RegistryError::Twice(subject.1.to_owned()),
            });
        }
        if let Write::Register(new) = write
            && (!indexes.insert(new.status_index) || !tokens.insert(new.token.id()))
        {
            return Err(RegistryError::StatusIndexTaken);
        }
    }
    Ok(())
}

/// The rows of `writes`, each with what is on record of it, which follow `head` in the history.
pub(super) fn rows(
    writes: Vec<(Write, Present)>,
    mut head: Head,
    by: &Actor,
    at: UnixTime,
) -> Result<Rows, RegistryError> {
    let mut rows = Rows::default();
    for (write, present) in writes {
        match (write, present) {
            (Write::Register(new), _) => rows.register(*new, &mut head, by, at)?,
            (Write::Change { number, expected, change, why }, present) => {
                let (record, registration) = match present {
                    Present::Label(record, registration) => (Some(*record), registration),
                    Present::Nothing | Present::Case(_) => (None, None),
                };
                let record = change::from_revision(record, &number, expected)?;
                rows.change(&record, registration.as_deref(), &change, why, &mut head, by, at)?;
            }
            (Write::Case(case), present) => {
                let present = match present {
                    Present::Case(present) => Some(*present),
                    Present::Nothing | Present::Label(..) => None,
                };
                rows.case(case, present.as_ref(), &mut head, by, at)?;
            }
        }
    }
    Ok(rows)
}

impl Rows {
    fn register(
        &mut self,
        new: NewRegistration,
        head: &mut Head,
        by: &Actor,
        at: UnixTime,
    ) -> Result<(), RegistryError> {
        let record = change::first_record(&new, at)?;
        let (document, json) = (to_json(&new.registration)?, to_json(&record)?);
        let fact = Fact::Label { record: record.clone(), document: Some(document.clone()) };
        self.history.push((head.append(at, by, REGISTERED, None, fact), json.clone()));
        self.written.push(Written::Label(Box::new(record.clone())));
        self.new.push(NewRow { new, document, record, json });
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one entry; private, called once")]
    fn change(
        &mut self,
        present: &StatusRecord,
        registration: Option<&Registration>,
        change: &Change,
        why: Option<String>,
        head: &mut Head,
        by: &Actor,
        at: UnixTime,
    ) -> Result<(), RegistryError> {
        let record = change::apply(present, change, at)?;
        let json = to_json(&record)?;
        let revised = match registration {
            Some(registration) => change::revise(registration, change)?,
            None => None,
        };
        let revised = revised.map(|revised| Ok::<_, RegistryError>((to_json(&revised)?, revised)));
        let revised = revised.transpose()?.map(|(document, revised)| (revised, document));
        let document = revised.as_ref().map(|(_, document)| document.clone());
        let fact = Fact::Label { record: record.clone(), document };
        self.history.push((head.append(at, by, change::word(change), why, fact), json.clone()));
        self.written.push(Written::Label(Box::new(record.clone())));
        self.changed.push(ChangedRow { record, json, revised });
        Ok(())
    }

    fn case(
        &mut self,
        mut write: CaseWrite,
        present: Option<&Case>,
        head: &mut Head,
        by: &Actor,
        at: UnixTime,
    ) -> Result<(), RegistryError> {
        let (kind, id) = (write.kind, write.id.clone());
        let revision = match (write.expected, present) {
            (None, None) => Revision::FIRST,
            (None, Some(_)) => return Err(RegistryError::CaseExists { kind, id }),
            (Some(_), None) => return Err(RegistryError::NoCase { kind, id }),
            (Some(expected), Some(present)) if expected != present.revision => {
                return Err(RegistryError::Conflict { expected, found: present.revision });
            }
            (Some(expected), Some(_)) => expected.next(),
        };
        let fact = Fact::Case { kind, id, revision, document: write.document.clone() };
        let entry = head.append(at, by, &write.what, write.why.take(), fact);
        self.history.push((entry, write.document.clone()));
        self.written.push(Written::Case(revision));
        self.cases.push(CaseRow { write, revision });
        Ok(())
    }
}
