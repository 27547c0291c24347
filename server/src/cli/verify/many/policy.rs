//! The policy's file of a run.

use std::{fs::File, io::Read as _};

use shirushi_shared::policy::Policy;

use crate::{cli::CommandError, scheme::policy::SUPPLIED};

/// Longest file that is read: a byte more than any policy has is told as too large.
const MOST: u64 = 64 * 1024 + 1;

/// The policy in `file`, or the example that is supplied.
pub(in crate::cli) fn read(file: &str) -> Result<Policy, CommandError> {
    if file == SUPPLIED {
        return Ok(Policy::government()?);
    }
    Ok(Policy::load(&text(file)?)?)
}

/// The text of `file`.
pub(in crate::cli) fn text(file: &str) -> Result<String, CommandError> {
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(MOST).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| format!("{file}: {error}").into())
}
