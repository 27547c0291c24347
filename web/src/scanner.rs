//! What the scanner shows, from its state alone.
//!
//! Compiles on the host too, where tests look at it as HTML. Not here: anything that is done (`run.rs`).

mod camera;
mod kept;
mod mine;
mod problem;
mod result;
mod stock;

use std::sync::Arc;

use leptos::{
    html::{Input, Video},
    prelude::*,
};

use crate::{
    check::{CAN_COUNT, Camera, Event, Note, Screen, State},
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
    let screen = Memo::new(move |_| state.with(|state| settled(&state.screen)));
    let lists = Memo::new(move |_| state.with(|state| state.kept));
    let beside = Memo::new(move |_| state.with(Beside::of));
    let memory = Memo::new(move |_| state.with(|state| (state.memory.clone(), state.not_kept)));
    let is_ready = move || screen.with(|screen| matches!(screen, Screen::Ready { .. }));
    let words = &reader.words().scan;

    let viewer = camera::viewer(state, camera, is_ready, reader, refs.video, &dispatch);
    let saying = region(move || {
        let says = match (screen.get(), camera.get()) {
            (Screen::Ready { .. }, Camera::Starting) => words.starting,
            (Screen::Ready { .. }, Camera::On { .. }) => words.looking,
            (Screen::Reading, _) => words.photograph_reading,
            (Screen::Asking { .. }, _) => words.asking,
            _ => "",
        };
        says.into_any()
    });
    let panel = {
        let dispatch = dispatch.clone();
        region(
            move || if is_ready() { camera::panel(camera.get(), reader, &dispatch) } else { ().into_any() },
        )
    };
    let notes = {
        let dispatch = dispatch.clone();
        region(move || beside.with(|beside| notes(beside, reader, &dispatch)))
    };
    let result = {
        let dispatch = dispatch.clone();
        region(move || screen.with(|screen| result::result(screen, lists.get(), reader, &dispatch)))
    };
    let mine = {
        let dispatch = dispatch.clone();
        region(move || memory.with(|(memory, not_kept)| mine::mine(memory, *not_kept, reader, &dispatch)))
    };
    let counts = CAN_COUNT && state.with_untracked(|state| state.tally.is_on);
    let stock = counts.then(|| stock::stock(state, reader, &dispatch));
    let copied =
        region(move || if beside.with(|beside| beside.copied) { words.copied } else { "" }.into_any());
    let kept = region(move || kept::line(lists.get(), reader));
    let (chosen, typed) = (dispatch.clone(), dispatch);
    view! {
        {viewer}
        <p class="saying" role="status">{saying}</p>
        {panel}
        {notes}
        <div id=RESULT tabindex="-1">{result}</div>
        {stock}
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
        {kept}
        <section class="ways mine" hidden=counts>{mine}</section>
    }
    .into_any()
}

/// A part that is shown anew whenever something that it reads changes. One type for all of them: with a type of its own,
/// each would bring a copy of what Leptos does for it, a kilobyte or two.
fn region(show: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    fn erased(show: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
        (move || show()).into_any()
    }
    erased(Box::new(show))
}

/// What is said beside a verdict.
#[derive(Clone, PartialEq)]
struct Beside {
    /// A look-alike's host.
    alike: Option<String>,
    /// How many labels are in view.
    labels: usize,
    note: Option<Note>,
    /// Whether a link was just copied.
    copied: bool,
}

impl Beside {
    fn of(state: &State) -> Self {
        Self {
            alike: state.look_alike.clone(),
            labels: state.labels.len(),
            note: note_of(&state.screen),
            copied: state.copied,
        }
    }
}

/// What stands above the verdict.
fn notes(beside: &Beside, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let called_out = beside.alike.clone().map(|host| problem::look_alike(host, reader));
    let choice = (beside.labels > 1).then(|| several(beside.labels, reader, dispatch));
    let note = beside.note.as_ref().map(|note| problem::note(note, reader));
    [called_out, choice, note].into_iter().flatten().collect::<Vec<_>>().into_any()
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
