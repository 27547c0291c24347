//! The INSERTs of a transaction, many rows a statement.

use shirushi_shared::registration::Registration;

use super::Value;
use crate::registry::{
    Fact, HistoryEntry,
    batch::{CHUNK, CaseRow, NewRow},
    stored::to_signed,
};

/// A statement with its values.
pub(super) type Statement = (String, Vec<Value>);

/// Statements that write `rows` of `columns` into `table`; `then` ends each.
pub(super) fn insert<R: IntoIterator<Item = Value>>(
    table: &str,
    columns: &[&str],
    rows: impl Iterator<Item = R>,
    then: &str,
) -> Vec<Statement> {
    let width = columns.len();
    let mut statements = Vec::new();
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
        let mut values = Vec::new();
        for (place, row) in rows.by_ref().take(CHUNK).enumerate() {
            let names: Vec<_> = (1..=width).map(|column| format!("${}", place * width + column)).collect();
            sql.push_str(if place == 0 { "(" } else { ", (" });
            sql.push_str(&names.join(", "));
            sql.push(')');
            values.extend(row);
        }
        sql.push_str(then);
        statements.push((sql, values));
    }
    statements
}

/// Writes new registrations with all that belongs to them.
pub(super) fn registrations(rows: &[NewRow]) -> Vec<Statement> {
    let registrations = rows.iter().map(|row| {
        let registered = row.new.registration.registered.as_secs();
        [number(row), row.document.as_str().into(), registered.into()]
    });
    let mut statements = insert("registrations", &["number", "document", "registered"], registrations, "");
    let status = rows
        .iter()
        .map(|row| [number(row), to_signed(row.record.revision.get()).into(), row.json.as_str().into()]);
    statements.extend(insert("status", &["number", "revision", "record"], status, ""));
    let tokens = rows.iter().map(|row| {
        let registered = row.record.tokens.first().map_or(0, |token| token.registered.as_secs());
        let token = &row.new.token;
        [
            token.id().as_bytes().as_slice().into(),
            number(row),
            token.as_bytes().into(),
            registered.into(),
            i64::from(row.new.status_index.get()).into(),
        ]
    });
    statements.extend(insert("tokens", &["id", "number", "bytes", "registered", "status_index"], tokens, ""));
    statements.extend(models(rows.iter().map(|row| &row.new.registration)));
    let before = rows.iter().flat_map(|row| {
        let numbers = row.new.pre_label_numbers.iter();
        numbers.map(move |(kind, before)| [before.as_str().into(), kind.as_str().into(), number(row)])
    });
    // One application can lead to several registrations: the number is then on record already.
    let then = " ON CONFLICT (number) DO NOTHING";
    statements.extend(insert("pre_label_numbers", &["number", "kind", "registration"], before, then));
    statements
}

/// Writes the models of `registrations`, to be found by GTIN.
pub(super) fn models<'r>(registrations: impl Iterator<Item = &'r Registration>) -> Vec<Statement> {
    let models = registrations.flat_map(|registration| {
        registration.models().map(|(product, model)| {
            [
                registration.number.as_str().into(),
                product.name.as_str().into(),
                model.number.as_str().into(),
                Value::Text(model.gtin.map(|gtin| gtin.to_string())),
            ]
        })
    });
    insert("models", &["number", "product", "model", "gtin"], models, "")
}

/// Opens cases.
pub(super) fn cases(rows: &[&CaseRow], at: i64) -> Vec<Statement> {
    let columns = ["kind", "id", "revision", "owner", "number", "state", "document", "opened", "changed"];
    let rows = rows.iter().map(|row| {
        let case = &row.write;
        [
            case.kind.as_str().into(),
            case.id.as_str().into(),
            to_signed(row.revision.get()).into(),
            case.owner.clone().into(),
            Value::Text(case.number.as_ref().map(|number| number.as_str().to_owned())),
            case.state.as_str().into(),
            case.document.as_str().into(),
            at.into(),
            at.into(),
        ]
    });
    insert("cases", &columns, rows, "")
}

/// Writes entries of the history, each with its record or case as JSON.
pub(super) fn history(entries: &[(HistoryEntry, String)]) -> Vec<Statement> {
    let columns = [
        "position",
        "kind",
        "subject",
        "revision",
        "written_at",
        "actor",
        "organisation",
        "key_id",
        "what",
        "why",
        "record",
        "document",
        "format",
        "hash",
    ];
    let rows = entries.iter().map(|(entry, record)| {
        let document = match &entry.fact {
            Fact::Label { document, .. } => document.clone(),
            Fact::Case { .. } => None,
        };
        [
            to_signed(entry.position.0).into(),
            entry.fact.kind().as_str().into(),
            entry.fact.id().into(),
            to_signed(entry.fact.revision().get()).into(),
            entry.at.as_secs().into(),
            entry.by.name.as_str().into(),
            entry.by.organisation.clone().into(),
            entry.by.key.clone().into(),
            entry.what.as_str().into(),
            entry.why.clone().into(),
            record.as_str().into(),
            document.into(),
            i64::from(entry.format).into(),
            entry.hash.as_slice().into(),
        ]
    });
    insert("history", &columns, rows, "")
}

fn number(row: &NewRow) -> Value {
    row.new.registration.number.as_str().into()
}
