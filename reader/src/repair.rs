//! From doubtful modules to a whole code, or to nothing: format by correlation, then each Reed–Solomon block with
//! its least sure codewords taken as erased. `rqrr` only ever gets what comes out of here: a failing decode in it
//! costs 0.5 to 1 ms, and it would spend all parity on errors, which this does not (see [`Spare`]).

mod galois;
mod reed_solomon;

use crate::{
    grid::Confidence,
    symbol::{
        Version, blocks,
        format::{self, Format, Level},
        layout, mask,
    },
};

/// How much of a code may be guessed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Care {
    /// Errors only: for a first look through a map that is not refined yet.
    Hard,
    /// Errors, and up to four fifths of a block's parity for erasures.
    Soft,
}

/// A code that is whole: every block's syndromes are zero.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) version: Version,
    pub(crate) format: Format,
    /// Dark modules, by rows.
    pub(crate) dark: Vec<bool>,
    /// Modules of data whose colour is not the one that was read.
    pub(crate) changed: usize,
}

/// Makes whole what one version's modules say. Holds what is the same for every try.
pub(crate) struct Repairer {
    version: Version,
    data_modules: Vec<usize>,
}

/// How well the printed format bits must agree with one of the 32 formats: of 30, both copies together.
const LEAST_AGREEMENT: f32 = 4.0;

/// Formats tried: a second one only when it agrees nearly as well.
const FORMATS: usize = 2;
const NEARLY: f32 = 0.75;

/// Shares of a block's parity to spend on its least sure codewords, one after the other.
const ERASED_SHARES: [f32; 3] = [0.35, 0.6, 0.8];

impl Repairer {
    pub(crate) fn new(version: Version) -> Self {
        Self { version, data_modules: layout::data_modules(version) }
    }

    /// The whole code that is nearest, if there is one near enough.
    pub(crate) fn repair(&self, confidence: &Confidence, care: Care) -> Option<Whole> {
        if confidence.side != self.version.side() {
            return None;
        }
        likely_formats(confidence).into_iter().find_map(|format| self.with_format(confidence, format, care))
    }

    fn with_format(&self, confidence: &Confidence, format: Format, care: Care) -> Option<Whole> {
        let read = self.codewords(confidence, format);
        let mut whole: Vec<u8> = read.iter().map(|codeword| codeword.value).collect();
        let parity = blocks::parity(self.version, format.level());
        for places in blocks::dealt(self.version, format.level(), read.len()) {
            let block: Vec<Codeword> = places.iter().map(|&place| read[place]).collect();
            let spare = Spare::of(self.version, format.level(), parity);
            for (place, value) in places.iter().zip(repair_block(&block, parity, spare, care)?) {
                whole[*place] = value;
            }
        }
        Some(self.written(confidence, format, &whole))
    }

    fn codewords(&self, confidence: &Confidence, format: Format) -> Vec<Codeword> {
        let (codewords, _left_over) = self.data_modules.as_chunks::<8>();
        let side = confidence.side;
        let read = |modules: &[usize; 8]| {
            modules.iter().fold(Codeword { value: 0, sureness: f32::MAX }, |codeword, &module| {
                let value = confidence.values[module];
                let bit = (value > 0.0) != mask::flips(format.mask(), module % side, module / side);
                Codeword {
                    value: codeword.value << 1 | u8::from(bit),
                    sureness: codeword.sureness.min(value.abs()),
                }
            })
        };
        codewords.iter().map(read).collect()
    }

    /// The modules that were read, with data and format bits as they must have been.
    fn written(&self, confidence: &Confidence, format: Format, codewords: &[u8]) -> Whole {
        let side = confidence.side;
        let mut dark: Vec<bool> = confidence.values.iter().map(|value| *value > 0.0).collect();
        let mut changed = 0;
        for (modules, codeword) in self.data_modules.as_chunks::<8>().0.iter().zip(codewords) {
            for (bit, &module) in modules.iter().enumerate() {
                let set = codeword >> (7 - bit) & 1 == 1;
                let is_dark = set != mask::flips(format.mask(), module % side, module / side);
                changed += usize::from(dark[module] != is_dark);
                dark[module] = is_dark;
            }
        }
        for cells in format::cells(side) {
            for ((x, y), is_dark) in cells.into_iter().zip(format.bits()) {
                dark[y * side + x] = is_dark;
            }
        }
        Whole { version: self.version, format, dark, changed }
    }
}

/// Eight modules.
#[derive(Clone, Copy)]
struct Codeword {
    value: u8,
    /// Of the least sure of its modules.
    sureness: f32,
}

/// Parity symbols that must be left unspent, so that a block near nothing is not "repaired" into something.
#[derive(Clone, Copy)]
struct Spare {
    without_erasures: usize,
    with_erasures: usize,
}

impl Spare {
    /// Without erasures what the standard keeps back against misreading (its `p`), for the smallest codes.
    /// With them every try is a new chance to be wrong, and three or four symbols make that one in millions.
    fn of(version: Version, level: Level, parity: usize) -> Self {
        let without_erasures = match (version.number(), level) {
            (1, Level::Low) => 3,
            (1, Level::Medium) | (2, Level::Low) => 2,
            (1, _) | (3, Level::Low) => 1,
            _ => 0,
        };
        Self { without_erasures, with_erasures: if parity > 16 { 4 } else { 3 } }
    }
}

/// The block's codewords as they must have been.
fn repair_block(read: &[Codeword], parity: usize, spare: Spare, care: Care) -> Option<Vec<u8>> {
    let values: Vec<u8> = read.iter().map(|codeword| codeword.value).collect();
    let mut block = values.clone();
    if reed_solomon::correct(&mut block, parity, &[], spare.without_erasures).is_some() {
        return Some(block);
    }
    if care == Care::Hard {
        return None;
    }
    let mut least_sure: Vec<usize> = (0..read.len()).collect();
    least_sure.sort_by(|&a, &b| read[a].sureness.total_cmp(&read[b].sureness));
    ERASED_SHARES.iter().find_map(|share| {
        let erased = ((parity as f32 * share) as usize).min(parity.saturating_sub(spare.with_erasures));
        let mut block = values.clone();
        let corrected = reed_solomon::correct(&mut block, parity, &least_sure[..erased], spare.with_erasures);
        corrected.filter(|_| erased > 0).map(|_| block)
    })
}

/// The formats that agree best with both printed copies.
fn likely_formats(confidence: &Confidence) -> Vec<Format> {
    let cells = format::cells(confidence.side);
    let agreement = |format: Format| -> f32 {
        let copy = |cells: &[(usize, usize); 15]| -> f32 {
            let module = |(x, y): (usize, usize)| confidence.values[y * confidence.side + x].clamp(-1.0, 1.0);
            cells
                .iter()
                .zip(format.bits())
                .map(|(cell, dark)| if dark { module(*cell) } else { -module(*cell) })
                .sum()
        };
        cells.iter().map(copy).sum()
    };
    let mut rated: Vec<(f32, Format)> = Format::all().map(|format| (agreement(format), format)).collect();
    rated.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let best = rated.first().map_or(0.0, |(agreement, _)| *agreement);
    let likely = |(agreement, _): &&(f32, Format)| *agreement >= LEAST_AGREEMENT.max(best * NEARLY);
    rated.iter().take(FORMATS).filter(likely).map(|(_, format)| *format).collect()
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode};

    use super::*;

    /// A version 4 code at level M (two blocks with 18 of parity each), as a perfect print reads.
    fn printed() -> Confidence {
        let code =
            QrCode::with_version(b"0123456789 once more", qrcode::Version::Normal(4), EcLevel::M).unwrap();
        let values = code.to_colors().into_iter().map(|color| if color == Color::Dark { 1.0 } else { -1.0 });
        Confidence { side: code.width(), values: values.collect() }
    }

    /// Reads every module of so many codewords wrongly, as surely as `sureness`.
    fn misread(mut confidence: Confidence, codewords: usize, sureness: f32) -> Confidence {
        for &module in layout::data_modules(Version::new(4).unwrap()).iter().take(codewords * 8) {
            confidence.values[module] *= -sureness;
        }
        confidence
    }

    fn repaired(confidence: &Confidence, care: Care) -> Option<Whole> {
        Repairer::new(Version::new(4).unwrap()).repair(confidence, care)
    }

    #[test]
    fn a_whole_code_is_left_as_it_is() {
        let whole = repaired(&printed(), Care::Hard).unwrap();
        assert_eq!(whole.changed, 0);
        assert!(whole.dark.iter().zip(&printed().values).all(|(dark, value)| *dark == (*value > 0.0)));
    }

    #[test]
    fn sure_errors_cost_two_and_doubtful_ones_cost_one() {
        // Codewords go to the two blocks in turn: 18 are nine errors a block, all that 18 of parity pay for.
        let whole = repaired(&misread(printed(), 18, 2.0), Care::Hard).unwrap();
        assert_eq!(whole.changed, 18 * 8);
        assert_eq!(whole.dark, repaired(&printed(), Care::Hard).unwrap().dark);
        assert!(repaired(&misread(printed(), 20, 2.0), Care::Soft).is_none(), "sure of ten wrong ones");
        assert!(repaired(&misread(printed(), 24, 0.1), Care::Hard).is_none(), "doubt is not asked for");
        assert!(repaired(&misread(printed(), 24, 0.1), Care::Soft).is_some(), "twelve erased");
        assert!(repaired(&misread(printed(), 32, 0.1), Care::Soft).is_none(), "four of parity stay unspent");
    }

    #[test]
    fn the_wrong_version_and_an_unreadable_format_are_nothing() {
        assert!(Repairer::new(Version::new(5).unwrap()).repair(&printed(), Care::Soft).is_none());
        let mut blank = printed();
        for (x, y) in format::cells(33).into_iter().flatten() {
            blank.values[y * 33 + x] = 0.0;
        }
        assert!(repaired(&blank, Care::Soft).is_none());
    }
}
