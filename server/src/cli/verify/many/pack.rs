//! The evidence pack of a run.

use std::{fs::File, io, path::Path};

use shirushi_shared::{
    api::{BulkEnd, BulkLine},
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
pub(super) fn about(file: &Path, case: Option<CaseReference>, wanted: &Wanted) -> About {
    let name = file.file_name().filter(|_| !is_standard(file));
    About {
        language: wanted.language,
        organisation: None,
        input: name.map(|name| name.to_string_lossy().into_owned()),
        case,
        policy: wanted.policy.clone(),
        as_of: wanted.when.as_of(SystemClock::default().now()),
        contract_end: wanted.contract_end,
    }
}
