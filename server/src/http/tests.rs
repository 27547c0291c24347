//! The router as callers meet it: with a real registry in a file, real keys, and no socket.

mod attacks;
mod authorisation;
mod bulk;
mod document;
mod harness;
mod headers;
mod history;
mod jobs;
mod lists;
mod operator;
mod organisations;
mod pages;
mod photograph;
mod policies;
mod packs;
mod problems;
mod procurement;
mod receipts;
mod reports;
mod verify;
