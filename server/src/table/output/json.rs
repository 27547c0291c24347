//! JSON Lines: an object a line, its fields in the order of the heading.

use std::io::{self, Write};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{Cell, Line};

/// A file of JSON Lines that is being written.
pub struct JsonLines<W: Write> {
    out: W,
    names: Vec<String>,
}

impl<W: Write> JsonLines<W> {
    /// Begins, with the names of the fields.
    pub fn begin(out: W, names: &[&str]) -> Self {
        Self { out, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Adds a line.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &Object { names: &self.names, cells: &line.cells })?;
        self.out.write_all(b"\n")
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

struct Object<'a> {
    names: &'a [String],
    cells: &'a [Cell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (name, cell) in self.names.iter().zip(self.cells) {
            match cell {
                Cell::Empty => object.serialize_entry(name, &())?,
                Cell::Text(text) => object.serialize_entry(name, text)?,
                Cell::Number(number) => object.serialize_entry(name, number)?,
            }
        }
        object.end()
    }
}
