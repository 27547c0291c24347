//! Readings of many things at once: so many a statement as it has places for.
//!
//! Both databases read a list out of one value, each in a way of its own; places are what they share. What is left over
//! is filled up with the last of the list, so that there is one statement to be prepared and not one for each length.

use shirushi_shared::{
    label::{PreLabelNumber, RegistrationNumber},
    registration::{Gtin, Registration},
    status::{Revision, StatusRecord},
    token::StatusIndex,
};

use super::{Database, Row, Value, read::all};
use crate::registry::{RegistryError, stored};

/// Places in a statement.
const PLACES: usize = 32;

/// `$select … IN (…)` with [`PLACES`] places.
macro_rules! among {
    ($select:literal) => {
        concat!(
            $select,
            " IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                  $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
        )
    };
}
pub(super) use among;

pub(super) async fn statuses(
    db: &dyn Database,
    numbers: &[RegistrationNumber],
) -> Result<Vec<StatusRecord>, RegistryError> {
    // All that is found as one row: SQLite's rows come from another thread one by one, and that takes longer than finding
    // them. Numbers are letters and digits, and JSON as we write it has no line breaks.
    let sql = among!(
        "SELECT string_agg(number || ' ' || revision || ' ' || record, '\n') FROM status WHERE number"
    );
    let found = many(db, sql, numbers, text, |row| {
        let rows = row.take::<Option<String>>()?.unwrap_or_default();
        rows.lines().map(stored::status_line).collect::<Result<Vec<_>, _>>()
    });
    Ok(found.await?.into_iter().flatten().collect())
}

pub(super) async fn registrations(
    db: &dyn Database,
    numbers: &[RegistrationNumber],
) -> Result<Vec<(Registration, Revision)>, RegistryError> {
    let sql = among!(
        "SELECT r.number, s.revision, r.document
         FROM registrations r JOIN status s ON s.number = r.number WHERE r.number"
    );
    many(db, sql, numbers, text, |row| {
        let number = stored::number("registrations", &row.take::<String>()?)?;
        let revision = stored::revision(&number, row.take()?)?;
        Ok((stored::registration(&number, &row.take::<String>()?)?, revision))
    })
    .await
}

pub(super) async fn pre_label_numbers(
    db: &dyn Database,
    numbers: &[RegistrationNumber],
) -> Result<Vec<(RegistrationNumber, PreLabelNumber)>, RegistryError> {
    let sql = among!("SELECT number, kind FROM pre_label_numbers WHERE number");
    many(db, sql, numbers, text, |row| {
        let number = stored::number("pre_label_numbers", &row.take::<String>()?)?;
        let kind = stored::pre_label_number(&number, &row.take::<String>()?)?;
        Ok((number, kind))
    })
    .await
}

pub(super) async fn by_gtins(
    db: &dyn Database,
    gtins: &[Gtin],
) -> Result<Vec<(Gtin, RegistrationNumber)>, RegistryError> {
    let sql = among!("SELECT DISTINCT gtin, number FROM models WHERE gtin");
    let text = |gtin: &Gtin| gtin.to_string().into();
    many(db, sql, gtins, text, |row| {
        let gtin = row.take::<String>()?;
        let number = stored::number("models", &row.take::<String>()?)?;
        Ok((stored::gtin(&number, &gtin)?, number))
    })
    .await
}

pub(super) async fn taken(
    db: &dyn Database,
    places: &[StatusIndex],
) -> Result<Vec<StatusIndex>, RegistryError> {
    let sql = among!("SELECT status_index FROM tokens WHERE status_index");
    let number = |place: &StatusIndex| i64::from(place.get()).into();
    many(db, sql, places, number, |row| stored::place(row.take()?)).await
}

pub(super) async fn places(
    db: &dyn Database,
    numbers: &[RegistrationNumber],
) -> Result<Vec<(RegistrationNumber, StatusIndex)>, RegistryError> {
    let sql = among!("SELECT number, status_index FROM tokens WHERE number");
    many(db, sql, numbers, text, |row| {
        Ok((stored::number("tokens", &row.take::<String>()?)?, stored::place(row.take()?)?))
    })
    .await
}

fn text(number: &RegistrationNumber) -> Value {
    number.as_str().into()
}

/// What `sql` finds of all of `sought`, as `read` reads it.
pub(super) async fn many<S, T>(
    db: &dyn Database,
    sql: &'static str,
    sought: &[S],
    value: impl Fn(&S) -> Value,
    mut read: impl FnMut(&mut Row) -> Result<T, RegistryError>,
) -> Result<Vec<T>, RegistryError> {
    let mut found = Vec::new();
    for sought in sought.chunks(PLACES) {
        let Some(last) = sought.last() else { continue };
        let values = sought.iter().chain(std::iter::repeat(last)).take(PLACES).map(&value).collect();
        found.extend(all(db.rows(sql, values).await?, &mut read)?);
    }
    Ok(found)
}
