//! Photographs that others took of codes, with the texts they are known to hold: how many are read, by kind, and
//! that no text is read which isn't there.

use std::{collections::BTreeMap, path::PathBuf};

use encoding_rs::SHIFT_JIS;
use shirushi_reader::{Code, Effort, Gray, read};

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

/// Texts that the collections don't list, but the pictures hold (looked at one by one).
const ALSO_THERE: [(&str, &str); 4] = [
    // The collection lists "photograph"; every block of the code is whole and says "photography", which no chance
    // misreading does.
    ("zxing-qrcode-2/00024.jpg", "The 2005 USGS aerial photography of the Washington Monument is censored."),
    // A third, larger code on the same board as the two that are listed.
    ("boof-blurred/00589.jpg", ABC),
    ("boof-blurred/00591.jpg", ABC),
    // Two codes on one card, light on dark, of which one is listed; this address is also printed below in letters.
    ("boof-nominal/00914.jpg", "https://www.facebook.com/Lethmik/"),
];

const ABC: &str = "ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 \
                   ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 \
                   ABC 123456789 ABC 123456789 ABC 123456789";

#[test]
fn as_many_photographs_are_read_as_ever_and_none_wrongly() {
    let Some(photographs) = Photograph::all() else { return };
    let mut read_of_kind: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for photograph in &photographs {
        let codes = read(&photograph.gray(), Effort::Still, &|| false);
        let said: Vec<String> = codes.iter().map(text).collect();
        *read_of_kind.entry(photograph.kind().to_owned()).or_default() +=
            usize::from(said.iter().any(|text| photograph.shows(text)));
        wrong.extend(
            said.into_iter().filter(|text| !photograph.shows(text)).map(|text| (&photograph.file, text)),
        );
    }
    assert!(wrong.is_empty(), "texts that are not in the picture: {wrong:#?}");
    for (kind, floor) in FLOORS {
        let read = read_of_kind.get(kind).copied().unwrap_or(0);
        assert!(read >= floor, "{kind}: {read} read, and {floor} at least before; all: {read_of_kind:?}");
    }
}

/// Thirteen of the codes are older Japanese ones, which the crate leaves to its caller as bytes.
fn text(code: &Code) -> String {
    code.text().unwrap_or_else(|| SHIFT_JIS.decode(&code.content).0.into_owned())
}

struct Photograph {
    folder: PathBuf,
    file: String,
    texts: Vec<String>,
}

impl Photograph {
    /// `None`, and a line that says so, where the photographs are not at hand.
    fn all() -> Option<Vec<Self>> {
        let folder = data().join("qr-photos");
        let Ok(index) = std::fs::read(folder.join("index.json")) else {
            let required = variable("REQUIRE_DATA").is_some_and(|value| value == "1");
            assert!(!required, "REQUIRE_DATA=1, and there are no photographs in {}", folder.display());
            #[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
            {
                println!("skipped: no photographs in {}", folder.display());
            }
            return None;
        };
        let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
        let photograph = |entry: &serde_json::Value| Self {
            folder: folder.clone(),
            file: entry["file"].as_str().unwrap().to_owned(),
            texts: entry["texts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|text| text.as_str().unwrap().to_owned())
                .collect(),
        };
        Some(index.as_array().unwrap().iter().map(photograph).collect())
    }

    fn kind(&self) -> &str {
        self.file.split('/').next().unwrap()
    }

    fn gray(&self) -> Gray {
        let picture = image::open(self.folder.join(&self.file)).unwrap().into_luma8();
        Gray::new(picture.width() as usize, picture.height() as usize, picture.into_raw()).unwrap()
    }

    /// The collections have trimmed some texts.
    fn shows(&self, text: &str) -> bool {
        let listed = self.texts.iter().any(|listed| listed.trim() == text.trim());
        listed || ALSO_THERE.contains(&(self.file.as_str(), text))
    }
}

/// Where data of others lies: `SHIRUSHI_DATA`, or beside the workspace.
fn data() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    variable("SHIRUSHI_DATA").map_or_else(beside, PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "tests are told where their data is by the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
