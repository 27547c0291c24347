//! What a label is about: its registration number, level, product category, route, and state.

mod number;
mod product;
mod state;

pub use number::{NumberError, PreLabelNumber, RegistrationNumber};
pub use product::{AssessmentRoute, Category, Level, RouteError, UnknownCategory, UnknownLevel};
pub use state::{IllegalTransition, LabelState, StateChange};
