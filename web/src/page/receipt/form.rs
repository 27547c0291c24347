//! A receipt as a file, or as its text.

use leptos::prelude::*;
use shirushi_shared::receipt::SignedReceipt;

use crate::page::{Frame, paths};

/// The form; of both, the file is taken.
pub(super) fn form(frame: &Frame<'_>) -> AnyView {
    let words = &frame.language.page_words().receipt;
    view! {
        <form class="ask" method="post" action=frame.link(paths::RECEIPT) enctype="multipart/form-data">
            <label for="file">{words.file_field}</label>
            <p id="file-hint" class="hint">{words.file_hint}</p>
            <div class="row">
                <input id="file" name="file" type="file" aria-describedby="file-hint"/>
            </div>
            <label for="text">{words.text_field}</label>
            <p id="text-hint" class="hint">{words.text_hint}</p>
            <div class="row">
                <textarea
                    id="text"
                    name="text"
                    rows="4"
                    maxlength=SignedReceipt::MAX_KEPT.to_string()
                    aria-describedby="text-hint"
                    autocomplete="off"
                    spellcheck="false"
                ></textarea>
            </div>
            <div class="row"><button>{words.submit}</button></div>
            <p class="hint">{words.not_kept}</p>
        </form>
    }
    .into_any()
}
