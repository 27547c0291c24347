//! The counts of one part, byte by byte.

use super::{form, over};
use crate::table::limits::Refused;

/// Longest tag or text. The longest cell of Excel with every character escaped is a third of it.
const LONGEST: u64 = 1 << 20;
/// … in the styles: a number format with every character escaped.
const LONGEST_STYLE: u64 = 4 * 1024;
/// Most strings.
const MAX_STRINGS: u64 = 1 << 21;
/// Most cell formats. Excel allows 65,490, and nobody has them.
const MAX_FORMATS: u64 = 10_000;
/// Longest name of a tag that is looked at.
const NAME: usize = 64;

/// What a part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The table of strings.
    Strings,
    /// The styles.
    Styles,
    /// Anything else: a sheet, for all we know.
    Other,
}

/// What a part has too much of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TooMuch {
    Many(&'static str, u64),
    Declaration,
}

impl TooMuch {
    pub(super) fn refused(self, part: &str) -> Refused {
        match self {
            Self::Many(what, limit) => over(part, what, limit),
            Self::Declaration => form(&format!("{part} has declarations, comments or CDATA")),
        }
    }
}

/// Counts.
#[derive(Debug)]
pub(super) struct Meter {
    kind: Kind,
    /// Whether it begins as XML; a picture is not measured further.
    xml: Option<bool>,
    /// Bytes since the last `<`.
    piece: u64,
    /// Bytes since the last cell or row of a sheet, while there are cells.
    cell: u64,
    cells: bool,
    /// The name of the tag that is being read, and whether it has ended.
    name: Vec<u8>,
    in_name: bool,
    strings: u64,
    formats: u64,
    count: Count,
}

impl Meter {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            xml: None,
            piece: 0,
            cell: 0,
            cells: false,
            name: Vec::with_capacity(NAME),
            in_name: false,
            strings: 0,
            formats: 0,
            count: Count::default(),
        }
    }

    /// Whether the part begins as XML; true before it begins.
    pub(super) const fn is_xml(&self) -> bool {
        !matches!(self.xml, Some(false))
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), TooMuch> {
        for byte in bytes {
            if self.xml.is_none() && !byte.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(byte) {
                self.xml = Some(*byte == b'<' || self.kind != Kind::Other);
            }
            if self.is_xml() {
                self.byte(*byte)?;
            }
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<(), TooMuch> {
        self.piece += 1;
        self.cell += 1;
        match byte {
            b'<' => {
                self.piece = 0;
                self.name.clear();
                self.in_name = true;
            }
            b'!' if self.in_name && self.name.is_empty() => return Err(TooMuch::Declaration),
            b'>' | b' ' | b'\t' | b'\r' | b'\n' if self.in_name => self.tag()?,
            b'/' if self.in_name && !self.name.is_empty() => self.tag()?,
            _ if self.in_name && self.name.len() < NAME => self.name.push(byte),
            _ => {}
        }
        if self.kind == Kind::Strings && self.count.byte(byte) > MAX_STRINGS {
            return Err(TooMuch::Many("strings", MAX_STRINGS));
        }
        let longest = if self.kind == Kind::Styles { LONGEST_STYLE } else { LONGEST };
        if self.piece > longest {
            return Err(TooMuch::Many("bytes in one piece", longest));
        }
        if self.cells && self.cell > LONGEST {
            return Err(TooMuch::Many("bytes in one cell", LONGEST));
        }
        Ok(())
    }

    /// A tag's name has ended.
    fn tag(&mut self) -> Result<(), TooMuch> {
        self.in_name = false;
        let (closing, name) = match self.name.strip_prefix(b"/") {
            Some(name) => (true, name),
            None => (false, &*self.name),
        };
        // A prefix is a matter of taste: some programs write `x:row`.
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        match local {
            b"sheetData" => (self.cells, self.cell) = (!closing, 0),
            b"row" | b"c" => self.cell = 0,
            b"si" if !closing => self.strings += 1,
            b"xf" if !closing => self.formats += 1,
            _ => {}
        }
        if self.kind == Kind::Strings && self.strings > MAX_STRINGS {
            return Err(TooMuch::Many("strings", MAX_STRINGS));
        }
        if self.kind == Kind::Styles && self.formats > MAX_FORMATS {
            return Err(TooMuch::Many("formats", MAX_FORMATS));
        }
        Ok(())
    }
}

/// Finds `uniqueCount="…"`: how many strings the part says it has.
#[derive(Debug, Default)]
struct Count {
    matched: usize,
    value: u64,
}

impl Count {
    const NAME: &[u8] = b"uniqueCount";

    /// The number so far, 0 where none is being read.
    fn byte(&mut self, byte: u8) -> u64 {
        if self.matched < Self::NAME.len() {
            let first = usize::from(byte == b'u');
            self.matched = if Self::NAME.get(self.matched) == Some(&byte) { self.matched + 1 } else { first };
            self.value = 0;
        } else if byte.is_ascii_digit() {
            self.value = self.value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
        } else if !b"=\"'+ \t\r\n".contains(&byte) {
            self.matched = usize::from(byte == b'u');
            self.value = 0;
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(kind: Kind, xml: &str) -> Result<(), TooMuch> {
        // Whatever the pieces in which it comes.
        let whole = Meter::new(kind).feed(xml.as_bytes());
        let mut meter = Meter::new(kind);
        let pieces = xml.as_bytes().chunks(3).try_for_each(|piece| meter.feed(piece));
        assert_eq!(whole, pieces);
        whole
    }

    #[test]
    fn what_a_file_says_of_itself_is_not_believed() {
        let say =
            |count: &str| measured(Kind::Strings, &format!("<?xml?><sst {count}><si><t>a</t></si></sst>"));
        assert_eq!(say("count=\"5\" uniqueCount=\"5\""), Ok(()));
        for count in ["uniqueCount=\"99999999999\"", "uniqueCount = '4000000000000000000000'"] {
            assert_eq!(say(count), Err(TooMuch::Many("strings", MAX_STRINGS)), "{count}");
        }
        assert_eq!(measured(Kind::Other, "<a><!-- --></a>"), Err(TooMuch::Declaration));
        let formats = format!("<styleSheet>{}", "<xf/>".repeat(10_001));
        assert_eq!(measured(Kind::Styles, &formats), Err(TooMuch::Many("formats", MAX_FORMATS)));
    }

    #[test]
    fn a_cell_is_as_long_as_its_runs() {
        let cell = |runs: usize| {
            let runs = format!("<r><t>{}</t></r>", "x".repeat(1_000)).repeat(runs);
            format!(
                "<x:worksheet><x:sheetData><x:row><x:c t=\"inlineStr\"><is>{runs}</is></x:c></x:row></x:sheetData>"
            )
        };
        assert_eq!(measured(Kind::Other, &cell(900)), Ok(()));
        assert_eq!(measured(Kind::Other, &cell(1_100)), Err(TooMuch::Many("bytes in one cell", LONGEST)));
        let text = format!("<a>{}", "x".repeat(1 << 20));
        assert_eq!(measured(Kind::Other, &text), Err(TooMuch::Many("bytes in one piece", LONGEST)));
    }
}
