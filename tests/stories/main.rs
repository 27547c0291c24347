//! The stories, one integration binary: `cargo test -p shirushi-tests [part of a name]`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "all of this is tests; clippy exempts only the marked functions"
)]

mod house;
mod killed;
mod lifecycle;
mod model;
mod nodes;
mod print;
mod shop;
mod world;
