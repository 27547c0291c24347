//! Fills a pack.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek as _, Write},
};

use sha2::{Digest as _, Sha256};
use shirushi_shared::{
    api::{BulkEnd, BulkLine, FileDigest, PackFile, PackManifest, PackPolicy, Stopped},
    policy::Policy,
    receipt::{
        CoveredDocuments,
        pack::{PackReceipt, PolicyCount},
    },
    time::UnixTime,
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{About, Pack, PackError, Packs, layout::Rows, told::Told};
use crate::{
    report::{NoPdf, Report},
    service::bulk::Columns,
    table::output::CsvFile,
};

/// From here on an archive needs the long form of its lengths.
const LONG: u64 = 0xffff_0000;

/// A pack that is being filled.
pub struct PackBuilder {
    packs: Packs,
    about: About,
    json: Hashed,
    csv: CsvFile<Hashed>,
    columns: Columns,
    rows: Rows,
    count: BulkEnd,
}

/// A scratch file of which the digest is taken as it is written.
struct Hashed {
    file: BufWriter<File>,
    sha256: Sha256,
    size: u64,
}

/// Something that goes into the archive.
struct Item {
    entry: PackFile,
    content: Content,
}

enum Content {
    Bytes(Vec<u8>),
    File(File),
}

impl PackBuilder {
    pub(super) fn new(packs: Packs, about: About) -> Result<Self, PackError> {
        let columns = Columns::new(about.language);
        let csv = CsvFile::begin(Hashed::new()?, &columns.heading()).map_err(PackError::Write)?;
        let json = Hashed::new()?;
        let rows = Rows::new(about.language, about.policy.is_some());
        Ok(Self { packs, about, json, csv, columns, rows, count: BulkEnd::default() })
    }

    /// Takes the answer to a row. Of the last line of a run it is only told why the run was stopped, where it was.
    pub fn line(&mut self, line: &BulkLine) -> Result<(), PackError> {
        if matches!(line, BulkLine::End(_)) {
            return Ok(());
        }
        self.count.line(line);
        serde_json::to_writer(&mut self.json, line).map_err(|error| PackError::Write(error.into()))?;
        self.json.write_all(b"\n").map_err(PackError::Write)?;
        if let Some(cells) = self.columns.line(line) {
            self.csv.line(&cells).map_err(PackError::Write)?;
        }
        self.rows.note(line);
        Ok(())
    }

    /// Writes down a line of results as another version would.
    #[cfg(test)]
    pub(crate) fn as_written(&mut self, line: &[u8]) -> io::Result<()> {
        self.json.write_all(line)?;
        self.json.write_all(b"\n")
    }

    /// Closes and signs it.
    pub fn finish(self, stopped: Option<Stopped>) -> Result<Pack, PackError> {
        let Self { packs, about, mut json, mut csv, columns, rows, count } = self;
        let end = BulkEnd { stopped, ..count };
        serde_json::to_writer(&mut json, &BulkLine::End(end.clone()))
            .map_err(|error| PackError::Write(error.into()))?;
        json.write_all(b"\n").map_err(PackError::Write)?;
        let json = json.finish(PackManifest::RESULTS)?;
        if let Some(line) = columns.stopped(&end) {
            csv.line(&line).map_err(PackError::Write)?;
        }
        let csv = csv.finish().map_err(PackError::Write)?.finish("results.csv")?;
        let made = packs.clock.now();

        let told = Told { about: &about, end: &end, made, origin: packs.receipts.issuer() };
        let report = told.report(rows, json.entry.sha256);
        let (mut items, without_pdf) = documents(&report, &packs);
        items.extend([csv, json]);
        items.extend(about.policy.as_deref().map(|policy| Item::of("policy.json", policy.canonical())));

        let manifest = PackManifest {
            as_of: about.as_of,
            bad: end.bad,
            case: about.case.clone(),
            contract_end: about.contract_end,
            files: items.iter().map(|item| item.entry.clone()).collect(),
            form: PackManifest::FORM,
            input: about.input.clone(),
            made,
            organisation: about.organisation.clone(),
            outcomes: end
                .outcomes
                .iter()
                .map(|(outcome, rows)| (outcome.as_str().to_owned(), *rows))
                .collect(),
            policy: about.policy.as_deref().map(|policy| told_policy(policy, &end)),
            rows: end.rows,
            service: packs.receipts.issuer().to_owned(),
            software: env!("CARGO_PKG_VERSION").to_owned(),
            stopped: end.stopped.clone(),
            without_pdf: without_pdf.map(|why| why.to_string()),
        };
        let bytes = manifest.to_bytes();
        let digest = CoveredDocuments::from_sha256(Sha256::digest(&bytes).into());
        let receipt = packs.receipts.sign_pack(|issuer, trust_list| PackReceipt {
            issuer: issuer.to_owned(),
            issued: made,
            manifest: digest,
            rows: end.rows,
            bad: end.bad,
            outcomes: end.outcomes.clone(),
            policy: about.policy.as_deref().map(|policy| PolicyCount::of(policy.digest(), &end.policy)),
            as_of: about.as_of,
            trust_list,
            software: env!("CARGO_PKG_VERSION").to_owned(),
            case: about.case.clone(),
        })?;
        items.push(Item::of(PackManifest::NAME, bytes));
        items.push(Item::of(PackManifest::RECEIPT, receipt.as_bytes().to_vec()));
        let (file, size) = archive(items, made).map_err(PackError::Write)?;
        let day = made.date_at(9 * 3600);
        let name = format!("shirushi-pack-{:04}-{:02}-{:02}.zip", day.year, day.month, day.day);
        Ok(Pack { file, size, name, manifest })
    }
}

/// The report in both forms; a machine without a typeface makes no PDF, and the pack says so.
fn documents(report: &Report, packs: &Packs) -> (Vec<Item>, Option<NoPdf>) {
    let mut items = vec![Item::of("report.html", report.to_html().into_bytes())];
    match report.to_pdf(&packs.typefaces) {
        Ok(pdf) => {
            items.push(Item::of("report.pdf", pdf));
            (items, None)
        }
        Err(why) => {
            tracing::warn!(%why, "a pack without a PDF");
            (items, Some(why))
        }
    }
}

fn told_policy(policy: &Policy, end: &BulkEnd) -> PackPolicy {
    let word = |answer| match answer {
        shirushi_shared::policy::Answer::Pass => "pass",
        shirushi_shared::policy::Answer::CannotTell => "cannot_tell",
        shirushi_shared::policy::Answer::Fail => "fail",
    };
    PackPolicy {
        answers: end.policy.iter().map(|(answer, rows)| (word(*answer).to_owned(), *rows)).collect(),
        name: policy.name().to_owned(),
        sha256: policy.digest(),
        version: policy.version().to_owned(),
    }
}

/// All of `items` in one archive, in a scratch file, read from its beginning.
fn archive(items: Vec<Item>, made: UnixTime) -> io::Result<(File, u64)> {
    let dated = dated(made);
    let mut archive = ZipWriter::new(BufWriter::new(tempfile::tempfile()?));
    for Item { entry, content } in items {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(dated)
            .unix_permissions(0o644)
            .large_file(entry.size >= LONG);
        archive.start_file(entry.name, options)?;
        match content {
            Content::Bytes(bytes) => archive.write_all(&bytes)?,
            Content::File(file) => {
                let taken = io::copy(&mut file.take(entry.size), &mut archive)?;
                if taken != entry.size {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
    }
    let mut file = archive.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    let size = file.seek(io::SeekFrom::End(0))?;
    file.rewind()?;
    Ok((file, size))
}

/// The day in Japan, as an archive writes it; the first that it can write for what is before that.
fn dated(made: UnixTime) -> DateTime {
    let day = made.date_at(9 * 3600);
    let year = u16::try_from(day.year).unwrap_or_default();
    DateTime::from_date_and_time(year, day.month, day.day, 0, 0, 0).unwrap_or_default()
}

impl Item {
    fn of(name: &str, bytes: Vec<u8>) -> Self {
        let sha256 = FileDigest::from_bytes(Sha256::digest(&bytes).into());
        let entry = PackFile { name: name.to_owned(), sha256, size: bytes.len() as u64 };
        Self { entry, content: Content::Bytes(bytes) }
    }
}

impl Hashed {
    fn new() -> Result<Self, PackError> {
        let file = BufWriter::new(tempfile::tempfile().map_err(PackError::Write)?);
        Ok(Self { file, sha256: Sha256::new(), size: 0 })
    }

    fn finish(self, name: &str) -> Result<Item, PackError> {
        let file = self.file.into_inner().map_err(|error| PackError::Write(error.into_error()));
        let mut file = file?;
        file.rewind().map_err(PackError::Write)?;
        let sha256 = FileDigest::from_bytes(self.sha256.finalize().into());
        let entry = PackFile { name: name.to_owned(), sha256, size: self.size };
        Ok(Item { entry, content: Content::File(file) })
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.file.write(bytes)?;
        self.sha256.update(bytes.get(..taken).unwrap_or(bytes));
        self.size += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
