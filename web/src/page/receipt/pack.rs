//! An evidence pack: whether all of it is as it was handed out, what it came to then, and what would be answered today.

use leptos::prelude::*;
use shirushi_shared::{
    api::{PackAnswer, PackFiles, PackNow, PackThen, ReceiptStanding},
    policy::Answer,
    text::{PackWords, ReceiptWords},
    verdict::Outcome,
};

use super::{Look, again, banner, look_of, todo};
use crate::{
    page::Frame,
    view::{RECEIPT, Reader, Tone, outline},
};

/// The page's own part.
pub(super) fn told(frame: &Frame<'_>, answer: &PackAnswer) -> AnyView {
    let reader = frame.reader();
    let words = &frame.language.page_words().receipt;
    let look = look(answer, words, &frame.language.page_words().pack);
    let time = answer.then.as_ref().map(|then| match answer.standing {
        ReceiptStanding::TrueThen => reader.language.answered_on(then.made, reader.zone),
        _ => reader.language.dated(then.made, reader.zone),
    });
    let misused = answer.cutoff.map(|cutoff| reader.language.key_misused_from(cutoff, reader.zone));
    let facts = time.into_iter().chain(misused).collect();
    view! {
        <article class="receipt">
            {banner(&look, facts)}
            {answer.files.as_ref().map(|files| unlike(frame, files))}
            {todo(frame, &look)}
            {answer.then.as_ref().map(|then| stated(frame, answer, then))}
            {answer.now.as_ref().map(|now| present(frame, now))}
        </article>
        {again(frame)}
    }
    .into_any()
}

/// The headline.
pub(super) fn headline(frame: &Frame<'_>, answer: &PackAnswer) -> &'static str {
    let words = frame.language.page_words();
    look(answer, &words.receipt, &words.pack).words.headline
}

/// Grey where all is in order: it is the past. What was altered is red, whatever it says.
fn look(answer: &PackAnswer, words: &'static ReceiptWords, pack: &'static PackWords) -> Look {
    let bare = look_of(answer.standing, answer.reason, words);
    match (&answer.files, answer.standing) {
        (Some(files), ReceiptStanding::TrueThen | ReceiptStanding::DatedBeforeCompromise)
            if !files.are_whole() =>
        {
            let outline = outline(Outcome::BadSignature);
            Look { standing: "altered", words: &pack.broken, tone: Tone::Bad, outline }
        }
        (Some(_), ReceiptStanding::TrueThen) => {
            Look { standing: "whole", words: &pack.whole, tone: Tone::Neutral, outline: RECEIPT }
        }
        (None, ReceiptStanding::TrueThen) => Look {
            standing: "receipt_only",
            words: &pack.receipt_only,
            tone: Tone::Neutral,
            outline: RECEIPT,
        },
        _ => bare,
    }
}

/// The files that are not as they were.
fn unlike(frame: &Frame<'_>, files: &PackFiles) -> AnyView {
    let words = &frame.language.page_words().pack;
    let list = |title: &'static str, kind: &'static str, names: &[String]| {
        let items = names.iter().map(|name| view! { <li><code>{name.clone()}</code></li> }).collect_view();
        (!names.is_empty()).then(|| view! { <h2>{title}</h2><ul data-files=kind>{items}</ul> })
    };
    (!files.are_whole())
        .then(|| {
            view! {
                <section class="files">
                    {list(words.altered, "altered", &files.altered)}
                    {list(words.missing, "missing", &files.missing)}
                    {list(words.extra, "extra", &files.extra)}
                </section>
            }
        })
        .into_any()
}

/// What it came to then, in the words of then; without colour.
fn stated(frame: &Frame<'_>, answer: &PackAnswer, then: &PackThen) -> AnyView {
    let Reader { language, zone } = frame.reader();
    let (receipt, words) = (&language.page_words().receipt, &language.page_words().pack);
    let title = if answer.standing == ReceiptStanding::TrueThen { receipt.then } else { receipt.says };
    let past = then.as_of.map(|at| view! { <p>{language.about_the_past(at, zone)}</p> });
    let mut rows = vec![
        (words.made.to_owned(), Some(language.date_time(then.made, zone))),
        (receipt.case.to_owned(), then.case.as_ref().map(ToString::to_string)),
        (words.asked_by.to_owned(), then.organisation.clone()),
        (words.input.to_owned(), then.input.as_ref().map(|input| input.name.clone())),
        (words.rows.to_owned(), Some(then.rows.to_string())),
        (words.not_answered.to_owned(), (then.bad > 0).then(|| then.bad.to_string())),
    ];
    if let Some(policy) = &then.policy {
        rows.push((words.policy.to_owned(), policy.name.clone()));
        let counts = [
            (Answer::Pass, policy.pass),
            (Answer::CannotTell, policy.cannot_tell),
            (Answer::Fail, policy.fail),
        ];
        let told = |(answer, rows): (Answer, u64)| {
            (format!("{}: {}", words.by_policy, language.policy_answer(answer)), Some(rows.to_string()))
        };
        rows.extend(counts.map(told));
    }
    for (outcome, many) in &then.outcomes {
        let headline = language.words().outcomes.of(*outcome).headline;
        rows.push((format!("{}: {headline}", words.by_outcome), Some(many.to_string())));
    }
    rows.extend([
        (words.input_sha256.to_owned(), then.input.as_ref().map(|input| input.sha256.to_string())),
        (words.results_sha256.to_owned(), then.results_sha256.map(|digest| digest.to_string())),
        (words.manifest_sha256.to_owned(), Some(then.manifest_sha256.clone())),
        (words.policy_sha256.to_owned(), then.policy.as_ref().map(|policy| policy.sha256.to_string())),
        (receipt.issuer.to_owned(), Some(then.issuer.clone())),
        (receipt.trust_list.to_owned(), Some(then.trust_list.to_string())),
        (receipt.software.to_owned(), Some(then.software.clone())),
        (receipt.key.to_owned(), answer.key.clone()),
    ]);
    let row = |(name, value): (String, Option<String>)| Some(view! { <dt>{name}</dt><dd>{value?}</dd> });
    view! {
        <section class="product then" data-then="pack">
            <h2 class="quiet">{title}</h2>
            {past}
            <dl>{rows.into_iter().filter_map(row).collect_view()}</dl>
        </section>
    }
    .into_any()
}

/// How many rows would be answered differently today.
fn present(frame: &Frame<'_>, now: &PackNow) -> AnyView {
    let language = frame.language;
    let change = |change: &shirushi_shared::api::PackChange| {
        view! { <li>{language.pack_change(change.then, change.now, change.rows)}</li> }
    };
    let changes = now.changes.iter().map(change).collect_view();
    let claims = (now.claims_changed > 0)
        .then(|| view! { <li>{language.pack_claims_changed(now.claims_changed)}</li> });
    let rest = (now.not_asked > 0).then(|| view! { <p>{language.pack_not_asked(now.not_asked)}</p> });
    view! {
        <section class="now" data-changed=now.changed.to_string()>
            <h2>{language.page_words().receipt.now}</h2>
            <p>{language.pack_changed(now.changed, now.asked)}</p>
            {(now.changed > 0).then(|| view! { <ul>{changes}{claims}</ul> })}
            {rest}
        </section>
    }
    .into_any()
}
