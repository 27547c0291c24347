//! The page that the scanner is on.

use shirushi_shared::{
    text::{Language, Zone},
    time::UnixTime,
};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Document, HtmlElement, HtmlTemplateElement, UrlSearchParams, VisibilityState, window};

use crate::check::{Surroundings, is_in_app};

/// Where the scanner goes, and what the server says about it.
pub(crate) struct Place {
    /// The element to fill.
    pub(crate) element: HtmlElement,
    /// The page's language.
    pub(crate) language: Language,
    /// Its words, one a line.
    pub(crate) words: String,
    /// Address of the decoder's worker.
    pub(crate) worker: String,
    /// Address of the worker with the lists.
    pub(crate) keeper: String,
    /// The trust key that the page pins.
    pub(crate) pin: String,
    /// How old signed lists may be, in seconds.
    pub(crate) oldest: String,
    /// Origins under which labels are printed, separated by spaces.
    pub(crate) origins: String,
}

/// The scanner's place; `None` on pages without one.
pub(crate) fn place() -> Option<Place> {
    let document = document()?;
    let element: HtmlElement = document.get_element_by_id("scanner")?.dyn_into().ok()?;
    let data = |name| element.get_attribute(name).unwrap_or_default();
    let language = document.document_element().and_then(|html| html.get_attribute("lang"));
    let words: HtmlTemplateElement = document.get_element_by_id("words")?.dyn_into().ok()?;
    Some(Place {
        language: language.as_deref().and_then(Language::parse).unwrap_or_default(),
        words: words.content().text_content().unwrap_or_default(),
        worker: data("data-worker"),
        keeper: data("data-keeper"),
        pin: data("data-pin"),
        oldest: data("data-oldest"),
        origins: data("data-origins"),
        element,
    })
}

/// Takes out what the server put there for browsers without script.
pub(crate) fn clear(element: &HtmlElement) {
    element.replace_children_with_node_0();
}

/// What is known before the camera is asked for.
pub(crate) fn surroundings() -> Surroundings {
    let Some(window) = window() else {
        return Surroundings { encrypted: true, can_ask: false, in_app: false };
    };
    let navigator = window.navigator();
    Surroundings {
        encrypted: window.is_secure_context(),
        can_ask: navigator.media_devices().is_ok_and(|devices| !devices.is_undefined()),
        in_app: is_in_app(&navigator.user_agent().unwrap_or_default()),
    }
}

/// The browser's clock. A verdict's own times come from the server; this one is for what is judged here.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since 1970 fit into 53 bits, seconds into an i64"
)]
pub(crate) fn now() -> UnixTime {
    UnixTime::from_secs((js_sys::Date::now() / 1000.0) as i64).unwrap_or(UnixTime::EPOCH)
}

/// The reader's zone, at present.
#[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
pub(crate) fn zone() -> Zone {
    Zone::east_by(-(js_sys::Date::new_0().get_timezone_offset() as i32))
}

/// Whether the page is out of sight.
pub(crate) fn is_hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

/// Calls `connected` whenever the device says that it is connected again, for as long as the page lives.
pub(crate) fn on_online(connected: impl Fn() + 'static) {
    let Some(window) = window() else { return };
    let connected = Closure::<dyn Fn()>::new(connected);
    window.set_ononline(Some(connected.as_ref().unchecked_ref()));
    connected.forget();
}

/// The label that the page was opened for, where it was opened by a label's link or a typed number and the service's own
/// page could not be had; with the model that is asked about.
pub(crate) fn opened_for() -> Option<(String, Option<String>)> {
    let location = window()?.location();
    let (path, href) = (location.pathname().ok()?, location.href().ok()?);
    let query = UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
    match path.as_str() {
        "/check" => Some((query.get("number")?, None)),
        path if path.starts_with("/v/") => Some((href, query.get("model"))),
        _ => None,
    }
}

/// Calls `changed` whenever the page comes into or goes out of sight, for as long as it lives.
pub(crate) fn on_visibility(changed: impl Fn() + 'static) {
    let Some(document) = document() else { return };
    let changed = Closure::<dyn Fn()>::new(changed);
    document.set_onvisibilitychange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
}

/// Calls `then` after `milliseconds`.
pub(crate) fn after(milliseconds: i32, then: impl FnOnce() + 'static) {
    let then = Closure::once_into_js(then);
    if let Some(window) = window() {
        // It fails only for a page that is going away.
        let _ =
            window.set_timeout_with_callback_and_timeout_and_arguments_0(then.unchecked_ref(), milliseconds);
    }
}

/// Names the page.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Moves focus to the element called `id`, once what was just changed is shown.
pub(crate) fn focus(id: &'static str) {
    after(0, move || {
        let element = document().and_then(|document| document.get_element_by_id(id));
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // An element that went away meanwhile cannot take it, and need not.
            let _ = element.focus();
            element.scroll_into_view();
        }
    });
}

pub(super) fn document() -> Option<Document> {
    window()?.document()
}
