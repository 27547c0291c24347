//! `shirushi policy`: procurement policies, checked before they are used, and kept for an organisation.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use shirushi_shared::{
    policy::{Policy, PolicyError},
    text::Language,
};

use super::{
    CommandError,
    desk::{Refused, Who},
    output,
    verify::many::policy::text,
};
use crate::{
    config::Config,
    scheme::policy::{NotAName, PolicyName, PolicyVersion, SUPPLIED},
};

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Tell all that is wrong with a policy's file, or what it asks, in words; exit code 1 where something is wrong
    Check(Check),
    /// Keep a policy's file for your organisation; a version that is kept is never changed
    Keep(Keep),
    /// Tell the policies of your organisation, a line of JSON each
    List(List),
    /// Tell a policy's file: the canonical form
    Show(Show),
}

/// Which file.
#[derive(Args, Debug)]
pub struct Check {
    /// The policy's file; `government` is the example that is supplied
    file: String,
    /// Language of the words: ja or en
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = language)]
    lang: Language,
}

/// Which file, for whom.
#[derive(Args, Debug)]
pub struct Keep {
    #[command(flatten)]
    who: Who,
    /// The policy's file
    file: PathBuf,
}

/// Of whom.
#[derive(Args, Debug)]
pub struct List {
    #[command(flatten)]
    who: Who,
}

/// Which policy, of whom.
#[derive(Args, Debug)]
pub struct Show {
    #[command(flatten)]
    who: Who,
    /// NAME or NAME@VERSION
    name: String,
}

impl PolicyCommand {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        match self {
            Self::Check(check) => check.run(),
            Self::Keep(Keep { who, file }) => {
                let (desk, caller) = who.before(config).await?;
                let kept = desk.keep_policy(&caller, &text(&file.display().to_string())?).await;
                let kept = kept.map_err(Refused::from)?;
                output::line(&format!(
                    "{}@{} {}",
                    kept.policy.name(),
                    kept.policy.version(),
                    kept.entry.sha256
                ))?;
                Ok(ExitCode::SUCCESS)
            }
            Self::List(List { who }) => {
                let (desk, caller) = who.before(config).await?;
                for filed in desk.policies(&caller).await.map_err(Refused::from)?.cases {
                    output::json(&filed.document)?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Show(Show { who, name }) => {
                let (desk, caller) = who.before(config).await?;
                let (name, version) = read(&name)?;
                let kept = desk.policy(&caller, &name, version.as_ref()).await.map_err(Refused::from)?;
                output::json(&kept.policy)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Check {
    fn run(self) -> Result<ExitCode, CommandError> {
        let policy =
            if self.file == SUPPLIED { Policy::government() } else { Policy::load(&text(&self.file)?) };
        let policy = match policy {
            Ok(policy) => policy,
            Err(PolicyError::Wrong(problems)) => {
                for problem in problems {
                    output::remark(&problem.to_string());
                }
                return Ok(ExitCode::FAILURE);
            }
            Err(error) => {
                output::remark(&error.to_string());
                return Ok(ExitCode::FAILURE);
            }
        };
        // Texts from outside: a terminal obeys control characters.
        let shown = |text: &str| text.escape_debug().to_string();
        let mut told = format!("{}@{}\n", shown(policy.name()), shown(policy.version()));
        told += &format!("sha256 {}\n", policy.digest());
        for (number, rule) in (1..).zip(policy.rules()) {
            told += &format!("{number}. {}\n", self.lang.policy_rule(&rule.asks));
        }
        output::text(&told)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn read(asked: &str) -> Result<(PolicyName, Option<PolicyVersion>), NotAName> {
    match asked.split_once('@') {
        Some((name, version)) => Ok((PolicyName::parse(name)?, Some(PolicyVersion::parse(version)?))),
        None => Ok((PolicyName::parse(asked)?, None)),
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| "ja, ja-x-easy or en".to_owned())
}
