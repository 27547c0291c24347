//! Of the photographs that others took: how many are read, by kind, and that no text is read which isn't there.

use std::collections::BTreeMap;

use shirushi_reader::{Effort, Gray, read};

use crate::collection::Photograph;

/// Photographs of each kind that must be read: one less than were when this was written.
const FLOORS: [(&str, usize); 10] = [
    ("boof-blurred", 41),
    ("boof-damaged", 24),
    ("boof-glare", 42),
    ("boof-high_version", 31),
    ("boof-nominal", 62),
    ("boof-perspective", 29),
    ("boof-shadows", 13),
    ("zxing-qrcode-1", 19),
    ("zxing-qrcode-2", 32),
    ("zxing-qrcode-5", 18),
];

#[test]
fn as_many_photographs_are_read_as_ever_and_none_wrongly() {
    let Some(photographs) = Photograph::all() else { return };
    let mut read_of_kind: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for photograph in &photographs {
        let picture = photograph.picture();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let gray = Gray::new(width, height, picture.into_raw()).unwrap();
        let said: Vec<Vec<u8>> =
            read(&gray, Effort::Still, &|| false).into_iter().map(|code| code.content).collect();
        *read_of_kind.entry(photograph.kind().to_owned()).or_default() +=
            usize::from(said.iter().any(|content| photograph.shows(content)));
        let not_there = said.iter().filter(|content| !photograph.shows(content));
        wrong.extend(
            not_there.map(|content| (&photograph.file, String::from_utf8_lossy(content).into_owned())),
        );
    }
    assert!(wrong.is_empty(), "texts that are not in the picture: {wrong:#?}");
    for (kind, floor) in FLOORS {
        let read = read_of_kind.get(kind).copied().unwrap_or(0);
        assert!(read >= floor, "{kind}: {read} read, and {floor} at least before; all: {read_of_kind:?}");
    }
}
