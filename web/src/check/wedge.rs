//! Hand scanners that act as keyboards: they type fast and end with Enter.
//!
//! Keys are read by their place on the board (`KeyboardEvent.code`), not by the letter that the computer's layout puts
//! there: scanners type as if the board were a US one, and with a Japanese layout `:` and `/` would come out wrong.

/// A key that went down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key<'a> {
    /// `KeyboardEvent.code`: `Digit5`, `KeyA`, `Slash`.
    pub code: &'a str,
    /// Whether Shift was held.
    pub shift: bool,
    /// When, in milliseconds of any clock.
    pub at: f64,
}

/// Collects what a hand scanner types.
#[derive(Debug, Default)]
pub struct Wedge {
    text: String,
    last: f64,
}

/// The longest pause between two keys of a scanner, in milliseconds; people are slower than this.
const PAUSE: f64 = 60.0;
/// Shorter texts may be a person's; the shortest of a scanner's is a JAN-8.
const SHORTEST: usize = 8;

impl Wedge {
    /// Takes a key; gives the text where it was the Enter after a scanner's text.
    pub fn press(&mut self, key: Key<'_>) -> Option<String> {
        let pause = key.at - self.last;
        if !(0.0..=PAUSE).contains(&pause) {
            self.text.clear();
        }
        self.last = key.at;
        if matches!(key.code, "Enter" | "NumpadEnter") {
            let text = core::mem::take(&mut self.text);
            return (text.len() >= SHORTEST).then_some(text);
        }
        match character(key.code, key.shift) {
            Some(character) if self.text.len() < shirushi_shared::scan::MAX_TEXT => self.text.push(character),
            _ => {}
        }
        None
    }
}

/// The character of a key on a US board.
fn character(code: &str, shift: bool) -> Option<char> {
    let single = |prefix: &str| code.strip_prefix(prefix)?.chars().next();
    if let Some(letter) = single("Key") {
        return Some(if shift { letter } else { letter.to_ascii_lowercase() });
    }
    if let Some(digit) = single("Digit") {
        let shifted = ")!@#$%^&*(".chars().nth(usize::try_from(digit.to_digit(10)?).ok()?)?;
        return Some(if shift { shifted } else { digit });
    }
    if let Some(digit) = single("Numpad").filter(char::is_ascii_digit) {
        return Some(digit);
    }
    let (plain, shifted) = match code {
        "Minus" => ('-', '_'),
        "Equal" => ('=', '+'),
        "Semicolon" => (';', ':'),
        "Slash" => ('/', '?'),
        "Period" => ('.', '>'),
        "Comma" => (',', '<'),
        "NumpadDivide" => ('/', '/'),
        "NumpadDecimal" => ('.', '.'),
        "NumpadSubtract" => ('-', '-'),
        _ => return None,
    };
    Some(if shift { shifted } else { plain })
}
