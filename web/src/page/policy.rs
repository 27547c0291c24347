//! Procurement policies on screen: a form that makes a policy's file, what the file asks in words, and what is wrong with it.
//!
//! The file is the policy: the form is a way to write one, and whoever has a file brings that.

mod form;

pub use form::{Draft, Least};

use leptos::prelude::*;
use shirushi_shared::{policy::Policy, text::PolicyPageWords};

use super::{
    Frame,
    document::{Document, html},
    paths,
};
use crate::view::{ATTENTION, RECEIPT, icon};

/// What is told above the form.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Nothing yet.
    Nothing,
    /// What is wrong: all of it, as the service says it.
    Wrong(&'a [String]),
    /// What it asks.
    Checked(&'a Policy),
    /// It was kept for the organisation.
    Kept(&'a Policy),
}

/// The page.
pub fn render(frame: &Frame<'_>, draft: &Draft, told: Told<'_>) -> String {
    html(frame, || page(frame, draft, told))
}

fn words(frame: &Frame<'_>) -> &'static PolicyPageWords {
    &frame.language.page_words().policies
}

fn page(frame: &Frame<'_>, draft: &Draft, told: Told<'_>) -> Document {
    let words = words(frame);
    let told = match told {
        Told::Nothing => None,
        Told::Wrong(problems) => Some(wrong(frame, problems)),
        Told::Checked(policy) => Some(checked(frame, policy)),
        Told::Kept(policy) => Some(kept(frame, policy)),
    };
    let main = view! {
        <section class="lead"><h1>{words.title}</h1><p>{words.lead}</p></section>
        {told}
        <section>
            <h2>{words.form_title}</h2>
            {form::form(frame, draft)}
        </section>
        <section>
            <h2>{words.file_title}</h2>
            <form class="ask" method="post" action=frame.link(paths::POLICY)>
                <label for="file">{words.file_field}</label>
                <div class="row">{json_field("file", &draft.file)}</div>
                <div class="row"><button>{words.check}</button></div>
            </form>
        </section>
    };
    Document { title: words.title.to_owned(), main: main.into_any(), scanner: false, listed: true }
}

/// A field with a policy's file in it.
fn json_field(name: &'static str, text: &str) -> AnyView {
    // The one text that the renderer does not escape: it takes a textarea's for that of a script.
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    view! { <textarea id=name name=name rows="8" maxlength="65536" spellcheck="false">{text}</textarea> }
        .into_any()
}

fn wrong(frame: &Frame<'_>, problems: &[String]) -> AnyView {
    let problems = problems.iter().map(|problem| view! { <li>{problem.clone()}</li> }).collect_view();
    view! {
        <section class="message" role="alert">
            {icon(ATTENTION)}
            <h2>{words(frame).wrong}</h2>
            <ul lang="en">{problems}</ul>
        </section>
    }
    .into_any()
}

/// What the policy asks, its file, and the way to keep it.
fn checked(frame: &Frame<'_>, policy: &Policy) -> AnyView {
    let words = words(frame);
    let file = String::from_utf8(policy.canonical()).unwrap_or_default();
    view! {
        {says(frame, policy, words.checked)}
        <section>
            <h2>{words.keep_title}</h2>
            <p>{words.keep_lead}</p>
            <form class="ask" method="post" action=frame.link(paths::KEEP_POLICY)>
                <label for="kept">{words.file_field}</label>
                <div class="row">{json_field("kept", &file)}</div>
                <label for="key">{words.key_field}</label>
                <div class="row">
                    <input id="key" name="key" type="password" maxlength="200" autocomplete="off" required/>
                    <button>{words.keep}</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn kept(frame: &Frame<'_>, policy: &Policy) -> AnyView {
    let words = words(frame);
    view! {
        {says(frame, policy, words.kept)}
        <p class="next"><a class="button" href=frame.link(paths::BULK)>{words.use_it}</a></p>
    }
    .into_any()
}

fn says(frame: &Frame<'_>, policy: &Policy, headline: &'static str) -> AnyView {
    let rules = policy.rules().iter().map(|rule| {
        let note = rule.note.clone().map(|note| view! { <p class="hint">{note}</p> });
        view! { <li>{frame.language.policy_rule(&rule.asks)}{note}</li> }
    });
    view! {
        <section class="message" role="status">
            {icon(RECEIPT)}
            <h2>{headline}</h2>
            <p>{policy.name().to_owned()}" "{policy.version().to_owned()}</p>
            <ol>{rules.collect_view()}</ol>
            <p class="hint">{policy.source().to_owned()}</p>
            <p class="hint">"SHA-256 "<code>{policy.digest().to_string()}</code></p>
        </section>
    }
    .into_any()
}
