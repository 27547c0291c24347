//! Reporting a suspicious label, and what became of a report. Never in the colours of a verdict: a report is none.

use leptos::prelude::*;
use shirushi_shared::{text::ReportWords, time::UnixTime};

use super::{
    Frame,
    document::{Document, html},
    paths,
};
use crate::view::{ATTENTION, RECEIPT, icon};

/// What stands in the form's fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct Draft<'a> {
    /// What is suspicious, as a word.
    pub suspicion: &'a str,
    /// The number, or what the code says.
    pub label: &'a str,
    /// What the checker had answered, as a word.
    pub answered: &'a str,
    /// What somebody saw.
    pub account: &'a str,
    /// Where.
    pub place: &'a str,
    /// How they may be reached.
    pub contact: &'a str,
}

/// Why a report was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It tells nothing.
    Nothing,
    /// Something was not chosen, or is too long.
    Fields,
    /// The photograph cannot be read.
    Picture,
}

/// What is told of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is there.
    There {
        /// How far it is.
        progress: Progress,
        /// When it was received.
        reported: UnixTime,
    },
    /// No report can have this reference.
    Mistyped,
    /// No report has it.
    Nowhere,
}

/// How far a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not read yet.
    Open,
    /// Looked into.
    InReview,
    /// Done with.
    Closed,
}

/// Longest texts, in characters, as the service takes them.
const ACCOUNT: &str = "1000";
const BRIEF: &str = "200";

/// The form, with what is in it already, and why it was not taken.
pub fn render(frame: &Frame<'_>, draft: Draft<'_>, wrong: Option<Wrong>) -> String {
    html(frame, || asking(frame, draft, wrong))
}

fn asking(frame: &Frame<'_>, draft: Draft<'_>, wrong: Option<Wrong>) -> Document {
    let words = words(frame);
    let wrong = wrong.map(|wrong| {
        let text = match wrong {
            Wrong::Nothing => words.nothing,
            Wrong::Fields => words.fields,
            Wrong::Picture => words.picture,
        };
        view! { <section class="message" role="alert">{icon(ATTENTION)}<p>{text}</p></section> }
    });
    let main = view! {
        <section class="lead">
            <h1>{words.title}</h1>
            <p>{words.lead}</p>
        </section>
        {wrong}
        <section>{form(frame, draft)}</section>
        {ask(frame, "")}
    };
    // With a number in it, it is about one label.
    let listed = draft.label.is_empty() && draft.answered.is_empty();
    Document { title: words.title.to_owned(), main: main.into_any(), scanner: false, listed }
}

/// What became of the report `reference`, as it was typed or as it is written.
pub fn render_found(frame: &Frame<'_>, reference: &str, found: Found) -> String {
    html(frame, || told(frame, reference, found))
}

fn told(frame: &Frame<'_>, reference: &str, found: Found) -> Document {
    let words = words(frame);
    let (title, text) = match found {
        Found::There { progress: Progress::Open, .. } => (words.open, words.open_text),
        Found::There { progress: Progress::InReview, .. } => (words.in_review, words.in_review_text),
        Found::There { progress: Progress::Closed, .. } => (words.closed, words.closed_text),
        Found::Mistyped => (words.mistyped, words.mistyped_text),
        Found::Nowhere => (words.nowhere, words.nowhere_text),
    };
    let there = match found {
        Found::There { reported, .. } => Some(reported),
        Found::Mistyped | Found::Nowhere => None,
    };
    let reader = frame.reader();
    let shown = there.map(|reported| {
        view! {
            <section>
                <h2>{words.found_title}</h2>
                <p class="reference">{reference.to_owned()}</p>
                <p>{words.write_down}</p>
                <dl><dt>{words.received}</dt><dd>{reader.language.date_time(reported, reader.zone)}</dd></dl>
            </section>
        }
    });
    let (outline, role) = if there.is_some() { (RECEIPT, "status") } else { (ATTENTION, "alert") };
    let main = view! {
        <section class="message" role=role>
            {icon(outline)}
            <h1>{title}</h1>
            <p>{text}</p>
        </section>
        {shown}
        {ask(frame, if there.is_some() { "" } else { reference })}
        <p class="next">
            <a href=frame.link(paths::HOME)>{frame.language.words().site.home}</a>
        </p>
    };
    Document { title: title.to_owned(), main: main.into_any(), scanner: false, listed: false }
}

fn words(frame: &Frame<'_>) -> &'static ReportWords {
    &frame.language.page_words().report
}

fn form(frame: &Frame<'_>, draft: Draft<'_>) -> AnyView {
    let words = words(frame);
    // The one text that the renderer does not escape: it takes a textarea's for that of a script.
    let account = draft.account.replace('&', "&amp;").replace('<', "&lt;");
    let answered = (!draft.answered.is_empty())
        .then(|| view! { <input type="hidden" name="answered" value=draft.answered.to_owned()/> });
    view! {
        <form class="ask" method="post" action=frame.link(paths::REPORT) enctype="multipart/form-data">
            {answered}
            {suspicions(words, draft.suspicion)}
            {line("label", words.label_field, words.label_hint, draft.label, "7089")}
            <label for="account">{words.account_field}</label>
            <p id="account-hint" class="hint">{words.account_hint}</p>
            <div class="row">
                <textarea id="account" name="account" rows="5" maxlength=ACCOUNT aria-describedby="account-hint">
                    {account}
                </textarea>
            </div>
            {line("place", words.place_field, words.place_hint, draft.place, BRIEF)}
            <label for="picture">{words.picture_field}</label>
            <p id="picture-hint" class="hint">{words.picture_hint}</p>
            <div class="row">
                <input id="picture" name="picture" type="file" accept="image/*" aria-describedby="picture-hint"/>
            </div>
            {line("contact", words.contact_field, words.contact_hint, draft.contact, BRIEF)}
            <p>{words.kept}</p>
            <div class="row"><button>{words.submit}</button></div>
        </form>
    }
    .into_any()
}

fn suspicions(words: &'static ReportWords, chosen: &str) -> AnyView {
    let options = [
        ("other_product", words.other_product),
        ("altered", words.altered),
        ("leads_elsewhere", words.leads_elsewhere),
        ("claim", words.claim),
        ("other", words.other),
    ];
    let options = options
        .map(|(word, text)| view! { <option value=word selected={word == chosen}>{text}</option> })
        .collect_view();
    view! {
        <label for="suspicion">{words.suspicion_field}</label>
        <div class="row">
            <select id="suspicion" name="suspicion" required>
                <option value="">{words.choose}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// A field of one line.
fn line(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: &str,
    longest: &'static str,
) -> AnyView {
    let described = format!("{name}-hint");
    view! {
        <label for=name>{label}</label>
        <p id=described.clone() class="hint">{hint}</p>
        <div class="row">
            <input id=name name=name value=value.to_owned() maxlength=longest aria-describedby=described autocomplete="off"/>
        </div>
    }
    .into_any()
}

/// A reference is asked about again.
fn ask(frame: &Frame<'_>, reference: &str) -> AnyView {
    let words = words(frame);
    view! {
        <section>
            <h2>{words.ask_title}</h2>
            <form class="ask" method="get" action=paths::REPORT>
                <label for="reference">{words.ask_field}</label>
                <p id="reference-hint" class="hint">{words.ask_hint}</p>
                <input type="hidden" name="lang" value=frame.language.tag()/>
                <div class="row">
                    <input
                        id="reference"
                        name="reference"
                        value=reference.to_owned()
                        maxlength="40"
                        aria-describedby="reference-hint"
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        required
                    />
                    <button>{words.ask_submit}</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
