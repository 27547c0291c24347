//! What the registration covers: maker, products, level, dates.

use leptos::prelude::*;
use shirushi_shared::{
    api::{ProductAnswer, VerdictAnswer},
    label::Level,
    text::Language,
};

use super::{ModelSearch, Reader, icon::stars, models};

/// The registration, as far as it is known; nothing where nothing is.
pub fn product(answer: &VerdictAnswer, reader: Reader, search: ModelSearch) -> AnyView {
    match (&answer.product, answer.number.is_some()) {
        (Some(product), _) => known(answer, product, reader, search),
        (None, true) => by_the_label_alone(answer, reader),
        (None, false) => ().into_any(),
    }
}

fn known(answer: &VerdictAnswer, product: &ProductAnswer, reader: Reader, search: ModelSearch) -> AnyView {
    let Reader { language, zone } = reader;
    let words = &reader.words().verdict;
    let (maker, maker_beside) = maker(product, language);
    let names = product.products.iter().map(|product| product.name.clone());
    let names = names.map(|name| view! { <p class="name">{name}</p> }).collect_view();
    let status = &answer.status;
    view! {
        <section class="product">
            <h2 class="quiet">{words.registration}</h2>
            <p class="maker">{maker}</p>
            {maker_beside.map(|name| view! { <p class="hint">{name}</p> })}
            {names}
            {level(product.level, language.assessment(&product.assessment), reader)}
            {models(product, reader, search)}
            <dl>
                {row(words.number, product.printed_number.clone())}
                {row(words.category, language.category(product.category))}
                {product.maker.corporate_number.map(|number| row(words.corporate_number, number.to_string()))}
                {row(words.registered, language.date(product.registered, zone))}
                {status.valid_from.map(|from| row(words.valid_from, language.date(from, zone)))}
                {status.expires.map(|end| row(words.expires, language.last_day(end, zone)))}
            </dl>
        </section>
    }
    .into_any()
}

/// Without the registry, the verified label still says what it is about; but no models.
fn by_the_label_alone(answer: &VerdictAnswer, reader: Reader) -> AnyView {
    let Reader { language, zone } = reader;
    let words = &reader.words().verdict;
    let number = answer.number.clone().unwrap_or_default();
    let claims = answer.claims.as_ref();
    let stated = claims.map(|claims| {
        let assessment = language.assessment_of_level(claims.level).to_owned();
        level(claims.level, assessment, reader)
    });
    let rows = claims.map(|claims| {
        view! {
            {row(words.category, language.category(claims.category))}
            {row(words.expires, language.last_day(claims.expires, zone))}
        }
    });
    let note = answer.claims.is_some().then(|| {
        view! { <p class="hint">{words.printed_expiry_only}" "{words.no_models}</p> }
    });
    view! {
        <section class="product">
            <h2 class="quiet">{words.registration}</h2>
            {stated}
            <dl>{row(words.number, number)} {rows}</dl>
            {note}
        </section>
    }
    .into_any()
}

/// The maker's name in the reader's language first, the other beside it.
fn maker(product: &ProductAnswer, language: Language) -> (String, Option<String>) {
    let maker = &product.maker;
    match (&maker.name_en, language.is_latin()) {
        (Some(latin), true) => (latin.clone(), Some(maker.name.clone())),
        (latin, _) => (maker.name.clone(), latin.clone()),
    }
}

/// What the stars stand for, in a line: how far it conforms, and who says so.
fn level(level: Level, assessment: String, reader: Reader) -> AnyView {
    view! {
        <p class="level">
            {stars(level.stars())}" "<span class="visually-hidden">{reader.language.stars(level)}" "</span>
            <strong>{level.to_string()}</strong>" – "{assessment}
        </p>
        <p class="hint">{reader.words().verdict.level_note}</p>
    }
    .into_any()
}

fn row(name: &'static str, value: String) -> AnyView {
    view! { <dt>{name}</dt><dd>{value}</dd> }.into_any()
}
