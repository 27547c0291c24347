//! `shirushi verify TEXT`: the verdict of this machine's registry and keys, as JSON; with `--file`, of many labels.

pub(super) mod many;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use shirushi_shared::{
    api::{ReceiptWish, VerifyRequest, When},
    label::{Level, UnknownLevel},
    receipt::{CaseReference, NotACaseReference},
    registration::{Gtin, NotAGtin},
    time::NotATime,
    verdict::Outcome,
};

use super::{CommandError, output, receipt};
use crate::{app::App, clock::SystemClock, config::Config};

/// What to verify.
#[derive(Args, Debug)]
pub struct Verify {
    /// A link, token or registration number, as it was scanned, pasted or typed
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    text: Option<String>,
    /// The model in hand
    #[arg(long)]
    model: Option<String>,
    /// The level that is claimed
    #[arg(long, value_parser = |text: &str| -> Result<Level, UnknownLevel> { Level::parse(text) })]
    level: Option<Level>,
    /// The maker that is claimed
    #[arg(long)]
    maker: Option<String>,
    /// The JAN/GTIN on the package
    #[arg(long, value_parser = |text: &str| -> Result<Gtin, NotAGtin> { Gtin::parse(text) })]
    gtin: Option<Gtin>,
    /// Was it valid then? A day, of which the end counts (in Japan), or an instant (RFC 3339)
    #[arg(long, value_parser = |text: &str| -> Result<When, NotATime> { When::parse(text) })]
    as_of: Option<When>,
    /// Write a signed receipt of the answer to this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Your own reference on the receipt or in the pack, up to 64 characters
    #[arg(long, value_name = "REF", value_parser = |text: &str| -> Result<CaseReference, NotACaseReference> { CaseReference::new(text) })]
    case: Option<CaseReference>,
    #[command(flatten)]
    many: many::Many,
}

impl Verify {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        if let Some(file) = self.many.file.clone() {
            return self.many.run(&file, self.as_of.unwrap_or_default(), self.case, config).await;
        }
        if self.case.is_some() && self.receipt.is_none() {
            return Err("--case is the reference on a receipt: ask for one with --receipt".into());
        }
        let now = SystemClock::default().now();
        let request = VerifyRequest {
            link: self.text,
            model: self.model,
            level: self.level,
            maker: self.maker,
            gtin: self.gtin,
            as_of: self.as_of.and_then(|when| when.as_of(now)),
            ..VerifyRequest::default()
        };
        let (presented, claims, as_of) = request.into_parts()?;
        let answer = App::verifier(config).await?.verify(presented, claims, as_of).await;
        if let Some(file) = &self.receipt {
            let receipt = App::receipts(config)?.issue(&answer, ReceiptWish { case: self.case })?;
            receipt::keep(file, &receipt)?;
        }
        output::json(&answer.to_wire())?;
        Ok(ExitCode::from(u8::from(answer.verdict.outcome != Outcome::Valid)))
    }
}
