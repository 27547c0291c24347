//! The log: JSON lines for machines, or lines for people on a terminal, always to stderr; with a log folder also as JSON
//! lines in a file a day.
//!
//! What is never logged: tokens, keys, API keys, tails of paths, query strings, bodies, addresses of readers. So that a
//! filter cannot bring it about, the crates of others are heard from `info` upwards only: below that they tell what they
//! were given, such as axum the text of each form that it refuses.

mod days;

use std::{
    io::{self, IsTerminal as _},
    panic,
};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use self::days::Days;
use crate::{
    clock::SystemClock,
    config::{Log, LogFormat},
};

/// Begins the log. Once a process; a second call changes nothing.
///
/// # Errors
/// Where the log folder cannot be used.
pub fn begin(log: &Log) -> io::Result<()> {
    // The filter was checked with the settings.
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = match log.format {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    let kept = match &log.folder {
        Some(folder) => Some(Days::begin(folder, log.keep_days, SystemClock::default())?),
        None => None,
    };
    let kept = kept.map(|days| {
        fmt::layer()
            .with_writer(days)
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
    });
    let lines = fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(may_be_heard)).with(kept);
    let begun = if json {
        registry
            .with(lines.json().flatten_event(true).with_current_span(true).with_span_list(false))
            .try_init()
    } else {
        registry.with(lines.compact()).try_init()
    };
    if begun.is_ok() {
        log_panics();
    }
    Ok(())
}

/// Whether somebody has thought about what this tells: our own crates, or what every operator of others' is told.
fn may_be_heard(told: &Metadata<'_>) -> bool {
    told.target().starts_with("shirushi") || *told.level() <= Level::INFO
}

/// A panic is logged with its place. Its message is left out: it may hold what a caller sent.
fn log_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string);
        tracing::error!(place, "panic");
        if cfg!(debug_assertions) {
            before(info);
        }
    }));
}
