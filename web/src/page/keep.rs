//! Below a verdict: a receipt of it, to be kept. Folded away, since few readers need one.

use leptos::prelude::*;
use shirushi_shared::{api::VerdictAnswer, receipt::CaseReference};

use super::{Frame, asked::Asked, paths};

/// The form that asks once more, and answers with a file.
pub(super) fn form(frame: &Frame<'_>, answer: &VerdictAnswer, asked: Asked<'_>) -> AnyView {
    let words = &frame.language.page_words().receipt;
    let hidden = |name: &'static str, value: String| {
        view! { <input type="hidden" name=name value=value/> }
    };
    view! {
        <details class="keep">
            <summary>{words.keep}</summary>
            <p>{words.keep_lead}</p>
            <p>{frame.language.page_words().sheet.print}</p>
            <form class="ask" method="post" action=frame.link(paths::KEEP)>
                {hidden("text", asked.text.to_owned())}
                {asked.model.map(|model| hidden("model", model.to_owned()))}
                {answer.as_of.map(|at| hidden("as_of", at.to_string()))}
                <label for="case">{words.keep_case}</label>
                <p id="case-hint" class="hint">{words.keep_case_hint}</p>
                <div class="row">
                    <input
                        id="case"
                        name="case"
                        maxlength=CaseReference::MAX_CHARACTERS.to_string()
                        aria-describedby="case-hint"
                        autocomplete="off"
                    />
                    <button>{words.keep_submit}</button>
                </div>
            </form>
            <p class="hint"><a href=frame.link(paths::RECEIPT)>{words.title}</a></p>
        </details>
    }
    .into_any()
}
