//! `shirushi`: the verification service and its tools, in one program.

use std::process::ExitCode;

use clap::Parser as _;
use shirushi_server::{
    cli::{Cli, output},
    config::Config,
    telemetry,
};

fn main() -> ExitCode {
    let Cli { settings, command } = Cli::parse();
    let config = match Config::load(settings) {
        Ok(config) => config,
        Err(errors) => return output::failed(&errors),
    };
    if let Err(error) = telemetry::begin(&config.log) {
        return output::failed(&error);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::failed(&error),
    };
    match runtime.block_on(command.run(config)) {
        Ok(code) => code,
        Err(error) => output::failed(error.as_ref()),
    }
}
