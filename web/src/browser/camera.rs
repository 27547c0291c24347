//! The camera: asked for, shown, its frames, its light, and let go.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, ImageBitmap, MediaStream, MediaStreamConstraints, MediaStreamTrack, window};

use crate::check::CameraProblem;

/// The camera that looks away from the reader; 1280×720 because smaller frames read fewer labels and larger ones only
/// take longer (measured on photographs of labels).
const WANTED: &str =
    r#"{"facingMode":{"ideal":"environment"},"width":{"ideal":1280},"height":{"ideal":720}}"#;

/// A camera that is on, shown in a video element. It is let go when dropped.
pub(crate) struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
}

impl Camera {
    /// Asks for the camera and shows it in `video`.
    pub(crate) async fn open(video: HtmlVideoElement) -> Result<Self, CameraProblem> {
        let devices = window().and_then(|window| window.navigator().media_devices().ok());
        let devices = devices.ok_or(CameraProblem::Unsupported)?;
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&JSON::parse(WANTED).unwrap_or(JsValue::TRUE));
        let asked = devices.get_user_media_with_constraints(&constraints).map_err(|error| problem(&error))?;
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
        let Some(track) = self.track() else { return false };
        // Not every browser has `getCapabilities`, and web-sys has no name for `torch`.
        let ask = Reflect::get(&track, &"getCapabilities".into()).and_then(JsCast::dyn_into::<Function>);
        let abilities = ask.and_then(|ask| ask.call0(&track));
        abilities
            .and_then(|abilities| Reflect::get(&abilities, &"torch".into()))
            .is_ok_and(|torch| torch.is_truthy())
    }

    /// Switches the light.
    pub(crate) async fn set_torch(&self, lit: bool) {
        let light = Object::new();
        let wanted = Object::new();
        // Setting a field of a fresh object does not fail; a camera that refuses the light stays dark.
        let _ = Reflect::set(&light, &"torch".into(), &lit.into());
        let _ = Reflect::set(&wanted, &"advanced".into(), &Array::of1(&light));
        if let Some(Ok(applied)) =
            self.track().map(|track| track.apply_constraints_with_constraints(wanted.unchecked_ref()))
        {
            let _ = JsFuture::from(applied).await;
        }
    }

    /// The element that shows it.
    pub(crate) fn video(&self) -> HtmlVideoElement {
        self.video.clone()
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

/// The next frame of `video`, once there is one. `None` where it cannot be taken; the one after it may.
pub(crate) async fn next_frame(video: &HtmlVideoElement) -> Option<ImageBitmap> {
    JsFuture::from(frame_shown(video)).await.ok()?;
    let bitmap = window()?.create_image_bitmap_with_html_video_element(video).ok()?;
    JsFuture::from(bitmap).await.ok()?.dyn_into().ok()
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
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => CameraProblem::Refused,
        "NotFoundError" | "OverconstrainedError" => CameraProblem::Missing,
        "NotReadableError" | "AbortError" => CameraProblem::Busy,
        _ => CameraProblem::Unsupported,
    }
}
