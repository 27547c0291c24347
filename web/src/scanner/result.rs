//! The verdict, or that there is none.

use leptos::prelude::*;

use super::{Dispatch, button, problem};
use crate::{
    check::{Event, Screen},
    view::{Ask, ModelSearch, Reader, VerdictView, verdict},
};

/// What `screen` comes to.
pub(super) fn result(screen: &Screen, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let words = &reader.words().scan;
    match screen {
        Screen::Ready { .. } | Screen::Reading | Screen::Asking { .. } => ().into_any(),
        Screen::Told { request, answer, others } => {
            let asked = request.as_ref().and_then(|request| request.model.clone());
            let models = dispatch.clone();
            let ask = Ask::by_script(move |model| models(Event::Model(model)));
            let search = ModelSearch { asked, ask };
            view! {
                {verdict(VerdictView { answer, reader, search })}
                {ignored(others, reader)}
                <p class="next">{button("primary", words.next, dispatch, Event::Next)}</p>
            }
            .into_any()
        }
        Screen::NotChecked { trouble, others, .. } => {
            let (title, action) = problem::of_trouble(*trouble, reader);
            view! {
                {problem::problem(title, action)}
                {ignored(others, reader)}
                <p class="next">
                    {button("primary", words.retry, dispatch, Event::Retry)}
                    {button("", words.next, dispatch, Event::Next)}
                </p>
            }
            .into_any()
        }
    }
}

/// Other codes that were in view, as text and never as links.
fn ignored(others: &[String], reader: Reader) -> AnyView {
    if others.is_empty() {
        return ().into_any();
    }
    let names = others.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
    view! {
        <section class="others">
            <h2 class="quiet">{reader.words().scan.others}</h2>
            <ul>{names}</ul>
            <p class="hint">{reader.language.others_ignored(others.len())}</p>
        </section>
    }
    .into_any()
}
