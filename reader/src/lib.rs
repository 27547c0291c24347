//! Reads QR codes from bad prints: blurred, tilted, bent, glaring, damaged. In: a gray picture. Out: every code in it.
//!
//! Of the 327 photographs of the tests it reads 321, where the decoder it is built around ([`rqrr`]) reads 155 with its
//! own detector; of 1,019, most of them kept apart from all tuning, this method's prototype read 91 %
//! (`docs/reading.md`). That detector also panics on some photographs and takes half a minute over others; it is never
//! called here. What is `rqrr`'s work: turning a whole grid of modules into bytes.
//!
//! In reading order:
//! - [`gray`]: the picture; `point`: places in it; `binary`: dark or light.
//! - `finder`: the three corner squares; `triple`: which three belong together.
//! - `symbol`: what the standard fixes; `version_guess`: how many modules; `fit`: where each of them is.
//! - `grid`: their gray levels; `repair`: errors and erasures; `decode`: bytes.
//! - `attempt`: one triple from start to end; `read`: the whole picture; `effort`: what it may cost; `code`: the result.
//!
//! Not in here: clocks (the caller's closure says when time is up), files, cameras, and any idea of what a text means.

// Pixels and modules are counted in integers and placed in fractions. All counts are below 2^24 (a picture's sides,
// a grid's modules), where an f32 is exact, and casts back to integers saturate.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic; see above"
)]

pub mod gray;

mod attempt;
mod binary;
mod code;
mod decode;
mod effort;
mod finder;
mod fit;
mod grid;
mod point;
mod read;
mod repair;
mod symbol;
mod triple;
mod version_guess;

#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use code::Code;
pub use effort::Effort;
pub use gray::{Gray, GrayError};
pub use read::read;
