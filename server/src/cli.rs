//! The command line: each command a thin caller of what the library does.

pub mod keys;
