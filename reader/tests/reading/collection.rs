//! Photographs that others took of codes, with the texts they are known to hold. Not in this repository: they lie where
//! `SHIRUSHI_DATA` says, or beside the workspace.

use std::path::PathBuf;

use encoding_rs::{GBK, SHIFT_JIS};
use image::GrayImage;

/// Texts that the collections don't list, but the pictures hold (looked at one by one).
const ALSO_THERE: [(&str, &str); 5] = [
    // The collection lists "photograph"; every block of the code is whole and says "photography", which no chance
    // misreading does.
    ("zxing-qrcode-2/00024.jpg", "The 2005 USGS aerial photography of the Washington Monument is censored."),
    // A code within a code: the outer one is listed, and this is the inner one ("内側").
    ("zxing-qrcode-2/00027.jpg", "[内側QRコード]\r\n\r\n*ダブルQR*\r\nhttp://d-qr.net/ex/"),
    // A third, larger code on the same board as the two that are listed.
    ("boof-blurred/00589.jpg", ABC),
    ("boof-blurred/00591.jpg", ABC),
    // Two codes on one card, light on dark, of which one is listed; this address is also printed below in letters.
    ("boof-nominal/00914.jpg", "https://www.facebook.com/Lethmik/"),
];

const ABC: &str = "ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 \
                   ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 ABC 123456789 \
                   ABC 123456789 ABC 123456789 ABC 123456789";

pub(crate) struct Photograph {
    folder: PathBuf,
    /// Its kind, and its name in the collection.
    pub(crate) file: String,
    texts: Vec<String>,
}

impl Photograph {
    /// `None`, and a line that says so, where the photographs are not at hand.
    pub(crate) fn all() -> Option<Vec<Self>> {
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

    pub(crate) fn kind(&self) -> &str {
        self.file.split('/').next().unwrap()
    }

    pub(crate) fn picture(&self) -> GrayImage {
        image::open(self.folder.join(&self.file)).unwrap().into_luma8()
    }

    /// Whether one of its codes says this; the bytes of a code do not tell their encoding. The collections have
    /// trimmed some texts.
    pub(crate) fn shows(&self, content: &[u8]) -> bool {
        texts(content).iter().any(|text| {
            let listed = self.texts.iter().any(|listed| listed.trim() == text.trim());
            listed || ALSO_THERE.contains(&(self.file.as_str(), text))
        })
    }
}

/// What bytes say: in UTF-8 or, where they are none, in what older Japanese and Chinese codes were written in.
fn texts(content: &[u8]) -> Vec<String> {
    match std::str::from_utf8(content) {
        Ok(text) => vec![text.to_owned()],
        Err(_) => [SHIFT_JIS, GBK].map(|encoding| encoding.decode(content).0.into_owned()).to_vec(),
    }
}

/// Where data of others lies.
fn data() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    variable("SHIRUSHI_DATA").map_or_else(beside, PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "tests are told where their data is by the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
