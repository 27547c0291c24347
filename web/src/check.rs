//! The scanner as a pure state machine: a state, what happened, and what to do next.
//!
//! It knows no browser: `run.rs` performs the [`Effect`]s and feeds back [`Event`]s. What could not be checked is
//! [`Screen::NotChecked`], which is no outcome: only [`shirushi_shared::verdict::judge`] makes one, in the server's
//! answer or, for what is no readable label, here. Texts that are no label are never sent anywhere, since they may be
//! anything: a Wi-Fi password, a ticket.
//!
//! The service is asked first. Where it takes long or does not answer, the lists on this device are (`lists.rs`), and their
//! answer is shown as theirs until the service has spoken.
//!
//! Opened for a stock check, it counts and goes on to the next label (`stock.rs`).

mod camera;
mod event;
mod lens;
mod lists;
mod memory;
mod pick;
mod state;
mod step;
mod stock;
mod tally;
#[cfg(test)]
mod tests;
mod wedge;

/// Whether stock can be counted: in the browser's part that is made for it, and on the host.
pub const CAN_COUNT: bool = cfg!(any(feature = "stock", not(target_arch = "wasm32")));

pub use camera::{Abilities, Camera, CameraProblem, Surroundings, Zoom, is_in_app};
pub use event::{Effect, Event, PhotographProblem, StockEffect, StockEvent, Ticket};
pub use lists::{Basis, Kept};
pub use memory::{Entry, Memory};
pub use state::{Note, Screen, State, Trouble};
pub use step::step;
pub use tally::{Row, Tally, Told};
pub use wedge::{Key, REST, Wedge};
