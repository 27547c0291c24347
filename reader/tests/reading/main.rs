//! Reads labels that we distort, photographs that others took, and pictures made to hurt.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail where their test fails")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a renderer counts pixels in integers and places them in fractions"
)]

mod collection;
mod hostile;
mod label;
mod labels;
mod noise;
mod photographs;
mod scene;
