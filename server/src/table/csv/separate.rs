//! What separates cells, told by the first line.

use super::Separator;

/// A first line that is longer is looked at to here.
const LONGEST: usize = 64 * 1024;

/// Finds out the separator.
#[derive(Debug)]
pub(super) struct Separate {
    found: Option<Separator>,
    /// Up to where the first line has been looked at, and what was counted there.
    seen: usize,
    quoted: bool,
    counts: [usize; 3],
}

const ALL: [Separator; 3] = [Separator::Comma, Separator::Tab, Separator::Semicolon];

impl Separate {
    pub(super) const fn new(asked: Option<Separator>) -> Self {
        Self { found: asked, seen: 0, quoted: false, counts: [0; 3] }
    }

    /// What was asked for or found.
    pub(super) const fn separator(&self) -> Option<Separator> {
        self.found
    }

    /// Looks at `text`, the file from its beginning. Whether it is now known and has to be set.
    pub(super) fn tell(&mut self, text: &str, last: bool) -> bool {
        if self.seen == usize::MAX {
            return false;
        }
        let mut ended = last || self.found.is_some() || text.len() >= LONGEST;
        for byte in text.bytes().skip(self.seen) {
            match byte {
                b'"' => self.quoted = !self.quoted,
                b'\n' | b'\r' if !self.quoted => {
                    // Empty lines before the first tell nothing.
                    if text.get(..self.seen).is_some_and(|line| !line.trim().is_empty()) {
                        ended = true;
                        break;
                    }
                }
                _ if self.quoted => {}
                _ => {
                    let places = ALL.iter().zip(&mut self.counts);
                    places.filter(|(one, _)| one.byte() == byte).for_each(|(_, count)| *count += 1);
                }
            }
            self.seen += 1;
        }
        if ended {
            self.seen = usize::MAX;
            self.found.get_or_insert(most(self.counts));
        }
        ended
    }
}

/// The one that is there most often; a comma where none is, or several are alike.
fn most(counts: [usize; 3]) -> Separator {
    let [comma, tab, semicolon] = counts;
    if tab > comma && tab >= semicolon {
        Separator::Tab
    } else if semicolon > comma {
        Separator::Semicolon
    } else {
        Separator::Comma
    }
}
