//! Share of photographs read, and the time it takes, by kind and size: `cargo run --release --example measure`.
//!
//! Plain `rqrr` stands beside. The photographs are those of the tests; `SHIRUSHI_DATA` says where they are.

#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "it prints a table of shares")]

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use image::{GrayImage, imageops};
use shirushi_reader::{Effort, Gray, read};

/// Longest sides to measure at, in pixels.
const SIZES: [u32; 2] = [640, 1280];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = data().join("qr-photos");
    let index: Vec<Entry> = entries(&folder)?;
    // A panicking detector is counted, not shown.
    std::panic::set_hook(Box::new(|_| {}));
    println!("| kind | size | photographs | read | median ms | p95 ms | rqrr alone | median ms | p95 ms |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for size in SIZES {
        let mut kinds: BTreeMap<String, [Tally; 2]> = BTreeMap::new();
        for entry in &index {
            let picture = shrunk(image::open(folder.join(&entry.file))?.into_luma8(), size);
            let results = [timed(|| ours(&picture)), timed(|| rqrr_alone(&picture))];
            for kind in [entry.kind(), "all"] {
                for (tally, result) in kinds.entry(kind.to_owned()).or_default().iter_mut().zip(&results) {
                    tally.add(entry, result);
                }
            }
        }
        for (kind, [ours, alone]) in kinds {
            println!("| {kind} | {size} | {} | {ours} | {alone} |", ours.times.len());
        }
    }
    Ok(())
}

/// A photograph's file and the texts it is known to show.
struct Entry {
    file: String,
    texts: Vec<String>,
}

impl Entry {
    fn kind(&self) -> &str {
        self.file.split('/').next().unwrap_or_default()
    }
}

fn entries(folder: &Path) -> Result<Vec<Entry>, Box<dyn Error>> {
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("index.json"))?)?;
    let strings = |value: &serde_json::Value| {
        value.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let entry = |entry: &serde_json::Value| {
        Some(Entry { file: entry["file"].as_str()?.to_owned(), texts: strings(&entry["texts"]) })
    };
    Ok(index.as_array().into_iter().flatten().filter_map(entry).collect())
}

fn shrunk(picture: GrayImage, longest: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= longest {
        return picture;
    }
    let scaled = |side: u32| side * longest / width.max(height);
    imageops::resize(&picture, scaled(width), scaled(height), imageops::FilterType::Triangle)
}

/// What was read, and how long it took.
type Timed = (Vec<Vec<u8>>, Duration);

fn timed(reader: impl FnOnce() -> Vec<Vec<u8>>) -> Timed {
    let start = Instant::now();
    (reader(), start.elapsed())
}

fn ours(picture: &GrayImage) -> Vec<Vec<u8>> {
    let gray = Gray::new(picture.width() as usize, picture.height() as usize, picture.as_raw().clone());
    let codes = gray.map(|gray| read(&gray, Effort::Still, &|| false)).unwrap_or_default();
    codes.into_iter().map(|code| code.content).collect()
}

#[expect(clippy::disallowed_methods, reason = "what our front end is measured against; panics are caught")]
fn rqrr_alone(picture: &GrayImage) -> Vec<Vec<u8>> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let level = |x: usize, y: usize| picture.as_raw()[y * width + x];
    let codes = std::panic::catch_unwind(|| {
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, level);
        let grids = prepared.detect_grids();
        let decoded = grids.iter().filter_map(|grid| {
            let mut content = Vec::new();
            grid.decode_to(&mut content).ok().map(|_| content)
        });
        decoded.collect()
    });
    codes.unwrap_or_default()
}

#[derive(Default)]
struct Tally {
    read: usize,
    times: Vec<Duration>,
}

impl Tally {
    fn add(&mut self, entry: &Entry, (contents, time): &Timed) {
        let shows = |content: &Vec<u8>| {
            let utf8 = std::str::from_utf8(content).ok().map(str::to_owned);
            let text = utf8.unwrap_or_else(|| encoding_rs::SHIFT_JIS.decode(content).0.into_owned());
            entry.texts.iter().any(|listed| listed.trim() == text.trim())
        };
        self.read += usize::from(contents.iter().any(shows));
        self.times.push(*time);
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = |share: usize| {
            times.get((times.len() - 1) * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        let share = 100.0 * self.read as f64 / self.times.len().max(1) as f64;
        write!(f, "{} ({share:.1} %) | {:.1} | {:.1}", self.read, at(50), at(95))
    }
}

#[expect(clippy::disallowed_methods, reason = "an example is told where its data is by the environment")]
fn data() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var("SHIRUSHI_DATA").map_or_else(|_| beside(), PathBuf::from)
}
