//! The field for a registration number.

use leptos::prelude::*;
use shirushi_shared::api::VerifyRequest;

use super::{Ask, Reader};

/// A GET form to `action`, complete without script.
pub fn number_form(reader: Reader, action: &'static str, ask: Ask) -> AnyView {
    let words = &reader.words().scan;
    let field = NodeRef::<leptos::html::Input>::new();
    let submit = ask.on_submit(field);
    view! {
        <form class="ask" method="get" action=action on:submit=submit>
            <label for="number">{words.number_field}</label>
            <p id="number-hint" class="hint">{words.number_hint}</p>
            <input type="hidden" name="lang" value=reader.language.tag()/>
            <div class="row">
                <input
                    node_ref=field
                    id="number"
                    name="number"
                    maxlength=VerifyRequest::MAX_CLAIM.to_string()
                    aria-describedby="number-hint"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    enterkeyhint="go"
                    required
                />
                <button>{words.number_submit}</button>
            </div>
        </form>
    }
    .into_any()
}
