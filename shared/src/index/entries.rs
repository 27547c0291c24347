//! The entries of the product index: deterministic CBOR, an array of three.
//!
//! ```text
//! [ makers         [[name, name in Latin letters or "", corporate number or 0], …]
//!   bodies         [name of an evaluation body, …]
//!   registrations  [[printed number, maker, level, category, body, registered, start, length,
//!                   successor or "", products], …] ]
//! products         [[name, [[model, GTIN or 0], …]], …]
//! ```
//!
//! `maker` is a place in the first array, from 0; `body` a place in the second, from 1, and 0 for a self-declaration.
//! `registered` is UTC seconds, `start` of the validity the seconds after it, `length` the seconds of the validity.
//! `successor` is a normalised number.
//! Registrations stand in the order of their normalised numbers, each once.

use std::collections::BTreeMap;

use super::IndexedRegistration;
use crate::{
    cose::cbor::{CborError, Fault, Reader, Writer},
    label::{AssessmentRoute, Category, Level, RegistrationNumber},
    registration::{CorporateNumber, Gtin, Maker, Model, Product, Registration},
    time::{UnixTime, Window},
};

pub(super) fn write<'a>(
    registrations: impl ExactSizeIterator<Item = &'a IndexedRegistration> + Clone,
) -> Vec<u8> {
    let mut makers = Table::default();
    let mut bodies = Table::default();
    let mut rows = Writer::default();
    rows.array(registrations.len());
    for IndexedRegistration { registration, valid } in registrations {
        let maker = makers.place(maker_row(&registration.maker));
        let body = registration.route.body().map_or(0, |body| {
            let mut row = Writer::default();
            row.text(body);
            bodies.place(row.into_bytes()) + 1
        });
        rows.array(10).text(&registration.printed_number).uint(maker);
        rows.uint(registration.level.stars().into()).uint(registration.category.code().into()).uint(body);
        rows.uint(registration.registered.as_unsigned());
        rows.int(valid.from.since(registration.registered)).int(valid.until.since(valid.from));
        rows.text(registration.successor.as_ref().map_or("", RegistrationNumber::as_str));
        rows.array(registration.products.len());
        for product in &registration.products {
            rows.array(2).text(&product.name).array(product.models.len());
            for model in &product.models {
                rows.array(2).text(&model.number).uint(model.gtin.map_or(0, Gtin::number));
            }
        }
    }
    let mut entries = Writer::default();
    entries.array(3);
    [entries.into_bytes(), makers.into_bytes(), bodies.into_bytes(), rows.into_bytes()].concat()
}

/// Rows that are written once each, in the order in which they are first met.
#[derive(Default)]
struct Table {
    places: BTreeMap<Vec<u8>, u64>,
    rows: Vec<u8>,
}

impl Table {
    fn place(&mut self, row: Vec<u8>) -> u64 {
        let next = self.places.len() as u64;
        if let Some(place) = self.places.get(&row) {
            return *place;
        }
        self.rows.extend_from_slice(&row);
        self.places.insert(row, next);
        next
    }

    fn into_bytes(self) -> Vec<u8> {
        let mut heading = Writer::default();
        heading.array(self.places.len());
        [heading.into_bytes(), self.rows].concat()
    }
}

fn maker_row(maker: &Maker) -> Vec<u8> {
    let mut row = Writer::default();
    row.array(3).text(&maker.name).text(maker.name_en.as_deref().unwrap_or_default());
    row.uint(maker.corporate_number.map_or(0, CorporateNumber::number));
    row.into_bytes()
}

pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<RegistrationNumber, IndexedRegistration>, CborError> {
    Reader::check(bytes)?;
    let mut reader = Reader::new(bytes);
    reader.exactly(3, Reader::array)?;
    let makers = rows(&mut reader, read_maker)?;
    let bodies = rows(&mut reader, text)?;
    let mut registrations = BTreeMap::new();
    for _ in 0..reader.array()? {
        let refused = reader.refuse(Fault::KeyOrder);
        let found = read_registration(&mut reader, &makers, &bodies)?;
        let number = found.registration.number.clone();
        if registrations.last_key_value().is_some_and(|(last, _)| *last >= number) {
            return Err(refused);
        }
        registrations.insert(number, found);
    }
    reader.finish()?;
    Ok(registrations)
}

fn read_registration(
    reader: &mut Reader<'_>,
    makers: &[Maker],
    bodies: &[String],
) -> Result<IndexedRegistration, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    reader.exactly(10, Reader::array)?;
    let printed_number = text(reader)?;
    let maker = usize::try_from(reader.uint()?).ok().and_then(|place| makers.get(place));
    let level = Level::from_stars(reader.uint()?).map_err(|_| refused)?;
    let category = Category::from_code(reader.uint()?).map_err(|_| refused)?;
    let route = match usize::try_from(reader.uint()?).unwrap_or(usize::MAX).checked_sub(1) {
        None => AssessmentRoute::SelfDeclaration,
        Some(place) => AssessmentRoute::ThirdParty { body: bodies.get(place).ok_or(refused)?.clone() },
    };
    let registered = reader.time()?;
    let from = later(registered, reader.int()?).ok_or(refused)?;
    let until = later(from, reader.int()?).ok_or(refused)?;
    let successor = match reader.text()? {
        "" => None,
        number => Some(RegistrationNumber::from_normalised(number).map_err(|_| refused)?),
    };
    let products = rows(reader, |reader| {
        reader.exactly(2, Reader::array)?;
        Ok(Product { name: text(reader)?, models: rows(reader, read_model)? })
    })?;
    let registration = Registration {
        number: RegistrationNumber::parse(&printed_number).map_err(|_| refused)?,
        printed_number,
        maker: maker.ok_or(refused)?.clone(),
        products,
        category,
        level,
        route,
        registered,
        successor,
    };
    Ok(IndexedRegistration { registration, valid: Window { from, until } })
}

fn read_maker(reader: &mut Reader<'_>) -> Result<Maker, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    reader.exactly(3, Reader::array)?;
    let name = text(reader)?;
    let name_en = Some(text(reader)?).filter(|name| !name.is_empty());
    let corporate_number = match reader.uint()? {
        0 => None,
        number => Some(CorporateNumber::from_number(number).map_err(|_| refused)?),
    };
    Ok(Maker { name, name_en, corporate_number })
}

fn read_model(reader: &mut Reader<'_>) -> Result<Model, CborError> {
    let refused = reader.refuse(Fault::Unexpected);
    reader.exactly(2, Reader::array)?;
    let number = text(reader)?;
    let gtin = match reader.uint()? {
        0 => None,
        number => Some(Gtin::from_number(number).map_err(|_| refused)?),
    };
    Ok(Model { number, gtin })
}

fn rows<'a, T>(
    reader: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Result<T, CborError>,
) -> Result<Vec<T>, CborError> {
    (0..reader.array()?).map(|_| read(reader)).collect()
}

fn text(reader: &mut Reader<'_>) -> Result<String, CborError> {
    reader.text().map(str::to_owned)
}

/// The instant `seconds` after `at`, refused outside the range, where it would be bent to its ends.
fn later(at: UnixTime, seconds: i64) -> Option<UnixTime> {
    UnixTime::from_secs(at.as_secs().checked_add(seconds)?).ok()
}
