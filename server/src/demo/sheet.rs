//! `labels.json` and the printable files of a demonstration.

use std::{fs, path::PathBuf};

use serde::Serialize;
use shirushi_shared::{label::Level, time::UnixTime, token::Token, verdict::Outcome};

use super::{DemoError, DemoFolder, NOTICE, texts};
use crate::{
    artwork::{Content, Dpi, Label, LabelArt, plain_qr},
    service::approval::Approval,
};

/// One label of the demonstration, as `labels.json` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct DemoLabel {
    /// Registration number as printed; none where the code is not a label's.
    pub number: Option<String>,
    /// What verifying it comes to.
    pub outcome: Outcome,
    /// What its QR code says.
    pub link: String,
    /// The token in base64url; none where there is none, or a damaged one.
    pub token: Option<String>,
    /// The label as PNG at 300 dpi: a whole path.
    pub png: String,
    /// Level and expiry as printed.
    #[serde(skip)]
    pub printed: Option<(Level, UnixTime)>,
}

impl DemoLabel {
    pub(super) fn registered(approval: &Approval, outcome: Outcome, token: &Token, origin: &str) -> Self {
        let (link, text) = texts(token, origin);
        Self {
            number: Some(approval.printed_number.clone()),
            outcome,
            link,
            token: Some(text),
            png: String::new(),
            printed: Some((approval.level, approval.valid.until)),
        }
    }
}

/// One label of each outcome, in their order of precedence, and then the rest.
pub(super) fn one_of_each_first(labels: &mut Vec<DemoLabel>) {
    let mut ordered = Vec::with_capacity(labels.len());
    for outcome in Outcome::ALL {
        if let Some(at) = labels.iter().position(|label| label.outcome == outcome) {
            ordered.push(labels.remove(at));
        }
    }
    ordered.append(labels);
    *labels = ordered;
}

/// Writes pictures and list. The first of each outcome also gets the files for a printer.
pub(super) fn write(folder: &DemoFolder, labels: &mut [DemoLabel]) -> Result<(), DemoError> {
    let failed = |path: &PathBuf| {
        let path = path.clone();
        move |source| DemoError::Folder { path, source }
    };
    fs::create_dir_all(folder.labels()).map_err(failed(&folder.labels()))?;
    for (index, label) in labels.iter_mut().enumerate() {
        let name = match &label.number {
            Some(number) => format!("{:02}-{}-{number}", index + 1, label.outcome.as_str()),
            None => format!("{:02}-{}", index + 1, label.outcome.as_str()),
        };
        let file = |ending: &str| folder.labels().join(format!("{name}{ending}"));
        let write =
            |ending: &str, bytes: &[u8]| fs::write(file(ending), bytes).map_err(failed(&file(ending)));
        if let (Some(number), Some((level, expires))) = (&label.number, label.printed) {
            let art = Label::new(LabelArt {
                content: Content::Text(&label.link),
                printed_number: number,
                level,
                expires,
                notice: Some(NOTICE),
            })?;
            write(".png", &art.png(Dpi::D300)?)?;
            write(".svg", art.svg().as_bytes())?;
            if index < Outcome::ALL.len() {
                write("-600dpi.png", &art.png(Dpi::D600)?)?;
                write(".pdf", &art.pdf()?)?;
            }
        } else {
            let code = plain_qr(&label.link)?;
            write(".png", &code.png(Dpi::D300)?)?;
            write(".svg", code.svg().as_bytes())?;
        }
        label.png = file(".png").display().to_string();
    }
    let list = serde_json::to_string_pretty(labels)?;
    fs::write(folder.list(), list).map_err(failed(&folder.list()))
}
