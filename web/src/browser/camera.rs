//! The camera: asked for, shown, its frames, its light, and let go.

use js_sys::{Array, Function, JSON, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack, window};

use crate::check::{Abilities, CameraProblem, Zoom};

/// Beside which camera: 1280×720 because smaller frames read fewer labels and larger ones only take longer (measured on
/// photographs of labels).
const SIZE: &str = r#","width":{"ideal":1280},"height":{"ideal":720}}"#;
/// The camera that looks away from the reader.
const OUTWARDS: &str = r#"{"facingMode":{"ideal":"environment"}"#;

/// A camera that is on, shown in a video element. It is let go when dropped.
pub(crate) struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
}

impl Camera {
    /// Asks for the camera with the id `chosen` and shows it in `video`. One that is gone is replaced by what there is.
    pub(crate) async fn open(video: HtmlVideoElement, chosen: &str) -> Result<Self, CameraProblem> {
        let devices = window().and_then(|window| window.navigator().media_devices().ok());
        let devices = devices.ok_or(CameraProblem::Unsupported)?;
        let constraints = MediaStreamConstraints::new();
        let id = JSON::stringify(&chosen.into()).ok().and_then(|id| id.as_string());
        let which = match id.filter(|_| !chosen.is_empty()) {
            Some(id) => [r#"{"deviceId":{"ideal":"#, &id, "}"].concat(),
            None => OUTWARDS.to_owned(),
        };
        constraints.set_video(&JSON::parse(&(which + SIZE)).unwrap_or(JsValue::TRUE));
        let asked = match asked_already().filter(|_| chosen.is_empty()) {
            Some(asked) => asked,
            None => devices.get_user_media_with_constraints(&constraints).map_err(|error| problem(&error))?,
        };
        let stream = JsFuture::from(asked).await.map_err(|error| problem(&error))?;
        let stream: MediaStream = stream.dyn_into().map_err(|_| CameraProblem::Unsupported)?;
        let camera = Self { stream, video };
        camera.show().await;
        Ok(camera)
    }

    async fn show(&self) {
        // As properties too: without `muted` and `playsinline`, phones do not start the picture by themselves.
        self.video.set_muted(true);
        self.video.set_autoplay(true);
        self.video.set_src_object(Some(&self.stream));
        if let Ok(playing) = self.video.play() {
            // A refusal to play shows as a black picture; the frames come all the same.
            let _ = JsFuture::from(playing).await;
        }
    }

    /// Whether it has a light.
    pub(crate) fn has_torch(&self) -> bool {
        field(&self.capabilities(), "torch").is_truthy()
    }

    /// What else it can do. Where it can focus by itself, it is told to.
    pub(crate) async fn abilities(&self) -> Abilities {
        let can = self.capabilities();
        let modes = field(&can, "focusMode").dyn_into::<Array>();
        if modes.is_ok_and(|modes| modes.includes(&"continuous".into(), 0)) {
            self.apply(r#"{"advanced":[{"focusMode":"continuous"}]}"#).await;
        }
        let zoom = field(&can, "zoom");
        let range = ["min", "max", "step"].map(|name| field(&zoom, name));
        let [min, max, step] = &range;
        let can_zoom = max.gt(min) && step.as_f64().is_some();
        let zoom = can_zoom.then(|| Zoom { min: text(min), max: text(max), step: text(step) });
        Abilities { zoom, cameras: cameras().await }
    }

    /// Switches the light. A camera that refuses it stays dark.
    pub(crate) async fn set_torch(&self, lit: bool) {
        let wanted =
            if lit { r#"{"advanced":[{"torch":true}]}"# } else { r#"{"advanced":[{"torch":false}]}"# };
        self.apply(wanted).await;
    }

    /// Magnifies.
    pub(crate) async fn set_zoom(&self, by: &str) {
        self.apply(&[r#"{"advanced":[{"zoom":"#, by, "}]}"].concat()).await;
    }

    async fn apply(&self, wanted: &str) {
        let Some((track, wanted)) = self.track().zip(JSON::parse(wanted).ok()) else { return };
        if let Ok(applied) = track.apply_constraints_with_constraints(wanted.unchecked_ref()) {
            let _ = JsFuture::from(applied).await;
        }
    }

    /// Not every browser has `getCapabilities`, and web-sys has no names for what it says.
    fn capabilities(&self) -> JsValue {
        let Some(track) = self.track() else { return JsValue::UNDEFINED };
        let ask = field(&track, "getCapabilities").dyn_into::<Function>();
        ask.and_then(|ask| ask.call0(&track)).unwrap_or_default()
    }

    /// What it sees.
    pub(crate) fn frames(&self) -> Frames {
        Frames::of(self.video.clone())
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
        self.video.set_src_object(None);
    }
}

/// The camera that the page asked for while the checker was on its way (`static/scan.js`); once.
fn asked_already() -> Option<Promise> {
    const NAME: &str = "camera";
    let window = window()?;
    let asked = field(&window, NAME).dyn_into::<Promise>().ok()?;
    Reflect::delete_property(&window, &NAME.into()).ok()?;
    Some(asked)
}

/// The cameras by id and name; known only once one has been allowed.
async fn cameras() -> Vec<(String, String)> {
    let asked = window().and_then(|window| window.navigator().media_devices().ok()?.enumerate_devices().ok());
    let Some(asked) = asked else { return Vec::new() };
    let Ok(devices) = JsFuture::from(asked).await else { return Vec::new() };
    let text = |device: &JsValue, name| field(device, name).as_string().unwrap_or_default();
    let devices = devices.unchecked_into::<Array>();
    let cameras = devices.iter().filter(|device| text(device, "kind") == "videoinput");
    cameras.map(|device| (text(&device, "deviceId"), text(&device, "label"))).collect()
}

/// The field `name` of whatever `of` is.
fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

/// A number as JavaScript writes it.
fn text(number: &JsValue) -> String {
    JSON::stringify(number).map(String::from).unwrap_or_default()
}

/// The frames of a video element, each when it is asked for: the newest that there is, and never one twice. While one is
/// read, the next is on its way, and none waits in a line.
pub(crate) struct Frames {
    video: HtmlVideoElement,
    /// Resolves when there is one that was not taken.
    shown: Promise,
}

impl Frames {
    fn of(video: HtmlVideoElement) -> Self {
        let shown = frame_shown(&video);
        Self { video, shown }
    }

    /// The newest frame, once there is a new one: a `VideoFrame`, or where the browser knows none, an `ImageBitmap`. `None`
    /// where it cannot be taken; the one after it may.
    pub(crate) async fn newest(&mut self) -> Option<JsValue> {
        JsFuture::from(self.shown.clone()).await.ok()?;
        self.shown = frame_shown(&self.video);
        // As the camera gave it, without a copy; a bitmap is drawn.
        let window = window()?;
        let kind = field(&window, "VideoFrame").dyn_into::<Function>().ok();
        if let Some(frame) = kind.and_then(|kind| Reflect::construct(&kind, &Array::of1(&self.video)).ok()) {
            return Some(frame);
        }
        JsFuture::from(window.create_image_bitmap_with_html_video_element(&self.video).ok()?).await.ok()
    }
}

/// Resolves when `video` shows a new frame (`requestVideoFrameCallback`), or where that is missing, when the page is
/// drawn next.
fn frame_shown(video: &HtmlVideoElement) -> Promise {
    Promise::new(&mut |resolve, _| {
        let callback =
            Reflect::get(video, &"requestVideoFrameCallback".into()).and_then(JsCast::dyn_into::<Function>);
        match (callback, window()) {
            (Ok(callback), _) => drop(callback.call1(video, &resolve)),
            (Err(_), Some(window)) => drop(window.request_animation_frame(&resolve)),
            (Err(_), None) => {}
        }
    })
}

/// What a refusal means (Media Capture and Streams §10.2).
fn problem(error: &JsValue) -> CameraProblem {
    let text = |name| field(error, name).as_string().unwrap_or_default();
    match text("name").as_str() {
        // Chromium's own words; others do not tell a closed question from a refusal.
        "NotAllowedError" if text("message").contains("dismissed") => CameraProblem::Dismissed,
        "NotAllowedError" | "SecurityError" => CameraProblem::Refused,
        "NotFoundError" | "OverconstrainedError" => CameraProblem::Missing,
        "NotReadableError" | "AbortError" => CameraProblem::Busy,
        _ => CameraProblem::Unsupported,
    }
}
