//! Which column means what: as it was guessed, to be corrected.

use leptos::prelude::*;

use super::{Place, heading, kept, words};
use crate::{
    page::{
        Frame,
        document::{Document, html},
    },
    view::{ATTENTION, icon},
};

/// The columns of a file.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Each of them, in order.
    pub columns: Vec<Column>,
    /// Whether the first row is headings.
    pub heading: bool,
    /// What is wrong with what was chosen.
    pub wrong: Option<Wrong>,
    /// Meanings that there are, as the service calls them, in the order in which they are offered.
    pub meanings: Vec<&'static str>,
}

/// Why columns cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// None of them says which label.
    Lacking,
    /// Two of them mean the same.
    Twice,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// What it means, as the service calls it.
    pub meaning: Option<&'static str>,
    /// Why it is offered; `None` where somebody has just chosen it.
    pub because: Option<Because>,
    /// Its first cells.
    pub cells: Vec<String>,
}

/// Why a column is taken for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// This word is in its heading.
    Heading(String),
    /// Its values look like it.
    Values,
    /// It was said of an earlier file with the same headings.
    Said,
}

/// The page.
pub fn render(frame: &Frame<'_>, place: Place<'_>, columns: &Columns) -> String {
    html(frame, || page(frame, place, columns))
}

fn page(frame: &Frame<'_>, place: Place<'_>, columns: &Columns) -> Document {
    let words = words(frame);
    let wrong = columns.wrong.map(|wrong| {
        let text = match wrong {
            Wrong::Lacking => words.columns_lacking,
            Wrong::Twice => words.columns_twice,
        };
        view! { <section class="message" role="alert">{icon(ATTENTION)}<p>{text}</p></section> }
    });
    let numbered = (1_usize..).zip(&columns.columns);
    let rows = numbered.map(|(number, column)| one(frame, columns, number, column)).collect_view();
    let main = view! {
        {heading(place, words.columns_check)}
        {wrong}
        <form class="ask" method="post" action=place.address(frame, "/columns")>
            <p>{words.columns_lead}</p>
            <label class="check">
                <input type="checkbox" name="heading" value="1" checked=columns.heading/>
                {words.columns_heading}
            </label>
            <table class="columns">
                <thead>
                    <tr>
                        <th scope="col">{words.column}</th>
                        <th scope="col">{words.column_meaning}</th>
                        <th scope="col">{words.column_cells}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="row"><button>{words.columns_submit}</button></div>
        </form>
        {kept(frame, place)}
    };
    Document { title: words.columns_check.to_owned(), main: main.into_any(), scanner: false, listed: false }
}

fn one(frame: &Frame<'_>, columns: &Columns, number: usize, column: &Column) -> AnyView {
    let words = words(frame);
    let id = format!("column-{number}");
    let options = columns
        .meanings
        .iter()
        .map(|meaning| {
            let chosen = column.meaning == Some(meaning);
            view! { <option value=*meaning selected=chosen>{words.meanings.of(meaning)}</option> }
        })
        .collect_view();
    let why = column.because.as_ref().map(|because| match because {
        Because::Heading(word) => words.by_heading.replace("{word}", word),
        Because::Values => words.by_values.to_owned(),
        Because::Said => words.by_word.to_owned(),
    });
    let cells = column.cells.iter().map(|cell| view! { <li>{cell.clone()}</li> }).collect_view();
    view! {
        <tr>
            <th scope="row"><label for=id.clone()>{number}</label></th>
            <td>
                <select id=id name=format!("c{number}")>
                    <option value="">{words.column_unused}</option>
                    {options}
                </select>
                {why.map(|why| view! { <p class="hint">{why}</p> })}
            </td>
            <td><ul class="cells">{cells}</ul></td>
        </tr>
    }
    .into_any()
}
