//! Writes the site folder: hashed files, their compressed neighbours, and last of all `manifest.json`.
//!
//! The manifest is the only way in, and it is replaced by one rename: a build killed half-way leaves the old
//! site whole, and never an instant without one. Old files go only after the new manifest stands, and only those
//! that the old manifest named (`--out` may point at a folder with other things in it).
//!
//! ```json
//! {"optimised": true, "files": {"checker.js": {"file": "checker-0123456789ab.js", "size": 9, "gzip": 7, "brotli": 6}, …}}
//! ```
//! Sizes are in bytes; `optimised` tells whether the WASM went through wasm-opt. `gzip` and `brotli` are null for kinds that are compressed already (`.png` …); where they
//! are numbers, `FILE.gz` and `FILE.br` are there.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::BundleError;
use crate::references::Named;

/// A file as it lies in the site folder.
pub(crate) struct Published {
    logical: String,
    /// Its name there.
    pub(crate) hashed: String,
    /// Bytes; compressed sizes are `None` where compressing is of no use.
    pub(crate) size: usize,
    pub(crate) gzip: Option<usize>,
    pub(crate) brotli: Option<usize>,
}

/// Writes `files` into `out`.
pub(crate) fn publish(files: Vec<Named>, optimised: bool, out: &Path) -> Result<Vec<Published>, BundleError> {
    fs::create_dir_all(out).map_err(BundleError::file(out))?;
    let manifest = out.join("manifest.json");
    let old = listed(&manifest);
    let published: Vec<Published> =
        files.into_iter().map(|file| publish_one(file, out)).collect::<Result<_, _>>()?;

    let entries: serde_json::Map<String, Value> = published.iter().map(entry).collect();
    write(&manifest, format!("{:#}\n", json!({ "optimised": optimised, "files": entries })).as_bytes())?;

    let new: BTreeSet<String> = published.iter().map(|file| file.hashed.clone()).collect();
    for gone in old.difference(&new) {
        for ending in ["", ".gz", ".br"] {
            // Not there, or not ours to remove: a left-over of an old site harms nobody.
            let _ = fs::remove_file(out.join(format!("{gone}{ending}")));
        }
    }
    Ok(published)
}

fn entry(file: &Published) -> (String, Value) {
    let value = json!({ "file": file.hashed, "size": file.size, "gzip": file.gzip, "brotli": file.brotli });
    (file.logical.clone(), value)
}

/// The file names in the manifest of an earlier build; none when there is none or it is not readable.
/// Names that would lead out of the folder are not taken from it.
fn listed(manifest: &Path) -> BTreeSet<String> {
    let text = fs::read(manifest).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&text).unwrap_or_default();
    let files = manifest.get("files").and_then(Value::as_object);
    let names = files.into_iter().flatten().filter_map(|(_, file)| file.get("file")?.as_str());
    names
        .filter(|name| !name.starts_with('/') && !name.split('/').any(|part| part == ".."))
        .map(str::to_owned)
        .collect()
}

fn publish_one(file: Named, out: &Path) -> Result<Published, BundleError> {
    let path = out.join(&file.hashed);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BundleError::file(folder))?;
    }
    let compress = compresses(&file.logical);
    let gzip = compress.then(|| neighbour(&path, "gz", || gzip(&file.bytes))).transpose()?;
    let brotli = compress.then(|| neighbour(&path, "br", || brotli(&file.bytes))).transpose()?;
    write(&path, &file.bytes)?;
    Ok(Published { logical: file.logical, hashed: file.hashed, size: file.bytes.len(), gzip, brotli })
}

fn compresses(logical: &str) -> bool {
    let already = ["avif", "gif", "jpeg", "jpg", "png", "webp", "woff2", "zip"];
    let extension = Path::new(logical).extension().and_then(|extension| extension.to_str());
    !extension.is_some_and(|extension| already.contains(&extension))
}

/// Size of `path.ENDING`, made when it is not there. Its name holds the hash of what it was made from, so one that
/// is there is right; brotli at its best is the slowest step of a warm build.
fn neighbour(
    path: &Path,
    ending: &str,
    make: impl FnOnce() -> std::io::Result<Vec<u8>>,
) -> Result<usize, BundleError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    let path = PathBuf::from(name);
    if let Ok(there) = fs::metadata(&path) {
        return usize::try_from(there.len())
            .map_err(|_| BundleError::Failed { what: format!("reading the size of {}", path.display()) });
    }
    let bytes = make().map_err(BundleError::file(&path))?;
    write(&path, &bytes)?;
    Ok(bytes.len())
}

/// Under another name first: whoever reads the folder meanwhile sees the whole file or none.
fn write(path: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = PathBuf::from(name);
    fs::write(&temporary, bytes).map_err(BundleError::file(&temporary))?;
    fs::rename(&temporary, path).map_err(BundleError::file(path))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(logical: &str, hashed: &str, bytes: &[u8]) -> Named {
        Named { logical: logical.to_owned(), hashed: hashed.to_owned(), bytes: bytes.to_vec() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_site_replaces_the_old_one_and_leaves_what_is_not_its_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        publish(vec![file("a.js", "a-1.js", b"one"), file("b.png", "b-1.png", b"same")], true, folder.path())
            .unwrap();
        assert_eq!(
            names(folder.path()),
            ["a-1.js", "a-1.js.br", "a-1.js.gz", "b-1.png", "manifest.json", "notes.txt"]
        );
        publish(vec![file("a.js", "a-2.js", b"two"), file("b.png", "b-1.png", b"same")], true, folder.path())
            .unwrap();
        assert_eq!(
            names(folder.path()),
            ["a-2.js", "a-2.js.br", "a-2.js.gz", "b-1.png", "manifest.json", "notes.txt"]
        );
    }

    #[test]
    fn the_manifest_tells_names_and_sizes_and_the_neighbours_unpack_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let text = "しるし ".repeat(200);
        publish(
            vec![file("a.js", "d/a-1.js", text.as_bytes()), file("b.png", "b-1.png", b"x")],
            false,
            folder.path(),
        )
        .unwrap();
        let manifest: Value =
            serde_json::from_slice(&fs::read(folder.path().join("manifest.json")).unwrap()).unwrap();
        let (gz, br) = (folder.path().join("d/a-1.js.gz"), folder.path().join("d/a-1.js.br"));
        let sizes = [fs::metadata(&gz).unwrap().len(), fs::metadata(&br).unwrap().len()];
        assert_eq!(
            manifest,
            json!({ "optimised": false, "files": {
                "a.js": { "file": "d/a-1.js", "size": text.len(), "gzip": sizes[0], "brotli": sizes[1] },
                "b.png": { "file": "b-1.png", "size": 1, "gzip": null, "brotli": null },
            } })
        );
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*fs::read(&br).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let mut unpacked = String::new();
        let mut decoder = flate2::read::GzDecoder::new(fs::File::open(&gz).unwrap());
        std::io::Read::read_to_string(&mut decoder, &mut unpacked).unwrap();
        assert_eq!(unpacked, text);
    }

    #[test]
    fn a_manifest_from_elsewhere_cannot_have_files_outside_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (site, outside) = (folder.path().join("site"), folder.path().join("outside.txt"));
        fs::create_dir(&site).unwrap();
        fs::write(&outside, "mine").unwrap();
        let named = json!({ "files": { "a": { "file": "../outside.txt" }, "b": { "file": outside } } });
        fs::write(site.join("manifest.json"), named.to_string()).unwrap();
        publish(vec![], true, &site).unwrap();
        assert!(outside.exists());
    }
}
