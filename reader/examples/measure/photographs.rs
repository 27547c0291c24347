//! Photographs that others took, shrunk to two sizes: share read by each reader, and texts that are not there.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use image::{GrayImage, imageops};

use crate::{
    collection::Photograph,
    readers::{Contents, NAMES, Readers},
};

/// Longest sides to measure at, in pixels.
const SIZES: [u32; 2] = [640, 1280];

/// Our own column.
const OURS: usize = 1;

pub(crate) fn print(readers: &mut Readers) {
    let Some(photographs) = Photograph::all() else { return };
    for size in SIZES {
        println!("photographs of at most {size} px: read · texts read that are not there");
        println!("| kind | photographs | {} | ours: median ms | p95 ms |", NAMES.join(" | "));
        println!("|---|---|{}---|---|", "---|".repeat(NAMES.len()));
        let mut kinds: BTreeMap<String, Row> = BTreeMap::new();
        let mut missed = Vec::new();
        for photograph in &photographs {
            let picture = shrunk(photograph.picture(), size);
            let rows = [photograph.kind(), "all"];
            for reader in 0..NAMES.len() {
                let start = Instant::now();
                let Some(contents) = readers.read(reader, &picture) else { continue };
                let time = start.elapsed();
                for row in rows {
                    let row = kinds.entry(row.to_owned()).or_default();
                    row.tallies[reader].get_or_insert_default().add(photograph, &contents);
                    if reader == OURS {
                        row.times.push(time);
                    }
                }
                if reader == OURS && !contents.iter().any(|content| photograph.shows(content)) {
                    missed.push(photograph.file.as_str());
                }
            }
        }
        for (kind, row) in kinds {
            let tallies =
                row.tallies.each_ref().map(|tally| tally.as_ref().map_or("–".to_owned(), Tally::to_string));
            let [median, late] = row.percentiles([50, 95]);
            println!("| {kind} | {} | {} | {median:.1} | {late:.1} |", row.times.len(), tallies.join(" | "));
        }
        println!("missed by ours: {}\n", missed.join(", "));
    }
}

fn shrunk(picture: GrayImage, longest: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= longest {
        return picture;
    }
    let scaled = |side: u32| side * longest / width.max(height);
    imageops::resize(&picture, scaled(width), scaled(height), imageops::FilterType::Triangle)
}

#[derive(Default)]
struct Row {
    /// By reader.
    tallies: [Option<Tally>; NAMES.len()],
    /// Ours.
    times: Vec<Duration>,
}

impl Row {
    /// In milliseconds.
    fn percentiles<const N: usize>(&self, shares: [usize; N]) -> [f64; N] {
        let mut times = self.times.clone();
        times.sort_unstable();
        shares.map(|share| {
            let time = times.get(times.len().saturating_sub(1) * share / 100);
            time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        })
    }
}

#[derive(Default)]
struct Tally {
    photographs: usize,
    read: usize,
    wrong: usize,
}

impl Tally {
    fn add(&mut self, photograph: &Photograph, contents: &Contents) {
        let right = contents.iter().filter(|content| photograph.shows(content)).count();
        self.photographs += 1;
        self.read += usize::from(right > 0);
        self.wrong += contents.len() - right;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = 100.0 * self.read as f64 / self.photographs.max(1) as f64;
        write!(f, "{} ({share:.1} %) · {}", self.read, self.wrong)
    }
}
