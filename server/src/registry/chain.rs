//! The hash chain over the whole history: whoever holds the last hash can tell whether any entry was changed, removed
//! or slipped in.
//!
//! `hash(n) = SHA-256(hash(n-1) ‖ entry(n))`, where `hash(0)` is 32 zero bytes and `entry` is, in this order:
//!
//! | field | form |
//! |---|---|
//! | format | text, `shirushi history 1`; another layout gets another text |
//! | position, at | u64 each |
//! | by, what, number | text each |
//! | revision | u64 |
//! | state | text; then since, until, reason: each one byte 0 where absent, else 1 and a u64 or text |
//! | valid from, valid until | u64 each |
//! | tokens | u32 count; each 32 bytes of identity and a u64 registered |
//!
//! Integers are big-endian, instants are seconds since 1970; text is a u32 length and its bytes, so that no two entries
//! have the same bytes. The layout is written out here, and not "whatever the JSON was", because a hash has to hold
//! when the JSON gains a field or a database reformats it.

use sha2::{Digest, Sha256};
use shirushi_shared::{label::LabelState, status::StatusRecord, time::UnixTime};

use super::{Actor, HistoryEntry, Position, Registry, RegistryError};

/// The hash before the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

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
        record: StatusRecord,
    ) -> HistoryEntry {
        let position = Position(self.position.0.saturating_add(1));
        let mut entry =
            HistoryEntry { position, at, by: by.clone(), what: what.to_owned(), record, hash: GENESIS };
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
        let position = Position(head.position.0.saturating_add(1));
        if entry.position != position {
            return Err(ChainBreak { position, reason: "the entry is missing" });
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

fn hash(previous: &[u8; 32], entry: &HistoryEntry) -> [u8; 32] {
    let mut bytes = Canonical(Sha256::new_with_prefix(previous));
    bytes.text("shirushi history 1").number(entry.position.0).instant(entry.at);
    bytes.text(&entry.by.0).text(&entry.what);
    let record = &entry.record;
    bytes.text(record.number.as_str()).number(record.revision.get());
    let (since, until, reason) = match &record.state {
        LabelState::Active => (None, None, None),
        LabelState::Grace { since } => (Some(*since), None, None),
        LabelState::Suspended { since, until, reason } => (Some(*since), *until, Some(reason)),
        LabelState::Revoked { since, reason } => (Some(*since), None, Some(reason)),
    };
    bytes.text(record.state.name());
    bytes.optional(since, |bytes, at| bytes.instant(at)).optional(until, |bytes, at| bytes.instant(at));
    bytes.optional(reason, |bytes, reason| bytes.text(reason));
    bytes.instant(record.valid.from).instant(record.valid.until);
    bytes.length(record.tokens.len());
    for token in &record.tokens {
        bytes.0.update(token.id.as_bytes());
        bytes.instant(token.registered);
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

    fn history() -> Vec<HistoryEntry> {
        let at = |seconds: i64| UnixTime::EPOCH.plus(1_700_000_000 + seconds);
        let mut record = StatusRecord {
            number: RegistrationNumber::parse("SHI-1").unwrap(),
            revision: Revision::FIRST,
            state: LabelState::Active,
            valid: Window { from: at(0), until: at(1_000_000) },
            tokens: vec![TokenOnRecord { id: TokenId::from_bytes([7; 32]), registered: at(0) }],
        };
        let mut head = Head::GENESIS;
        let by = Actor("cli".into());
        let mut entries = vec![head.append(at(0), &by, "registered", record.clone())];
        let suspended = LabelState::Suspended { since: at(1), until: Some(at(9)), reason: "r".into() };
        for (what, state) in [("suspended", suspended), ("reinstated", LabelState::Active)] {
            record.revision = record.revision.next();
            record.state = state;
            entries.push(head.append(at(5), &by, what, record.clone()));
        }
        entries
    }

    fn verify(entries: &[HistoryEntry]) -> Result<[u8; 32], u64> {
        verify_chain(Position(0), GENESIS, entries).map_err(|broken| broken.position.0)
    }

    #[test]
    fn the_layout_is_for_ever() {
        // These were computed a second time by another program, from the table above. A changed hash means that no registry in use would verify any more: it needs a new format text instead.
        let hashes: Vec<_> =
            history().iter().map(|entry| TokenId::from_bytes(entry.hash).to_string()).collect();
        insta::assert_snapshot!(hashes.join("\n"));
    }

    #[test]
    fn an_untouched_history_verifies_whole_and_in_pages() {
        let entries = history();
        let last = verify(&entries).unwrap();
        let first = verify(&entries[..1]).unwrap();
        assert_eq!(verify_chain(Position(1), first, &entries[1..]), Ok(last));
    }

    #[test]
    fn every_kind_of_tampering_is_found_where_it_is() {
        type Tamper = fn(&mut HistoryEntry);
        let changes: [(&str, Tamper); 9] = [
            ("time", |entry| entry.at = entry.at.plus(1)),
            ("actor", |entry| entry.by = Actor("mallory".into())),
            ("word", |entry| entry.what = "registered".into()),
            ("number", |entry| entry.record.number = RegistrationNumber::parse("SHI-2").unwrap()),
            ("revision", |entry| entry.record.revision = Revision::new(9)),
            ("state", |entry| entry.record.state = LabelState::Active),
            ("validity", |entry| entry.record.valid.until = entry.record.valid.until.plus(1)),
            ("tokens", |entry| entry.record.tokens.clear()),
            ("hash", |entry| entry.hash[31] ^= 1),
        ];
        for (what, change) in changes {
            let mut entries = history();
            change(&mut entries[1]);
            assert_eq!(verify(&entries), Err(2), "{what}");
        }
        let mut removed = history();
        removed.remove(1);
        assert_eq!(verify(&removed), Err(2));
        let mut swapped = history();
        swapped.swap(0, 1);
        assert_eq!(verify(&swapped), Err(1));
    }
}
