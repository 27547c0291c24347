//! The form that writes a policy.

use leptos::prelude::*;
use shirushi_shared::{
    label::Category,
    policy::{Recognition, Severity, State},
};

use crate::page::{Frame, paths};

/// Rules for levels that the form has room for; a file may have more.
const LEVELS: usize = 3;

/// What stands in the form's fields.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What the policy is called.
    pub name: String,
    /// Which edition of it.
    pub version: String,
    /// Where it is from.
    pub source: String,
    /// States that are accepted, by their words.
    pub states: Vec<String>,
    /// Least levels.
    pub levels: Vec<Least>,
    /// `contract_end`, `day` or nothing.
    pub until: String,
    /// The day.
    pub until_day: String,
    /// Whether the model must be listed.
    pub model: bool,
    /// How the maker is compared, as a word; or nothing.
    pub maker: String,
    /// Schemes that must recognise the label, by their words.
    pub recognised: Vec<String>,
    /// Advisories from which severity on are not accepted, as a word; or nothing.
    pub advisory: String,
    /// Days that evidence may be old; or nothing.
    pub days: String,
    /// A file that was brought instead.
    pub file: String,
}

/// A least level, as it stands in the form.
#[derive(Clone, Debug, Default)]
pub struct Least {
    /// 1 to 4, or nothing.
    pub level: String,
    /// A category's number, or nothing for all.
    pub category: String,
    /// From when on it is asked.
    pub from: String,
}

pub(super) fn form(frame: &Frame<'_>, draft: &Draft) -> AnyView {
    let words = super::words(frame);
    let levels = (1..=LEVELS).map(|number| level(frame, number, draft.levels.get(number - 1)));
    view! {
        <form class="ask" method="post" action=frame.link(paths::POLICY)>
            {line("name", words.name, &draft.name, true)}
            {line("version", words.version, &draft.version, true)}
            {line("source", words.source, &draft.source, true)}
            {states(frame, draft)}
            {levels.collect_view()}
            {until(frame, draft)}
            {check("model", "1", words.model, draft.model)}
            {choice(
                "maker",
                words.maker,
                &draft.maker,
                vec![
                    (String::new(), words.not_asked.to_owned()),
                    ("name_or_corporate_number".to_owned(), words.maker_name.to_owned()),
                    ("corporate_number".to_owned(), words.maker_number.to_owned()),
                ],
            )}
            {beyond(frame, draft)}
            <label for="days">{words.days}</label>
            <div class="row">
                <input id="days" name="days" type="number" min="1" max="3650" value=draft.days.clone()/>
            </div>
            <div class="row"><button>{words.check}</button></div>
        </form>
    }
    .into_any()
}

fn states(frame: &Frame<'_>, draft: &Draft) -> AnyView {
    let words = &frame.language.page_words().policy.states;
    let boxes = State::ALL.iter().map(|state| {
        let (word, text) = match state {
            State::Valid => ("valid", words.valid),
            State::Grace => ("grace", words.grace),
            State::NotYetValid => ("not_yet_valid", words.not_yet_valid),
            State::Suspended => ("suspended", words.suspended),
        };
        check("state", word, text, draft.states.iter().any(|chosen| chosen == word))
    });
    view! { <fieldset><legend>{super::words(frame).states}</legend>{boxes.collect_view()}</fieldset> }
        .into_any()
}

fn level(frame: &Frame<'_>, number: usize, least: Option<&Least>) -> AnyView {
    let words = super::words(frame);
    let least = least.cloned().unwrap_or_default();
    let levels = [String::new(), "1".into(), "2".into(), "3".into(), "4".into()].map(|level| {
        let text = if level.is_empty() { words.not_asked.to_owned() } else { format!("STAR-{level}") };
        (level, text)
    });
    let all = (String::new(), frame.language.page_words().policy.every_category.to_owned());
    let categories =
        Category::known().map(|category| (category.code().to_string(), frame.language.category(category)));
    let name = |field: &str| format!("{field}{number}");
    view! {
        <fieldset>
            <legend>{words.level}" "{number}</legend>
            {choice(&name("level"), words.level_field, &least.level, levels.to_vec())}
            {choice(&name("category"), words.category_field, &least.category, [all].into_iter().chain(categories).collect())}
            <label for=name("from")>{words.from_field}</label>
            <div class="row"><input id=name("from") name=name("from") type="date" value=least.from.clone()/></div>
        </fieldset>
    }
    .into_any()
}

fn until(frame: &Frame<'_>, draft: &Draft) -> AnyView {
    let words = super::words(frame);
    let choices = vec![
        (String::new(), words.not_asked.to_owned()),
        ("contract_end".to_owned(), words.until_contract.to_owned()),
        ("day".to_owned(), words.until_day.to_owned()),
    ];
    view! {
        {choice("until", words.until, &draft.until, choices)}
        <label for="until_day">{words.until_day_field}</label>
        <div class="row"><input id="until_day" name="until_day" type="date" value=draft.until_day.clone()/></div>
    }
    .into_any()
}

/// What needs records that there are not yet: asked all the same, and answered "cannot tell".
fn beyond(frame: &Frame<'_>, draft: &Draft) -> AnyView {
    let words = super::words(frame);
    let policy = &frame.language.page_words().policy;
    let schemes = Recognition::ALL.iter().map(|scheme| {
        let (word, text) = match scheme {
            Recognition::UkPsti => ("uk_psti", policy.schemes.uk_psti),
            Recognition::SingaporeCls => ("singapore_cls", policy.schemes.singapore_cls),
        };
        check("recognised", word, text, draft.recognised.iter().any(|chosen| chosen == word))
    });
    let severities = Severity::ALL.iter().map(|severity| match severity {
        Severity::Low => ("low", policy.severities.low),
        Severity::Medium => ("medium", policy.severities.medium),
        Severity::High => ("high", policy.severities.high),
        Severity::Critical => ("critical", policy.severities.critical),
    });
    let severities = severities.map(|(word, text)| (word.to_owned(), text.to_owned()));
    let severities = [(String::new(), words.not_asked.to_owned())].into_iter().chain(severities).collect();
    view! {
        <fieldset>
            <legend>{words.recognised}</legend>
            <p class="hint">{words.no_records}</p>
            {schemes.collect_view()}
        </fieldset>
        {choice("advisory", words.advisory, &draft.advisory, severities)}
        <p class="hint">{words.no_records}</p>
    }
    .into_any()
}

fn line(name: &'static str, label: &'static str, value: &str, required: bool) -> AnyView {
    view! {
        <label for=name>{label}</label>
        <div class="row">
            <input id=name name=name value=value.to_owned() maxlength="1000" autocomplete="off" required=required/>
        </div>
    }
    .into_any()
}

fn check(name: &'static str, value: &'static str, text: &'static str, checked: bool) -> AnyView {
    view! {
        <label class="check"><input type="checkbox" name=name value=value checked=checked/>{text}</label>
    }
    .into_any()
}

fn choice(name: &str, label: &'static str, chosen: &str, options: Vec<(String, String)>) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect_view();
    view! {
        <label for=name.to_owned()>{label}</label>
        <div class="row"><select id=name.to_owned() name=name.to_owned()>{options}</select></div>
    }
    .into_any()
}
