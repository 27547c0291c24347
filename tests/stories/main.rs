//! The stories, one integration binary: `cargo test -p shirushi-tests [part of a name]`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "all of this is tests; clippy exempts only the marked functions"
)]

mod access;
mod bulk;
mod drain;
mod evidence;
mod house;
mod jobs;
mod keys;
mod killed;
mod lifecycle;
mod model;
mod models;
mod nodes;
mod offline;
mod operations;
mod packs;
mod print;
mod privacy;
mod procurement;
mod propagation;
mod publication;
mod receipts;
mod redis;
mod relay;
mod reports;
mod scanner;
mod scheme;
mod sheets;
mod shop;
mod stock;
mod visit;
mod watch;
mod weight;
mod world;
