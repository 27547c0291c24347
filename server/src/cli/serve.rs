//! `shirushi serve`.

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::CommandError;
use crate::{app::App, config::Config};

/// Serves until SIGTERM or SIGINT, then drains.
pub(super) async fn run(config: Config) -> Result<ExitCode, CommandError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tracing::info!(?config, "starting");
    let app = App::open(config).await?;
    app.serve(stop).await?;
    Ok(ExitCode::SUCCESS)
}
