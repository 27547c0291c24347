//! Where the answers go: JSON Lines or CSV as they come, or a workbook.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    pin::pin,
};

use futures_util::{Stream, StreamExt as _};
use indicatif::ProgressBar;
use shirushi_shared::{
    api::{BulkEnd, BulkLine},
    text::Language,
};

use super::pack::ToPack;
use crate::{
    cli::{CommandError, output},
    clock::SystemClock,
    service::bulk::{Batch, Columns, Written},
    table::output::XlsxFile,
};

/// Bytes that are gathered before they are written.
const PIECE: usize = 64 * 1024;

/// Where the answers go.
pub(super) struct Sink {
    form: Form,
    progress: ProgressBar,
    rows: u64,
    pack: Option<ToPack>,
}

enum Form {
    Written { written: Written, out: BufWriter<Box<dyn Write + Send>> },
    Workbook { columns: Columns, book: Box<XlsxFile>, out: File },
}

/// The form of the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum AnswerForm {
    /// A line of JSON for each row.
    Jsonl,
    /// CSV, as Excel opens it.
    Csv,
    /// A workbook: coloured, filtered, with a summary. Needs --out.
    Xlsx,
}

impl AnswerForm {
    /// What the name of the file says.
    fn of(path: Option<&Path>) -> Self {
        let extension = path.and_then(Path::extension).and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Self::Csv,
            Some("xlsx") => Self::Xlsx,
            _ => Self::Jsonl,
        }
    }
}

impl Sink {
    /// Writes to the new file `path`, or to standard output.
    pub(super) fn open(
        path: Option<&Path>,
        form: Option<AnswerForm>,
        language: Language,
        progress: ProgressBar,
    ) -> Result<Self, CommandError> {
        let file = path.map(|path| {
            let file = File::options().write(true).create_new(true).open(path);
            file.map_err(|error| format!("{}: {error}", path.display()))
        });
        let (file, form) = (file.transpose()?, form.unwrap_or_else(|| AnswerForm::of(path)));
        let written = match form {
            AnswerForm::Jsonl => Written::JsonLines,
            AnswerForm::Csv => Written::csv(language),
            AnswerForm::Xlsx => {
                let out = file.ok_or("a workbook goes to a file: give --out")?;
                let columns = Columns::new(language);
                let book = Box::new(XlsxFile::begin(&columns.heading(), columns.sheets())?);
                let form = Form::Workbook { columns, book, out };
                return Ok(Self { form, progress, rows: 0, pack: None });
            }
        };
        let out: Box<dyn Write + Send> = match file {
            Some(file) => Box::new(file),
            None => Box::new(io::stdout()),
        };
        let mut out = BufWriter::with_capacity(PIECE, out);
        out.write_all(&written.begin())?;
        Ok(Self { form: Form::Written { written, out }, progress, rows: 0, pack: None })
    }

    /// Closes the answers into `pack` as well.
    pub(super) fn close_into(&mut self, pack: ToPack) {
        self.pack = Some(pack);
    }

    /// What writes a batch on whichever thread has it.
    pub(super) fn writer(&self) -> impl Fn(Vec<BulkLine>) -> Piece + Clone + Send + Sync + use<> {
        let written = match &self.form {
            Form::Written { written, .. } if self.pack.is_none() => Some(*written),
            Form::Written { .. } | Form::Workbook { .. } => None,
        };
        move |lines| match written {
            Some(written) => Piece::Text(written.lines(&lines)),
            None => Piece::Lines(lines),
        }
    }

    /// Writes all of `answers`.
    pub(super) async fn write_all(
        &mut self,
        answers: impl Stream<Item = Batch<Piece>>,
    ) -> Result<BulkEnd, CommandError> {
        let mut answers = pin!(answers);
        let mut total = BulkEnd::default();
        while let Some(batch) = answers.next().await {
            total.add(&batch.count);
            if !self.write(batch.answers, batch.count.rows)? {
                break;
            }
        }
        Ok(total)
    }

    /// Writes the answers to so many rows; whether anybody still reads them.
    pub(super) fn write(&mut self, piece: Piece, rows: u64) -> Result<bool, CommandError> {
        self.rows += rows;
        if let (Some(pack), Piece::Lines(lines)) = (&mut self.pack, &piece) {
            pack.lines(lines)?;
        }
        self.progress.set_message(self.rows.to_string());
        match (&mut self.form, piece) {
            (Form::Written { out, .. }, Piece::Text(text)) => still_read(out, &text),
            (Form::Written { written, out }, Piece::Lines(lines)) => still_read(out, &written.lines(&lines)),
            (Form::Workbook { columns, book, .. }, Piece::Lines(lines)) => {
                for line in lines.iter().filter_map(|line| columns.line(line)) {
                    book.line(&line)?;
                }
                Ok(true)
            }
            (Form::Workbook { .. }, Piece::Text(_)) => Err("a workbook is not written as text".into()),
        }
    }

    /// Ends the file, and says what came of it.
    pub(super) fn finish(self, end: &BulkEnd) -> Result<(), CommandError> {
        match self.form {
            Form::Written { written, mut out } => {
                still_read(&mut out, &written.end(end.clone()))?;
            }
            Form::Workbook { columns, mut book, out } => {
                if let Some(line) = columns.stopped(end) {
                    book.line(&line)?;
                }
                book.finish(&columns.summary(end, SystemClock::default().now()), BufWriter::new(out))?;
            }
        }
        self.progress.finish_and_clear();
        let mut told = format!("{} rows", end.rows);
        for (outcome, rows) in &end.outcomes {
            told.push_str(&format!(", {rows} {}", outcome.as_str()));
        }
        if end.bad > 0 {
            told.push_str(&format!(", {} not answered", end.bad));
        }
        if end.not_as_claimed > 0 {
            told.push_str(&format!("; {} of them not as claimed", end.not_as_claimed));
        }
        let policy = end
            .policy
            .iter()
            .map(|(answer, rows)| format!("{rows} {}", Language::En.policy_answer(*answer).to_lowercase()));
        let policy: Vec<_> = policy.collect();
        if !policy.is_empty() {
            told.push_str(&format!("; policy: {}", policy.join(", ")));
        }
        output::remark(&told);
        self.pack.map_or(Ok(()), |pack| pack.finish(end))
    }
}

/// Some answers, written or still to be.
pub(super) enum Piece {
    /// As they stand in the file.
    Text(bytes::Bytes),
    /// For a form that cannot be put together piece by piece.
    Lines(Vec<BulkLine>),
}

/// Writes `text` through, since a pipe is read as it is written; whether anybody still reads it.
fn still_read(out: &mut impl Write, text: &[u8]) -> Result<bool, CommandError> {
    match out.write_all(text).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}
