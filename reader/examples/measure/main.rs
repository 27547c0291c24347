//! Four readers of QR codes side by side, ours among them: how much each reads of photographs that others took, and how
//! far each gets with our own labels as one thing grows worse. `make bench` runs it, with all four at hand;
//! `cargo run -p shirushi-reader --release --example measure -- photographs` runs one part, with those that are.

#![expect(clippy::print_stdout, reason = "it prints tables")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot run should say where")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a renderer counts pixels in integers and places them in fractions"
)]

mod breaking;
#[path = "../../tests/reading/collection.rs"]
mod collection;
#[path = "../../tests/reading/label.rs"]
mod label;
#[path = "../../tests/reading/noise.rs"]
mod noise;
mod photographs;
mod readers;
#[path = "../../tests/reading/scene.rs"]
mod scene;

use readers::Readers;

fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| wanted == name);
    let mut readers = Readers::at_hand();
    if wanted("photographs") {
        photographs::print(&mut readers);
    }
    if wanted("breaking") {
        breaking::print(&mut readers);
    }
}
