//! Hand scanners that act as keyboards: they type fast, and most end with Enter or Tab.
//!
//! Keys are read by their place on the board (`KeyboardEvent.code`), not by the letter that the computer's layout puts
//! there: scanners type as if the board were a US one, and with a Japanese layout `:` and `/` would come out wrong. A
//! digit that the layout puts out is believed, though: a scanner that is set to the computer's French layout holds
//! Shift for digits. Caps lock and a composing input method change neither.

/// A key that went down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key<'a> {
    /// `KeyboardEvent.code`: `Digit5`, `KeyA`, `Slash`; empty from some apps that act as a keyboard.
    pub code: &'a str,
    /// `KeyboardEvent.key`: what the layout makes of it.
    pub key: &'a str,
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
/// After such a pause nothing more comes, from a scanner that ends with no key.
pub const REST: i32 = 200;
/// Shorter texts may be a person's; the shortest of a scanner's is a JAN-8.
const SHORTEST: usize = 8;
/// Shortest text that is taken without a key at its end: a registration number, or a JAN code.
const SHORTEST_UNENDED: usize = 12;

impl Wedge {
    /// Takes a key; gives the text where it was the end of a scanner's text.
    pub fn press(&mut self, key: Key<'_>) -> Option<String> {
        let pause = key.at - self.last;
        if !(0.0..=PAUSE).contains(&pause) {
            self.text.clear();
        }
        self.last = key.at;
        if matches!(key.code, "Enter" | "NumpadEnter" | "Tab") || matches!(key.key, "Enter" | "Tab") {
            return self.take(SHORTEST);
        }
        match character(key) {
            Some(character) if self.text.len() < shirushi_shared::scan::MAX_TEXT => self.text.push(character),
            _ => {}
        }
        None
    }

    /// The text, where no key came after the one at `at`: to be asked [`REST`] after each key.
    pub fn rest(&mut self, at: f64) -> Option<String> {
        if at < self.last { None } else { self.take(SHORTEST_UNENDED) }
    }

    fn take(&mut self, shortest: usize) -> Option<String> {
        let text = core::mem::take(&mut self.text);
        (text.len() >= shortest).then_some(text)
    }
}

/// `text` without the AIM identifier that scanners can be set to put before it (`]Q1`, `]E0`, `]d2`).
pub(super) fn without_identifier(text: &str) -> &str {
    let rest = text.strip_prefix(']').and_then(|rest| rest.get(2..));
    rest.unwrap_or(text)
}

/// What the key stands for.
fn character(Key { code, key, shift, .. }: Key<'_>) -> Option<char> {
    let mut shown = key.chars();
    let shown = shown.next().filter(|_| shown.next().is_none());
    if shown.is_some_and(|c| c.is_ascii_digit()) || code.is_empty() {
        return shown;
    }
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
        "BracketRight" => (']', '}'),
        "NumpadDivide" => ('/', '/'),
        "NumpadDecimal" => ('.', '.'),
        "NumpadSubtract" => ('-', '-'),
        _ => return None,
    };
    Some(if shift { shifted } else { plain })
}
