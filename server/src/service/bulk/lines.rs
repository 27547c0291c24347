//! Rows out of bytes as they come in: a line of JSON each.

use bytes::{Bytes, BytesMut};
use shirushi_shared::api::{BadRow, BulkRow, RowError, RowFault};

use super::Given;

/// Takes bytes in pieces that may end anywhere, and gives out lines that are whole. Of a line that is too long no more
/// than the beginning is ever kept.
#[derive(Debug, Default)]
pub struct Lines {
    buffer: BytesMut,
    /// So much of the buffer was looked through.
    searched: usize,
    /// The rest of a line that is too long is on its way.
    skipping: bool,
    /// How many lines there were.
    count: u64,
}

impl Lines {
    /// More bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next row that is whole; empty lines are none, and are counted.
    pub fn next_row(&mut self) -> Option<Given> {
        loop {
            let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
            let Some(end) = unsearched.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                if self.skipping {
                    self.drop_buffer();
                } else if self.buffer.len() > BulkRow::MAX_LINE {
                    self.count += 1;
                    self.skipping = true;
                    self.drop_buffer();
                    return Some(self.too_long());
                }
                return None;
            };
            let line = self.buffer.split_to(self.searched + end + 1).freeze();
            self.searched = 0;
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            self.count += 1;
            if let Some(row) = self.row(line) {
                return Some(row);
            }
        }
    }

    /// The last row, where it has no end of line.
    pub fn last_row(&mut self) -> Option<Given> {
        let line = self.buffer.split().freeze();
        self.searched = 0;
        if std::mem::take(&mut self.skipping) || line.is_empty() {
            return None;
        }
        self.count += 1;
        self.row(line)
    }

    fn row(&self, line: Bytes) -> Option<Given> {
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if self.count == 1 => line.slice_ref(rest),
            _ => line,
        };
        if line.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        // With its end.
        let is_too_long = line.len() > BulkRow::MAX_LINE + 1;
        Some(if is_too_long { self.too_long() } else { Given::Line(self.count, line) })
    }

    fn too_long(&self) -> Given {
        let detail = format!("the line is longer than {} bytes", BulkRow::MAX_LINE);
        Given::Bad(BadRow { row: self.count, id: None, error: RowError { code: RowFault::TooLong, detail } })
    }

    fn drop_buffer(&mut self) {
        self.buffer.clear();
        self.searched = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8], piece: usize) -> Vec<String> {
        let mut lines = Lines::default();
        let mut rows = Vec::new();
        for piece in text.chunks(piece) {
            lines.feed(piece);
            rows.extend(std::iter::from_fn(|| lines.next_row()));
            assert!(
                lines.buffer.len() <= BulkRow::MAX_LINE + piece.len(),
                "no more is kept than a line may have"
            );
        }
        rows.extend(lines.last_row());
        assert!(lines.last_row().is_none());
        let told = rows.into_iter().map(|row| match row {
            Given::Line(row, line) => format!("{row} {}", String::from_utf8_lossy(&line).trim()),
            Given::Bad(bad) => format!("{} {:?}", bad.row, bad.error.code),
            Given::Row(..) => unreachable!(),
        });
        told.collect()
    }

    #[test]
    fn however_the_pieces_fall_the_rows_are_the_same() {
        let mut text = b"\xef\xbb\xbfone\r\n\n  \ntwo\n".to_vec();
        text.extend(vec![b'x'; 3 * BulkRow::MAX_LINE]);
        text.extend(b"\nthree\n\xef\xbb\xbffour");
        for piece in [1, 2, 3, 1_000, text.len()] {
            let expected = ["1 one", "4 two", "5 TooLong", "6 three", "7 \u{feff}four"];
            assert_eq!(rows(&text, piece), expected, "in pieces of {piece}");
        }
        assert_eq!(rows(&vec![b'x'; BulkRow::MAX_LINE], 100).len(), 1);
        assert_eq!(rows(&vec![b'x'; BulkRow::MAX_LINE + 1], 100), ["1 TooLong"]);
        assert_eq!(rows(b"", 1), [] as [String; 0]);
        assert_eq!(rows(b"\n", 1), [] as [String; 0]);
    }
}
