//! The evidence pack of a run.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::Path,
};

use sha2::{Digest as _, Sha256};
use shirushi_shared::{
    api::{BulkEnd, BulkLine, FileDigest, PackInput},
    receipt::CaseReference,
};

use super::{Wanted, is_standard};
use crate::{
    app::App,
    cli::{CommandError, output},
    clock::SystemClock,
    config::Config,
    service::pack::{About, PackBuilder},
};

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;

/// A pack that the answers go into as well.
pub(super) struct ToPack {
    out: File,
    builder: PackBuilder,
}

impl ToPack {
    /// A pack that will be `path`, which must not exist.
    pub(super) fn begin(path: &Path, about: About, config: &Config) -> Result<Self, CommandError> {
        let builder = App::packs(config)?.begin(about)?;
        let out = File::create_new(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { out, builder })
    }

    pub(super) fn lines(&mut self, lines: &[BulkLine]) -> Result<(), CommandError> {
        Ok(lines.iter().try_for_each(|line| self.builder.line(line))?)
    }

    pub(super) fn finish(mut self, end: &BulkEnd) -> Result<(), CommandError> {
        let mut pack = self.builder.finish(end.stopped.clone())?;
        io::copy(&mut pack.file, &mut self.out)?;
        if let Some(why) = pack.manifest.without_pdf {
            output::remark(&format!("the pack has no PDF: {why}"));
        }
        Ok(())
    }
}

/// What a pack of the rows in `file` is about.
pub(super) fn about(
    file: &Path,
    case: Option<CaseReference>,
    wanted: &Wanted,
) -> Result<About, CommandError> {
    Ok(About {
        language: wanted.language,
        organisation: None,
        input: input(file)?,
        case,
        policy: wanted.policy.clone(),
        as_of: wanted.when.as_of(SystemClock::default().now()),
        contract_end: wanted.contract_end,
    })
}

/// The file as it is before its rows are answered; `None` for what can be read only once, whose rows would be gone.
fn input(path: &Path) -> Result<Option<PackInput>, CommandError> {
    let told = |error: io::Error| format!("{}: {error}", path.display());
    if is_standard(path) || !path.metadata().map_err(told)?.is_file() {
        return Ok(None);
    }
    let mut blocks = BufReader::with_capacity(BLOCK, File::open(path).map_err(told)?);
    let mut sha256 = Sha256::new();
    loop {
        let block = blocks.fill_buf().map_err(told)?;
        if block.is_empty() {
            break;
        }
        sha256.update(block);
        let read = block.len();
        blocks.consume(read);
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(Some(PackInput { name, sha256: FileDigest::from_bytes(sha256.finalize().into()) }))
}
