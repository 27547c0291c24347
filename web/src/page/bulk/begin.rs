//! The form in which a file is handed in.

use leptos::prelude::*;

use super::words;
use crate::{
    page::{
        Frame,
        document::{Document, html},
        paths,
    },
    view::{ATTENTION, icon},
};

/// What the form tells.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    /// Why the last file was not taken.
    pub refused: Option<&'a str>,
    /// Rows that are taken without a key.
    pub rows_without_key: u64,
    /// Rows that are taken with one.
    pub rows_with_key: u64,
}

/// The form.
pub fn render(frame: &Frame<'_>, begin: Begin<'_>) -> String {
    html(frame, || page(frame, begin))
}

fn page(frame: &Frame<'_>, begin: Begin<'_>) -> Document {
    let words = words(frame);
    let refused = begin.refused.map(|why| {
        view! {
            <section class="message" role="alert">
                {icon(ATTENTION)}<h2>{words.refused}</h2><p>{why.to_owned()}</p>
            </section>
        }
    });
    let limit = |text: &str, rows| text.replace("{rows}", &super::thousands(rows));
    let main = view! {
        <section class="lead"><h1>{words.title}</h1><p>{words.lead}</p></section>
        {refused}
        <section>
            <form class="ask" method="post" action=frame.link(paths::BULK) enctype="multipart/form-data">
                // Fields before the file: what they say must be known when it comes.
                <details>
                    <summary>{words.more}</summary>
                    <label for="key">{words.key_field}</label>
                    <p id="key-hint" class="hint">{limit(words.key_hint, begin.rows_with_key)}</p>
                    <div class="row">
                        <input
                            id="key"
                            name="key"
                            type="password"
                            maxlength="200"
                            aria-describedby="key-hint"
                            autocomplete="off"
                        />
                    </div>
                    <label for="as_of">{words.as_of_field}</label>
                    <p id="as-of-hint" class="hint">{words.as_of_hint}</p>
                    <div class="row"><input id="as_of" name="as_of" type="date" aria-describedby="as-of-hint"/></div>
                    <label for="policy">{words.policy_field}</label>
                    <p id="policy-hint" class="hint">
                        {words.policy_hint}" "<a href=frame.link(paths::POLICY)>{frame.language.page_words().policies.title}</a>
                    </p>
                    <div class="row">
                        <input
                            id="policy"
                            name="policy"
                            list="policies"
                            maxlength="200"
                            aria-describedby="policy-hint"
                            autocomplete="off"
                        />
                        <datalist id="policies"><option value="government"></option></datalist>
                    </div>
                    <label for="contract_end">{words.contract_end_field}</label>
                    <div class="row"><input id="contract_end" name="contract_end" type="date"/></div>
                </details>
                <label for="file">{words.file_field}</label>
                <p id="file-hint" class="hint">{limit(words.file_hint, begin.rows_without_key)}</p>
                <div class="row">
                    <input
                        id="file"
                        class="drop"
                        name="file"
                        type="file"
                        accept=".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson"
                        aria-describedby="file-hint"
                        required
                    />
                </div>
                <div class="row"><button>{words.submit}</button></div>
            </form>
        </section>
        <section>
            <h2>{words.columns_title}</h2>
            <p>{words.columns_example}</p>
        </section>
        <p class="ways"><a href=frame.stock()>{frame.language.words().stock.title}</a></p>
    };
    Document { title: words.title.to_owned(), main: main.into_any(), scanner: false, listed: true }
}
