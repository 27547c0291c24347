//! What came of a file: counts, rows, and files to take along.

use leptos::prelude::*;
use shirushi_shared::{
    api::{BadRow, BulkAnswer, BulkLine, Stopped, Which},
    claim::Listed,
    policy::Answer,
    text::Zone,
    verdict::{Reason, Tone},
};

use super::{Place, heading, kept, thousands, words};
use crate::{
    page::{
        Frame,
        document::{Document, html},
        paths,
    },
    view::{ATTENTION, icon, outline},
};

/// What is shown.
#[derive(Clone, Debug)]
pub struct Results<'a> {
    /// Why not all rows were answered, where that is so.
    pub incomplete: Option<&'a Stopped>,
    /// How many rows there are of each kind that there is.
    pub counts: Vec<(Which, u64)>,
    /// Which are shown.
    pub show: Which,
    /// Some of them.
    pub lines: Vec<BulkLine>,
    /// How many rows stand before those that follow them, where more do.
    pub next: Option<u64>,
}

/// The page.
pub fn render(frame: &Frame<'_>, place: Place<'_>, results: &Results<'_>) -> String {
    html(frame, || page(frame, place, results))
}

fn page(frame: &Frame<'_>, place: Place<'_>, results: &Results<'_>) -> Document {
    let words = words(frame);
    let incomplete = results.incomplete.map(|why| {
        view! {
            <section class="message" role="alert">
                {icon(ATTENTION)}
                <p>{frame.language.page_words().columns.stops.of(why.code)}</p>
                <p class="hint" lang="en">{why.detail.clone()}</p>
            </section>
        }
    });
    let files = [("xlsx", words.as_xlsx), ("csv", "CSV"), ("jsonl", "JSON Lines")]
        .map(|(form, name)| {
            let link = format!(
                "/v1/jobs/{}/results?format={form}{}",
                place.secret,
                field(results.show, "&outcome=")
            );
            view! { <a class="button" href=link download="">{name}</a> }
        })
        .collect_view();
    let next = results.next.map(|next| {
        let link = format!("{}{}&from={next}", place.address(frame, ""), field(results.show, "&show="));
        view! { <p class="next"><a class="button" href=link rel="next">{words.more_rows}</a></p> }
    });
    let title = if results.incomplete.is_some() { words.incomplete } else { words.done };
    let main = view! {
        {heading(place, title)}
        {incomplete}
        <nav class="counts" aria-label=words.counts>
            <ul>{results.counts.iter().map(|count| counted(frame, place, *count, results.show)).collect_view()}</ul>
        </nav>
        {table(frame, &results.lines)}
        {next}
        <section><h2>{words.files}</h2><p class="choices">{files}</p></section>
        {steps(frame, place)}
        {kept(frame, place)}
    };
    Document { title: title.to_owned(), main: main.into_any(), scanner: false, listed: false }
}

/// `show` as a field of an address.
fn field(show: Which, name: &str) -> String {
    show.as_str().map_or_else(String::new, |word| format!("{name}{word}"))
}

/// A kind of rows with their number, which leads to them.
fn counted(frame: &Frame<'_>, place: Place<'_>, (which, rows): (Which, u64), shown: Which) -> AnyView {
    let link = format!("{}{}", place.address(frame, ""), field(which, "&show="));
    let words = words(frame);
    let (tone, name) = match which {
        Which::All => ("", words.all_rows.into()),
        Which::Bad => ("tone-bad", words.bad_rows.into()),
        Which::NotAsClaimed => ("tone-caution", frame.language.page_words().columns.not_as_claimed.into()),
        Which::Policy(answer) => {
            let tone = match answer {
                Answer::Pass => "tone-good",
                Answer::CannotTell => "tone-caution",
                Answer::Fail => "tone-bad",
            };
            (tone, format!("{}{}", words.policy_says, frame.language.policy_answer(answer)))
        }
        Which::Outcome(outcome) => {
            let headline = frame.language.words().outcomes.of(outcome).headline;
            (Tone::of(outcome, Reason::Ok).class(), headline.into())
        }
    };
    let current = (which == shown).then_some("true");
    view! {
        <li><a class=tone href=link aria-current=current><strong>{thousands(rows)}</strong>" "{name}</a></li>
    }
    .into_any()
}

/// What can be made of the results.
fn steps(frame: &Frame<'_>, place: Place<'_>) -> AnyView {
    let words = words(frame);
    view! {
        <section>
            <h2>{words.steps}</h2>
            <details>
                <summary>{words.pack_title}</summary>
                <p>{words.pack_lead}</p>
                <form method="post" action=frame.link(&format!("/v1/jobs/{}/pack", place.secret))>
                    <button>{words.pack_submit}</button>
                </form>
            </details>
            <details>
                <summary>{words.differences_title}</summary>
                <form class="ask" method="get" action=format!("{}/{}/differences", paths::BULK, place.secret)>
                    <input type="hidden" name="lang" value=frame.language.tag()/>
                    <label for="earlier">{words.differences_field}</label>
                    <div class="row">
                        <input id="earlier" name="earlier" maxlength="300" autocomplete="off" spellcheck="false" required/>
                        <button>{words.differences_submit}</button>
                    </div>
                </form>
            </details>
            <details>
                <summary>{words.watch_title}</summary>
                <p>{words.watch_lead}</p>
                <form class="ask" method="post" action=place.address(frame, "/watch")>
                    <label for="name">{words.watch_name}</label>
                    <div class="row"><input id="name" name="name" maxlength="200" autocomplete="off" required/></div>
                    <label for="key">{words.key_field}</label>
                    <div class="row">
                        <input id="key" name="key" type="password" maxlength="200" autocomplete="off" required/>
                        <button>{words.watch_submit}</button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn table(frame: &Frame<'_>, lines: &[BulkLine]) -> AnyView {
    let words = words(frame);
    let columns = &frame.language.page_words().columns;
    if lines.is_empty() {
        return view! { <p>{words.no_rows}</p> }.into_any();
    }
    let rows = lines
        .iter()
        .map(|line| match line {
            BulkLine::Answer(answer) => answered(frame, answer),
            BulkLine::Bad(bad) => not_answered(frame, bad),
            BulkLine::End(_) => ().into_any(),
        })
        .collect_view();
    view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">{columns.row}</th>
                    <th scope="col">{columns.id}</th>
                    <th scope="col">{columns.result}</th>
                    <th scope="col">{columns.words}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn answered(frame: &Frame<'_>, answer: &BulkAnswer) -> AnyView {
    let reader = frame.reader();
    let headline = reader.words().outcomes.of(answer.outcome).headline;
    // Beside what does not hold now, it would read as if it did.
    let holds = answer.expires.filter(|_| answer.days_left.is_some());
    let expires = holds.map(|end| reader.language.valid_until(end, Zone::JAPAN));
    let claims =
        [reader.language.claimed_models(&answer.claimed), reader.language.other_claims(&answer.claimed)];
    let claims = claims.into_iter().flatten().map(|(text, answer)| {
        let class = if answer == Listed::NotListed { "denied" } else { "" };
        view! { <li class=class>{text}</li> }
    });
    let claims = claims.collect_view();
    let number = answer.number.clone().map(|number| {
        let link = frame.link(&format!("/v/{number}"));
        view! { <a href=link>{number}</a> }
    });
    let policy = answer.policy.as_ref().map(|policy| {
        let unmet = policy.rules.iter().filter(|rule| rule.answer != Answer::Pass);
        let unmet = unmet.map(|rule| view! { <li>{rule.words.clone().into_owned()}</li> }).collect_view();
        let class = if policy.answer == Answer::Pass { "" } else { "denied" };
        let says = reader.language.policy_answer(policy.answer);
        view! { <p class=class>{words(frame).policy_says}{says}</p><ul class="claims">{unmet}</ul> }
    });
    let level = answer.level.map(|level| format!(" {level}"));
    view! {
        <tr data-outcome=answer.outcome.as_str()>
            <td>{answer.row}</td>
            <td>{answer.id.clone()}</td>
            <td><p class=format!("result {}", answer.tone().class())>{icon(outline(answer.outcome))}<span>{headline}</span></p></td>
            <td>
                <p>{number}{level}</p>
                <p>{answer.words.clone().into_owned()}" "{expires}</p>
                <ul class="claims">{claims}</ul>
                {policy}
            </td>
        </tr>
    }
    .into_any()
}

fn not_answered(frame: &Frame<'_>, bad: &BadRow) -> AnyView {
    let columns = &frame.language.page_words().columns;
    view! {
        <tr data-error=bad.error.code.as_str()>
            <td>{bad.row}</td>
            <td>{bad.id.clone()}</td>
            <td><p class="result tone-neutral">{icon(ATTENTION)}<span>{columns.not_answered}</span></p></td>
            <td>
                <p>{columns.faults.of(bad.error.code)}</p>
                <p class="hint" lang="en">{bad.error.detail.clone()}</p>
            </td>
        </tr>
    }
    .into_any()
}
