//! Where the sources are, where builds go, and which cargo to call: asked of cargo, never guessed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::BundleError;

/// The workspace this tool was started in.
pub(crate) struct Workspace {
    /// The cargo that started us (`CARGO`), so that a `+toolchain` or a wrapper is kept; else the one on PATH.
    pub(crate) cargo: OsString,
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The build folder: `CARGO_TARGET_DIR`, cargo's configuration, or `target`.
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self, BundleError> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let answer = Command::new(&cargo)
            .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
            .stderr(std::process::Stdio::inherit())
            .output()
            .map_err(|source| BundleError::Start { program: cargo.display().to_string(), source })?;
        if !answer.status.success() {
            return Err(BundleError::Failed { what: "cargo metadata".to_owned() });
        }
        let answer: serde_json::Value =
            serde_json::from_slice(&answer.stdout).map_err(|_| BundleError::Metadata("JSON"))?;
        let folder = |key| {
            let path = answer.get(key).and_then(serde_json::Value::as_str);
            path.map(PathBuf::from).ok_or(BundleError::Metadata(key))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")?, cargo })
    }
}
