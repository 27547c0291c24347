//! What happened to the labels on a watch list. Never in the colours of a verdict: it is the past.

use leptos::prelude::*;
use shirushi_shared::time::UnixTime;

use super::{
    Frame,
    document::{Document, html},
};

/// A list, as far as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<'a> {
    /// Its name, as its owner wrote it.
    pub name: &'a str,
    /// How many labels are on it.
    pub numbers: u64,
    /// What happened, newest first.
    pub changes: Vec<Change>,
    /// Before which older changes follow, where there are any.
    pub older: Option<u64>,
    /// Whether these are the newest.
    pub is_newest: bool,
}

/// A change of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The registration number.
    pub number: String,
    /// When it changed.
    pub at: UnixTime,
    /// Why, as a word.
    pub reason: String,
    /// Days that are left, where it is about to end.
    pub days: Option<u32>,
    /// How it was; nothing of one that was not on record.
    pub before: Option<Seen>,
    /// How it is since.
    pub after: Seen,
}

/// How a label stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its state, as a word.
    pub state: String,
    /// When its validity ends.
    pub expires: UnixTime,
}

/// The page of `list`.
pub fn render(frame: &Frame<'_>, list: &List<'_>) -> String {
    html(frame, || page(frame, list))
}

fn page(frame: &Frame<'_>, list: &List<'_>) -> Document {
    let language = frame.language;
    let words = &language.page_words().watch;
    let none = list.changes.is_empty().then(|| view! { <p>{words.none}</p> });
    let changes = list.changes.iter().map(|one| change(frame, one)).collect_view();
    let older = list.older.map(|before| {
        let link = format!("{}&before={before}", here(frame));
        view! { <a class="button" rel="nofollow" href=link>{words.older}</a> }
    });
    let newest = (!list.is_newest).then(|| view! { <a href=here(frame)>{words.newest}</a> });
    let main = view! {
        <section class="lead">
            <h1>{words.title}</h1>
            <p><strong>{list.name.to_owned()}</strong></p>
            <p>{language.watched(list.numbers)}</p>
            <p>{words.lead}</p>
            <p class="hint">{words.private}</p>
        </section>
        {none}
        {changes}
        <p class="next">{older} " " {newest}</p>
    };
    Document { title: words.title.to_owned(), main: main.into_any(), scanner: false, listed: false }
}

/// This page at its newest, in the page's language.
fn here(frame: &Frame<'_>) -> String {
    let path = frame.path.split_once('?').map_or(frame.path, |(path, _)| path);
    frame.link(path)
}

fn change(frame: &Frame<'_>, change: &Change) -> AnyView {
    let (language, zone) = (frame.language, frame.reader().zone);
    let words = &language.page_words().watch;
    let link = frame.link(&format!("/v/{}", change.number));
    let state = |seen: &Seen, at| language.watch_state(&seen.state, seen.expires, at, zone);
    // Before a validity ended by itself it had not ended.
    let before = change.before.as_ref().map(|seen| state(seen, change.at.plus(-1)));
    let before = before.unwrap_or_else(|| words.not_on_record.to_owned());
    let rows = [
        (words.happened, language.watch_reason(&change.reason, change.days)),
        (words.when, language.date_time(change.at, zone)),
        (words.before, before),
        (words.after, state(&change.after, change.at)),
    ];
    let rows = rows.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
    view! {
        <section class="product">
            <h2><a rel="nofollow" href=link>{change.number.clone()}</a></h2>
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}
