//! The router as callers meet it: with a real registry in a file, real keys, and no socket.

mod document;
mod harness;
mod headers;
mod lists;
mod operator;
mod pages;
mod photograph;
mod problems;
mod verify;
