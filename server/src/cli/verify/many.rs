//! `shirushi verify --file`: an answer for every row of a file.

mod lists;
mod pack;
pub(in crate::cli) mod policy;
mod service;

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal as _, Read, Write},
    path::{Path, PathBuf},
    pin::pin,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use clap::Args;
use futures_util::{Stream, StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use shirushi_shared::{
    api::{BulkEnd, BulkLine, When},
    key::PublicKey,
    policy::{Day, NotADay},
    receipt::CaseReference,
    text::Language,
};
use tokio::sync::mpsc;
use url::Url;

use self::pack::{ToPack, about};
use super::super::{CommandError, lists::public_key, output};
use crate::{
    app::App,
    config::Config,
    service::bulk::{BATCH, Batch, Count, Given, Lines, Wanted, json_lines},
};

/// Bytes that are read at once, and pieces of that size that are read ahead.
const PIECE: usize = 64 * 1024;
const AHEAD: usize = 4;

/// Which file, whom to ask, and where the answers go.
#[derive(Args, Debug)]
pub(in crate::cli) struct Many {
    /// Verify every row of this file of JSON Lines (- for standard input); exit code 1 where one of them is not valid
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "level", "maker", "gtin", "receipt"])]
    pub(super) file: Option<PathBuf>,
    /// Where the answers go, a file that must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE", requires = "file")]
    out: Option<PathBuf>,
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
    #[arg(long, value_name = "FILE", requires = "file", conflicts_with = "offline")]
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
        let input = Input::open(file, progress.clone())?;
        let mut sink = Sink::open(self.out.as_deref(), progress)?;
        if let Some(pack) = &self.pack {
            sink.pack = Some(ToPack::begin(pack, about(file, case, &wanted), config)?);
        }
        let end = if let Some(server) = &self.server {
            let key = self.key_file.as_deref();
            service::ask(server, key, input.pieces, &wanted, self.policy.as_deref(), &mut sink).await?
        } else if let Some(folder) = &self.offline {
            let checker = lists::checker(folder, self.pin.as_ref(), config)?;
            let origin = config.public_origin.as_str();
            let answers = lists::answers(checker, rows(input.pieces), wanted.clone(), origin);
            sink.write_all(answers).await?
        } else {
            let bulk = App::bulk(config).await?;
            let answers = bulk.answers(rows(input.pieces), wanted.clone(), |lines| json_lines(&lines));
            sink.write_all(answers).await?
        };
        sink.finish(&end)?;
        if let Some(error) = input.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
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

/// What is read, in pieces.
struct Input {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    /// Why reading ended before the end.
    failed: Arc<Mutex<Option<io::Error>>>,
}

impl Input {
    /// Reads `path` on a thread of its own: one that waits for standard input must hold up nothing at the end.
    fn open(path: &Path, progress: ProgressBar) -> Result<Self, CommandError> {
        let mut source: Box<dyn Read + Send> = if is_standard(path) {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).map_err(|error| format!("{}: {error}", path.display()))?)
        };
        let (sender, pieces) = mpsc::channel(AHEAD);
        let failed = Arc::new(Mutex::new(None));
        let failure = Arc::clone(&failed);
        std::thread::spawn(move || {
            let mut buffer = vec![0; PIECE];
            loop {
                let piece = match source.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(read) => Ok(Bytes::copy_from_slice(buffer.get(..read).unwrap_or_default())),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => {
                        let kind = error.kind();
                        *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        Err(kind.into())
                    }
                };
                progress.inc(piece.as_ref().map_or(0, |piece| piece.len() as u64));
                let ended = piece.is_err();
                if sender.blocking_send(piece).is_err() || ended {
                    return;
                }
            }
        });
        Ok(Self { pieces, failed })
    }
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The rows in `pieces`, in batches.
fn rows(pieces: mpsc::Receiver<io::Result<Bytes>>) -> impl Stream<Item = Vec<Given>> + Send {
    stream::unfold((pieces, Lines::default(), false), |(mut pieces, mut lines, mut ended)| async move {
        let mut rows = Vec::new();
        while rows.len() < BATCH {
            if let Some(row) = lines.next_row() {
                rows.push(row);
            } else if ended {
                break;
            } else if let Some(Ok(piece)) = pieces.recv().await {
                lines.feed(&piece);
            } else {
                ended = true;
                rows.extend(lines.last_row());
            }
        }
        (!rows.is_empty()).then_some((rows, (pieces, lines, ended)))
    })
}

/// Where the answers go.
struct Sink {
    out: BufWriter<Box<dyn Write + Send>>,
    progress: ProgressBar,
    rows: u64,
    pack: Option<ToPack>,
}

impl Sink {
    fn open(path: Option<&Path>, progress: ProgressBar) -> Result<Self, CommandError> {
        let out: Box<dyn Write + Send> = match path {
            Some(path) => {
                let file = File::options().write(true).create_new(true).open(path);
                Box::new(file.map_err(|error| format!("{}: {error}", path.display()))?)
            }
            None => Box::new(io::stdout()),
        };
        Ok(Self { out: BufWriter::with_capacity(PIECE, out), progress, rows: 0, pack: None })
    }

    /// Writes all of `answers`, and what came of them.
    async fn write_all(
        &mut self,
        answers: impl Stream<Item = Batch<Bytes>>,
    ) -> Result<BulkEnd, CommandError> {
        let mut answers = pin!(answers);
        let mut total = Count::default();
        while let Some(batch) = answers.next().await {
            total.add(&batch.count);
            if !self.write(&batch.answers, batch.count.rows())? {
                return Ok(total.to_end());
            }
        }
        let end = total.to_end();
        self.write(&json_lines(&[BulkLine::End(end.clone())]), 0)?;
        Ok(end)
    }

    /// Writes lines with the answers to so many rows; whether anybody still reads them.
    fn write(&mut self, lines: &[u8], rows: u64) -> Result<bool, CommandError> {
        self.rows += rows;
        if let Some(pack) = &mut self.pack {
            pack.lines(lines)?;
        }
        self.progress.set_message(self.rows.to_string());
        // A pipe is read as it is written.
        match self.out.write_all(lines).and_then(|()| self.out.flush()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Says what came of it, and closes the pack.
    fn finish(self, end: &BulkEnd) -> Result<(), CommandError> {
        self.progress.finish_and_clear();
        let mut told = format!("{} rows", end.rows);
        for (outcome, rows) in &end.outcomes {
            told.push_str(&format!(", {rows} {}", outcome.as_str()));
        }
        if end.bad > 0 {
            told.push_str(&format!(", {} not answered", end.bad));
        }
        for (answer, rows) in &end.policy {
            told.push_str(&format!("; policy: {rows} {}", Language::En.policy_answer(*answer)));
        }
        output::remark(&told);
        self.pack.map_or(Ok(()), |pack| pack.finish(end))
    }
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
