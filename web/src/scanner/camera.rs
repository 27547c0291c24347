//! The camera's picture, and what stands in its place.

use leptos::{html::Video, prelude::*};

use super::{Dispatch, button, problem};
use crate::{
    check::{Camera, Event},
    view::Reader,
};

/// The picture with its frame. It stays in the document, hidden when unused: a stream is bound to the element.
pub(super) fn viewer(
    camera: Memo<Camera>,
    is_ready: Memo<bool>,
    reader: Reader,
    video: NodeRef<Video>,
    dispatch: &Dispatch,
) -> AnyView {
    let words = &reader.words().scan;
    let is_hidden = move || !is_ready.get() || !matches!(camera.get(), Camera::Starting | Camera::On { .. });
    let torch = move || match camera.get() {
        Camera::On { torch } => torch,
        _ => None,
    };
    let light = dispatch.clone();
    view! {
        <div class="viewer" hidden=is_hidden>
            <video node_ref=video playsinline="" muted="" aria-label=words.video></video>
            <div class="aim" aria-hidden="true"></div>
            <div class="controls">
                {button("", words.stop, dispatch, Event::Stop)}
                <button
                    type="button"
                    hidden=move || torch().is_none()
                    aria-pressed=move || if torch() == Some(true) { "true" } else { "false" }
                    on:click=move |_| light(Event::Torch)
                >
                    {words.torch}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// What is said and offered where there is no picture.
pub(super) fn panel(camera: Camera, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let words = &reader.words().scan;
    match camera {
        Camera::Starting | Camera::On { .. } => ().into_any(),
        Camera::Off => button("primary", words.start, dispatch, Event::Start),
        Camera::Paused => view! {
            <p>{words.paused}</p>
            {button("primary", words.start, dispatch, Event::Start)}
        }
        .into_any(),
        Camera::Failed(failed) => {
            let (title, action) = problem::of_camera(failed, reader);
            view! {
                {problem::problem(title, action)}
                {button("", words.retry, dispatch, Event::Start)}
            }
            .into_any()
        }
    }
}
