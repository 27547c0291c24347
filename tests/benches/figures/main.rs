//! `make bench`: the figures that the design argues with. Machines are noisy: everything is a size, or a ratio of two
//! things measured by turns in one run.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, and a bench that cannot run should say where"
)]

mod bulk;
mod frames;
mod growth;
mod lists;
mod paint;
mod symbols;
mod verify;
mod weight;

/// All of them, or those that are named: `cargo bench -p shirushi-tests --bench figures -- growth lists`.
#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| wanted == name);
    if wanted("symbols") {
        symbols::print();
    }
    if wanted("verify") {
        verify::print().await;
    }
    if wanted("growth") {
        growth::print().await;
    }
    if wanted("bulk") {
        bulk::print().await;
    }
    if wanted("lists") {
        lists::print().await;
    }
    if wanted("weight") {
        weight::print().await;
    }
    if wanted("paint") {
        paint::print().await;
    }
    if wanted("frames") {
        frames::print().await;
    }
}
