//! Files by logical name, and what they say about each other.
//!
//! A text file refers to another by its *logical* name, as the whole of a quoted string or of a CSS `url(…)`:
//! `import init from './reader.js'`, `new URL('checker_bg.wasm', import.meta.url)`, `url(icon.svg)`,
//! `"/static/worker.js?v=1"`. [`Files::resolve`] puts the hashed name there, and hashes the file only afterwards:
//! whoever refers to a changed file gets a new name too. That is how a service worker that lists the shell's
//! files by logical name changes with any of them. Text outside of quotes and `url(…)` is never touched, and
//! WASM never: it gets its URLs at run time, from the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::BundleError;

/// The files of the site before they have their final names.
#[derive(Default)]
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

/// A file as it is published.
pub(crate) struct Named {
    /// `icons/app.svg`
    pub(crate) logical: String,
    /// `icons/app-0123456789ab.svg`
    pub(crate) hashed: String,
    /// What is in it, references rewritten.
    pub(crate) bytes: Vec<u8>,
}

impl Files {
    pub(crate) fn add(&mut self, name: String, bytes: Vec<u8>) -> Result<(), BundleError> {
        match self.0.insert(name.clone(), bytes) {
            // The same helper script may come with both WASM modules.
            Some(other) if self.0.get(&name) != Some(&other) => Err(BundleError::Twice(name)),
            _ => Ok(()),
        }
    }

    /// Adds every file below `folder` (none, when there is no such folder); hidden files are left out.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<(), BundleError> {
        if folder.is_dir() { self.add_below(folder, "") } else { Ok(()) }
    }

    fn add_below(&mut self, folder: &Path, prefix: &str) -> Result<(), BundleError> {
        for entry in fs::read_dir(folder).map_err(BundleError::file(folder))? {
            let path = entry.map_err(BundleError::file(folder))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                return Err(BundleError::Name { path });
            };
            if name.starts_with('.') {
                continue;
            }
            let logical = format!("{prefix}{name}");
            if path.is_dir() {
                self.add_below(&path, &format!("{logical}/"))?;
            } else {
                self.add(logical, fs::read(&path).map_err(BundleError::file(&path))?)?;
            }
        }
        Ok(())
    }

    /// Gives every file its final name, those first that refer to no other.
    pub(crate) fn resolve(self) -> Result<Vec<Named>, BundleError> {
        let mut waiting = self.0;
        let known: BTreeSet<String> = waiting.keys().cloned().collect();
        let mut names = BTreeMap::new();
        let mut done = Vec::new();
        while !waiting.is_empty() {
            let is_ready = |logical: &str, bytes: &[u8]| {
                references(logical, bytes, &known).iter().all(|other| names.contains_key(other))
            };
            let ready: Vec<String> = waiting
                .iter()
                .filter(|(logical, bytes)| is_ready(logical, bytes))
                .map(|(logical, _)| logical.clone())
                .collect();
            if ready.is_empty() {
                return Err(BundleError::Circle(waiting.into_keys().collect()));
            }
            for logical in ready {
                let Some(bytes) = waiting.remove(&logical) else { continue };
                let bytes = rewrite(&logical, bytes, &names);
                let hashed = hashed_name(&logical, &bytes);
                names.insert(logical.clone(), hashed.clone());
                done.push(Named { logical, hashed, bytes });
            }
        }
        done.sort_by(|one, other| one.logical.cmp(&other.logical));
        Ok(done)
    }
}

/// Length of the content hash in a name: 48 bits, far beyond what chance needs, short enough to read.
const HASH_DIGITS: usize = 12;

fn hashed_name(logical: &str, bytes: &[u8]) -> String {
    let hash = hex(&Sha256::digest(bytes), HASH_DIGITS);
    let (folder, name) = logical.rsplit_once('/').map_or(("", logical), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{folder}{slash}{stem}-{hash}.{extension}"),
        None => format!("{folder}{slash}{name}-{hash}"),
    }
}

/// The first `digits` lower-case hexadecimal digits of `bytes`.
pub(crate) fn hex(bytes: &[u8], digits: usize) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.take(digits).filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// Text files in which references are followed. HTML is not here: the server writes it, from the manifest.
const FOLLOWED: [&str; 6] = ["css", "js", "json", "mjs", "svg", "webmanifest"];

fn followed_text<'a>(logical: &str, bytes: &'a [u8]) -> Option<&'a str> {
    let extension = Path::new(logical).extension()?.to_str()?;
    if FOLLOWED.contains(&extension) { std::str::from_utf8(bytes).ok() } else { None }
}

/// The logical names of the other files that `logical` refers to.
fn references(logical: &str, bytes: &[u8], known: &BTreeSet<String>) -> BTreeSet<String> {
    let Some(text) = followed_text(logical, bytes) else { return BTreeSet::new() };
    tokens(text)
        .filter_map(|(start, token)| known_suffix(start, token, |name| known.contains(name)))
        .map(|(_, name)| name.to_owned())
        .filter(|name| name != logical)
        .collect()
}

fn rewrite(logical: &str, bytes: Vec<u8>, names: &BTreeMap<String, String>) -> Vec<u8> {
    let Some(text) = followed_text(logical, &bytes) else { return bytes };
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, token) in tokens(text) {
        let Some((at, name)) = known_suffix(start, token, |name| names.contains_key(name)) else { continue };
        let (Some(before), Some(hashed)) = (text.get(copied..at), names.get(name)) else { continue };
        result.push_str(before);
        result.push_str(hashed);
        copied = at + name.len();
    }
    result.push_str(text.get(copied..).unwrap_or_default());
    result.into_bytes()
}

/// The path-like words of `text` that fill a quoted string or a `url(…)` up to its end, `?` or `#`; each with
/// its offset.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '~');
    let mut offset = 0;
    text.split_inclusive(move |c: char| !is_path(c)).filter_map(move |piece| {
        let start = offset;
        offset += piece.len();
        let token = piece.trim_end_matches(|c: char| !is_path(c));
        let opened = text.get(..start).is_some_and(|before| before.ends_with(['"', '\'', '`', '(']));
        let closed = piece.ends_with(['"', '\'', '`', ')', '?', '#']);
        (opened && closed && !token.is_empty()).then_some((start, token))
    })
}

/// The longest end of `token`, cut at a `/`, that is a known name; with its offset in the text.
fn known_suffix(start: usize, token: &str, is_known: impl Fn(&str) -> bool) -> Option<(usize, &str)> {
    let cuts = std::iter::once(0).chain(token.match_indices('/').map(|(at, _)| at + 1));
    cuts.filter_map(|at| token.get(at..).map(|name| (start + at, name))).find(|(_, name)| is_known(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Files {
        let mut all = Files::default();
        for (name, text) in files {
            all.add((*name).to_owned(), text.as_bytes().to_vec()).unwrap();
        }
        all
    }

    fn resolved(files: &[(&str, &str)]) -> BTreeMap<String, (String, String)> {
        let named = site(files).resolve().unwrap();
        named.into_iter().map(|f| (f.logical, (f.hashed, String::from_utf8(f.bytes).unwrap()))).collect()
    }

    #[test]
    fn a_worker_finds_its_decoder_under_the_hashed_name() {
        let site = resolved(&[
            ("worker.js", "import init from './reader.js'; // reader.js stays in prose"),
            ("reader.js", "new URL('reader_bg.wasm', import.meta.url)"),
            ("reader_bg.wasm", "\0asm"),
        ]);
        let (wasm, _) = &site["reader_bg.wasm"];
        let (reader, reader_text) = &site["reader.js"];
        assert_eq!(reader_text, &format!("new URL('{wasm}', import.meta.url)"));
        assert_eq!(
            site["worker.js"].1,
            format!("import init from './{reader}'; // reader.js stays in prose")
        );
        let hash = reader.strip_prefix("reader-").and_then(|rest| rest.strip_suffix(".js")).unwrap();
        assert!(hash.len() == 12 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()), "{hash}");
    }

    #[test]
    fn a_change_deep_down_renames_everything_that_leads_to_it() {
        let names = |wasm| {
            let site = resolved(&[
                ("sw.js", "const SHELL = [\"checker.js\", '/static/page.css?x'];"),
                ("checker.js", "'checker_bg.wasm'"),
                ("checker_bg.wasm", wasm),
                ("page.css", "a{background:url(icons/a.svg)}"),
                ("icons/a.svg", "<svg/>"),
            ]);
            site.into_iter().map(|(logical, (hashed, _))| (logical, hashed)).collect::<BTreeMap<_, _>>()
        };
        let (old, new) = (names("one"), names("two"));
        for changed in ["sw.js", "checker.js", "checker_bg.wasm"] {
            assert_ne!(old[changed], new[changed], "{changed}");
        }
        for same in ["page.css", "icons/a.svg"] {
            assert_eq!(old[same], new[same], "{same}");
        }
        assert!(old["icons/a.svg"].starts_with("icons/a-"));
    }

    #[test]
    fn the_longest_known_name_wins_and_strangers_are_left_alone() {
        let site = resolved(&[
            ("a.js", "in root"),
            ("deep/a.js", "in deep"),
            ("m.js", "['./deep/a.js', '../static/a.js', 'https://example.com/b.js', 'a.jsx', 'a.js b']"),
        ]);
        let (root, deep) = (&site["a.js"].0, &site["deep/a.js"].0);
        let want = format!("['./{deep}', '../static/{root}', 'https://example.com/b.js', 'a.jsx', 'a.js b']");
        assert_eq!(site["m.js"].1, want);
    }

    #[test]
    fn files_that_name_each_other_are_refused_by_name() {
        let circle = site(&[("a.js", "'b.js'"), ("b.js", "'a.js'"), ("c.js", "'c.js'")]).resolve();
        let Err(BundleError::Circle(names)) = circle else { panic!("a circle has no hash") };
        assert_eq!(names, ["a.js", "b.js"]);
    }

    #[test]
    fn two_different_files_of_one_name_are_refused_and_equal_ones_are_one() {
        let mut files = site(&[("a.js", "1")]);
        files.add("a.js".to_owned(), b"1".to_vec()).unwrap();
        assert!(
            matches!(files.add("a.js".to_owned(), b"2".to_vec()), Err(BundleError::Twice(name)) if name == "a.js")
        );
    }
}
