//! Below the answer that a model is not covered: the models that may have been meant.

use leptos::prelude::*;
use shirushi_shared::{api::VerdictAnswer, claim::Listed, registration::similar};

use super::{ModelSearch, Reader};

/// Models offered for one that was typed.
const OFFERED: usize = 6;

/// A button for each covered model that may be meant; nothing where there is none.
pub fn meant(answer: &VerdictAnswer, reader: Reader, search: &ModelSearch) -> Option<AnyView> {
    let product = answer.product.as_ref().filter(|_| answer.claimed.model == Some(Listed::NotListed))?;
    let found = similar(&product.products, search.asked()?, OFFERED);
    let buttons: Vec<_> = found
        .iter()
        .map(|model| {
            let number = model.number.clone();
            let ask = search.ask.clone().on_press(number.clone());
            view! { <button name="model" value=number.clone() on:click=ask>{number.clone()}</button> }
                .into_any()
        })
        .collect();
    (!found.is_empty()).then(|| {
        view! {
            <section class="meant">
                <p>{reader.words().verdict.meant}</p>
                <form class="choices" method="get" action=search.action.clone()>
                    <input type="hidden" name="lang" value=reader.language.tag()/>
                    {buttons}
                </form>
            </section>
        }
        .into_any()
    })
}
