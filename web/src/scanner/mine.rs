//! What is kept on this device: the history of scans, and settings.

use leptos::prelude::*;

use super::{Dispatch, button};
use crate::{
    check::{Entry, Event, Memory},
    view::Reader,
};

/// The history, folded away. It tells what was found at the time, each with its time; pressing one asks again.
pub(super) fn mine(memory: &Memory, not_kept: bool, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let words = &reader.words().scan;
    let entries: Vec<_> = memory
        .entries
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            view! {
                <li>
                    {again(entry, index, reader, dispatch)}
                    {button("", words.forget, dispatch, Event::Forget(index))}
                </li>
            }
            .into_any()
        })
        .collect();
    let history = if entries.is_empty() {
        view! { <p>{words.history_none}</p> }.into_any()
    } else {
        view! {
            <p class="hint">{words.history_then}</p>
            <ul>{entries}</ul>
            {button("", words.forget_all, dispatch, Event::ForgetAll)}
        }
        .into_any()
    };
    view! {
        <h2>{words.history}</h2>
        {not_kept.then(|| view! { <p class="note">{words.not_kept}</p> }.into_any())}
        {history}
        {switch(words.history_keep, memory.keeps, dispatch, Event::Keep)}
        {switch(words.signals, memory.signals, dispatch, Event::Signals)}
    }
    .into_any()
}

fn again(entry: &Entry, index: usize, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let dispatch = dispatch.clone();
    let headline = reader.words().outcomes.of(entry.outcome).headline;
    view! {
        <button type="button" on:click=move |_| dispatch(Event::Recheck(index))>
            <strong>{entry.number.clone()}</strong>
            <small>{reader.language.date_time(entry.at, reader.zone)}": "{headline}</small>
        </button>
    }
    .into_any()
}

fn switch(words: &'static str, is_on: bool, dispatch: &Dispatch, event: fn(bool) -> Event) -> AnyView {
    let dispatch = dispatch.clone();
    view! {
        <label class="switch">
            <input type="checkbox" prop:checked=is_on on:change=move |_| dispatch(event(!is_on)) />
            {words}
        </label>
    }
    .into_any()
}
