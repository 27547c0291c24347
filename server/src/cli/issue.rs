//! `shirushi issue` and `shirushi import`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;
use shirushi_shared::token::TextForm;

use super::{
    CommandError,
    desk::{Refused, TwoPeople, read},
    output,
};
use crate::{
    app::App,
    config::Config,
    scheme::text::Reason,
    service::{
        approval::{ApprovalInput, ModelInput, ProductInput},
        import::read_inputs,
        issue::Issued,
    },
};

/// One approval, from a file or from flags.
#[derive(Args, Debug)]
pub struct Issue {
    /// JSON file with one approval, as the API takes it; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with = "number", required_unless_present = "number")]
    json: Option<PathBuf>,
    #[command(flatten)]
    people: TwoPeople,
    #[command(flatten)]
    approval: Flags,
}

/// An approval in flags.
#[derive(Args, Debug)]
struct Flags {
    /// Registration number as it is printed
    #[arg(long, requires_all = ["maker", "product", "model", "category", "level", "valid_from", "valid_until"])]
    number: Option<String>,
    /// The maker's name
    #[arg(long)]
    maker: Option<String>,
    /// … in Latin letters
    #[arg(long)]
    maker_en: Option<String>,
    /// Corporate number (法人番号)
    #[arg(long)]
    corporate_number: Option<String>,
    /// Product name as sold
    #[arg(long)]
    product: Option<String>,
    /// Model number, with its GTIN where there is one: MODEL or MODEL=GTIN; may be repeated
    #[arg(long)]
    model: Vec<String>,
    /// Product category, as a word
    #[arg(long)]
    category: Option<String>,
    /// STAR-1 to STAR-4
    #[arg(long)]
    level: Option<String>,
    /// Evaluation body, for STAR-3 and STAR-4
    #[arg(long)]
    evaluation_body: Option<String>,
    /// First day of the validity, in Japan
    #[arg(long, value_name = "DATE")]
    valid_from: Option<String>,
    /// Last day of the validity, in Japan
    #[arg(long, value_name = "DATE")]
    valid_until: Option<String>,
}

/// Approvals from a CSV file.
#[derive(Args, Debug)]
pub struct Import {
    /// CSV file in UTF-8 with a heading
    file: PathBuf,
    #[command(flatten)]
    people: TwoPeople,
    /// Check the file and change nothing
    #[arg(long)]
    check: bool,
}

impl Issue {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let input = match &self.json {
            Some(path) => read(path)?,
            None => self.approval.into_input(),
        };
        let people = self.people;
        put_on_record(config, people, vec![input]).await
    }
}

impl Flags {
    fn into_input(self) -> ApprovalInput {
        let models = self.model.iter().map(|model| {
            let (number, gtin) = model.split_once('=').map_or((model.as_str(), None), |(n, g)| (n, Some(g)));
            ModelInput { number: number.to_owned(), gtin: gtin.map(str::to_owned) }
        });
        ApprovalInput {
            number: self.number.unwrap_or_default(),
            maker: self.maker.unwrap_or_default(),
            maker_en: self.maker_en,
            corporate_number: self.corporate_number,
            products: vec![ProductInput { name: self.product.unwrap_or_default(), models: models.collect() }],
            category: self.category.unwrap_or_default(),
            level: self.level.unwrap_or_default(),
            evaluation_body: self.evaluation_body,
            valid_from: self.valid_from.unwrap_or_default(),
            valid_until: self.valid_until.unwrap_or_default(),
            ..ApprovalInput::default()
        }
    }
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let approvals = read_inputs(&std::fs::read(&self.file)?).map_err(Refused::of)?;
        if self.check {
            output::remark(&format!("{} registrations, nothing changed", approvals.len()));
            return Ok(ExitCode::SUCCESS);
        }
        put_on_record(config, self.people, approvals).await
    }
}

/// Proposed by one, confirmed by the other, at once.
async fn put_on_record(
    config: &Config,
    people: TwoPeople,
    approvals: Vec<ApprovalInput>,
) -> Result<ExitCode, CommandError> {
    let (access, desk) = App::desk(config).await?;
    let (first, second) = people.before(&access).await?;
    let reason = Reason::parse(&format!("approved elsewhere: {} registrations", approvals.len()))?;
    let made = desk.propose_issue(&first, approvals, reason).await.map_err(Refused::from)?;
    let done = desk.confirm(&second, made.document.id(), Some(made.revision)).await.map_err(Refused::from)?;
    done.issued.iter().try_for_each(|issued| output::json(&told(config, issued)))?;
    Ok(ExitCode::SUCCESS)
}

/// A label that was issued.
pub(super) fn told(config: &Config, issued: &Issued) -> serde_json::Value {
    json!({
        "number": issued.record.number,
        "revision": issued.record.revision,
        "expires": issued.record.valid.until,
        "link": issued.token.link(config.public_origin.as_str()),
        "token": issued.token.to_text(TextForm::Base64Url),
    })
}
