//! The verdict, or that there is none.

use leptos::prelude::*;
use shirushi_shared::api::VerifyRequest;

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
            let share = request.is_some().then(|| button("", words.share, dispatch, Event::Share));
            let page = request
                .as_deref()
                .and_then(page_of)
                .map(|page| view! { <a class="button" href=page>{words.page}</a> }.into_any());
            view! {
                {kept::basis(*basis, answer, lists, reader)}
                {verdict(VerdictView { answer, reader, search, beside_claims: None })}
                {view::others(others, others.len(), reader)}
                <p class="next">{button("primary", words.next, dispatch, Event::Next)}{share}{page}</p>
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

/// The address of the label's own page, which can be printed as a sheet and gives receipts.
fn page_of(request: &VerifyRequest) -> Option<String> {
    let text = request.link.as_deref().or(request.number.as_deref())?;
    Some(if text.contains("://") { text.to_owned() } else { ["/v/", text].concat() })
}
