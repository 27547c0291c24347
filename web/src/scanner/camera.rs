//! The camera's picture, and what stands in its place.

use leptos::{html::Video, prelude::*};

use super::{Dispatch, button, problem, region};
use crate::{
    check::{Abilities, Camera, Event, State},
    view::Reader,
};

/// The picture with its frame. It stays in the document, hidden when unused: a stream is bound to the element.
pub(super) fn viewer(
    state: RwSignal<State>,
    camera: Memo<Camera>,
    is_ready: impl Fn() -> bool + Copy + Send + Sync + 'static,
    reader: Reader,
    video: NodeRef<Video>,
    dispatch: &Dispatch,
) -> AnyView {
    let words = &reader.words().scan;
    let is_hidden = move || !is_ready() || !matches!(camera.get(), Camera::Starting | Camera::On { .. });
    let lens = Memo::new(move |_| state.with(|state| (state.abilities.clone(), state.memory.camera.clone())));
    let settings = {
        let dispatch = dispatch.clone();
        region(move || lens.with(|(abilities, id)| settings(abilities, id, reader, &dispatch)))
    };
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
                // It stays where it is: a button that is made anew when it is pressed loses the focus.
                <button
                    type="button"
                    hidden=move || torch().is_none()
                    aria-pressed=move || if torch() == Some(true) { "true" } else { "false" }
                    on:click=move |_| light(Event::Torch)
                >
                    {words.torch}
                </button>
            </div>
            {settings}
        </div>
    }
    .into_any()
}

/// How far it magnifies, and which camera it is: only where there is a choice.
fn settings(abilities: &Abilities, id: &str, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let words = &reader.words().scan;
    let zoom = abilities.zoom.clone().map(|zoom| {
        let dispatch = dispatch.clone();
        view! {
            <label>
                {words.zoom}
                <input
                    type="range"
                    min=zoom.min.clone()
                    max=zoom.max
                    step=zoom.step
                    value=zoom.min.clone()
                    on:input=move |event| dispatch(Event::Zoom(event_target_value(&event)))
                />
            </label>
        }
        .into_any()
    });
    let cameras = (abilities.cameras.len() > 1).then(|| {
        let dispatch = dispatch.clone();
        let options: Vec<_> = abilities
            .cameras
            .iter()
            .map(|(camera, name)| {
                let name = if name.is_empty() { words.this_camera.to_owned() } else { name.clone() };
                view! { <option value=camera.clone() selected=camera == id>{name}</option> }.into_any()
            })
            .collect();
        view! {
            <label>
                {words.camera}
                <select on:change=move |event| dispatch(Event::Camera(event_target_value(&event)))>{options}</select>
            </label>
        }
        .into_any()
    });
    view! { <div class="lens">{zoom}{cameras}</div> }.into_any()
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
