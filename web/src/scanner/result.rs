//! The verdict, or that there is none.

use leptos::prelude::*;

use super::{Dispatch, button, kept, problem};
use crate::{
    check::{Event, Kept, Screen},
    view::{self, Ask, ModelSearch, Reader, VerdictView, verdict},
};

/// What `screen` comes to.
pub(super) fn result(screen: &Screen, lists: Kept, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let words = &reader.words().scan;
    match screen {
        Screen::Ready { .. } | Screen::Choosing | Screen::Reading | Screen::Asking { .. } => ().into_any(),
        Screen::Told { request, answer, others, basis } => {
            let asked = request.as_ref().and_then(|request| request.model.clone());
            let models = dispatch.clone();
            let ask = Ask::by_script(move |model| models(Event::Model(model)));
            let search = ModelSearch { asked, action: None, ask };
            let beside_claims = view::meant(answer, reader, &search);
            let share = request.is_some().then(|| button("", words.share, dispatch, Event::Share));
            view! {
                {kept::basis(*basis, answer, lists, reader)}
                {verdict(VerdictView { answer, reader, search, beside_claims })}
                {view::others(others, others.len(), reader)}
                <p class="next">{button("primary", words.next, dispatch, Event::Next)}{share}</p>
            }
            .into_any()
        }
        Screen::NotChecked { trouble, others, .. } => {
            let (title, action) = problem::of_trouble(*trouble, reader);
            view! {
                {problem::problem(title, action)}
                {view::others(others, others.len(), reader)}
                <p class="next">
                    {button("primary", words.retry, dispatch, Event::Retry)}
                    {button("", words.next, dispatch, Event::Next)}
                </p>
            }
            .into_any()
        }
    }
}
