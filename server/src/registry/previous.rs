//! A registry as the program of before migration 0002 left it: its schema, and rows as it wrote them.

use std::path::Path;

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use shirushi_shared::time::UnixTime;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _,
    migrate::{Migrate, Migrator},
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use super::{conformance::sample, postgres, second, sqlite, value::Value};

/// The secret of every key.
pub(crate) const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I";
/// A key with the scopes `change` and `read`.
pub(crate) const KEY: &str = "AAAAAAAA";
/// One that was revoked.
pub(crate) const REVOKED: &str = "BBBBBBBB";

/// Makes the file at `path` such a registry.
pub(crate) async fn sqlite(path: &Path) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.journal_mode(SqliteJournalMode::Wal).connect().await.unwrap();
    migrate(&sqlite::MIGRATIONS, &mut connection).await;
    for (sql, values) in statements() {
        sqlite::bound(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Makes the empty database at `url` such a registry.
pub(crate) async fn postgres(url: &str) {
    let mut connection = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    migrate(&postgres::MIGRATIONS, &mut connection).await;
    for (sql, values) in statements() {
        postgres::bound(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

async fn migrate<C: Migrate>(migrations: &Migrator, connection: &mut C) {
    let first = migrations.iter().filter(|migration| migration.version == 1).cloned().collect();
    Migrator::with_migrations(first).run_direct(None, connection, false).await.unwrap();
}

/// Two labels, of which one was suspended and reinstated; two keys.
fn statements() -> Vec<(String, Vec<Value>)> {
    let mut statements = Vec::new();
    let mut entries = Vec::new();
    let (by, at) = ("key AAAAAAAA (operator)", sample::now());
    for index in 0..2 {
        let new = sample::new(index);
        let (number, registration) = (new.registration.number.as_str(), &new.registration);
        let document = serde_json::to_string(registration).unwrap();
        statements.push(insert("registrations", vec![number.into(), document.into(), at.as_secs().into()]));
        for (product, model) in registration.models() {
            let gtin = model.gtin.map(|gtin| gtin.to_string());
            let names = [product.name.as_str(), model.number.as_str()].map(Value::from);
            statements
                .push(insert("models", [vec![number.into()], names.to_vec(), vec![gtin.into()]].concat()));
        }
        let id = new.token.id();
        let place = i64::from(new.status_index.get());
        statements.push(insert(
            "tokens",
            vec![
                id.as_bytes().as_slice().into(),
                number.into(),
                new.token.as_bytes().into(),
                at.as_secs().into(),
                place.into(),
            ],
        ));
        for (kind, before) in &new.pre_label_numbers {
            let values = [before.as_str(), kind.as_str(), number].map(Value::from);
            statements.push(insert("pre_label_numbers", values.to_vec()));
        }
        let record = json!({
            "number": number, "revision": 1, "state": { "state": "active" }, "valid": new.valid,
            "tokens": [{ "id": id.to_string(), "registered": at }],
        });
        entries.push((at, "registered", record));
    }
    let mut suspended = entries[1].2.clone();
    suspended["revision"] = 2.into();
    suspended["state"] =
        json!({ "state": "suspended", "since": at.plus(60), "until": null, "reason": "調査中" });
    let mut reinstated = entries[1].2.clone();
    reinstated["revision"] = 3.into();
    entries.push((at.plus(60), "suspended", suspended));
    entries.push((at.plus(90), "reinstated", reinstated));

    let mut hash = vec![0; 32];
    for (position, (at, what, record)) in (1..).zip(&entries) {
        let line = json!({
            "format": 1, "position": position, "at": at, "by": { "name": by }, "what": what,
            "kind": "label", "record": record,
        });
        hash = second::hash(&hash, &line);
        statements.push(insert("history", history(position, *at, by, what, record, &hash)));
    }
    for record in [&entries[0].2, &entries[3].2] {
        let values = vec![text(record, "number"), revision(record), record.to_string().into()];
        statements.push(insert("status", values));
    }
    for (id, revoked) in [(KEY, None), (REVOKED, Some(at.plus(100).as_secs()))] {
        let secret = Sha256::digest(SECRET.as_bytes());
        let scopes = "[\"change\",\"read\"]";
        statements.push(insert(
            "api_keys",
            vec![
                id.into(),
                "operator".into(),
                secret.as_slice().into(),
                scopes.into(),
                at.as_secs().into(),
                Value::Int(revoked),
            ],
        ));
    }
    statements
}

fn history(position: i64, at: UnixTime, by: &str, what: &str, record: &Json, hash: &[u8]) -> Vec<Value> {
    vec![
        position.into(),
        text(record, "number"),
        revision(record),
        at.as_secs().into(),
        by.into(),
        what.into(),
        record.to_string().into(),
        hash.into(),
    ]
}

fn text(record: &Json, field: &str) -> Value {
    record[field].as_str().unwrap().into()
}

fn revision(record: &Json) -> Value {
    record["revision"].as_i64().unwrap().into()
}

/// All columns of the table, in the order in which the schema of then has them.
fn insert(table: &str, values: Vec<Value>) -> (String, Vec<Value>) {
    let places: Vec<_> = (1..=values.len()).map(|place| format!("${place}")).collect();
    (format!("INSERT INTO {table} VALUES ({})", places.join(", ")), values)
}
