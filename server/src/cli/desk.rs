//! What the commands of the operator's desk share: as whom, over which registry, and how cases are told.
//!
//! Whoever can run commands here can read the registry's file anyway: they say who they are, and the table of access
//! applies to that person. The history tells that they came without a key.

use std::{fmt, io::Read as _, path::Path};

use clap::Args;
use serde::de::DeserializeOwned;
use serde_json::json;
use shirushi_shared::{api::FieldProblem, label::RegistrationNumber, status::Revision};

use super::{CommandError, output};
use crate::{
    app::App,
    clock::SystemClock,
    config::Config,
    scheme::{
        access::Role,
        organisation::OrganisationId,
        person::{Person, PersonName},
        text::Reason,
    },
    service::{
        access::Access,
        caller::Caller,
        desk::{Desk, DeskError, Document, Filed, Listed, Page},
    },
};

/// Largest JSON document that is read from a file.
const MAX_DOCUMENT: u64 = 4 << 20;

/// As whom.
#[derive(Args, Debug)]
pub(super) struct Who {
    /// As whom: a person of an organisation on record
    #[arg(long = "as", global = true, value_name = "ORGANISATION/NAME", value_parser = person)]
    person: Option<Person>,
    /// As what, where the organisation has several roles: administrator, reviewer, approver
    #[arg(long, global = true, value_parser = role)]
    role: Option<Role>,
}

impl Who {
    /// The desk, and this person before it.
    pub(super) async fn before(self, config: &Config) -> Result<(Desk, Caller), CommandError> {
        let person = self.person.ok_or("say as whom: --as ORGANISATION/NAME")?;
        let (access, desk) = App::desk(config).await?;
        Ok((desk, access.person_at_this_machine(person, self.role).await?))
    }
}

/// Two of the operator's staff, for what takes two people.
#[derive(Args, Debug)]
pub(super) struct TwoPeople {
    /// Who does it, of the operator's staff
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: Option<PersonName>,
    /// Who else of them has looked at it and confirms it
    #[arg(long, value_name = "NAME", value_parser = name)]
    confirmed_by: Option<PersonName>,
}

impl TwoPeople {
    /// Who proposes and who confirms; refused where they are one.
    pub(super) async fn before(self, access: &Access) -> Result<(Caller, Caller), CommandError> {
        let (Some(by), Some(confirmed_by)) = (self.by, self.confirmed_by) else {
            return Err("this takes two people: say who, --by NAME --confirmed-by NAME".into());
        };
        let first = access.staff_at_this_machine(by, Role::Administrator).await?;
        let second = access.staff_at_this_machine(confirmed_by, Role::Approver).await?;
        if first.person.is_same_as(&second.person) {
            return Err("--by and --confirmed-by are the same person: this takes two".into());
        }
        Ok((first, second))
    }
}

/// Which part of a list.
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Only those in this state
    #[arg(long)]
    state: Option<String>,
    /// Only those about this registration
    #[arg(long, value_parser = RegistrationNumber::parse)]
    number: Option<RegistrationNumber>,
    /// Only those after this one
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// At most so many, up to 100
    #[arg(long, default_value_t = Page::MOST)]
    limit: u32,
}

impl ListArgs {
    pub(super) fn page(self) -> Page {
        let Self { state, number, after, limit } = self;
        Page { state, number, after, limit }
    }
}

/// From which revision.
#[derive(Args, Debug)]
pub(super) struct Seen {
    /// Only from this revision
    #[arg(long, value_name = "REVISION")]
    from_revision: Option<u64>,
}

impl Seen {
    pub(super) fn revision(&self) -> Option<Revision> {
        self.from_revision.map(Revision::new)
    }
}

/// Tells a case as a line of JSON, as the API tells it.
pub(super) fn show<T: Document>(filed: &Filed<T>) -> Result<(), CommandError> {
    output::json(&told(filed))
}

/// Tells a list, a line of JSON each.
pub(super) fn show_all<T: Document>(listed: &Listed<T>) -> Result<(), CommandError> {
    listed.cases.iter().try_for_each(show)?;
    if let Some(next) = &listed.next {
        output::remark(&format!("there are more: --after {next}"));
    }
    Ok(())
}

/// A case as the API tells it.
pub(super) fn told<T: Document>(filed: &Filed<T>) -> serde_json::Value {
    let document = &filed.document;
    json!({
        "id": document.name(),
        "state": document.state_at(SystemClock::default().now()),
        "number": document.about(),
        "owner": filed.owner,
        "revision": filed.revision,
        "opened": filed.opened,
        "changed": filed.changed,
        "document": document,
    })
}

/// Reads a JSON document from a file, or from stdin where it is `-`.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<T, CommandError> {
    let mut text = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(MAX_DOCUMENT).read_to_end(&mut text)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(MAX_DOCUMENT).read_to_end(&mut text))
    };
    read.map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Why nothing was done, with everything that is wrong.
#[derive(Debug)]
pub(super) struct Refused {
    why: String,
    problems: Vec<FieldProblem>,
}

impl Refused {
    pub(super) fn of(problems: Vec<FieldProblem>) -> Self {
        Self { why: "refused".to_owned(), problems }
    }
}

impl From<DeskError> for Refused {
    fn from(error: DeskError) -> Self {
        let problems = error.details();
        let (mut why, mut cause) = (error.to_string(), std::error::Error::source(&error));
        while let Some(error) = cause {
            why = format!("{why}: {error}");
            cause = error.source();
        }
        Self { why, problems }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; nothing was changed", self.why)?;
        self.problems.iter().try_for_each(|problem| {
            f.write_str("\n  ")?;
            if let Some(row) = problem.row {
                write!(f, "row {row}, ")?;
            }
            write!(f, "{}: {}", problem.field, problem.detail)
        })
    }
}

impl std::error::Error for Refused {}

fn person(text: &str) -> Result<Person, String> {
    let (organisation, name) = text.split_once('/').ok_or("is ORGANISATION/NAME")?;
    Ok(Person {
        organisation: OrganisationId::parse(organisation).map_err(|error| error.to_string())?,
        name: PersonName::parse(name).map_err(|error| error.to_string())?,
    })
}

fn name(text: &str) -> Result<PersonName, String> {
    PersonName::parse(text).map_err(|error| error.to_string())
}

fn role(word: &str) -> Result<Role, String> {
    let words = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Role::parse(word).ok_or_else(|| format!("is one of {}", words()))
}

/// A reason on the command line.
pub(super) fn reason(text: &str) -> Result<Reason, String> {
    Reason::parse(text).map_err(|error| error.to_string())
}
