//! What comes in beside the forms: hand scanners, pasted texts, files.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, File, HtmlInputElement, KeyboardEvent};

use super::page::{after, document};
use crate::check::{Key, REST, Wedge};

/// A picture as a file.
pub(crate) type Picture = File;

/// Shortest text that is a label's and no person's, in a field too.
const LABEL: usize = 100;

/// Calls `read` with what a hand scanner types anywhere on the page, for as long as it lives. A field that has the
/// focus keeps its keys, but for a label's code, which belongs into none.
pub(crate) fn on_keys(read: impl Fn(String) + 'static) {
    let wedge = Rc::new(RefCell::new(Wedge::default()));
    let read = Rc::new(read);
    let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat() {
            return;
        }
        let (code, key, shift, at) = (event.code(), event.key(), event.shift_key(), event.time_stamp());
        let text = wedge.borrow_mut().press(Key { code: &code, key: &key, shift, at });
        let is_typing = is_typing();
        if let Some(text) = text.filter(|text| !is_typing || text.len() >= LABEL) {
            // The scanner's Enter must not press the button that happens to have the focus.
            event.prevent_default();
            if let Some(field) = field().filter(|_| is_typing) {
                field.set_value("");
            }
            read(text);
        } else if !is_typing {
            let (wedge, read) = (wedge.clone(), read.clone());
            after(REST, move || {
                let text = wedge.borrow_mut().rest(at);
                if let Some(text) = text {
                    read(text);
                }
            });
        }
    });
    if let Some(document) = document() {
        document.set_onkeydown(Some(pressed.as_ref().unchecked_ref()));
    }
    pressed.forget();
}

/// Calls `read` with a text, and `look` with a picture, that is pasted anywhere but into a field or dropped anywhere,
/// for as long as the page lives.
pub(crate) fn on_paste(read: impl Fn(String) + 'static, look: impl Fn(File) + 'static) {
    let take = Rc::new(move |data: &DataTransfer| {
        if let Some(file) = data.files().and_then(|files| files.get(0)) {
            look(file);
        } else if let Some(text) = data.get_data("text").ok().filter(|text| !text.is_empty()) {
            read(text);
        }
    });
    let taking = take.clone();
    let pasted = Closure::<dyn Fn(ClipboardEvent)>::new(move |event: ClipboardEvent| {
        if let Some(data) = event.clipboard_data().filter(|_| !is_typing()) {
            taking(&data);
        }
    });
    let dropped = Closure::<dyn Fn(DragEvent)>::new(move |event: DragEvent| {
        // Otherwise the browser opens what is dropped, in place of this page.
        event.prevent_default();
        if let Some(data) = event.data_transfer().filter(|_| event.type_() == "drop") {
            take(&data);
        }
    });
    if let Some(document) = document() {
        document.set_onpaste(Some(pasted.as_ref().unchecked_ref()));
        document.set_ondrop(Some(dropped.as_ref().unchecked_ref()));
        document.set_ondragover(Some(dropped.as_ref().unchecked_ref()));
    }
    pasted.forget();
    dropped.forget();
}

/// The file that was chosen in `field`, which is emptied, so that the same file can be chosen again.
pub(crate) fn chosen_file(field: &HtmlInputElement) -> Option<File> {
    let file = field.files()?.get(0);
    field.set_value("");
    file
}

fn field() -> Option<HtmlInputElement> {
    let field = document()?.active_element()?.dyn_into::<HtmlInputElement>().ok()?;
    // What takes no text: the hand scanner is heard while the focus is there.
    (!matches!(field.type_().as_str(), "file" | "checkbox" | "range")).then_some(field)
}

fn is_typing() -> bool {
    field().is_some()
}
