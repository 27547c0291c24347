//! One request to the service.

use js_sys::Object;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestInit, Response, window};

/// Longest wait for an answer, in milliseconds; a reader stands at a shelf.
const LONGEST_WAIT: u32 = 8_000;

/// Posts `json` to `path`; status and text of the answer, `None` where there was none in time.
pub(crate) async fn post_json(path: &str, json: &str) -> Option<(u16, String)> {
    let headers = Object::new();
    for (name, value) in [("content-type", "application/json"), ("accept", "application/json")] {
        Reflect::set(&headers, &name.into(), &value.into()).ok()?;
    }
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&JsValue::from_str(json));
    request.set_headers(&headers);
    request.set_cache(RequestCache::NoStore);
    request.set_credentials(RequestCredentials::Omit);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(LONGEST_WAIT)));
    let response = JsFuture::from(window()?.fetch_with_str_and_init(path, &request)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response.status(), text))
}
