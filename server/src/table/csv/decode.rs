//! Bytes to text, whatever they are.
//!
//! ASCII is the same in UTF-8 and CP932, and goes through before either is decided. The first other byte decides, by the
//! text that follows it.

use super::Encoding;

/// So many bytes from the first that is not ASCII are looked at: some thousand characters.
const WINDOW: usize = 8 * 1024;

/// A decoder that finds out what it decodes.
pub(super) struct Decode {
    state: State,
}

enum State {
    /// Nothing yet: a byte order mark may come.
    Start(Vec<u8>),
    /// ASCII until now; what is held begins with the first byte that is not.
    Undecided(Vec<u8>),
    /// Decided.
    Known(Encoding, encoding_rs::Decoder),
}

impl Decode {
    /// A decoder of `asked`, or of whatever comes.
    pub(super) fn new(asked: Option<Encoding>) -> Self {
        Self { state: asked.map_or(State::Start(Vec::new()), known) }
    }

    /// What was found out.
    pub(super) const fn encoding(&self) -> Option<Encoding> {
        match &self.state {
            State::Known(encoding, _) => Some(*encoding),
            State::Start(_) | State::Undecided(_) => None,
        }
    }

    /// Adds the text of `bytes` to `text`; what is no text becomes U+FFFD.
    pub(super) fn push(&mut self, bytes: &[u8], last: bool, text: &mut String) {
        match &mut self.state {
            State::Known(_, decoder) => decode(decoder, bytes, last, text),
            State::Start(held) => {
                held.extend_from_slice(bytes);
                if held.len() < 3 && !last {
                    return;
                }
                let held = std::mem::take(held);
                self.state = match encoding_rs::Encoding::for_bom(&held) {
                    Some((encoding, _)) => known(of_mark(encoding)),
                    None => State::Undecided(Vec::new()),
                };
                self.push(&held, last, text);
            }
            State::Undecided(held) => {
                let plain = if held.is_empty() { encoding_rs::Encoding::ascii_valid_up_to(bytes) } else { 0 };
                let (ascii, rest) = bytes.split_at(plain);
                text.push_str(&String::from_utf8_lossy(ascii));
                held.extend_from_slice(rest);
                if held.len() >= WINDOW || (last && !held.is_empty()) {
                    let held = std::mem::take(held);
                    self.state = known(tell(&held[..held.len().min(WINDOW)]));
                    self.push(&held, last, text);
                }
            }
        }
    }
}

fn known(encoding: Encoding) -> State {
    let decoder = match encoding {
        Encoding::Utf8 => encoding_rs::UTF_8.new_decoder_with_bom_removal(),
        Encoding::Cp932 => encoding_rs::SHIFT_JIS.new_decoder_without_bom_handling(),
        Encoding::Utf16Le => encoding_rs::UTF_16LE.new_decoder_with_bom_removal(),
        Encoding::Utf16Be => encoding_rs::UTF_16BE.new_decoder_with_bom_removal(),
    };
    State::Known(encoding, decoder)
}

fn of_mark(encoding: &'static encoding_rs::Encoding) -> Encoding {
    if encoding == encoding_rs::UTF_16LE {
        Encoding::Utf16Le
    } else if encoding == encoding_rs::UTF_16BE {
        Encoding::Utf16Be
    } else {
        Encoding::Utf8
    }
}

/// UTF-8 where most of what is not ASCII reads so: one bad byte does not make it CP932, of which hardly two characters in
/// a row are UTF-8 by chance.
fn tell(window: &[u8]) -> Encoding {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in window.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if good > bad { Encoding::Utf8 } else { Encoding::Cp932 }
}

fn decode(decoder: &mut encoding_rs::Decoder, bytes: &[u8], last: bool, text: &mut String) {
    text.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
    // With that much room, all of the bytes are taken at once.
    let _ = decoder.decode_to_string(bytes, text, last);
}
