//! wasm-opt, where there is one: `make tools` puts npm's `binaryen` (pinned in `web/bundle/package-lock.json`)
//! into `<target>/tools`; else the one on PATH; else the site is a little larger.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::BundleError;
use crate::part::Part;
use crate::references::hex;
use crate::workspace::Workspace;

/// What rustc's wasm32 target and our flags use. Named one by one: `--all-features` would let wasm-opt write
/// instructions that no browser of our users has.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// The wasm-opt to use.
pub(crate) fn find(workspace: &Workspace) -> Option<PathBuf> {
    let ours = workspace.target.join("tools/node_modules/.bin/wasm-opt");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).map(|folder| folder.join("wasm-opt"));
    std::iter::once(ours).chain(elsewhere).find(|file| file.is_file())
}

/// Optimises the file `module` in place. Results are kept in `<target>/site-cache` by the hash of what went in:
/// wasm-opt takes longer than everything else of a warm build.
pub(crate) fn optimise(
    workspace: &Workspace,
    part: Part,
    optimiser: &Path,
    module: &Path,
) -> Result<(), BundleError> {
    let cache = workspace.target.join("site-cache");
    fs::create_dir_all(&cache).map_err(BundleError::file(&cache))?;
    let before = fs::read(module).map_err(BundleError::file(module))?;
    let known = cache.join(format!("{}.wasm", key(part, optimiser, &before)));
    if !known.is_file() {
        let after = known.with_extension(format!("{}.tmp", std::process::id()));
        run(part, optimiser, module, &after)?;
        fs::rename(&after, &known).map_err(BundleError::file(&known))?;
    }
    fs::copy(&known, module).map_err(BundleError::file(&known)).map(drop)
}

fn run(part: Part, optimiser: &Path, before: &Path, after: &Path) -> Result<(), BundleError> {
    let mut command = Command::new(optimiser);
    command.args(part.passes).args(FEATURES).arg(before).arg("-o").arg(after);
    let status = command
        .status()
        .map_err(|source| BundleError::Start { program: optimiser.display().to_string(), source })?;
    if status.success() {
        return Ok(());
    }
    Err(BundleError::Failed { what: format!("{} on {}", optimiser.display(), part.name) })
}

/// The wasm-opt program file is a part of the key, so that another version is not answered from the cache.
fn key(part: Part, optimiser: &Path, module: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(part.passes.concat());
    hash.update(FEATURES.concat());
    hash.update(fs::metadata(optimiser).map_or(0, |data| data.len()).to_be_bytes());
    hash.update(module);
    hex(&hash.finalize(), 32)
}
