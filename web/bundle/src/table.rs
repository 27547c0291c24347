//! The decoder's multiplication table, taken out of its file.
//!
//! `rqrr` carries the products of GF(256), the field of QR codes' error correction, as a table of 64 kB, which does not
//! compress: it was two fifths of what the decoder weighs on the line, and eight lines of `worker.js` make it anew
//! (ADR 0016). Only what is bit for bit that table is taken out. Where it is not found, it stays, and the decoder is as
//! good as before and heavier.

use std::fs;
use std::path::Path;

use wasmparser::{Data, DataKind, Operator, Parser, Payload};

use crate::BundleError;

/// x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004).
const MODULUS: u16 = 0x11d;

/// Overwrites the table in `NAME_bg.wasm` with zeros, and tells in `NAME.js` where in memory it belongs:
/// `export const products`, `undefined` where there was none.
pub(crate) fn take_out(name: &str, folder: &Path) -> Result<(), BundleError> {
    let module = folder.join(format!("{name}_bg.wasm"));
    let mut bytes = fs::read(&module).map_err(BundleError::file(&module))?;
    let place = find(&bytes, &products());
    if let Some(Place { file, .. }) = place {
        // `find` found all of it there.
        bytes.iter_mut().skip(file).take(256 * 256).for_each(|byte| *byte = 0);
        fs::write(&module, bytes).map_err(BundleError::file(&module))?;
    }
    let script = folder.join(format!("{name}.js"));
    let mut text = fs::read_to_string(&script).map_err(BundleError::file(&script))?;
    let address = place.map_or_else(|| "undefined".to_owned(), |place| place.memory.to_string());
    text.push_str(&format!("\nexport const products = {address};\n"));
    fs::write(&script, text).map_err(BundleError::file(&script))
}

/// All products, that of `a` and `b` at `256 * a + b`.
fn products() -> Vec<u8> {
    let product = |a: u8, b: u8| {
        let (mut x, mut sum) = (u16::from(a), 0);
        for bit in 0..8 {
            if b >> bit & 1 == 1 {
                sum ^= x;
            }
            x = x << 1 ^ if x & 0x80 == 0 { 0 } else { MODULUS };
        }
        sum.to_le_bytes()[0]
    };
    (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| product(a, b))).collect()
}

/// Where a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// In the file.
    file: usize,
    /// In the module's memory.
    memory: u64,
}

fn find(module: &[u8], table: &[u8]) -> Option<Place> {
    let sections = Parser::new(0).parse_all(module).filter_map(Result::ok);
    let data = sections.filter_map(|section| match section {
        Payload::DataSection(data) => Some(data),
        _ => None,
    });
    data.flatten().filter_map(Result::ok).find_map(|segment| within(&segment, table))
}

fn within(segment: &Data<'_>, table: &[u8]) -> Option<Place> {
    let DataKind::Active { memory_index: 0, offset_expr } = &segment.kind else { return None };
    let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else { return None };
    let at = segment.data.windows(table.len()).position(|part| part == table)?;
    let start = segment.range.end.checked_sub(segment.data.len())?;
    let memory = u64::from(u32::try_from(value).ok()?) + u64::try_from(at).ok()?;
    Some(Place { file: start + at, memory })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_are_those_of_the_field() {
        let products = products();
        let product = |a: usize, b: usize| products[256 * a + b];
        assert_eq!((product(0, 77), product(1, 77), product(77, 1)), (0, 77, 77));
        assert_eq!(
            (product(2, 0x80), product(0x80, 0x80)),
            (0x1d, 0x13),
            "2^8 and 2^14, as ISO/IEC 18004 has them"
        );
        for a in 1..256 {
            let mut row = products[256 * a..256 * (a + 1)].to_vec();
            row.sort_unstable();
            assert!(row.iter().copied().eq(0..=255), "multiplying by {a} only changes places");
        }
    }

    /// A module with one segment at 1000: three bytes, the table, two bytes.
    fn module(table: &[u8]) -> Vec<u8> {
        let number = |mut value: usize| {
            let mut bytes = Vec::new();
            while value > 0x7f {
                bytes.push(value.to_le_bytes()[0] | 0x80);
                value >>= 7;
            }
            bytes.push(value.to_le_bytes()[0]);
            bytes
        };
        let content = [&[9, 9, 9], table, &[8, 8]].concat();
        // One active segment of memory 0, `i32.const 1000`, `end`.
        let segment = [&[1, 0, 0x41, 0xe8, 0x07, 0x0b][..], &number(content.len()), &content].concat();
        [&b"\0asm\x01\0\0\0\x05\x03\x01\0\x02\x0b"[..], &number(segment.len()), &segment].concat()
    }

    #[test]
    fn only_the_table_itself_is_taken_and_its_place_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (wasm, js) = (folder.path().join("part_bg.wasm"), folder.path().join("part.js"));
        let with = module(&products());
        fs::write(&wasm, &with).unwrap();
        fs::write(&js, "export default 1;").unwrap();
        take_out("part", folder.path()).unwrap();
        assert!(fs::read_to_string(&js).unwrap().ends_with("export const products = 1003;\n"));
        assert_eq!(fs::read(&wasm).unwrap(), module(&vec![0; 65_536]));

        let mut other = products();
        other[1_000] ^= 1;
        fs::write(&wasm, module(&other)).unwrap();
        fs::write(&js, "export default 1;").unwrap();
        take_out("part", folder.path()).unwrap();
        assert!(fs::read_to_string(&js).unwrap().ends_with("export const products = undefined;\n"));
        assert_eq!(fs::read(&wasm).unwrap(), module(&other), "what is another table stays");
    }
}
