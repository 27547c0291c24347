//! What stays on this device, and what leaves it by the reader's own hand.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlElement, Url, window};

use super::page::{after, document};

/// What was kept as `name`; `None` where the browser refuses to say.
pub(crate) fn kept(name: &str) -> Option<String> {
    let storage = window()?.local_storage().ok()??;
    Some(storage.get_item(name).ok()?.unwrap_or_default())
}

/// Keeps `text` as `name`; whether the browser lets us.
pub(crate) fn keep(name: &str, text: &str) -> bool {
    let storage = window().and_then(|window| window.local_storage().ok()?);
    storage.is_some_and(|storage| storage.set_item(name, text).is_ok())
}

/// Saves `text` as a file called `name`, as if a link to it had been pressed.
pub(crate) fn save(name: &str, text: &str) -> Result<(), JsValue> {
    let file = Blob::new_with_str_sequence(&Array::of1(&text.into()))?;
    let address = Url::create_object_url_with_blob(&file)?;
    let link = document().ok_or(JsValue::NULL)?.create_element("a")?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", name)?;
    link.unchecked_into::<HtmlElement>().click();
    // The browser takes it up at its own time.
    after(60_000, move || drop(Url::revoke_object_url(&address)));
    Ok(())
}

/// Hands the link that checks `text` to the device's way of sharing, or else puts it on the clipboard; whether it is
/// there now.
pub(crate) async fn share(text: &str) -> bool {
    let Some(window) = window() else { return false };
    let link = if text.contains("://") {
        text.to_owned()
    } else {
        [window.location().origin().unwrap_or_default().as_str(), "/v/", text].concat()
    };
    let navigator = window.navigator();
    let data = Object::new();
    // Setting a field of a fresh object does not fail.
    let _ = Reflect::set(&data, &"url".into(), &link.as_str().into());
    if call(&navigator, "share", &data).await {
        return false;
    }
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).unwrap_or_default();
    call(&clipboard, "writeText", &link.into()).await
}

/// Whether `of` has a way `name`, and it went well. A share that the reader calls off did not; the clipboard is the
/// other way then.
async fn call(of: &JsValue, name: &str, with: &JsValue) -> bool {
    let way = Reflect::get(of, &name.into()).and_then(JsCast::dyn_into::<Function>);
    match way.and_then(|way| way.call1(of, with)).and_then(JsCast::dyn_into::<Promise>) {
        Ok(promise) => JsFuture::from(promise).await.is_ok(),
        Err(_) => false,
    }
}
