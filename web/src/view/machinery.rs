//! How it was checked, folded away: for those who want to know, and for the printed sheet.

use leptos::prelude::*;
use shirushi_shared::{
    api::VerdictAnswer,
    verdict::{Check, CheckResult, Checks},
};

use super::{
    Reader,
    icon::{CROSS, TICK, icon},
};

/// The checks, the code's fingerprint and key, and where and when the status was learnt.
pub fn machinery(answer: &VerdictAnswer, reader: Reader) -> AnyView {
    let Reader { language, zone } = reader;
    let words = reader.words();
    let (status, claims) = (&answer.status, answer.claims.as_ref());
    let state = status.value.as_deref().map(|value| words.states.named(value).to_owned());
    let more = [
        (words.verdict.state, state),
        (words.verdict.source, Some(words.sources.of(status.source).to_owned())),
        (words.verdict.known_at, status.as_of.map(|at| language.date_time(at, zone))),
        (words.verdict.checked_at, Some(language.date_time(answer.checked_at, zone))),
        (words.verdict.revision, status.revision.map(|revision| revision.to_string())),
        (words.verdict.issued, claims.map(|claims| language.date_time(claims.issued, zone))),
        (words.verdict.token, claims.map(|claims| claims.token_sha256.to_string())),
        (words.verdict.key, claims.and_then(|claims| claims.key.clone())),
    ];
    let more = more.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let more = more.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
    view! {
        <details class="machinery">
            <summary>{words.verdict.machinery}</summary>
            {checks_table(&answer.checks, reader)}
            <dl>{more}</dl>
        </details>
    }
    .into_any()
}

/// What each check said, and why.
pub fn checks_table(checks: &Checks, reader: Reader) -> AnyView {
    let words = reader.words();
    let names = &words.checks;
    let rows = [
        (names.signature, checks.signature),
        (names.key, checks.key),
        (names.validity, checks.validity),
        (names.status, checks.status),
        (names.freshness, checks.freshness),
    ]
    .map(|(name, check)| row(name, check, reader));
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{words.verdict.check}</th>
                    <th scope="col">{words.verdict.result}</th>
                    <th scope="col">{words.verdict.why}</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(name: &'static str, check: Check, reader: Reader) -> AnyView {
    let words = reader.words();
    let (class, outline) = match check.result {
        CheckResult::Pass => ("pass", TICK),
        CheckResult::Fail => ("fail", CROSS),
        CheckResult::Unknown => ("unknown", r#"<path d="M12 24h24"/>"#),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class=class>{icon(outline)}{words.results.of(check.result)}</td>
            <td>{words.reasons.of(check.reason)}</td>
        </tr>
    }
    .into_any()
}
