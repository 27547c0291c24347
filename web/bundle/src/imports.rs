//! Names of imports: wasm-bindgen ends each with a hash of 16 digits, which stands in both files and does not compress.
//! With a counter of as many digits in its place, both say the same and are 3 kB smaller.

use std::collections::BTreeSet;
use std::fs;

use crate::BundleError;
use crate::compile::Part;

/// Digits of a hash.
const DIGITS: usize = 16;

/// Puts counters in the place of the hashes, in `NAME.js` and `NAME_bg.wasm` of `folder`.
pub(crate) fn shorten(part: Part, folder: &std::path::Path) -> Result<(), BundleError> {
    let (script, module) =
        (folder.join(format!("{}.js", part.name)), folder.join(format!("{}_bg.wasm", part.name)));
    let read = |path| fs::read(path).map_err(BundleError::file(path));
    let (mut text, mut wasm) = (read(&script)?, read(&module)?);
    counters(&mut text, &mut wasm);
    fs::write(&script, text).map_err(BundleError::file(&script))?;
    fs::write(&module, wasm).map_err(BundleError::file(&module))
}

/// Every `__wbg_…_HASH` of the script, in order, and the same bytes in the module. No length changes, and so nothing
/// else in the module does.
fn counters(script: &mut [u8], module: &mut [u8]) {
    let names: BTreeSet<Vec<u8>> = hashed(script).map(|(start, end)| script[start..end].to_vec()).collect();
    for (count, name) in names.iter().enumerate() {
        let mut short = name.clone();
        let start = short.len() - DIGITS;
        short[start..].copy_from_slice(format!("{count:0DIGITS$}").as_bytes());
        replace(script, name, &short);
        replace(module, name, &short);
    }
}

/// Where such names begin and end.
fn hashed(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    const PREFIX: &[u8] = b"__wbg_";
    let starts = (0..text.len()).filter(|start| text[*start..].starts_with(PREFIX));
    starts.filter_map(|start| {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let end = start + text[start..].iter().take_while(|byte| is_name(byte)).count();
        let hash = text[start..end].rsplit(|byte| *byte == b'_').next()?;
        let is_hash = hash.len() == DIGITS && hash.iter().all(u8::is_ascii_hexdigit);
        is_hash.then_some((start, end))
    })
}

fn replace(bytes: &mut [u8], name: &[u8], by: &[u8]) {
    for start in 0..bytes.len().saturating_sub(name.len() - 1) {
        if bytes[start..].starts_with(name) {
            bytes[start..start + by.len()].copy_from_slice(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_get_the_same_counters_and_keep_their_lengths() {
        let mut script =
            b"__wbg_a_0123456789abcdef: f, __wbg_b_fedcba9876543210: g, __wbg_init: h, __wbg_a_12".to_vec();
        let mut module = b"\x18__wbg_b_fedcba9876543210\x18__wbg_a_0123456789abcdef\x00".to_vec();
        counters(&mut script, &mut module);
        assert_eq!(
            String::from_utf8(script).unwrap(),
            "__wbg_a_0000000000000000: f, __wbg_b_0000000000000001: g, __wbg_init: h, __wbg_a_12"
        );
        assert_eq!(module, b"\x18__wbg_b_0000000000000001\x18__wbg_a_0000000000000000\x00");
    }
}
