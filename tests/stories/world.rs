//! The world works: what the other stories lean on is tested first.

mod browser;
mod data;
mod neighbours;
mod outages;
mod video;
