//! A stock check: what was read last, what it adds up to, and the list.

use leptos::prelude::*;
use shirushi_shared::{csv, verdict::Tone};

use super::{Dispatch, button, problem, region};
use crate::{
    check::{Event, Row, State, StockEvent, Tally, Told},
    view::{ATTENTION, Reader, icon, outline},
};

/// Labels that are shown; the file has them all.
const SHOWN: usize = 50;

/// The stock check that is under way. Its buttons stay in place: one that is made anew when it is
/// pressed loses the focus.
pub(super) fn stock(state: RwSignal<State>, reader: Reader, dispatch: &Dispatch) -> AnyView {
    let all = reader.words();
    let words = &all.stock;
    let tally = Memo::new(move |_| state.with(|state| state.tally.clone()));
    let is_empty = move || tally.with(|tally| tally.rows.is_empty());
    let latest = region(move || tally.with(|tally| latest(tally, reader)));
    let sums = region(move || tally.with(|tally| sums(tally, reader)));
    let rows = region(move || tally.with(|tally| rows(tally, reader)));
    let erase = region(move || {
        tally.with(|tally| if tally.erasing { words.erase_sure } else { words.erase }).into_any()
    });
    let (saving, erasing) = (dispatch.clone(), dispatch.clone());
    view! {
        <section class="stock">
            {latest}
            <h1>{words.title}</h1>
            <p class="hint" hidden=move || !is_empty()>{words.lead}</p>
            <div hidden=is_empty>
                {sums}
                <p class="next">
                    <button
                        type="button"
                        class="primary"
                        on:click=move |_| saving(Event::Stock(StockEvent::Save(sheet(&tally.get_untracked(), reader))))
                    >
                        {words.save}
                    </button>
                    {button("", words.take_back, dispatch, Event::Stock(StockEvent::TakeBack))}
                    {button("", words.check_all, dispatch, Event::Stock(StockEvent::CheckAll))}
                </p>
                {rows}
                <p class="next">
                    <button type="button" on:click=move |_| erasing(Event::Stock(StockEvent::Erase))>{erase}</button>
                </p>
            </div>
            <p><a href=["/scan?lang=", reader.language.tag()].concat()>{words.end}</a></p>
        </section>
    }
    .into_any()
}

/// What was read last, to be seen from the corner of an eye.
fn latest(tally: &Tally, reader: Reader) -> AnyView {
    if tally.is_full {
        return problem::problem(reader.words().stock.full, "");
    }
    let Some(row) = tally.rows.first() else { return ().into_any() };
    let (tone, picture, outcome) = match &row.told {
        Some(told) => (told.tone, outline(told.outcome), told.outcome.as_str()),
        None => (Tone::Neutral, ATTENTION, ""),
    };
    let end = row.told.as_ref().and_then(|told| told.expires);
    let until = end.map(|end| reader.language.valid_until(end, reader.zone));
    let again = (row.count > 1).then(|| reader.language.counted_again(row.count));
    view! {
        <div
            class=["outcome ", tone.class()].concat()
            role=tone.role()
            data-outcome=outcome
            data-count=row.count.to_string()
        >
            {icon(picture)}
            <p class="fact">{headline(row, reader)}</p>
            <p>{again}</p>
            <p>{subject(row)}</p>
            <p>{until}</p>
            <p>{row.told.as_ref().map(|told| when(told, reader))}</p>
        </div>
    }
    .into_any()
}

/// What it adds up to.
fn sums(tally: &Tally, reader: Reader) -> AnyView {
    let words = reader.words();
    let sums: Vec<_> = tally
        .sums()
        .into_iter()
        .map(|(outcome, pieces)| {
            let name = outcome.map_or(words.stock.not_yet, |outcome| words.outcomes.of(outcome).headline);
            view! { <dt>{name}</dt><dd>{pieces.to_string()}</dd> }.into_any()
        })
        .collect();
    let total = reader.language.counted(tally.pieces(), tally.rows.len());
    view! { <p class="says">{total}</p><dl>{sums}</dl> }.into_any()
}

/// The list: what is to be looked at first, and each part from the latest on.
fn rows(tally: &Tally, reader: Reader) -> AnyView {
    let is_good = |row: &&Row| row.told.as_ref().is_some_and(|told| told.tone == Tone::Good);
    let (good, other): (Vec<_>, Vec<_>) = tally.rows.iter().partition(is_good);
    let rows: Vec<_> = other.into_iter().chain(good).take(SHOWN).map(|shown| row(shown, reader)).collect();
    let more = tally.rows.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| reader.language.more_counted(more));
    view! { <ul>{rows}</ul><p>{more}</p> }.into_any()
}

/// When it was told, and by what: nothing that is shown here is without its time.
fn when(told: &Told, reader: Reader) -> String {
    let by = if told.by_lists { reader.words().sources.status_list } else { "" };
    [&*reader.language.date_time(told.checked_at, reader.zone), " ", by].concat()
}

/// A label of the list, with the way to its own page.
fn row(row: &Row, reader: Reader) -> AnyView {
    let told = row.told.as_ref();
    let tone = told.map_or(Tone::Neutral, |told| told.tone);
    let when = told.map(|told| when(told, reader));
    view! {
        <li data-outcome=told.map(|told| told.outcome.as_str())>
            <strong class=tone.class()>{headline(row, reader)}</strong>
            " × "{row.count.to_string()}
            <small>{subject(row)}</small>
            <small>{when}</small>
        </li>
    }
    .into_any()
}

fn headline(row: &Row, reader: Reader) -> &'static str {
    let words = reader.words();
    match &row.told {
        Some(told) => words.outcomes.of(told.outcome).headline,
        None if row.is_being_asked() => words.scan.asking,
        None => words.stock.not_yet,
    }
}

/// What the label is of: as much of it as is known, and of several products the first.
fn subject(row: &Row) -> String {
    match &row.told {
        Some(Told { number, maker, product, .. }) if !number.is_empty() => {
            let first = product.split('、').next().unwrap_or_default();
            let parts = [&**number, maker, first].into_iter().filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(" · ")
        }
        _ => row.text.chars().take(60).collect(),
    }
}

/// The list as a file that spreadsheets open, and that the page for files of labels takes.
fn sheet(tally: &Tally, reader: Reader) -> String {
    let words = reader.words();
    let mut text = ["\u{FEFF}", &csv::line(words.stock.columns.split(','))].concat();
    for row in &tally.rows {
        let count = row.count.to_string();
        let at = reader.zone.written(row.at);
        let told = row.told.as_ref();
        let checked_at = told.map(|told| reader.zone.written(told.checked_at)).unwrap_or_default();
        // The last day on which it holds.
        let expires = told
            .and_then(|told| told.expires)
            .map(|end| reader.zone.written(end.plus(-1)))
            .unwrap_or_default();
        let by = told.filter(|_| row.is_askable()).map_or("", |told| {
            if told.by_lists { words.sources.status_list } else { words.sources.registry }
        });
        let name = |of: fn(&Told) -> &String| told.map_or("", |told| of(told));
        text.push_str(&csv::line([
            &*row.text,
            &count,
            headline(row, reader),
            name(|told| &told.number),
            name(|told| &told.maker),
            name(|told| &told.product),
            expires.get(..10).unwrap_or_default(),
            &checked_at,
            by,
            &at,
            told.map_or("", |told| told.outcome.as_str()),
        ]));
    }
    text
}
