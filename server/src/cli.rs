//! The command line: each command a thin caller of the same services that the web layer calls.

mod api_key;
mod backup;
mod application;
mod change;
mod decision;
mod demo;
mod history;
mod issue;
pub mod keys;
mod lists;
mod desk;
mod evidence;
mod notice;
mod organisation;
pub mod output;
mod policy;
#[cfg(test)]
mod runbook;
mod receipt;
mod scan;
mod serve;
mod sighting;
mod terminal;
mod standing;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    app::App,
    clock::SystemClock,
    config::{Config, Settings},
    service::Actor,
};

/// Verification service for product security labels: issues signed labels, and tells whether one holds
#[derive(Parser, Debug)]
#[command(name = "shirushi", version, about, max_term_width = 100)]
pub struct Cli {
    /// Where everything lies.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Answer requests until SIGTERM or SIGINT
    Serve,
    /// The scheme's private keys: make, list, rotate, withdraw
    Keys(keys::KeysArgs),
    /// Put one approved product on record and issue its label; takes two people
    Issue(Box<issue::Issue>),
    /// Put the approved products of a CSV file on record: all of them or none; takes two people
    Import(issue::Import),
    /// Suspend a label, for a time or until it is reinstated
    Suspend(change::Suspend),
    /// End a suspension or grace
    Reinstate(change::Plain),
    /// Begin grace before lapse
    Grace(change::Plain),
    /// Withdraw a label for good; takes two people
    Revoke(change::Revoke),
    /// Move the end of a label's validity; takes two people
    Extend(change::Extend),
    /// Applications: draft, edit, submit, review, approve …
    Application(Box<application::ApplicationArgs>),
    /// Evidence files: hand in, read
    Evidence(evidence::EvidenceArgs),
    /// What takes two people: propose, confirm, decline
    Decision(Box<decision::DecisionArgs>),
    /// Change notices: file, accept, refuse
    Notice(notice::NoticeArgs),
    /// Vulnerabilities of registered products
    Advisory(standing::AdvisoryArgs),
    /// Reports that holders owe
    Duty(standing::DutyArgs),
    /// Suspicious labels that somebody reported
    Sighting(sighting::SightingArgs),
    /// Vulnerabilities and reports of a registration, and what they mean for an extension
    Standing(standing::StandingArgs),
    /// Tell the scheme's criteria, as they are loaded
    Criteria,
    /// Tell what a link, token or number is worth, or every row of a file; exit code 0 where it is valid, else 1
    Verify(Box<verify::Verify>),
    /// Procurement policies: check a file, keep it, list, show
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Receipts and evidence packs: check one that was kept
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// Read the codes in pictures, a line of JSON a file; exit code 1 where one could not be read
    Scan(scan::Scan),
    /// The signed lists: publish, show, verify
    #[command(subcommand)]
    Lists(lists::Lists),
    /// Serve a fictional registry, with labels to print and scan
    Demo(demo::Demo),
    /// Organisations: put on record, list, suspend, accredit
    #[command(subcommand)]
    Organisation(organisation::Organisation),
    /// API keys: make, list, rotate, revoke
    #[command(subcommand)]
    ApiKey(api_key::ApiKey),
    /// The history of everything: check it, export it
    #[command(subcommand)]
    History(history::History),
    /// Write all that is on record to one file, while the service runs
    Backup(backup::Backup),
    /// Fill an empty registry, of either database, from a backup
    Restore(backup::Restore),
}

/// Why a command did not do its work.
pub type CommandError = Box<dyn std::error::Error + Send + Sync>;

impl Command {
    /// Does it.
    pub async fn run(self, config: Config) -> Result<ExitCode, CommandError> {
        match self {
            Self::Serve => serve::run(config).await,
            Self::Keys(args) => {
                let now = SystemClock::default().now();
                output::text(&keys::run(args, &config.keys, now, &mut terminal::passphrase)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Issue(command) => command.run(&config).await,
            Self::Import(command) => command.run(&config).await,
            Self::Suspend(command) => command.run(&config).await,
            Self::Reinstate(command) => command.reinstate(&config).await,
            Self::Grace(command) => command.grace(&config).await,
            Self::Revoke(command) => command.run(&config).await,
            Self::Extend(command) => command.run(&config).await,
            Self::Application(command) => command.run(&config).await,
            Self::Evidence(command) => command.run(&config).await,
            Self::Decision(command) => command.run(&config).await,
            Self::Notice(command) => command.run(&config).await,
            Self::Advisory(command) => command.run(&config).await,
            Self::Duty(command) => command.run(&config).await,
            Self::Sighting(command) => command.run(&config).await,
            Self::Standing(command) => command.run(&config).await,
            Self::Criteria => {
                output::line(&serde_json::to_string_pretty(&App::criteria(&config)?)?)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify(command) => command.run(&config).await,
            Self::Policy(command) => command.run(&config).await,
            Self::Receipt(command) => command.run(&config).await,
            Self::Scan(command) => command.run().await,
            Self::Lists(command) => command.run(&config).await,
            Self::Demo(command) => command.run(config).await,
            Self::Organisation(command) => command.run(&config).await,
            Self::ApiKey(command) => command.run(&config).await,
            Self::History(command) => command.run(&config).await,
            Self::Backup(command) => command.run(&config).await,
            Self::Restore(command) => command.run(config).await,
        }
    }
}

/// Who makes changes by hand, for the history.
fn actor() -> Actor {
    Actor::here("cli")
}
