//! `shirushi api-key create | list | revoke`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{CommandError, actor, output};
use crate::{
    app::App,
    config::Config,
    service::access::{ApiKeyRecord, Scope},
};

/// What to do with API keys.
#[derive(Subcommand, Debug)]
pub enum ApiKey {
    /// Make a key; its text is shown once, on stdout
    Create {
        /// A name for people and the history
        name: String,
        /// What it may do: issue, change, read, manage; may be repeated
        #[arg(long, required = true, value_delimiter = ',', value_parser = scope)]
        scope: Vec<Scope>,
    },
    /// List all keys, a line of JSON each; their secrets are not on record
    List,
    /// Revoke a key
    Revoke {
        /// The public part of the key
        id: String,
    },
}

impl ApiKey {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let access = App::access(config).await?;
        match self {
            Self::Create { name, scope } => {
                let (secret, record) = access.create(&name, &scope, &actor()).await?;
                output::remark(&format!("key {} for {:?}; it is shown this once:", record.id, record.person));
                output::line(secret.reveal())?;
            }
            Self::List => {
                for record in access.list().await? {
                    output::json(&shown(&record))?;
                }
            }
            Self::Revoke { id } => {
                if !access.revoke(&id, &actor()).await? {
                    output::remark(&format!("there is no key {id}, or it was revoked before"));
                    return Ok(ExitCode::FAILURE);
                }
                output::remark(&format!("key {id} is revoked"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn shown(record: &ApiKeyRecord) -> serde_json::Value {
    json!({
        "id": record.id,
        "person": record.person,
        "scopes": record.scopes,
        "created": record.created,
        "revoked": record.revoked,
    })
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| {
        let words: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("is one of {}", words.join(", "))
    })
}
