//! `make bench`: the figures that the design argues with. Machines are noisy: everything is a size, or a ratio of two
//! things measured by turns in one run.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, and a bench that cannot run should say where"
)]

mod growth;
mod lists;
mod symbols;
mod verify;
mod weight;

#[tokio::main]
async fn main() {
    symbols::print();
    verify::print().await;
    growth::print().await;
    lists::print().await;
    weight::print().await;
}
