//! `shirushi api-key create | list | rotate | revoke`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;
use shirushi_shared::time::UnixTime;

use super::{CommandError, output};
use crate::{
    app::App,
    clock::SystemClock,
    config::Config,
    scheme::{
        organisation::{NotAnOrganisationId, OrganisationId},
        person::PersonName,
        text::TextError,
    },
    service::{
        access::{Access, ApiKeyId, ListedKey, NewKey, NotAnApiKeyId, Role, Scope},
        caller::Caller,
        organisations::{OPERATOR, Organisations},
    },
};

/// What to do with API keys.
#[derive(Subcommand, Debug)]
pub enum ApiKey {
    /// Make a key; its text is shown once, on stdout
    Create(Create),
    /// List keys, a line of JSON each; their secrets are not on record
    List {
        /// Only those of this organisation
        #[arg(long, value_name = "ID", value_parser = organisation)]
        organisation: Option<OrganisationId>,
    },
    /// Make a key in place of another, which works for some more hours
    Rotate {
        /// The public part of the old key
        #[arg(value_parser = key, allow_hyphen_values = true)]
        id: ApiKeyId,
        /// How long the old key still works
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap_hours: u32,
    },
    /// Revoke a key
    Revoke {
        /// The public part of the key
        #[arg(value_parser = key, allow_hyphen_values = true)]
        id: ApiKeyId,
    },
}

/// A key to be made.
#[derive(clap::Args, Debug)]
pub struct Create {
    /// The person who holds it, for people and the history
    #[arg(value_parser = person)]
    name: PersonName,
    /// What it may do: verify, read, apply, review, approve, change, issue, audit, manage, watch; may be repeated
    #[arg(long, required = true, value_delimiter = ',', value_parser = scope)]
    scope: Vec<Scope>,
    /// For whom its holder acts
    #[arg(long, value_name = "ID", default_value = OPERATOR, value_parser = organisation)]
    organisation: OrganisationId,
    /// What they are there: administrator (the operator's default), reviewer, approver; elsewhere the
    /// organisation's own role
    #[arg(long, value_delimiter = ',', value_parser = role)]
    role: Vec<Role>,
    /// After how many days it ends by itself
    #[arg(long, value_name = "DAYS")]
    expires_days: Option<u16>,
}

/// Keys that are read at once when all are listed.
const PAGE: u32 = 200;

impl ApiKey {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let (access, organisations) = App::access(config).await?;
        let caller = access.at_this_machine("cli").await?;
        match self {
            Self::Create(create) => {
                let new = create.checked(&organisations, &caller).await?;
                let (secret, record) = access.create(new, &caller).await?;
                output::remark(&format!("key {} for {:?}; it is shown this once:", record.id, record.person));
                output::line(secret.reveal())?;
            }
            Self::List { organisation } => list(&access, organisation.as_ref(), &caller).await?,
            Self::Rotate { id, overlap_hours } => {
                let (secret, record) = access.rotate(&id, i64::from(overlap_hours) * 3600, &caller).await?;
                output::remark(&format!(
                    "key {} in place of {id}, which works for {overlap_hours} more hours; it is shown this once:",
                    record.id
                ));
                output::line(secret.reveal())?;
            }
            Self::Revoke { id } => {
                access.revoke(&id, &caller).await?;
                output::remark(&format!("key {id} is revoked"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    async fn checked(self, organisations: &Organisations, caller: &Caller) -> Result<NewKey, CommandError> {
        let roles = if !self.role.is_empty() {
            self.role.into_iter().collect()
        } else if self.organisation.as_str() == OPERATOR {
            // What keys could do before there were roles; who examines and approves is named.
            [Role::Administrator].into()
        } else {
            Role::of(organisations.show(&self.organisation, caller).await?.organisation.kind()).collect()
        };
        let expires = self.expires_days.map(|days| in_days(i64::from(days)));
        Ok(NewKey {
            organisation: self.organisation,
            person: self.name,
            roles,
            scopes: self.scope.into_iter().collect(),
            expires,
        })
    }
}

fn in_days(days: i64) -> UnixTime {
    SystemClock::default().now().plus(days * 86_400)
}

async fn list(
    access: &Access,
    organisation: Option<&OrganisationId>,
    caller: &Caller,
) -> Result<(), CommandError> {
    let mut after = None;
    loop {
        let page = access.list(organisation, after.as_ref(), PAGE, caller).await?;
        for key in &page.keys {
            output::json(&shown(key))?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn shown(ListedKey { record, last_used }: &ListedKey) -> serde_json::Value {
    json!({
        "id": record.id,
        "person": record.person,
        "organisation": record.organisation,
        "roles": record.roles,
        "scopes": record.scopes,
        "created": record.created,
        "expires": record.expires,
        "revoked": record.revoked,
        "replaces": record.replaces,
        "last_used": last_used,
    })
}

fn key(text: &str) -> Result<ApiKeyId, NotAnApiKeyId> {
    ApiKeyId::parse(text)
}

fn person(text: &str) -> Result<PersonName, TextError> {
    PersonName::parse(text)
}

fn organisation(text: &str) -> Result<OrganisationId, NotAnOrganisationId> {
    OrganisationId::parse(text)
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| one_of(Scope::ALL.iter().map(|scope| scope.as_str())))
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| one_of(Role::ALL.iter().map(|role| role.as_str())))
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("is one of {}", words.collect::<Vec<_>>().join(", "))
}
