//! `shirushi organisation create | list | suspend | reinstate | accredit | withdraw`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use shirushi_shared::{
    label::{Category, Level, UnknownCategory, UnknownLevel},
    registration::{CorporateNumber, NotACorporateNumber},
    time::{NotATime, UnixTime, Window},
};

use super::{CommandError, output};
use crate::{
    app::App,
    config::Config,
    scheme::{
        organisation::{Accreditation, Categories, NotAnOrganisationId, OrganisationId, OrganisationKind},
        text::{Name, Reason, TextError},
    },
    service::{
        caller::Caller,
        organisations::{Details, NewOrganisation, OnRecord, OrganisationChange, Organisations},
    },
};

/// What to do with organisations.
#[derive(Subcommand, Debug)]
pub enum Organisation {
    /// Put an organisation on record
    Create(Create),
    /// List all organisations, a line of JSON each
    List,
    /// Take all power from an organisation's keys, until it is reinstated
    Suspend(Plain),
    /// End a suspension
    Reinstate(Plain),
    /// Accredit an evaluation body
    Accredit(Accredit),
    /// Withdraw an accreditation before its end
    Withdraw {
        /// Which one, from 0 (`list` shows them)
        #[arg(long)]
        place: usize,
        #[command(flatten)]
        of: Plain,
    },
}

/// An organisation to be put on record.
#[derive(Args, Debug)]
pub struct Create {
    /// A short word: a-z, 0-9 and hyphens; for good
    #[arg(value_parser = id)]
    id: OrganisationId,
    /// What it is: holder, evaluation_body, auditor, verifier; for good
    #[arg(long, value_parser = kind)]
    kind: OrganisationKind,
    /// Its name
    #[arg(long, value_parser = name)]
    name: Name,
    /// Its name in Latin letters
    #[arg(long, value_parser = name)]
    name_en: Option<Name>,
    /// 法人番号
    #[arg(long, value_parser = corporate_number)]
    corporate_number: Option<CorporateNumber>,
}

/// Which organisation, and why.
#[derive(Args, Debug)]
pub struct Plain {
    /// The organisation's id
    #[arg(value_parser = id)]
    id: OrganisationId,
    /// Why, for the history
    #[arg(long, value_parser = reason)]
    reason: Reason,
}

/// For what an evaluation body is accredited.
#[derive(Args, Debug)]
pub struct Accredit {
    #[command(flatten)]
    of: Plain,
    /// STAR-3, STAR-4; may be repeated
    #[arg(long, required = true, value_delimiter = ',', value_parser = level)]
    level: Vec<Level>,
    /// Product category; may be repeated; without it every one
    #[arg(long, value_delimiter = ',', value_parser = category)]
    category: Vec<Category>,
    /// From when (RFC 3339)
    #[arg(long, value_parser = time)]
    from: UnixTime,
    /// First instant after it (RFC 3339)
    #[arg(long, value_parser = time)]
    until: UnixTime,
}

/// Organisations that are read at once when all are listed.
const PAGE: u32 = 200;

impl Organisation {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (access, organisations) = App::access(config).await?;
        let caller = access.at_this_machine("cli").await?;
        let (of, change) = match self {
            Self::Create(create) => {
                show(&organisations.create(create.checked(), None, &caller).await?)?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::List => {
                list(&organisations, &caller).await?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Suspend(of) => (of, OrganisationChange::Suspend),
            Self::Reinstate(of) => (of, OrganisationChange::Reinstate),
            Self::Accredit(accredit) => accredit.checked()?,
            Self::Withdraw { place, of } => (of, OrganisationChange::Withdraw(place)),
        };
        show(&organisations.change(&of.id, None, change, &of.reason, &caller).await?)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    fn checked(self) -> NewOrganisation {
        let Self { id, kind, name, name_en, corporate_number } = self;
        NewOrganisation { id, kind, details: Details { name, name_en, corporate_number } }
    }
}

impl Accredit {
    fn checked(self) -> Result<(Plain, OrganisationChange), CommandError> {
        let categories = match self.category {
            none if none.is_empty() => Categories::All,
            some => Categories::Only(some.into_iter().collect()),
        };
        let valid = Window { from: self.from, until: self.until };
        let accreditation = Accreditation::new(self.level.into_iter().collect(), categories, valid)?;
        Ok((self.of, OrganisationChange::Accredit(accreditation)))
    }
}

async fn list(organisations: &Organisations, caller: &Caller) -> Result<(), CommandError> {
    let mut after = None;
    loop {
        let page = organisations.list(after.as_ref(), PAGE, caller).await?;
        for one in &page.organisations {
            show(one)?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn show(OnRecord { organisation, revision }: &OnRecord) -> Result<(), CommandError> {
    output::json(&json!({ "revision": revision, "organisation": organisation }))
}

fn id(text: &str) -> Result<OrganisationId, NotAnOrganisationId> {
    OrganisationId::parse(text)
}

fn kind(word: &str) -> Result<OrganisationKind, String> {
    OrganisationKind::parse(word).ok_or_else(|| {
        let words: Vec<_> = OrganisationKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("is one of {}", words.join(", "))
    })
}

fn name(text: &str) -> Result<Name, TextError> {
    Name::parse(text)
}

fn reason(text: &str) -> Result<Reason, TextError> {
    Reason::parse(text)
}

fn corporate_number(text: &str) -> Result<CorporateNumber, NotACorporateNumber> {
    CorporateNumber::parse(text)
}

fn level(text: &str) -> Result<Level, UnknownLevel> {
    Level::parse(text)
}

fn category(text: &str) -> Result<Category, UnknownCategory> {
    Category::parse(text)
}

fn time(text: &str) -> Result<UnixTime, NotATime> {
    UnixTime::parse(text)
}
