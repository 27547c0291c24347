//! The lists on this device: how old they are, and what rests on them. Their age is always in sight.

use leptos::prelude::*;
use shirushi_shared::{api::VerdictAnswer, time::UnixTime};

use crate::{
    check::{Basis, Kept},
    view::{Reader, is_number_only},
};

/// What this device could do without a network.
pub(super) fn line(kept: Kept, reader: Reader) -> AnyView {
    let words = &reader.words().offline;
    let (says, data) = match kept {
        Kept::Unknown => return ().into_any(),
        Kept::Nothing => (words.nothing, "nothing"),
        Kept::Lists { is_over: true, .. } => (words.old, "old"),
        Kept::Lists { stored: false, .. } => (words.not_stored, "not-stored"),
        Kept::Lists { .. } => (words.ready, "ready"),
    };
    view! { <p class="kept hint" data-kept=data>{says}" "{of(kept, reader)}</p> }.into_any()
}

/// That a verdict rests on the lists, and whether the service will have its say; nothing where it had.
pub(super) fn basis(basis: Basis, answer: &VerdictAnswer, kept: Kept, reader: Reader) -> AnyView {
    let words = &reader.words().offline;
    let Basis::Lists { asking } = basis else { return ().into_any() };
    let next = if asking { words.asking } else { words.not_reached };
    let number_only = if is_number_only(answer) { words.number_only } else { "" };
    view! {
        <section class="note by-lists" role="status">
            <p class="says">{words.by_lists}</p>
            <p>{of(kept, reader)}</p>
            <p>{number_only}</p>
            <p>{next}</p>
        </section>
    }
    .into_any()
}

/// When the lists were issued, by their own word.
fn of(kept: Kept, reader: Reader) -> String {
    let words = &reader.words().offline;
    let Kept::Lists { status, index, .. } = kept else { return String::new() };
    let mut text = String::new();
    let mut say = |name: &str, at: Option<UnixTime>| {
        if let Some(at) = at {
            let between = if text.is_empty() { "" } else { " · " };
            for part in [between, name, " ", &reader.language.date_time(at, reader.zone)] {
                text.push_str(part);
            }
        }
    };
    say(words.status_list, status);
    say(words.product_index, index);
    text
}
