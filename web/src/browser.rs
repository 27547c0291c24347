//! The browser: the only module that names `web_sys`.
//!
//! Each part wraps one thing that a browser has and answers in the scanner's own types. Nothing is decided here.

mod camera;
mod fetch;
mod input;
mod keep;
mod keeper;
mod page;
mod signal;
mod worker;

pub(crate) use camera::Camera;
pub(crate) use fetch::post_json;
pub(crate) use input::{Picture, chosen_file, on_keys, on_paste};
pub(crate) use keep::{keep, kept, save, share};
pub(crate) use keeper::Keeper;
pub(crate) use page::{
    Place, after, clear, focus, is_hidden, now, on_online, on_visibility, opened_for, place, set_title,
    surroundings, zone,
};
pub(crate) use signal::{buzz, signal, signal_again};
pub(crate) use worker::{Unread, Worker};
