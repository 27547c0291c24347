//! Checking a receipt: what it is worth first, what was true then second, what holds now third.
//!
//! Green is for a registration that is in force now, here as everywhere: a receipt that is in order is grey, whatever
//! it says of the past.

mod form;
mod pack;
mod stated;

use leptos::prelude::*;
use shirushi_shared::{
    api::{NotGenuine, PackAnswer, ReceiptAnswer, ReceiptStanding, VerdictAnswer},
    text::{OutcomeText, ReceiptWords},
    verdict::Outcome,
};

use super::{
    Frame,
    document::{Document, html},
};
use crate::view::{self, RECEIPT, Reader, Tone, icon, outline};

/// What came of a receipt.
#[derive(Clone, Copy, Debug)]
pub enum Checked<'a> {
    /// None was given yet.
    Nothing,
    /// What was given has not the form of one.
    NotAReceipt,
    /// What is to be said of it.
    Answer(&'a ReceiptAnswer),
    /// What is to be said of an evidence pack.
    Pack(&'a PackAnswer),
}

/// The page on which receipts are checked.
pub fn render(frame: &Frame<'_>, checked: Checked<'_>) -> String {
    html(frame, || page(frame, checked))
}

fn page(frame: &Frame<'_>, checked: Checked<'_>) -> Document {
    let words = &frame.language.page_words().receipt;
    let (title, main) = match checked {
        Checked::Nothing => (words.title, asking(frame)),
        Checked::NotAReceipt => (words.not_a_receipt.headline, unreadable(frame)),
        Checked::Answer(answer) => (look(answer, words).words.headline, told(frame, answer)),
        Checked::Pack(answer) => (pack::headline(frame, answer), pack::told(frame, answer)),
    };
    let listed = matches!(checked, Checked::Nothing);
    Document { title: title.to_owned(), main, scanner: false, listed }
}

fn asking(frame: &Frame<'_>) -> AnyView {
    let words = &frame.language.page_words().receipt;
    view! {
        <section class="lead">
            <h1>{words.title}</h1>
            <p>{words.lead}</p>
        </section>
        <section>{form::form(frame)}</section>
    }
    .into_any()
}

fn unreadable(frame: &Frame<'_>) -> AnyView {
    let look = Look {
        standing: "not_a_receipt",
        words: &frame.language.page_words().receipt.not_a_receipt,
        tone: Tone::Caution,
        outline: outline(Outcome::Malformed),
    };
    view! {
        <article class="receipt">
            {banner(&look, Vec::new())}
            {todo(frame, &look)}
        </article>
        {again(frame)}
    }
    .into_any()
}

fn told(frame: &Frame<'_>, answer: &ReceiptAnswer) -> AnyView {
    let reader = frame.reader();
    let look = look(answer, &frame.language.page_words().receipt);
    let then = answer.then.as_ref();
    let time = then.map(|then| match answer.standing {
        ReceiptStanding::TrueThen => reader.language.answered_on(then.checked_at, reader.zone),
        _ => reader.language.dated(then.checked_at, reader.zone),
    });
    let misused = answer.cutoff.map(|cutoff| reader.language.key_misused_from(cutoff, reader.zone));
    let facts = time.into_iter().chain(misused).collect();
    view! {
        <article class="receipt">
            {banner(&look, facts)}
            {todo(frame, &look)}
            {then.map(|then| stated::stated(frame, answer.standing, then))}
            {answer.standing.may_be_ours().then(|| now(frame, answer))}
            {then.map(|then| stated::in_full(frame, answer, then))}
        </article>
        {again(frame)}
    }
    .into_any()
}

/// How a standing is shown.
struct Look {
    standing: &'static str,
    words: &'static OutcomeText,
    tone: Tone,
    outline: &'static str,
}

fn look(answer: &ReceiptAnswer, words: &'static ReceiptWords) -> Look {
    look_of(answer.standing, answer.reason, words)
}

fn look_of(standing: ReceiptStanding, reason: Option<NotGenuine>, words: &'static ReceiptWords) -> Look {
    let (text, tone, outline) = match (standing, reason) {
        (ReceiptStanding::TrueThen, _) => (&words.true_then, Tone::Neutral, RECEIPT),
        (ReceiptStanding::DatedBeforeCompromise, _) => {
            (&words.dated_before_compromise, Tone::Caution, outline(Outcome::NotYetValid))
        }
        (ReceiptStanding::KeyCompromised, _) => {
            (&words.key_compromised, Tone::Bad, outline(Outcome::KeyCompromised))
        }
        (ReceiptStanding::KeyNotInForce, _) => {
            (&words.key_not_in_force, Tone::Bad, outline(Outcome::Expired))
        }
        (ReceiptStanding::NotGenuine, Some(NotGenuine::UnknownKey)) => {
            (&words.unknown_key, Tone::Bad, outline(Outcome::UnknownKey))
        }
        (ReceiptStanding::NotGenuine, Some(NotGenuine::BadSignature) | None) => {
            (&words.altered, Tone::Bad, outline(Outcome::BadSignature))
        }
    };
    Look { standing: standing.as_str(), words: text, tone, outline }
}

fn banner(look: &Look, facts: Vec<String>) -> AnyView {
    let facts = facts.into_iter().map(|fact| view! { <p class="fact">{fact}</p> });
    view! {
        <div class=format!("outcome {}", look.tone.class()) role=look.tone.role() data-standing=look.standing>
            {icon(look.outline)}
            <h1>{look.words.headline}</h1>
            <p>{look.words.meaning}</p>
            {facts.collect_view()}
        </div>
    }
    .into_any()
}

fn todo(frame: &Frame<'_>, look: &Look) -> AnyView {
    view! {
        <section class="todo">
            <h2>{frame.language.words().verdict.what_to_do}</h2>
            <p>{look.words.action}</p>
        </section>
    }
    .into_any()
}

/// What holds today of the same registration.
fn now(frame: &Frame<'_>, answer: &ReceiptAnswer) -> AnyView {
    let words = &frame.language.page_words().receipt;
    let shown = match &answer.now {
        Some(now) => present(frame, now, answer),
        None => view! { <p>{words.nothing_now}</p> }.into_any(),
    };
    view! {
        <section class="now">
            <h2>{words.now}</h2>
            {shown}
        </section>
    }
    .into_any()
}

fn present(frame: &Frame<'_>, now: &VerdictAnswer, answer: &ReceiptAnswer) -> AnyView {
    let reader @ Reader { language, .. } = frame.reader();
    let words = &frame.language.page_words().receipt;
    let model = answer.then.as_ref().and_then(|then| then.claimed.model.as_ref());
    let model = model.map(|model| model.claimed.as_str());
    let facts = view::facts(now, reader).into_iter().map(|fact| view! { <p class="fact">{fact}</p> });
    let whole = now.number.as_ref().map(|number| {
        let link = frame.link(&format!("/v/{number}"));
        view! { <p><a class="button" href=link>{words.present}</a></p> }
    });
    view! {
        <div class=format!("outcome {}", now.tone().class()) data-now=now.outcome.as_str()>
            {icon(outline(now.outcome))}
            <h3>{view::headline(now, reader)}</h3>
            <p>{language.words().meaning(now.outcome, view::is_number_only(now))}</p>
            {facts.collect_view()}
            <p class="age">{language.freshness(now.status.source, now.status.age_s)}</p>
        </div>
        {view::claim_lines(now, reader, model)}
        {(now.outcome == Outcome::Valid).then(|| to_compare(now, model, reader))}
        {whole}
    }
    .into_any()
}

/// What is valid can be copied: who holds it and for which models is part of the answer.
fn to_compare(now: &VerdictAnswer, asked: Option<&str>, reader: Reader) -> AnyView {
    let product = now.product.as_ref().map(|product| {
        view! {
            <section class="product">
                <p class="maker">{product.maker.name.clone()}</p>
                <div class="models">{view::model_list(product, reader, asked)}</div>
            </section>
        }
    });
    view! { {view::copied_note(reader)} {product} }.into_any()
}

fn again(frame: &Frame<'_>) -> AnyView {
    view! {
        <section>
            <h2>{frame.language.page_words().receipt.again}</h2>
            {form::form(frame)}
        </section>
    }
    .into_any()
}
