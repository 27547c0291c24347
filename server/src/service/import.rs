//! Approved products from a CSV file: every row is checked before anything is registered.
//!
//! One row is one product; rows with the same number are products of one registration and repeat its other columns.
//! Models, and their GTINs in the same order, are separated by `|`. Reading retailers' and suppliers' files, in whatever
//! encoding and shape they come, is another matter and not here.

use std::collections::BTreeMap;

use shirushi_shared::{api::FieldProblem, label::RegistrationNumber};

use super::approval::{Approval, ApprovalInput, ModelInput, ProductInput};

/// Largest file.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most rows: ten times the public list of 2026.
pub const MAX_ROWS: u64 = 20_000;
/// Most problems that are told; a file with more has one cause.
const MAX_PROBLEMS: usize = 100;

/// The columns, in the order of the template; those with `true` must be there.
const COLUMNS: [(&str, bool); 15] = [
    ("number", true),
    ("maker", true),
    ("maker_en", false),
    ("corporate_number", false),
    ("product", true),
    ("models", true),
    ("gtins", false),
    ("category", true),
    ("level", true),
    ("evaluation_body", false),
    ("valid_from", true),
    ("valid_until", true),
    ("application_number", false),
    ("acceptance_number", false),
    ("provisional_number", false),
];

/// Reads approvals, checked, or tells with row and column what is wrong.
pub fn read_csv(bytes: &[u8]) -> Result<Vec<Approval>, Vec<FieldProblem>> {
    read_inputs(bytes)?.into_iter().map(ApprovalInput::check).collect()
}

/// As [`read_csv`], as they were handed in: what is proposed and confirmed later.
pub fn read_inputs(bytes: &[u8]) -> Result<Vec<ApprovalInput>, Vec<FieldProblem>> {
    if bytes.len() > MAX_BYTES {
        return Err(vec![problem(None, "file", format!("is larger than {MAX_BYTES} bytes"))]);
    }
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let heading = reader.headers().map_err(|error| vec![unreadable(&error)])?.clone();
    let columns = Columns::of(&heading)?;

    let mut wrong = Vec::new();
    let mut registrations: BTreeMap<RegistrationNumber, (u64, ApprovalInput)> = BTreeMap::new();
    for (record, row) in reader.records().zip(2..) {
        if row > MAX_ROWS + 1 {
            wrong.push(problem(Some(row), "file", format!("more than {MAX_ROWS} rows")));
        }
        if wrong.len() >= MAX_PROBLEMS || row > MAX_ROWS + 1 {
            return Err(wrong);
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong.push(unreadable(&error));
                continue;
            }
        };
        let input = match columns.input(&record) {
            Ok(input) => input,
            Err(detail) => {
                wrong.push(problem(Some(row), "gtins", detail));
                continue;
            }
        };
        let number = match RegistrationNumber::parse(&input.number) {
            Ok(number) => number,
            Err(error) => {
                wrong.push(problem(Some(row), "number", error.to_string()));
                continue;
            }
        };
        match registrations.get_mut(&number) {
            None => drop(registrations.insert(number, (row, input))),
            Some((first, earlier)) => match differing_column(earlier, &input) {
                Some(field) => wrong.push(problem(Some(row), field, format!("differs from row {first}"))),
                None => earlier.products.extend(input.products),
            },
        }
    }
    let mut approvals = Vec::with_capacity(registrations.len());
    for (row, input) in registrations.into_values() {
        match input.clone().check() {
            Ok(_) => approvals.push(input),
            Err(problems) => {
                wrong.extend(problems.into_iter().map(|problem| FieldProblem { row: Some(row), ..problem }));
            }
        }
    }
    wrong.sort_by_key(|problem| problem.row);
    wrong.truncate(MAX_PROBLEMS);
    if wrong.is_empty() { Ok(approvals) } else { Err(wrong) }
}

/// Where each column stands in this file.
struct Columns(Vec<Option<usize>>);

impl Columns {
    fn of(heading: &csv::StringRecord) -> Result<Self, Vec<FieldProblem>> {
        let mut wrong: Vec<_> = heading
            .iter()
            .filter(|name| COLUMNS.iter().all(|(known, _)| known != name))
            .map(|name| problem(Some(1), name, "is not a column of this file".into()))
            .collect();
        let places = COLUMNS.iter().map(|(known, required)| {
            let mut places = (0..).zip(heading).filter(|(_, name)| name == known).map(|(place, _)| place);
            let place = places.next();
            if place.is_none() && *required {
                wrong.push(problem(Some(1), known, "is missing".into()));
            }
            if places.next().is_some() {
                wrong.push(problem(Some(1), known, "stands twice".into()));
            }
            place
        });
        let columns = Self(places.collect());
        if wrong.is_empty() { Ok(columns) } else { Err(wrong) }
    }

    fn input(&self, record: &csv::StringRecord) -> Result<ApprovalInput, String> {
        let text = |name: &str| {
            let column = COLUMNS.iter().position(|(known, _)| *known == name);
            column
                .and_then(|c| self.0.get(c).copied().flatten())
                .and_then(|place| record.get(place))
                .unwrap_or("")
        };
        let cell = |name: &str| text(name).to_owned();
        let optional = |name: &str| Some(cell(name)).filter(|text| !text.is_empty());

        let models: Vec<_> = text("models").split('|').map(str::trim).collect();
        let gtins: Vec<_> = text("gtins").split('|').map(str::trim).collect();
        if !text("gtins").is_empty() && gtins.len() != models.len() {
            return Err(format!("{} GTINs for {} models", gtins.len(), models.len()));
        }
        let models = models.iter().enumerate().map(|(index, number)| ModelInput {
            number: (*number).to_owned(),
            gtin: gtins.get(index).map(|gtin| (*gtin).to_owned()),
        });
        Ok(ApprovalInput {
            number: cell("number"),
            maker: cell("maker"),
            maker_en: optional("maker_en"),
            corporate_number: optional("corporate_number"),
            products: vec![ProductInput { name: cell("product"), models: models.collect() }],
            category: cell("category"),
            level: cell("level"),
            evaluation_body: optional("evaluation_body"),
            valid_from: cell("valid_from"),
            valid_until: cell("valid_until"),
            application_number: optional("application_number"),
            acceptance_number: optional("acceptance_number"),
            provisional_number: optional("provisional_number"),
        })
    }
}

/// The first column, besides the product's own, in which two rows of one registration disagree.
fn differing_column(a: &ApprovalInput, b: &ApprovalInput) -> Option<&'static str> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("maker", a.maker == b.maker),
        ("maker_en", optional(&a.maker_en) == optional(&b.maker_en)),
        ("corporate_number", a.corporate_number == b.corporate_number),
        ("category", a.category == b.category),
        ("level", a.level == b.level),
        ("evaluation_body", a.evaluation_body == b.evaluation_body),
        ("valid_from", a.valid_from == b.valid_from),
        ("valid_until", a.valid_until == b.valid_until),
        ("application_number", a.application_number == b.application_number),
        ("acceptance_number", a.acceptance_number == b.acceptance_number),
        ("provisional_number", a.provisional_number == b.provisional_number),
    ]
    .into_iter()
    .find(|(_, same)| !same)
    .map(|(field, _)| field)
}

fn unreadable(error: &csv::Error) -> FieldProblem {
    let row = error.position().map(csv::Position::line);
    let detail = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".into(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} cells where the heading has {expected_len}")
        }
        _ => "cannot be read as CSV".into(),
    };
    problem(row, "row", detail)
}

fn problem(row: Option<u64>, field: &str, detail: String) -> FieldProblem {
    FieldProblem { row, field: field.chars().take(64).collect(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "number,maker,product,models,gtins,category,level,valid_from,valid_until";

    fn told(rows: &str) -> Vec<String> {
        let problems = read_csv(format!("{HEADING}\n{rows}").as_bytes()).unwrap_err();
        problems.iter().map(|p| format!("{} {}: {}", p.row.unwrap_or(0), p.field, p.detail)).collect()
    }

    #[test]
    fn rows_of_one_number_are_one_registration() {
        let file = format!(
            "\u{FEFF}{HEADING}\n\
             SHI-2026-1,M,Camera,A|B,4901234567894|,network_camera,1,2026-01-01,2027-12-31\n\
             shi 2026 1,M,\"Dome, indoor\",C,,network_camera,1,2026-01-01,2027-12-31\n"
        );
        let approvals = read_csv(file.as_bytes()).unwrap();
        assert_eq!(approvals.len(), 1);
        let models: Vec<_> =
            approvals[0].products.iter().map(|p| (p.name.as_str(), p.models.len())).collect();
        assert_eq!(models, [("Camera", 2), ("Dome, indoor", 1)]);
    }

    #[test]
    fn every_refusal_names_its_row_and_column() {
        assert_eq!(
            told(
                "SHI-1,M,P,A,,network_camera,1,2026-01-01,2027-12-31\n\
                 SHI-2,M,P,A,,toaster,3,2026-01-01,2031-12-31\n\
                 SHI-1,N,P,A,,network_camera,1,2026-01-01,2027-12-31\n\
                 SHI-3,M,P,A|B,1,network_camera,1,2026-01-01,2027-12-31\n\
                 short,row\n"
            ),
            [
                "3 category: not a product category: a word of the category table, or category-1 to category-1023",
                "3 evaluation_body: STAR-3 needs a third-party evaluation: the evaluation body is missing",
                "3 valid_until: is more than two years after valid_from",
                "4 maker: differs from row 2",
                "5 gtins: 1 GTINs for 2 models",
                "6 row: has 2 cells where the heading has 9",
            ]
        );
        let missing = read_csv(b"number,makker\n").unwrap_err();
        assert!(missing.iter().any(|p| p.field == "makker") && missing.iter().any(|p| p.field == "maker"));
        assert_eq!(read_csv(&[0xff, 0xfe]).unwrap_err()[0].detail, "is not UTF-8");
    }
}
