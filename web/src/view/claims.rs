//! Answers to claims about the product in hand: each its own line, as loud as the outcome, and never part of it.

use leptos::prelude::*;
use shirushi_shared::{api::VerdictAnswer, claim::Listed};

use super::{
    Reader,
    icon::{CROSS, TICK, icon},
};

/// A line for each claim that was answered.
pub fn claim_lines(answer: &VerdictAnswer, reader: Reader, asked_model: Option<&str>) -> AnyView {
    let words = &reader.words().verdict;
    let claimed = &answer.claimed;
    let model = claimed.model.map(|listed| {
        let is_listed = listed == Listed::Listed;
        let text = reader.language.model_answer(asked_model.unwrap_or_default(), is_listed);
        line(listed, text, (!is_listed).then_some(words.model_not_listed_action))
    });
    let other = |listed: Option<Listed>, yes, no| {
        listed.map(|listed| {
            let text: &str = if listed == Listed::Listed { yes } else { no };
            line(listed, text.to_owned(), None)
        })
    };
    [
        model,
        other(claimed.maker, words.maker_listed, words.maker_not_listed),
        other(claimed.level, words.level_listed, words.level_not_listed),
        other(claimed.gtin, words.gtin_listed, words.gtin_not_listed),
    ]
    .into_iter()
    .flatten()
    .collect_view()
    .into_any()
}

fn line(listed: Listed, text: String, action: Option<&'static str>) -> AnyView {
    let (class, role, outline) = match listed {
        Listed::Listed => ("claim listed", "status", TICK),
        Listed::NotListed => ("claim not-listed", "alert", CROSS),
    };
    let action = action.map(|action| view! { <p>{action}</p> });
    view! {
        <section class=class role=role>
            {icon(outline)}
            <p class="says">{text}</p>
            {action}
        </section>
    }
    .into_any()
}
