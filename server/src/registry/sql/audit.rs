//! Proves the history, and compares everything else with it; all in the one reading of its transaction.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use shirushi_shared::{registration::Registration, status::StatusRecord};

use super::{Row, Transaction, Value, read};
use crate::registry::{Audit, Finding, Kind, Known, Position, RegistryError, chain::verify_chain, stored};

/// Entries or labels in one reading.
const PAGE: u32 = 500;

pub(in crate::registry) async fn audit(
    tx: &mut dyn Transaction,
    known: Known,
) -> Result<Audit, RegistryError> {
    let mut audit = Audit { last: known, findings: Vec::new(), unproved_keys: Vec::new() };
    chain(tx, known, &mut audit).await?;
    labels(tx, &mut audit.findings).await?;
    cases(tx, &mut audit).await?;
    Ok(audit)
}

/// The last position of the history.
pub(in crate::registry) async fn last_position(tx: &mut dyn Transaction) -> Result<Position, RegistryError> {
    let row = tx.rows(read::LAST_POSITION, Vec::new()).await?.into_iter().next();
    row.map_or(Ok(Position(0)), |mut row| stored::position(row.take()?))
}

async fn chain(tx: &mut dyn Transaction, known: Known, audit: &mut Audit) -> Result<(), RegistryError> {
    if known.position > Position(0) && hash_at(tx, known.position).await? != Some(known.hash) {
        audit.findings.push(Finding::NotAsKnown(known.position));
        return Ok(());
    }
    loop {
        let values = vec![stored::to_signed(audit.last.position.0).into(), i64::from(PAGE).into()];
        let rows = tx.rows(read::ENTRIES_AFTER, values).await?;
        let entries: Result<Vec<_>, _> =
            rows.into_iter().map(|mut row| stored::history_entry(&mut row)).collect();
        let entries = match entries {
            Ok(entries) => entries,
            Err(corrupt @ RegistryError::Corrupt { .. }) => {
                audit.findings.push(Finding::Unreadable(corrupt.to_string()));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let Some(last) = entries.last() else { return Ok(()) };
        match verify_chain(audit.last.position, audit.last.hash, &entries) {
            Ok(hash) => audit.last = Known { position: last.position, hash },
            Err(broken) => {
                audit.findings.push(Finding::Chain(broken));
                return Ok(());
            }
        }
    }
}

async fn hash_at(tx: &mut dyn Transaction, position: Position) -> Result<Option<[u8; 32]>, RegistryError> {
    let sql = "SELECT hash FROM history WHERE position = $1";
    let row = tx.rows(sql, vec![stored::to_signed(position.0).into()]).await?.into_iter().next();
    let hash = row.map(|mut row| row.take::<Vec<u8>>()).transpose()?;
    Ok(hash.and_then(|hash| hash.try_into().ok()))
}

async fn labels(tx: &mut dyn Transaction, findings: &mut Vec<Finding>) -> Result<(), RegistryError> {
    // The last entry, and the same text as in it: what was written together is the same for good.
    let sql = "SELECT s.number FROM status s WHERE NOT EXISTS (
                   SELECT 1 FROM history h WHERE h.kind = 'label' AND h.subject = s.number
                   AND h.revision = s.revision AND h.record = s.record)
               OR EXISTS (SELECT 1 FROM history n WHERE n.kind = 'label' AND n.subject = s.number
                          AND n.revision > s.revision)
               ORDER BY s.number LIMIT $1";
    named(tx, sql, findings, Finding::Status).await?;
    let sql = "SELECT r.number FROM registrations r WHERE r.document <> COALESCE((
                   SELECT h.document FROM history h WHERE h.kind = 'label' AND h.subject = r.number
                   AND h.document IS NOT NULL ORDER BY h.revision DESC LIMIT 1), '')
               ORDER BY r.number LIMIT $1";
    named(tx, sql, findings, Finding::Registration).await?;
    let sql = "SELECT h.subject FROM history h WHERE h.kind = 'label' AND h.revision = 1 AND (
                   NOT EXISTS (SELECT 1 FROM status s WHERE s.number = h.subject)
                   OR NOT EXISTS (SELECT 1 FROM registrations r WHERE r.number = h.subject))
               ORDER BY h.subject LIMIT $1";
    named(tx, sql, findings, |id| Finding::Gone { kind: Kind::Label, id }).await?;
    tokens_and_models(tx, findings).await
}

async fn cases(tx: &mut dyn Transaction, audit: &mut Audit) -> Result<(), RegistryError> {
    let sql = "SELECT c.kind, c.id FROM cases c WHERE (NOT EXISTS (
                   SELECT 1 FROM history h WHERE h.kind = c.kind AND h.subject = c.id
                   AND h.revision = c.revision AND h.record = c.document)
               OR EXISTS (SELECT 1 FROM history n WHERE n.kind = c.kind AND n.subject = c.id
                          AND n.revision > c.revision))
               AND NOT (c.kind = 'api_key' AND c.revision = 1 AND NOT EXISTS (
                   SELECT 1 FROM history h WHERE h.kind = 'api_key' AND h.subject = c.id))
               ORDER BY c.kind, c.id LIMIT $1";
    audit.findings.extend(of_cases(tx, sql).await?.into_iter().map(|(kind, id)| Finding::Case { kind, id }));
    let sql = "SELECT DISTINCT h.kind, h.subject FROM history h WHERE h.kind <> 'label'
               AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.kind = h.kind AND c.id = h.subject)
               ORDER BY h.kind, h.subject LIMIT $1";
    audit.findings.extend(of_cases(tx, sql).await?.into_iter().map(|(kind, id)| Finding::Gone { kind, id }));
    // Migration 0002 made cases of the API keys that there were; the history says nothing of how they came about.
    let sql = "SELECT c.id FROM cases c WHERE c.kind = 'api_key' AND c.revision = 1 AND NOT EXISTS (
                   SELECT 1 FROM history h WHERE h.kind = 'api_key' AND h.subject = c.id)
               ORDER BY c.id LIMIT $1";
    for mut row in tx.rows(sql, vec![i64::from(Audit::MOST).into()]).await? {
        audit.unproved_keys.push(row.take()?);
    }
    Ok(())
}

async fn named(
    tx: &mut dyn Transaction,
    sql: &'static str,
    findings: &mut Vec<Finding>,
    finding: impl Fn(String) -> Finding + Send,
) -> Result<(), RegistryError> {
    for mut row in tx.rows(sql, vec![i64::from(Audit::MOST).into()]).await? {
        findings.push(finding(row.take()?));
    }
    Ok(())
}

async fn of_cases(tx: &mut dyn Transaction, sql: &'static str) -> Result<Vec<(Kind, String)>, RegistryError> {
    let rows = tx.rows(sql, vec![i64::from(Audit::MOST).into()]).await?;
    let read = |mut row: Row| {
        let (kind, id): (String, String) = (row.take()?, row.take()?);
        let cell = stored::Cell { table: "cases", column: "kind", row: &id };
        Ok((Kind::parse(&kind).ok_or_else(|| cell.corrupt())?, id))
    };
    rows.into_iter().map(read).collect()
}

/// The issued labels against the records, which name them by their hashes; the index of models against the registrations.
async fn tokens_and_models(
    tx: &mut dyn Transaction,
    findings: &mut Vec<Finding>,
) -> Result<(), RegistryError> {
    let sql = "SELECT s.number, s.record, r.document FROM status s
               JOIN registrations r ON r.number = s.number WHERE s.number > $1 ORDER BY s.number LIMIT $2";
    let (mut tokens, mut models) = (0, 0);
    let mut after = String::new();
    loop {
        let rows = tx.rows(sql, vec![after.as_str().into(), i64::from(PAGE).into()]).await?;
        let mut labels = Vec::with_capacity(rows.len());
        for mut row in rows {
            labels.push((row.take::<String>()?, row.take::<String>()?, row.take::<String>()?));
        }
        let Some((last, ..)) = labels.last() else { return Ok(()) };
        let between = vec![after.as_str().into(), last.as_str().into()];
        let issued = issued(tx, between.clone()).await?;
        let listed = listed(tx, between).await?;
        for (number, record, document) in &labels {
            let named: Option<BTreeSet<_>> = serde_json::from_str::<StatusRecord>(record)
                .ok()
                .map(|record| record.tokens.iter().map(|token| *token.id.as_bytes()).collect());
            if named != Some(issued.get(number).cloned().unwrap_or_default()) && tokens < Audit::MOST {
                tokens += 1;
                findings.push(Finding::Tokens(number.clone()));
            }
            let covered = serde_json::from_str::<Registration>(document)
                .ok()
                .map(|registration| covered(&registration));
            if covered != Some(listed.get(number).cloned().unwrap_or_default()) && models < Audit::MOST {
                models += 1;
                findings.push(Finding::Models(number.clone()));
            }
        }
        after.clone_from(last);
    }
}

type Listed = BTreeMap<(String, String, Option<String>), u32>;

/// The models of a registration as the index has them, each with how many times.
fn covered(registration: &Registration) -> Listed {
    let mut models = Listed::new();
    for (product, model) in registration.models() {
        let gtin = model.gtin.map(|gtin| gtin.to_string());
        *models.entry((product.name.clone(), model.number.clone(), gtin)).or_default() += 1;
    }
    models
}

/// The hashes of the labels issued for the numbers after the first value, up to the second.
async fn issued(
    tx: &mut dyn Transaction,
    between: Vec<Value>,
) -> Result<BTreeMap<String, BTreeSet<[u8; 32]>>, RegistryError> {
    let sql = "SELECT number, id, bytes FROM tokens WHERE number > $1 AND number <= $2 ORDER BY number";
    let mut issued: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for mut row in tx.rows(sql, between).await? {
        let (number, id, bytes): (String, Vec<u8>, Vec<u8>) = (row.take()?, row.take()?, row.take()?);
        // A row whose bytes are not those of its name counts as one that no record names.
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        let hash = if id == hash { hash } else { [0; 32] };
        issued.entry(number).or_default().insert(hash);
    }
    Ok(issued)
}

async fn listed(
    tx: &mut dyn Transaction,
    between: Vec<Value>,
) -> Result<BTreeMap<String, Listed>, RegistryError> {
    let sql = "SELECT number, product, model, gtin FROM models WHERE number > $1 AND number <= $2";
    let mut listed: BTreeMap<String, Listed> = BTreeMap::new();
    for mut row in tx.rows(sql, between).await? {
        let (number, product): (String, String) = (row.take()?, row.take()?);
        let (model, gtin): (String, Option<String>) = (row.take()?, row.take()?);
        *listed.entry(number).or_default().entry((product, model, gtin)).or_default() += 1;
    }
    Ok(listed)
}
