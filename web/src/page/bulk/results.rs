//! What came of a file: counts, rows, and files to take along.

use leptos::prelude::*;
use shirushi_shared::{
    api::{BadRow, BulkAnswer, BulkLine},
    claim::Listed,
    text::Zone,
    verdict::{Outcome, Reason, Tone},
};

use super::{Place, heading, kept, thousands, words};
use crate::{
    page::{
        Frame,
        document::{Document, html},
    },
    view::{ATTENTION, icon, outline},
};

/// What is shown of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All of them.
    All,
    /// Those that are not valid, or not of the product that they claim.
    Attention,
    /// Those with this outcome.
    Outcome(Outcome),
    /// Those that were not answered.
    Bad,
}

impl Show {
    /// As it stands in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Attention => "attention",
            Self::Outcome(outcome) => outcome.as_str(),
            Self::Bad => "bad",
        }
    }

    /// Reads [`Self::as_str`]; anything else is all.
    pub fn parse(text: &str) -> Self {
        match text {
            "attention" => Self::Attention,
            "bad" => Self::Bad,
            text => Outcome::parse(text).map_or(Self::All, Self::Outcome),
        }
    }

    /// Whether `line` is among them.
    pub fn shows(self, line: &BulkLine) -> bool {
        match (self, line) {
            (Self::All, BulkLine::Answer(_) | BulkLine::Bad(_))
            | (Self::Bad | Self::Attention, BulkLine::Bad(_)) => true,
            (Self::Attention, BulkLine::Answer(answer)) => answer.tone() != Tone::Good,
            (Self::Outcome(outcome), BulkLine::Answer(answer)) => answer.outcome == outcome,
            (_, BulkLine::End(_))
            | (Self::Bad, BulkLine::Answer(_))
            | (Self::Outcome(_), BulkLine::Bad(_)) => false,
        }
    }
}

/// How many rows there are of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// Which kind.
    pub show: Show,
    /// How many.
    pub rows: u64,
}

/// What is shown.
#[derive(Clone, Debug)]
pub struct Results<'a> {
    /// Why not all rows were answered, where that is so.
    pub incomplete: Option<&'a str>,
    /// How many rows there are of each kind that there is.
    pub counts: Vec<Count>,
    /// Which are shown.
    pub show: Show,
    /// Some of them.
    pub lines: Vec<BulkLine>,
    /// Behind which row of the file these begin, and behind which the next ones do, where there are more.
    pub after: u64,
    /// The last row shown, where more follow.
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
                {icon(ATTENTION)}<h2>{words.incomplete}</h2><p>{why.to_owned()}</p>
            </section>
        }
    });
    let files = [("xlsx", words.as_xlsx), ("csv", "CSV"), ("jsonl", "JSON Lines")]
        .map(|(form, name)| {
            let link =
                format!("{}&form={form}&show={}", place.address(frame, "/results"), results.show.as_str());
            view! { <a class="button" href=link download="">{name}</a> }
        })
        .collect_view();
    let next = results.next.map(|next| {
        let link = format!("{}&show={}&after={next}", place.address(frame, ""), results.show.as_str());
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
        {kept(frame, place)}
    };
    Document { title: title.to_owned(), main: main.into_any(), scanner: false, listed: false }
}

/// A kind of rows with their number, which leads to them.
fn counted(frame: &Frame<'_>, place: Place<'_>, count: Count, shown: Show) -> AnyView {
    let link = format!("{}&show={}", place.address(frame, ""), count.show.as_str());
    let (tone, name) = match count.show {
        Show::All => ("", words(frame).all_rows),
        Show::Attention => ("tone-caution", words(frame).attention),
        Show::Bad => ("tone-bad", words(frame).bad_rows),
        Show::Outcome(outcome) => {
            (Tone::of(outcome, Reason::Ok).class(), frame.language.words().outcomes.of(outcome).headline)
        }
    };
    let current = (count.show == shown).then_some("true");
    view! {
        <li class=tone><a href=link aria-current=current><strong>{thousands(count.rows)}</strong>" "{name}</a></li>
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
    let columns = &frame.language.page_words().columns;
    let headline = reader.words().outcomes.of(answer.outcome).headline;
    let expires = answer.expires.map(|end| reader.language.valid_until(end, Zone::JAPAN));
    let listed = |what: &str, listed| {
        let (class, word) = match listed {
            Listed::Listed => ("", columns.listed),
            Listed::NotListed => ("denied", columns.not_listed),
        };
        view! { <li class=class>{what.to_owned()}": "{word}</li> }
    };
    let models = answer.claimed.models.iter().map(|model| (&*model.claimed, model.answer));
    let alone = [
        (columns.number, answer.claimed.number),
        (columns.level, answer.claimed.level),
        (columns.maker, answer.claimed.maker),
        ("JAN/GTIN", answer.claimed.gtin),
    ];
    let alone = alone.into_iter().filter_map(|(name, answer)| Some((name, answer?)));
    let claims = models.chain(alone).map(|(what, answer)| listed(what, answer)).collect_view();
    let number = answer.number.clone().map(|number| {
        let link = frame.link(&format!("/v/{number}"));
        view! { <a href=link>{number}</a> }
    });
    let level = answer.level.map(|level| format!(" {level}"));
    view! {
        <tr class=answer.tone().class() data-outcome=answer.outcome.as_str()>
            <td>{answer.row}</td>
            <td>{answer.id.clone()}</td>
            <td class="result">{icon(outline(answer.outcome))}<span>{headline}</span></td>
            <td>
                <p>{number}{level}</p>
                <p>{answer.words.clone().into_owned()}" "{expires}</p>
                <ul class="claims">{claims}</ul>
            </td>
        </tr>
    }
    .into_any()
}

fn not_answered(frame: &Frame<'_>, bad: &BadRow) -> AnyView {
    let columns = &frame.language.page_words().columns;
    view! {
        <tr class="tone-neutral" data-error=bad.error.code.as_str()>
            <td>{bad.row}</td>
            <td>{bad.id.clone()}</td>
            <td class="result">{icon(ATTENTION)}<span>{columns.not_answered}</span></td>
            <td><p>{bad.error.detail.clone()}</p></td>
        </tr>
    }
    .into_any()
}
