//! The typeface of a PDF: one of this machine that has Japanese in it.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use ttf_parser::{Face, name_id};

/// Where systems put typefaces with Japanese, the ones that read best first.
const PLACES: [&str; 12] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/local/share/fonts/NotoSansCJK-Regular.ttc",
    "/usr/local/share/fonts/NotoSansJP-Regular.otf",
    "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "/usr/share/fonts/ipa-gothic/ipag.ttf",
    "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    "/usr/share/fonts/vlgothic/VL-Gothic-Regular.ttf",
];
/// Largest file; Noto Sans CJK with all its languages has 20 MB.
const MAX_BYTES: u64 = 64 << 20;
/// Most faces of a collection that are looked at.
const MAX_FACES: u32 = 64;

/// Where typefaces are looked for.
#[derive(Clone, Debug, Default)]
pub struct Typefaces {
    file: Option<PathBuf>,
}

/// A typeface with Japanese.
pub(super) struct Typeface {
    pub(super) data: Arc<Vec<u8>>,
    /// Which face of a collection.
    pub(super) index: u32,
    /// The file, for what cannot be used.
    pub(super) name: String,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum NoTypeface {
    /// Nowhere on this machine.
    #[error(
        "this machine has no typeface with Japanese where they usually are: name one by the setting `font`"
    )]
    Nowhere,
    /// The file that was named is none.
    #[error("{0} is no typeface with Japanese of at most {max} bytes", max = MAX_BYTES)]
    NotOne(String),
}

impl Typefaces {
    /// The typeface in `file`; without one, those that systems usually have.
    pub const fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// The first that can be used. Read anew each time: a report is seldom, and 20 MB are much to keep for it.
    pub(super) fn find(&self) -> Result<Typeface, NoTypeface> {
        match &self.file {
            Some(file) => Typeface::read(file).ok_or_else(|| NoTypeface::NotOne(file.display().to_string())),
            None => {
                PLACES.iter().find_map(|place| Typeface::read(Path::new(place))).ok_or(NoTypeface::Nowhere)
            }
        }
    }
}

impl Typeface {
    fn read(path: &Path) -> Option<Self> {
        let mut data = Vec::new();
        let read = File::open(path).ok()?.take(MAX_BYTES + 1).read_to_end(&mut data).ok()?;
        if read as u64 > MAX_BYTES {
            return None;
        }
        // One file has the same signs in the forms of several countries: Japan's are wanted.
        let faces = ttf_parser::fonts_in_collection(&data).unwrap_or(1).min(MAX_FACES);
        let usable: Vec<_> = (0..faces).filter(|index| has_japanese(&data, *index)).collect();
        let japanese = usable.iter().find(|index| is_of_japan(&data, **index));
        let index = *japanese.or(usable.first())?;
        Some(Self { data: Arc::new(data), index, name: path.display().to_string() })
    }
}

fn has_japanese(data: &[u8], index: u32) -> bool {
    Face::parse(data, index)
        .is_ok_and(|face| ['あ', '登', 'A'].iter().all(|c| face.glyph_index(*c).is_some()))
}

fn is_of_japan(data: &[u8], index: u32) -> bool {
    let Ok(face) = Face::parse(data, index) else { return false };
    face.names()
        .into_iter()
        .filter(|name| name.name_id == name_id::FULL_NAME || name.name_id == name_id::FAMILY)
        .filter_map(|name| name.to_string())
        .any(|name| name.contains(" JP") && !name.contains("Mono"))
}
