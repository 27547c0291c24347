//! The models that a registration covers, and the question whether the one in hand is among them.

use leptos::prelude::*;
use shirushi_shared::{
    api::{ProductAnswer, VerifyRequest},
    registration::{MatchKey, Model, Product},
};

use super::{Ask, Reader};

/// Models in sight at once; what is beyond is folded away, and found by the search all the same.
const IN_SIGHT: usize = 24;
/// … where it is worth folding.
const FEW: usize = 8;

/// The question about a model.
#[derive(Clone)]
pub struct ModelSearch {
    /// The model that was asked about, as it was typed.
    pub asked: Option<String>,
    /// The page that answers; `None` for the page that asks.
    pub action: Option<String>,
    /// Who takes the next one.
    pub ask: Ask,
}

impl ModelSearch {
    /// The model that was asked about, where there was one.
    pub fn asked(&self) -> Option<&str> {
        self.asked.as_deref().map(str::trim).filter(|asked| !asked.is_empty())
    }
}

/// The question and the list.
pub fn models(product: &ProductAnswer, reader: Reader, search: ModelSearch) -> AnyView {
    let list = model_list(product, reader, search.asked());
    view! { <section class="models">{form(reader, search)} {list}</section> }.into_any()
}

/// The list alone, with the model that was asked about marked.
pub fn model_list(product: &ProductAnswer, reader: Reader, asked: Option<&str>) -> AnyView {
    let count: usize = product.products.iter().map(|product| product.models.len()).sum();
    let asked = asked.and_then(MatchKey::of);
    // Product names are shown only where there are several: a single one stands above the list already.
    let several = product.products.len() > 1;
    let (mut in_sight, mut folded) = (Vec::new(), Vec::new());
    // Not in the browser's checker, where it would weigh more than it is worth: its reader typed or scanned one label, and
    // asks about one model.
    let folds = cfg!(not(target_arch = "wasm32"));
    let more = count.checked_sub(IN_SIGHT).filter(|more| folds && *more > FEW);
    let mut room = if more.is_some() { IN_SIGHT } else { count };
    for product in &product.products {
        let (first, rest) = product.models.split_at(room.min(product.models.len()));
        room -= first.len();
        for (models, to) in [(first, &mut in_sight), (rest, &mut folded)] {
            if !models.is_empty() {
                to.push(group(product, models, several, asked.as_ref()));
            }
        }
    }
    let folded = more.map(|more| {
        view! { <details><summary>{reader.language.more_models(more)}</summary>{folded}</details> }.into_any()
    });
    view! {
        <h3>{reader.language.models(count)}</h3>
        {in_sight}
        {folded}
    }
    .into_any()
}

fn group(product: &Product, models: &[Model], named: bool, asked: Option<&MatchKey>) -> AnyView {
    let name = named.then(|| view! { <h4>{product.name.clone()}</h4> });
    let models = models.iter().map(|model| {
        let is_asked = asked.is_some_and(|asked| MatchKey::of(&model.number).as_ref() == Some(asked));
        let number = model.number.clone();
        if is_asked {
            view! { <li class="asked"><mark>{number}</mark></li> }.into_any()
        } else {
            view! { <li>{number}</li> }.into_any()
        }
    });
    let models = models.collect_view();
    view! { {name} <ul>{models}</ul> }.into_any()
}

fn form(reader: Reader, search: ModelSearch) -> AnyView {
    let words = &reader.words().verdict;
    let asked = search.asked().unwrap_or_default().to_owned();
    let field = NodeRef::<leptos::html::Input>::new();
    let action = search.action;
    let submit = search.ask.on_submit(field);
    view! {
        <form class="ask" method="get" action=action role="search" on:submit=submit>
            <label for="model">{words.model_field}</label>
            <p id="model-hint" class="hint">{words.model_hint}</p>
            <input type="hidden" name="lang" value=reader.language.tag()/>
            <div class="row">
                <input
                    node_ref=field
                    id="model"
                    name="model"
                    value=asked
                    maxlength=VerifyRequest::MAX_CLAIM.to_string()
                    aria-describedby="model-hint"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    required
                />
                <button>{words.model_submit}</button>
            </div>
        </form>
    }
    .into_any()
}
