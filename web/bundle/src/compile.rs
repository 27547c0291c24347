//! One WASM crate: cargo, then the JavaScript around it, then wasm-opt.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::part::Part;
use crate::workspace::Workspace;
use crate::{BundleError, optimise, table, trim};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `part`; its files are then in the folder that is returned.
pub(crate) fn compile(
    workspace: &Workspace,
    part: Part,
    optimiser: Option<&Path>,
) -> Result<PathBuf, BundleError> {
    cargo(workspace, part)?;
    let module = workspace.target.join(TARGET).join(part.profile).join(format!("{}.wasm", part.library));
    let folder = workspace.target.join("site-parts").join(part.name);
    bind(part, &module, &folder)?;
    if part.has_table {
        table::take_out(part.name, &folder)?;
    }
    if let Some(optimiser) = optimiser {
        let module = folder.join(format!("{}_bg.wasm", part.name));
        optimise::optimise(workspace, part, optimiser, &module)?;
    }
    Ok(folder)
}

fn cargo(workspace: &Workspace, part: Part) -> Result<(), BundleError> {
    let mut command = Command::new(&workspace.cargo);
    command
        .current_dir(&workspace.root)
        .args(["rustc", "--lib", "--crate-type", "cdylib", "--target", TARGET])
        .args(["--package", part.package, "--profile", part.profile])
        .args(["--features", &part.features.join(",")]);
    if let Some(flag) = part.rustc {
        // By environment and not after `--`: it must reach the decoder's dependencies too, and RUSTFLAGS is
        // the one way that an existing RUSTFLAGS does not silently override.
        let mut flags: OsString = std::env::var_os("RUSTFLAGS").unwrap_or_default();
        flags.push(" ");
        flags.push(flag);
        command.env("RUSTFLAGS", flags);
    }
    let status = command
        .status()
        .map_err(|source| BundleError::Start { program: workspace.cargo.display().to_string(), source })?;
    if status.success() {
        return Ok(());
    }
    Err(BundleError::Failed { what: format!("building {} for {TARGET}", part.package) })
}

/// wasm-bindgen's step as a library call, into an empty `folder`. `NAME.js` finds `NAME_bg.wasm` and its snippets
/// by relative URL, which [`crate::references`] follows.
fn bind(part: Part, module: &Path, folder: &Path) -> Result<(), BundleError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(BundleError::file(folder))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(part.name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false);
    let failed = |error| BundleError::Bindgen { name: part.package, reason: format!("{error:#}") };
    let mut output = bindgen.web(true).and_then(Bindgen::generate_output).map_err(failed)?;
    output.emit(folder).map_err(failed)?;
    let script = folder.join(format!("{}.js", part.name));
    let module = folder.join(format!("{}_bg.wasm", part.name));
    let text = fs::read_to_string(&script).map_err(BundleError::file(&script))?;
    let text = trim::trim(output.wasm_mut(), &text, part.classes);
    fs::write(&script, text).map_err(BundleError::file(&script))?;
    fs::write(&module, output.wasm_mut().emit_wasm()).map_err(BundleError::file(&module))
}
