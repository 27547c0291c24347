//! `shirushi verify --file`: an answer for every row of a file.

mod input;
mod lists;
mod pack;
pub(in crate::cli) mod policy;
mod service;
mod sink;

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use shirushi_shared::{
    api::{StopCode, Stopped, When},
    key::PublicKey,
    policy::{Day, NotADay},
    receipt::CaseReference,
    text::Language,
};
use url::Url;

use self::{
    input::Input,
    pack::{ToPack, about},
    sink::{AnswerForm, Sink},
};
use super::super::{CommandError, lists::public_key};
use crate::{app::App, config::Config, service::bulk::Wanted};

/// Which file, whom to ask, and where the answers go.
#[derive(Args, Debug)]
pub(in crate::cli) struct Many {
    /// Verify every row of this file of JSON Lines, CSV or .xlsx (- for standard input); exit code 1 where one of them is
    /// not valid
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "level", "maker", "gtin", "receipt"])]
    pub(super) file: Option<PathBuf>,
    /// Where the answers go, a file that must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE", requires = "file")]
    out: Option<PathBuf>,
    /// The form of the answers [default: what the name of --out ends in, else jsonl]
    #[arg(long, value_name = "FORM", requires = "file")]
    form: Option<AnswerForm>,
    /// File that says which column means what, as it is told on standard error where it is guessed
    #[arg(long, value_name = "FILE", requires = "file")]
    columns: Option<PathBuf>,
    /// Ask the service at this address [default: this machine's registry and keys]
    #[arg(long, value_name = "URL", requires = "file", conflicts_with = "offline")]
    server: Option<Url>,
    /// File with the API key that the service is to be asked with
    #[arg(long, value_name = "FILE", requires = "server")]
    key_file: Option<PathBuf>,
    /// Ask nobody: judge by the signed lists in this folder, as they were downloaded
    #[arg(long, value_name = "DIR", requires = "file")]
    offline: Option<PathBuf>,
    /// The pinned trust key: 64 hexadecimal digits, as `public_key` in keyring.json [default: that of the key folder]
    #[arg(long, value_name = "HEX", requires = "offline", value_parser = public_key)]
    pin: Option<PublicKey>,
    /// Check every row by this policy's file as well (with --server: by the policy of this name there, NAME or
    /// NAME@VERSION); exit code 1 where one of them does not pass. `government` is the example that is supplied
    #[arg(long, value_name = "FILE", requires = "file")]
    policy: Option<String>,
    /// The last day of the contract, for rows that do not say it
    #[arg(long, value_name = "DAY", requires = "policy", value_parser = |text: &str| -> Result<Day, NotADay> { Day::parse(text) })]
    contract_end: Option<Day>,
    /// Close the check into an evidence pack: a zip with report, results and a signed receipt; a file that must not exist yet
    #[arg(long, value_name = "FILE", requires = "file", conflicts_with_all = ["server", "offline"])]
    pack: Option<PathBuf>,
    /// Name maker and products in each answer
    #[arg(long, requires = "file")]
    products: bool,
    /// Language of the words: ja, ja-x-easy or en
    #[arg(long, value_name = "TAG", requires = "file", value_parser = language)]
    lang: Option<Language>,
}

impl Many {
    /// Verifies the rows of `file`.
    pub(super) async fn run(
        self,
        file: &Path,
        when: When,
        case: Option<CaseReference>,
        config: &Config,
    ) -> Result<ExitCode, CommandError> {
        if case.is_some() && self.pack.is_none() {
            return Err("--case is the reference in a pack: ask for one with --pack".into());
        }
        let policy = match (&self.policy, &self.server) {
            (Some(policy), None) => Some(Arc::new(policy::read(policy)?)),
            _ => None,
        };
        let (language, products) = (self.lang.unwrap_or_default(), self.products);
        let wanted = Wanted { language, products, policy, when, contract_end: self.contract_end };
        let progress = progress(file);
        let (input, failure) = Input::open(file, self.columns.as_deref(), progress.clone())?;
        let mut sink = Sink::open(self.out.as_deref(), self.form, wanted.language, progress)?;
        if let Some(pack) = &self.pack {
            sink.close_into(ToPack::begin(pack, about(file, case, &wanted)?, config)?);
        }
        let mut end = if let Some(server) = &self.server {
            let (key, policy) = (self.key_file.as_deref(), self.policy.as_deref());
            service::ask(server, key, input, &wanted, policy, &mut sink).await?
        } else if let Some(folder) = &self.offline {
            let checker = lists::checker(folder, self.pin.as_ref(), config)?;
            let origin = config.public_origin.as_str();
            let answers = lists::answers(checker, input.rows(), wanted, origin, sink.writer());
            sink.write_all(answers).await?
        } else {
            let answers = App::bulk(config).await?.answers(input.rows(), wanted, sink.writer());
            sink.write_all(answers).await?
        };
        let failed = failure.take();
        if let Some(error) = &failed {
            let detail = error.to_string();
            end.stopped.get_or_insert(Stopped { code: StopCode::BrokeOff, detail });
        }
        sink.finish(&end)?;
        if let Some(error) = failed {
            return Err(format!("{}: {error}", file.display()).into());
        }
        if let Some(stopped) = end.stopped {
            return Err(
                format!("the service read no more after {} rows: {}", end.rows, stopped.detail).into()
            );
        }
        let is_well = if self.policy.is_some() { end.all_pass() } else { end.all_valid() };
        Ok(ExitCode::from(u8::from(!is_well)))
    }
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Shown where somebody looks on.
fn progress(file: &Path) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let size = std::fs::metadata(file).ok().filter(|_| !is_standard(file)).map(|known| known.len());
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{bar:30} {percent}%  {msg} rows  {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {msg} rows  {elapsed}"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| "ja, ja-x-easy or en".to_owned())
}
