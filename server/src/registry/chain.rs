//! The hash chain over the whole history: whoever holds the last hash can tell whether any entry was changed, removed
//! or slipped in.
//!
//! `hash(n) = SHA-256(hash(n-1) ‖ entry(n))`, where `hash(0)` is 32 zero bytes and `entry` is, in this order:
//!
//! | field | form |
//! |---|---|
//! | format | text, `shirushi history 2` |
//! | position, at | u64 each |
//! | by, organisation, key | text; then optional texts |
//! | what, why | text; optional text |
//! | kind | text; then the fields of a label or of a case |
//!
//! | of a label | form |
//! |---|---|
//! | number | text |
//! | revision | u64 |
//! | state | text; then since, until, reason, each optional |
//! | valid from, valid until | u64 each |
//! | tokens | u32 count; each 32 bytes of identity and a u64 registered |
//! | document | optional text: the registration as JSON, byte for byte |
//!
//! | of a case | form |
//! |---|---|
//! | id | text |
//! | revision | u64 |
//! | document | text: the case as JSON, byte for byte |
//!
//! Integers are big-endian, instants are seconds since 1970; text is a u32 length and its bytes, so that no two entries
//! have the same bytes; optional is one byte 0 where absent, else 1 and the value. The layout is written out here, and
//! not "whatever the JSON was", because a hash has to hold when a database reformats it.
//!
//! Entries written before there were cases have format 1: `shirushi history 1`, without organisation, key, why, kind and
//! document; an entry of format 1 that has any of the first three is no entry. They stay as they are, for ever.

use sha2::{Digest, Sha256};
use shirushi_shared::{label::LabelState, status::StatusRecord, time::UnixTime};

use super::{Actor, Fact, HistoryEntry, Position, Registry, RegistryError};

/// The hash before the first entry.
pub const GENESIS: [u8; 32] = [0; 32];
/// The layout of entries written now.
const FORMAT: u32 = 2;

/// The place at which a history is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the history is broken at position {}: {reason}", position.0)]
pub struct ChainBreak {
    /// The first position that does not follow from what stands before it.
    pub position: Position,
    /// How it shows.
    pub reason: &'static str,
}

/// Why a registry's history could not be proved.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// It is broken.
    #[error(transparent)]
    Broken(#[from] ChainBreak),
    /// It could not be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// Where the chain stands: the last position and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) position: Position,
    pub(super) hash: [u8; 32],
}

impl Head {
    /// Before the first entry.
    pub(super) const GENESIS: Self = Self { position: Position(0), hash: GENESIS };

    /// The entry that follows, and moves the head on to it.
    pub(super) fn append(
        &mut self,
        at: UnixTime,
        by: &Actor,
        what: &str,
        why: Option<String>,
        fact: Fact,
    ) -> HistoryEntry {
        let position = self.position.next();
        let (by, what) = (by.clone(), what.to_owned());
        let mut entry = HistoryEntry { position, at, by, what, why, fact, format: FORMAT, hash: GENESIS };
        entry.hash = hash(&self.hash, &entry);
        *self = Self { position, hash: entry.hash };
        entry
    }
}

/// Proves that `entries` follow, without a gap and unchanged, from `after` with its hash (0 and [`GENESIS`] for the
/// whole history), and gives the last hash.
pub fn verify_chain(
    after: Position,
    hash_there: [u8; 32],
    entries: &[HistoryEntry],
) -> Result<[u8; 32], ChainBreak> {
    let mut head = Head { position: after, hash: hash_there };
    for entry in entries {
        let position = head.position.next();
        if entry.position != position {
            return Err(ChainBreak { position, reason: "the entry is missing" });
        }
        if !is_known(entry) {
            return Err(ChainBreak { position, reason: "the entry has no known format" });
        }
        if entry.hash != hash(&head.hash, entry) {
            return Err(ChainBreak { position, reason: "the entry, or one before it, was changed" });
        }
        head = Head { position, hash: entry.hash };
    }
    Ok(head.hash)
}

/// Proves the whole history of `registry`; gives its last position and hash, to be written down elsewhere: a history
/// that was rewritten from some entry to its end is consistent in itself, and only an older hash kept apart shows it.
pub async fn verify_history(registry: &dyn Registry) -> Result<(Position, [u8; 32]), ChainError> {
    /// Entries a reading: some hundred kilobytes.
    const PAGE: u32 = 1_000;
    let (mut position, mut hash) = (Position(0), GENESIS);
    loop {
        let entries = registry.entries_after(position, PAGE).await?;
        hash = verify_chain(position, hash, &entries)?;
        match entries.last() {
            Some(last) => position = last.position,
            None => return Ok((position, hash)),
        }
    }
}

fn is_known(entry: &HistoryEntry) -> bool {
    match entry.format {
        1 => {
            let later = (&entry.by.organisation, &entry.by.key, &entry.why);
            later == (&None, &None, &None) && matches!(entry.fact, Fact::Label { .. })
        }
        FORMAT => true,
        _ => false,
    }
}

fn hash(previous: &[u8; 32], entry: &HistoryEntry) -> [u8; 32] {
    let mut bytes = Canonical(Sha256::new_with_prefix(previous));
    let first = entry.format == 1;
    bytes.text(if first { "shirushi history 1" } else { "shirushi history 2" });
    bytes.number(entry.position.0).instant(entry.at).text(&entry.by.name);
    if !first {
        bytes.optional_text(entry.by.organisation.as_ref()).optional_text(entry.by.key.as_ref());
    }
    bytes.text(&entry.what);
    if !first {
        bytes.optional_text(entry.why.as_ref()).text(entry.fact.kind().as_str());
    }
    match &entry.fact {
        Fact::Label { record, document } => {
            bytes.record(record);
            if !first {
                bytes.optional_text(document.as_ref());
            }
        }
        Fact::Case { id, revision, document, .. } => {
            bytes.text(id).number(revision.get()).text(document);
        }
    }
    bytes.0.finalize().into()
}

/// Writes the canonical bytes straight into the hash.
struct Canonical(Sha256);

impl Canonical {
    fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(number.to_be_bytes());
        self
    }

    fn instant(&mut self, at: UnixTime) -> &mut Self {
        self.number(at.as_unsigned())
    }

    fn length(&mut self, length: usize) -> &mut Self {
        // Nothing that is hashed comes near 4 GiB: numbers, reasons and token lists are bounded where they enter.
        self.0.update(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.length(text.len());
        self.0.update(text.as_bytes());
        self
    }

    fn record(&mut self, record: &StatusRecord) {
        self.text(record.number.as_str()).number(record.revision.get());
        let (since, until, reason) = match &record.state {
            LabelState::Active => (None, None, None),
            LabelState::Grace { since } => (Some(*since), None, None),
            LabelState::Suspended { since, until, reason } => (Some(*since), *until, Some(reason)),
            LabelState::Revoked { since, reason } => (Some(*since), None, Some(reason)),
        };
        self.text(record.state.name());
        self.optional(since, |bytes, at| bytes.instant(at)).optional(until, |bytes, at| bytes.instant(at));
        self.optional_text(reason);
        self.instant(record.valid.from).instant(record.valid.until);
        self.length(record.tokens.len());
        for token in &record.tokens {
            self.0.update(token.id.as_bytes());
            self.instant(token.registered);
        }
    }

    fn optional_text(&mut self, text: Option<&String>) -> &mut Self {
        self.optional(text, |bytes, text| bytes.text(text))
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T) -> &mut Self) -> &mut Self {
        self.0.update([u8::from(value.is_some())]);
        match value {
            Some(value) => write(self, value),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use shirushi_shared::{
        label::RegistrationNumber,
        status::{Revision, TokenOnRecord},
        time::Window,
        token::TokenId,
    };

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::EPOCH.plus(1_700_000_000 + seconds)
    }

    fn first_record() -> StatusRecord {
        StatusRecord {
            number: RegistrationNumber::parse("SHI-1").unwrap(),
            revision: Revision::FIRST,
            state: LabelState::Active,
            valid: Window { from: at(0), until: at(1_000_000) },
            tokens: vec![TokenOnRecord { id: TokenId::from_bytes([7; 32]), registered: at(0) }],
        }
    }

    fn history() -> Vec<HistoryEntry> {
        let mut record = first_record();
        let mut head = Head::GENESIS;
        let by =
            Actor { name: "山田".into(), organisation: Some("operator".into()), key: Some("k1".into()) };
        let document = Some("{}".to_owned());
        let mut append =
            |what: &str, why: Option<&str>, fact| head.append(at(5), &by, what, why.map(str::to_owned), fact);
        let registered = Fact::Label { record: record.clone(), document };
        let mut entries = vec![append("registered", None, registered)];
        let suspended = LabelState::Suspended { since: at(1), until: Some(at(9)), reason: "r".into() };
        for (what, state) in [("suspended", suspended), ("reinstated", LabelState::Active)] {
            record.revision = record.revision.next();
            record.state = state;
            let fact = Fact::Label { record: record.clone(), document: None };
            entries.push(append(what, Some("because"), fact));
        }
        let case = Fact::Case {
            kind: crate::registry::Kind::Application,
            id: "A-1".into(),
            revision: Revision::FIRST,
            document: "{}".into(),
        };
        entries.push(append("opened", None, case));
        entries
    }

    /// As this program wrote it before there were cases.
    fn old_history() -> Vec<HistoryEntry> {
        let mut record = first_record();
        let mut head = Head::GENESIS;
        let suspended = LabelState::Suspended { since: at(1), until: Some(at(9)), reason: "r".into() };
        let states = [
            ("registered", LabelState::Active),
            ("suspended", suspended),
            ("reinstated", LabelState::Active),
        ];
        states
            .into_iter()
            .map(|(what, state)| {
                let position = head.position.next();
                record.revision = Revision::new(position.0);
                record.state = state;
                let mut entry = HistoryEntry {
                    position,
                    at: at(if position.0 == 1 { 0 } else { 5 }),
                    by: Actor::here("cli"),
                    what: what.into(),
                    why: None,
                    fact: Fact::Label { record: record.clone(), document: None },
                    format: 1,
                    hash: GENESIS,
                };
                entry.hash = hash(&head.hash, &entry);
                head = Head { position, hash: entry.hash };
                entry
            })
            .collect()
    }

    fn verify(entries: &[HistoryEntry]) -> Result<[u8; 32], u64> {
        verify_chain(Position(0), GENESIS, entries).map_err(|broken| broken.position.0)
    }

    fn hashes(entries: &[HistoryEntry]) -> String {
        let hashes: Vec<_> =
            entries.iter().map(|entry| TokenId::from_bytes(entry.hash).to_string()).collect();
        hashes.join("\n")
    }

    #[test]
    fn the_layouts_are_for_ever() {
        // Those of format 1 were computed a second time by another program, from the table above. A changed hash means
        // that no registry in use would verify any more: it needs a new format text instead.
        insta::assert_snapshot!("the_layout_is_for_ever", hashes(&old_history()));
        insta::assert_snapshot!("the_second_layout_is_for_ever", hashes(&history()));
    }

    #[test]
    fn an_untouched_history_verifies_whole_and_in_pages() {
        for entries in [history(), old_history()] {
            let last = verify(&entries).unwrap();
            let first = verify(&entries[..1]).unwrap();
            assert_eq!(verify_chain(Position(1), first, &entries[1..]), Ok(last));
        }
    }

    fn label(entry: &mut HistoryEntry) -> (&mut StatusRecord, &mut Option<String>) {
        match &mut entry.fact {
            Fact::Label { record, document } => (record, document),
            Fact::Case { .. } => panic!("a case"),
        }
    }

    #[test]
    fn every_kind_of_tampering_is_found_where_it_is() {
        type Tamper = fn(&mut HistoryEntry);
        let changes: [(&str, Tamper); 14] = [
            ("time", |entry| entry.at = entry.at.plus(1)),
            ("actor", |entry| entry.by.name = "mallory".into()),
            ("organisation", |entry| entry.by.organisation = Some("other".into())),
            ("key", |entry| entry.by.key = Some("other".into())),
            ("word", |entry| entry.what = "registered".into()),
            ("reason", |entry| entry.why = Some("another".into())),
            ("format", |entry| entry.format = 3),
            ("number", |entry| label(entry).0.number = RegistrationNumber::parse("SHI-2").unwrap()),
            ("revision", |entry| label(entry).0.revision = Revision::new(9)),
            ("state", |entry| label(entry).0.state = LabelState::Active),
            ("validity", |entry| label(entry).0.valid.until = at(7)),
            ("tokens", |entry| label(entry).0.tokens.clear()),
            ("document", |entry| *label(entry).1 = Some("{}".into())),
            ("hash", |entry| entry.hash[31] ^= 1),
        ];
        for (what, change) in changes {
            for (of, mut entries) in [(2, history()), (1, old_history())] {
                change(&mut entries[1]);
                // Before there were documents in the history, there was nothing to hash.
                if (of, what) != (1, "document") {
                    assert_eq!(verify(&entries), Err(2), "{what} of format {of}");
                }
            }
        }
        let mut removed = history();
        removed.remove(1);
        assert_eq!(verify(&removed), Err(2));
        let mut swapped = history();
        swapped.swap(0, 1);
        assert_eq!(verify(&swapped), Err(1));
        let mut case = history();
        if let Fact::Case { document, .. } = &mut case[3].fact {
            document.push(' ');
        }
        assert_eq!(verify(&case), Err(4));
    }
}
