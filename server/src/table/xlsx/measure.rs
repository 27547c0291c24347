//! How much is in a workbook's archive, unpacked once and thrown away, before anybody keeps any of it.
//!
//! What is measured, and against what:
//! - all parts together, by what they declare and by what they unpack to (a zip bomb declares what it likes);
//! - the shared strings: their bytes, how many there are, and how many they say there are, for which memory is reserved;
//! - the styles: how many formats there are and how long their names, since each format copies its font's;
//! - the longest tag or text anywhere, and the longest cell of a sheet with all its runs, which are put together in memory;
//! - the parts that are read as a whole (relationships and what they call the workbook).
//!
//! Declarations, comments and CDATA (`<!`) are refused: no spreadsheet program writes them, and they can hide a length.

mod meter;

use std::{
    collections::BTreeSet,
    io::{BufReader, Read, Seek},
};

use zip::ZipArchive;

use super::form;
use crate::table::limits::{Limits, Refused};
use meter::{Kind, Meter};

/// Most parts of an archive: a sheet, a picture, a drawing each.
const MAX_PARTS: u64 = 10_000;
/// Largest part that is read as a whole.
const SMALL: u64 = 4 << 20;
/// Largest part that is no XML: a picture.
const OTHER: u64 = 64 << 20;
/// Largest list of what is in the package.
const ROOT: u64 = 64 * 1024;

/// Measures `file`, from its beginning.
pub(super) fn measure(file: &mut (impl Read + Seek), limits: &Limits) -> Result<(), Refused> {
    let size = file.seek(std::io::SeekFrom::End(0)).map_err(|error| form(&error.to_string()))?;
    if size > limits.bytes {
        return Err(Refused::Bytes { limit: limits.bytes });
    }
    file.rewind().map_err(|error| form(&error.to_string()))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| form(&error.to_string()))?;
    let parts = archive.len();
    if parts as u64 > MAX_PARTS {
        return Err(over("the archive", "parts", MAX_PARTS));
    }
    let whole = workbooks(&mut archive)?;
    let (mut declared, mut unpacked) = (0_u64, 0_u64);
    let mut buffer = vec![0; 64 * 1024];
    for index in 0..parts {
        let mut part = archive.by_index(index).map_err(|error| form(&error.to_string()))?;
        let name = path(&part.name().map_err(|error| form(&error.to_string()))?);
        let (kind, most) = kind(&name, &whole, limits);
        declared = declared.saturating_add(part.size());
        if part.size() > most {
            return Err(over(&name, "bytes", most));
        }
        if declared > limits.unpacked {
            return Err(over("the archive", "bytes", limits.unpacked));
        }
        let (mut meter, mut size) = (Meter::new(kind), 0);
        loop {
            let read = part.read(&mut buffer).map_err(|error| form(&format!("{name}: {error}")))?;
            if read == 0 {
                break;
            }
            size += read as u64;
            unpacked += read as u64;
            let most = if meter.is_xml() { most } else { most.min(OTHER) };
            if size > most {
                return Err(over(&name, "bytes", most));
            }
            if unpacked > limits.unpacked {
                return Err(over("the archive", "bytes", limits.unpacked));
            }
            meter.feed(&buffer[..read]).map_err(|over| over.refused(&name))?;
        }
    }
    Ok(())
}

/// What the package calls its workbook, and everything else that it names so that it might.
fn workbooks<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<BTreeSet<String>, Refused> {
    let mut found = BTreeSet::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| form(&error.to_string()))?;
        if path(&part.name().map_err(|error| form(&error.to_string()))?) != "_rels/.rels" {
            continue;
        }
        let mut text = Vec::new();
        part.take(ROOT + 1).read_to_end(&mut text).map_err(|error| form(&error.to_string()))?;
        if text.len() as u64 > ROOT {
            return Err(over("_rels/.rels", "bytes", ROOT));
        }
        let text = String::from_utf8_lossy(&text);
        // An escaped name could be any.
        if text.contains('&') {
            return Err(form("_rels/.rels names its parts in a way that no spreadsheet program does"));
        }
        found.extend(text.split(['"', '\'']).map(path));
    }
    Ok(found)
}

/// What is measured of the part `name`, and how large it may be.
fn kind(name: &str, whole: &BTreeSet<String>, limits: &Limits) -> (Kind, u64) {
    if name.ends_with("sharedstrings.xml") {
        (Kind::Strings, limits.strings)
    } else if name.ends_with("styles.xml") {
        (Kind::Styles, SMALL)
    } else if name.contains("_rels/") || name.ends_with("theme1.xml") || whole.contains(name) {
        (Kind::Other, SMALL)
    } else {
        (Kind::Other, limits.unpacked)
    }
}

/// A part's name as it is looked up: in small letters, with one kind of slash, from the root.
fn path(name: impl AsRef<str>) -> String {
    name.as_ref().to_lowercase().replace('\\', "/").trim_start_matches('/').to_owned()
}

fn over(part: &str, what: &'static str, limit: u64) -> Refused {
    Refused::Unpacked { part: part.chars().take(100).collect(), what, limit }
}
