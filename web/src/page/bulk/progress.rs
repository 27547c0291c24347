//! How far a file is.

use leptos::prelude::*;

use super::{Place, heading, kept, thousands, words};
use crate::page::{
    Frame,
    document::{Document, html},
};

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Whether it has begun.
    pub running: bool,
    /// Rows that were answered.
    pub rows: u64,
    /// Rows that there are, where that is known.
    pub of: Option<u64>,
}

/// The page. Its script keeps it up to date, and opens the results when they are there.
pub fn render(frame: &Frame<'_>, place: Place<'_>, progress: Progress) -> String {
    html(frame, || page(frame, place, progress))
}

fn page(frame: &Frame<'_>, place: Place<'_>, progress: Progress) -> Document {
    let words = words(frame);
    let title = if progress.running { words.running } else { words.waiting };
    // Without a value it is a bar that says only that something goes on.
    let share = progress.of.map(|of| (of, progress.rows.min(of)));
    let bar = match share {
        Some((of, rows)) => {
            view! { <progress id="bar" max=of.to_string() value=rows.to_string() aria-label=words.rows_done></progress> }
                .into_any()
        }
        None => view! { <progress id="bar" aria-label=words.rows_done></progress> }.into_any(),
    };
    let script = frame.assets.bulk_js.clone();
    let main = view! {
        {heading(place, title)}
        <section
            id="progress"
            data-events=format!("/v1/jobs/{}/events", place.secret)
            data-left=words.seconds_left
            data-rate=words.rate
        >
            {bar}
            <p><strong id="rows">{thousands(progress.rows)}</strong>" "{words.rows_done}</p>
            <p id="pace" class="hint"></p>
            // Said now and then, and not with each row.
            <p id="said" class="visually-hidden" role="status"></p>
            <p class="next"><a href=place.address(frame, "")>{words.look_again}</a></p>
            <form method="post" action=place.address(frame, "/cancel")><button>{words.cancel}</button></form>
        </section>
        {kept(frame, place)}
        {(!script.is_empty()).then(|| view! { <script type="module" src=script></script> })}
    };
    Document { title: title.to_owned(), main: main.into_any(), scanner: false, listed: false }
}
