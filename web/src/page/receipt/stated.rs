//! What a receipt states.

use leptos::prelude::*;
use shirushi_shared::{
    api::{ReceiptAnswer, ReceiptStanding, ReceiptThen},
    claim::{Claimed, Listed},
    registration::Gtin,
    text::ReceiptWords,
};

use crate::{
    page::Frame,
    view::{Reader, checks_table, icon, outline},
};

/// The answer of then, in the words of then. Without colour: it is the past, or not even that.
pub(super) fn stated(frame: &Frame<'_>, standing: ReceiptStanding, then: &ReceiptThen) -> AnyView {
    let Reader { language, zone } = frame.reader();
    let words = &language.page_words().receipt;
    let verdict = &language.words().verdict;
    let title = if standing == ReceiptStanding::TrueThen { words.then } else { words.says };
    let past = then.as_of.map(|at| view! { <p>{language.about_the_past(at, zone)}</p> });
    let claimed = &then.claimed;
    let rows = [
        (verdict.number, then.number.clone()),
        (verdict.checked_at, Some(language.date_time(then.checked_at, zone))),
        (words.valid_until, then.status.expires.map(|end| language.last_day(end, zone))),
        (words.model, claimed.model.as_ref().map(|claim| answered(claim, words))),
        (verdict.maker, claimed.maker.as_ref().map(|claim| answered(claim, words))),
        (verdict.level, claimed.level.as_ref().map(|claim| answered(claim, words))),
        (words.gtin, claimed.gtin.clone().map(|claim| answered(&claim.map(Gtin::printed), words))),
        (words.case, then.case.as_ref().map(ToString::to_string)),
    ];
    view! {
        <section class="product then" data-then=then.outcome.as_str()>
            <h2 class="quiet">{title}</h2>
            <p class="said">{icon(outline(then.outcome))}{language.words().outcomes.of(then.outcome).headline}</p>
            {past}
            <dl>{rows.map(row).into_iter().collect_view()}</dl>
        </section>
    }
    .into_any()
}

/// The rest of it, folded away.
pub(super) fn in_full(frame: &Frame<'_>, answer: &ReceiptAnswer, then: &ReceiptThen) -> AnyView {
    let reader @ Reader { language, zone } = frame.reader();
    let words = &language.page_words().receipt;
    let all = language.words();
    let status = &then.status;
    let rows = [
        (words.issuer, Some(then.issuer.clone())),
        (all.verdict.state, status.value.as_deref().map(|value| all.states.named(value).to_owned())),
        (all.verdict.source, Some(all.sources.of(status.source).to_owned())),
        (all.verdict.known_at, status.as_of.map(|at| language.date_time(at, zone))),
        (all.verdict.revision, status.revision.map(|revision| revision.to_string())),
        (all.verdict.token, then.token_sha256.map(|token| token.to_string())),
        (words.covers, then.covers_sha256.clone()),
        (words.trust_list, Some(then.trust_list.to_string())),
        (words.software, Some(then.software.clone())),
        (words.key, answer.key.clone()),
    ];
    view! {
        <details class="machinery">
            <summary>{words.details}</summary>
            {checks_table(&then.checks, reader)}
            <dl>{rows.map(row).into_iter().collect_view()}</dl>
        </details>
    }
    .into_any()
}

fn answered(claim: &Claimed<impl ToString>, words: &ReceiptWords) -> String {
    let answer = if claim.answer == Listed::Listed { words.listed } else { words.not_listed };
    format!("{} – {answer}", claim.claimed.to_string())
}

fn row((name, value): (&'static str, Option<String>)) -> Option<AnyView> {
    Some(view! { <dt>{name}</dt><dd>{value?}</dd> }.into_any())
}
