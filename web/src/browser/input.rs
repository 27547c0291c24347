//! What comes in beside the forms: hand scanners, pasted texts, files.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{ClipboardEvent, File, HtmlInputElement, KeyboardEvent};

use super::page::document;
use crate::check::{Key, Wedge};

/// Calls `read` with what a hand scanner types anywhere on the page, for as long as it lives. A field that has the
/// focus takes its keys itself.
pub(crate) fn on_keys(read: impl Fn(String) + 'static) {
    let mut wedge = Wedge::default();
    let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if is_typing() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat() {
            return;
        }
        let (code, shift, at) = (event.code(), event.shift_key(), event.time_stamp());
        if let Some(text) = wedge.press(Key { code: &code, shift, at }) {
            // The scanner's Enter must not press the button that happens to have the focus.
            event.prevent_default();
            read(text);
        }
    });
    if let Some(document) = document() {
        document.set_onkeydown(Some(pressed.as_ref().unchecked_ref()));
    }
    pressed.forget();
}

/// Calls `read` with what is pasted anywhere but into a field, for as long as the page lives.
pub(crate) fn on_paste(read: impl Fn(String) + 'static) {
    let pasted = Closure::<dyn Fn(ClipboardEvent)>::new(move |event: ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text").ok());
        if let Some(text) = text.filter(|text| !text.is_empty() && !is_typing()) {
            read(text);
        }
    });
    if let Some(document) = document() {
        document.set_onpaste(Some(pasted.as_ref().unchecked_ref()));
    }
    pasted.forget();
}

/// The file that was chosen in `field`, which is emptied, so that the same file can be chosen again.
pub(crate) fn chosen_file(field: &HtmlInputElement) -> Option<File> {
    let file = field.files()?.get(0);
    field.set_value("");
    file
}

fn is_typing() -> bool {
    let element = document().and_then(|document| document.active_element());
    element.is_some_and(|element| {
        let input = element.dyn_ref::<HtmlInputElement>();
        input.is_some_and(|input| input.type_() != "file") || element.tag_name() == "TEXTAREA"
    })
}
