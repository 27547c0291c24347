//! What commands say: results on stdout, one a line, everything else on stderr.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use serde::Serialize;

use super::CommandError;

/// The exit code of a command that could not do its work. A negative result (a label that is not valid, a picture
/// without a code) is 1.
const FAILED: u8 = 2;

/// Writes a line to stdout.
pub(super) fn line(line: &str) -> Result<(), CommandError> {
    text(&format!("{line}\n"))
}

/// Writes whole lines to stdout.
pub(super) fn text(lines: &str) -> Result<(), CommandError> {
    match io::stdout().lock().write_all(lines.as_bytes()) {
        // Whoever read us has enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Writes `value` as a line of JSON to stdout.
pub(super) fn json(value: &impl Serialize) -> Result<(), CommandError> {
    line(&serde_json::to_string(value)?)
}

/// Writes a remark to stderr.
pub(super) fn remark(text: &str) {
    // Nobody is left to be told that stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says what went wrong, with its causes.
pub fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    let mut text = format!("shirushi: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        // Some errors repeat their cause in their own words.
        let told = error.to_string();
        if !text.ends_with(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        cause = error.source();
    }
    remark(&text);
    ExitCode::from(FAILED)
}
