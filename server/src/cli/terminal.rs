//! What is typed at the terminal without being shown.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal as _, Read as _, Write as _},
};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::signer::Passphrase;

/// Asks for a passphrase; `None` where nobody sits at a terminal.
///
/// Read from the terminal itself and not through the buffer of standard input, which would keep a copy.
pub(super) fn passphrase(question: &str) -> io::Result<Option<Passphrase>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(question.as_bytes())?;
    let shown = tcgetattr(&terminal)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    // A terminal hands over a line at a time.
    let mut line = Zeroizing::new([0; Passphrase::LONGEST]);
    let read = terminal.read(line.as_mut());
    tcsetattr(&terminal, OptionalActions::Flush, &shown)?;
    terminal.write_all(b"\n")?;
    let typed = line.get(..read?).unwrap_or_default();
    let typed = typed.strip_suffix(b"\n").unwrap_or(typed);
    Ok((!typed.is_empty()).then(|| Passphrase::new(Zeroizing::new(typed.to_vec()))))
}
