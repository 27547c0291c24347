//! `shirushi scan IMAGE…`: what the codes in pictures say. Nothing is judged and nothing is asked of the registry.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde_json::json;

use super::{CommandError, output};
use crate::service::photograph;

/// The pictures.
#[derive(Args, Debug)]
pub struct Scan {
    /// PNG, JPEG or WebP
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
}

impl Scan {
    pub(super) async fn run(self) -> Result<ExitCode, CommandError> {
        let mut all_read = true;
        for image in self.images {
            let path = image.clone();
            let line = match tokio::task::spawn_blocking(move || read(&path)).await? {
                Ok(texts) => json!({ "file": image, "texts": texts }),
                Err(error) => {
                    all_read = false;
                    json!({ "file": image, "error": error })
                }
            };
            output::json(&line)?;
        }
        Ok(ExitCode::from(u8::from(!all_read)))
    }
}

fn read(path: &Path) -> Result<Vec<String>, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > photograph::MAX_BYTES as u64 {
        return Err(format!("larger than {} bytes", photograph::MAX_BYTES));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    photograph::read(&bytes).map_err(|error| error.to_string())
}
