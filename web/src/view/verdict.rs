//! A verdict on one screen: the outcome first, the product second, reasons third, machinery folded away.

use leptos::prelude::*;
use shirushi_shared::{
    api::VerdictAnswer,
    label::PreLabelNumber,
    verdict::{NotALabel, Outcome, Reason},
};

use super::{
    ModelSearch, Reader, claim_lines, copied_note, icon, machinery, number_only_note, others_in, outline,
    product, report_link,
};

/// What a verdict's view is made from.
pub struct VerdictView<'a> {
    /// The answer.
    pub answer: &'a VerdictAnswer,
    /// For whom.
    pub reader: Reader,
    /// How another model is asked about, and which one was.
    pub search: ModelSearch,
    /// What stands below the answers to claims.
    pub beside_claims: Option<AnyView>,
}

/// The whole verdict.
pub fn verdict(view: VerdictView<'_>) -> AnyView {
    let VerdictView { answer, reader, search, beside_claims } = view;
    let words = reader.words();
    let action = words.outcomes.of(answer.outcome).action;
    let number_only = (is_number_only(answer) && answer.outcome != Outcome::NotRegistered)
        .then(|| number_only_note(reader));
    let claims = claim_lines(answer, reader, search.asked());
    view! {
        <article class="verdict">
            {outcome(answer, reader)}
            {claims}
            {beside_claims}
            {number_only}
            <section class="todo">
                <h2>{words.verdict.what_to_do}</h2>
                <p>{action}</p>
            </section>
            {(answer.outcome == Outcome::Valid).then(|| copied_note(reader))}
            {product(answer, reader, search)}
            {answer.picture.as_ref().map(|picture| others_in(picture, reader))}
            {machinery(answer, reader)}
            {report_link(answer, reader)}
        </article>
    }
    .into_any()
}

/// The headline of an answer, for titles and for those who listen.
pub fn headline(answer: &VerdictAnswer, reader: Reader) -> &'static str {
    reader.words().outcomes.of(answer.outcome).headline
}

fn outcome(answer: &VerdictAnswer, reader: Reader) -> AnyView {
    let tone = answer.tone();
    let words = reader.words();
    let meaning = words.meaning(answer.outcome, is_number_only(answer));
    let past = answer.as_of.map(|at| {
        let text = reader.language.about_the_past(at, reader.zone);
        view! { <p class="fact">{text}</p> }
    });
    let left = days_left(answer, reader);
    let facts =
        facts(answer, reader).into_iter().chain(left).map(|fact| view! { <p class="fact">{fact}</p> });
    // An age by clocks that disagree would tell nothing.
    let told = answer.number.is_some() && answer.checks.freshness.reason != Reason::ClockDisagreement;
    let age = told.then(|| {
        let text = reader.language.freshness(answer.status.source, answer.status.age_s);
        view! { <p class="age">{text}</p> }
    });
    view! {
        <div class=format!("outcome {}", tone.class()) role=tone.role() data-outcome=answer.outcome.as_str()>
            {icon(outline(answer.outcome))}
            <h1>{headline(answer, reader)}</h1>
            <p>{meaning}</p>
            {past}
            {facts.collect_view()}
            {age}
        </div>
    }
    .into_any()
}

/// How long a label that holds now will go on doing so. Not one of [`facts`], which a receipt repeats years later.
fn days_left(answer: &VerdictAnswer, reader: Reader) -> Option<String> {
    let holds = matches!(answer.outcome, Outcome::Valid | Outcome::Grace) && answer.as_of.is_none();
    let end = answer.status.expires.or(answer.claims.as_ref().map(|claims| claims.expires));
    end.filter(|_| holds).and_then(|end| reader.language.days_left(answer.checked_at, end))
}

/// Whether a number was asked about and no label.
pub fn is_number_only(answer: &VerdictAnswer) -> bool {
    answer.checks.signature.reason == Reason::NumberOnly
}

/// What the outcome says of dates and reasons.
pub fn facts(answer: &VerdictAnswer, reader: Reader) -> Vec<String> {
    let Reader { language, zone } = reader;
    let words = reader.words();
    let status = &answer.status;
    let stated = || status.reason.as_ref().filter(|reason| !reason.trim().is_empty());
    let reason = || stated().map(|reason| format!("{}: {reason}", words.verdict.reason));
    let printed_end = answer.claims.as_ref().map(|claims| claims.expires);
    let end = status.expires.or(printed_end);
    let mut facts = Vec::new();
    match answer.outcome {
        Outcome::NotALabel => facts.extend(answer.not_a_label.as_ref().map(|what| what_it_is(what, reader))),
        Outcome::Malformed | Outcome::UnknownKey | Outcome::BadSignature | Outcome::KeyCompromised => {}
        Outcome::NotRegistered => {
            facts.push(language.not_listed_on(status.as_of.unwrap_or(answer.checked_at), zone));
        }
        Outcome::Revoked => {
            facts.extend(status.since.map(|since| language.revoked_on(since, zone)));
            facts.extend(reason());
        }
        Outcome::Suspended => {
            facts.push(language.suspended(status.since, status.until, zone));
            facts.extend(reason());
        }
        Outcome::Expired => facts.extend(end.map(|end| language.ended_on(end, zone))),
        Outcome::NotYetValid => facts.extend(status.valid_from.map(|from| language.valid_from(from, zone))),
        Outcome::Grace => {
            facts.extend(status.since.map(|since| language.grace_since(since, zone)));
            facts.extend(end.map(|end| language.valid_until(end, zone)));
        }
        Outcome::StatusUnknown => {
            facts.push(words.reasons.of(answer.checks.freshness.reason).to_owned());
            let state = status.value.as_deref().map(|value| words.states.named(value));
            facts.push(language.last_known(state, status.as_of, zone));
        }
        Outcome::Valid => {
            let level = answer.product.as_ref().map(|product| product.level);
            let level = level.or_else(|| answer.claims.as_ref().map(|claims| claims.level));
            facts.extend(level.map(|level| language.conforms_to(level)));
            facts.extend(end.map(|end| language.valid_until(end, zone)));
        }
    }
    facts
}

/// What something that is no label is instead, in a sentence.
pub fn what_it_is(what: &NotALabel, reader: Reader) -> String {
    let words = &reader.words().verdict;
    match what {
        NotALabel::ForeignLink { host } => reader.language.foreign_link(host),
        NotALabel::OwnPage => words.own_page.to_owned(),
        NotALabel::Text => words.plain_text.to_owned(),
        NotALabel::PreLabelNumber { number } => match number {
            PreLabelNumber::Application => words.application_number,
            PreLabelNumber::Acceptance => words.acceptance_number,
            PreLabelNumber::Provisional => words.provisional_number,
        }
        .to_owned(),
    }
}
