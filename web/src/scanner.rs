//! What the scanner shows, from its state alone.
//!
//! Compiles on the host too, where tests look at it as HTML. Not here: anything that is done (`run.rs`).

mod camera;
mod kept;
mod mine;
mod problem;
mod result;

use std::sync::Arc;

use leptos::{
    html::{Input, Video},
    prelude::*,
};

use crate::{
    check::{Camera, Event, Note, Screen, State},
    view::{Ask, Reader, number_form},
};

/// Takes what happens.
pub type Dispatch = Arc<dyn Fn(Event) + Send + Sync>;

/// The elements that effects work on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refs {
    /// The camera's picture.
    pub video: NodeRef<Video>,
    /// The field for a photograph.
    pub picker: NodeRef<Input>,
}

/// Where a verdict appears; focus goes there, so that it is read out and scrolled to.
pub const RESULT: &str = "result";

/// The scanner. The camera's picture and the forms stay in place while everything else follows `state`.
pub fn scanner(state: RwSignal<State>, reader: Reader, refs: Refs, dispatch: Dispatch) -> AnyView {
    let camera = Memo::new(move |_| state.with(|state| state.camera));
    let note = Memo::new(move |_| state.with(|state| note_of(&state.screen)));
    let screen = Memo::new(move |_| state.with(|state| settled(&state.screen)));
    let lists = Memo::new(move |_| state.with(|state| state.kept));
    let is_ready = Memo::new(move |_| screen.with(|screen| matches!(screen, Screen::Ready { .. })));
    let alike = Memo::new(move |_| state.with(|state| state.look_alike.clone()));
    let labels = Memo::new(move |_| state.with(|state| state.labels.len()));
    let memory = Memo::new(move |_| state.with(|state| (state.memory.clone(), state.not_kept)));
    let copied = Memo::new(move |_| state.with(|state| state.copied));
    let words = &reader.words().scan;

    let viewer = camera::viewer(state, camera, is_ready, reader, refs.video, &dispatch);
    let saying = move || match (screen.get(), camera.get()) {
        (Screen::Ready { .. }, Camera::Starting) => words.starting,
        (Screen::Ready { .. }, Camera::On { .. }) => words.looking,
        (Screen::Reading, _) => words.photograph_reading,
        (Screen::Asking { .. }, _) => words.asking,
        _ => "",
    };
    let panel = {
        let dispatch = dispatch.clone();
        move || is_ready.get().then(|| camera::panel(camera.get(), reader, &dispatch))
    };
    let noted = move || note.get().map(|note| problem::note(&note, reader));
    let result = {
        let dispatch = dispatch.clone();
        move || screen.with(|screen| result::result(screen, lists.get(), reader, &dispatch))
    };
    let called_out = move || alike.get().map(|host| problem::look_alike(host, reader));
    let choice = {
        let dispatch = dispatch.clone();
        move || (labels.get() > 1).then(|| several(labels.get(), reader, &dispatch))
    };
    let mine = {
        let dispatch = dispatch.clone();
        move || memory.with(|(memory, not_kept)| mine::mine(memory, *not_kept, reader, &dispatch))
    };
    let copied = move || if copied.get() { words.copied } else { "" };
    let (chosen, typed) = (dispatch.clone(), dispatch);
    view! {
        {viewer}
        <p class="saying" role="status">{saying}</p>
        {panel}
        {called_out}
        {choice}
        {noted}
        <div id=RESULT tabindex="-1">{result}</div>
        <p role="status">{copied}</p>
        <section class="ways">
            <h2>{words.number_title}</h2>
            {number_form(reader, "/check", Ask::by_script(move |text| typed(Event::Typed(text))))}
            <p class="hint">{words.paste}" "{words.hand_scanner}</p>
        </section>
        <section class="ways">
            // No `capture`: phones then offer the gallery as well as the camera.
            <label class="button" for="photograph">{words.photograph}</label>
            <input
                node_ref=refs.picker
                id="photograph"
                class="visually-hidden"
                type="file"
                accept="image/*"
                on:change=move |_| chosen(Event::PhotographChosen)
            />
        </section>
        {move || kept::line(lists.get(), reader)}
        <section class="ways mine">{mine}</section>
    }
    .into_any()
}

fn note_of(screen: &Screen) -> Option<Note> {
    match screen {
        Screen::Ready { note, .. } => note.clone(),
        _ => None,
    }
}

/// `screen` without what changes from frame to frame.
fn settled(screen: &Screen) -> Screen {
    match screen {
        Screen::Ready { .. } => Screen::READY,
        other => other.clone(),
    }
}

/// Which of several labels in view to check; stays beside the verdict, for the others.
fn several(count: usize, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let words = &reader.words().scan;
    let choices: Vec<_> = (0..count)
        .map(|index| {
            let dispatch = dispatch.clone();
            view! {
                <button type="button" data-label=index on:click=move |_| dispatch(Event::Label(index))>
                    {words.several_label}" "{index + 1}
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="note" role="alert">
            <p class="says">{words.several}</p>
            <p class="choices">{choices}</p>
        </section>
    }
    .into_any()
}

/// A button that says `event`.
fn button(class: &'static str, words: &'static str, dispatch: &Dispatch, event: Event) -> AnyView {
    let dispatch = dispatch.clone();
    view! { <button type="button" class=class on:click=move |_| dispatch(event.clone())>{words}</button> }
        .into_any()
}
