//! `shirushi-bundle`: makes the folder of static files that the server hands out, from the three WASM crates
//! and `web/static/`.
//!
//! ```text
//! cargo run -p shirushi-bundle [-- --out DIR]
//!
//! shirushi-web     ─ cargo ─► .wasm ─ wasm-bindgen ─ trim ─ wasm-opt ─► checker.js, checker_bg.wasm ┐
//!   (with `stock`) ─ cargo ─► .wasm ─ wasm-bindgen ─ trim ─ wasm-opt ─► stock.js, stock_bg.wasm     │
//! shirushi-offline ─ cargo ─► .wasm ─ wasm-bindgen ─ trim ─ wasm-opt ─► lists.js, lists_bg.wasm     │
//! shirushi-reader  ─ cargo ─► .wasm ─ wasm-bindgen ─ trim ─ wasm-opt ─► reader.js, reader_bg.wasm   ├─► references ─► hashed names, .gz, .br, manifest.json
//! web/static/*  ────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Not here: minifying (brotli takes most of it, and a readable checker can be reviewed in the browser), and
//! any choice of what a page loads: pages look logical names up in `manifest.json`.

mod compile;
mod optimise;
mod part;
mod places;
mod publish;
mod references;
mod table;
mod trim;
mod workspace;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::part::Part;
use crate::publish::Published;
use crate::references::Files;
use crate::workspace::Workspace;

const USAGE: &str = "usage: shirushi-bundle [--out DIR]   (default: <target>/site)";

/// What can go wrong; every message names the file or program it is about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BundleError {
    #[error("{0}\n{USAGE}")]
    Usage(String),
    #[error("{program} could not be started: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("{what} failed")]
    Failed { what: String },
    #[error("`cargo metadata` answered something else than expected: no `{0}`")]
    Metadata(&'static str),
    #[error("wasm-bindgen on {name}: {reason}")]
    Bindgen { name: &'static str, reason: String },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: file names in the site are plain UTF-8", path.display())]
    Name { path: PathBuf },
    #[error("two files claim the name {0}")]
    Twice(String),
    #[error("these files refer to each other in a circle, so no content hash can name them: {}", .0.join(", "))]
    Circle(Vec<String>),
}

impl BundleError {
    /// For `map_err` on a file operation.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

fn main() -> ExitCode {
    match bundle() {
        Ok(text) => {
            // A closed pipe is no reason to call a finished site a failure.
            let _ = write!(std::io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "shirushi-bundle: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The whole build; returns the report to print.
fn bundle() -> Result<String, BundleError> {
    let out = out_folder()?;
    let workspace = Workspace::find()?;
    let out = out.unwrap_or_else(|| workspace.target.join("site"));
    let optimiser = optimise::find(&workspace);

    let mut files = Files::default();
    for part in [Part::CHECKER, Part::STOCK, Part::LISTS, Part::READER, Part::PLAIN_READER] {
        files.add_folder(&compile::compile(&workspace, part, optimiser.as_deref())?)?;
    }
    files.add_folder(&workspace.root.join("web/static"))?;

    let published = publish::publish(files.resolve()?, optimiser.is_some(), &out)?;
    let mut text = report(&published);
    if optimiser.is_none() {
        text.push_str(
            "no wasm-opt (`make tools` installs it): the WASM above is larger than it will be in service\n",
        );
    }
    Ok(text + &format!("site: {}\n", out.display()))
}

fn out_folder() -> Result<Option<PathBuf>, BundleError> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(first) = arguments.next() else { return Ok(None) };
    if first != "--out" {
        return Err(BundleError::Usage(format!("unknown argument {}", first.display())));
    }
    let folder = arguments.next().ok_or_else(|| BundleError::Usage("--out needs a folder".to_owned()))?;
    match arguments.next() {
        Some(extra) => Err(BundleError::Usage(format!("unknown argument {}", extra.display()))),
        None => Ok(Some(folder.into())),
    }
}

fn report(published: &[Published]) -> String {
    let optional = |size: Option<usize>| size.map_or_else(|| "–".to_owned(), |size| size.to_string());
    let line = |file: &Published| {
        let (gzip, brotli) = (optional(file.gzip), optional(file.brotli));
        format!("{:>10} {gzip:>10} {brotli:>10}  {}\n", file.size, file.hashed)
    };
    let heading = format!("{:>10} {:>10} {:>10}  file\n", "bytes", "gzip", "brotli");
    std::iter::once(heading).chain(published.iter().map(line)).collect()
}
