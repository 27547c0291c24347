//! Codes beside the label: named as text, never links, never opened.

use leptos::prelude::*;
use shirushi_shared::api::{OtherCode, PictureAnswer};

use super::Reader;

/// Characters of another code that are shown, and codes named at most; the rest is counted.
const LONGEST_NAME: usize = 60;
const MOST_NAMED: usize = 8;

/// The other codes of a photograph that was handed in; nothing where there were none.
pub fn others_in(picture: &PictureAnswer, reader: Reader) -> AnyView {
    let name = |code: &OtherCode| code.host.clone().unwrap_or_else(|| code.text.clone());
    let names: Vec<String> = picture.other_codes.iter().take(MOST_NAMED).map(name).collect();
    others(&names, picture.other_codes.len(), reader)
}

/// `names` of `count` other codes.
pub fn others(names: &[String], count: usize, reader: Reader) -> AnyView {
    if count == 0 {
        return ().into_any();
    }
    let names = names.iter().map(|name| view! { <li>{beginning(name)}</li> }).collect_view();
    view! {
        <section class="others">
            <h2 class="quiet">{reader.words().scan.others}</h2>
            <ul>{names}</ul>
            <p class="hint">{reader.language.others_ignored(count)}</p>
        </section>
    }
    .into_any()
}

fn beginning(name: &str) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}
