//! `/policy`: a procurement policy is written by a form or brought as a file, told in words, and kept for an organisation.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use shirushi_shared::{
    api::ProblemType,
    label::{Category, Level},
    policy::{Asks, Categories, Day, LeastLevel, Policy, PolicyError, PolicyFile, Rule, Until},
};
use shirushi_web::page::{
    self,
    policy::{Draft, Least, Told},
};

use super::{Shell, document, shell::Visit};
use crate::{
    http::{
        extract::Form,
        problem::{Refusal, status},
        security::Page,
    },
    service::{
        access::{Access, Action},
        desk::Desk,
    },
};

/// `GET /policy`.
pub(in crate::http) async fn form(State(shell): State<Shell>, visit: Visit) -> Response {
    let draft =
        Draft { version: "1".to_owned(), states: vec!["valid".to_owned()], model: true, ..Draft::default() };
    document(Page::Plain, page::policy::render(&shell.frame(&visit), &draft, Told::Nothing))
}

/// `POST /policy`: with `file`, that is checked; else what the other fields say.
pub(in crate::http) async fn checked(
    State(shell): State<Shell>,
    visit: Visit,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let draft = draft(&fields);
    let policy = if draft.file.trim().is_empty() { written(&draft) } else { brought(&draft.file) };
    shown(&shell, &visit, &draft, policy.as_ref().map(Told::Checked).map_err(Vec::as_slice))
}

/// `POST /policy/keep`, with `kept`, the file, and `key`.
pub(in crate::http) async fn kept(
    State(shell): State<Shell>,
    State(access): State<Access>,
    State(desk): State<Desk>,
    visit: Visit,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let field = |name| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value);
    let draft = Draft { file: field("kept").to_owned(), ..Draft::default() };
    let keep = async {
        let caller = access.admit(field("key").trim(), Action::PolicyWrite, None).await?;
        Ok::<_, Refusal>(desk.keep_policy(&caller, &draft.file).await?)
    };
    match keep.await {
        Ok(kept) => Ok(shown(&shell, &visit, &draft, Ok(Told::Kept(&kept.policy)))),
        Err(refusal) if status(refusal.kind()).is_client_error() => {
            let wrong = [refusal.told()];
            let page = page::policy::render(&shell.frame(&visit), &draft, Told::Wrong(&wrong));
            Ok((status(refusal.kind()), document(Page::Plain, page)).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

fn shown(shell: &Shell, visit: &Visit, draft: &Draft, told: Result<Told<'_>, &[String]>) -> Response {
    let (code, told) = match told {
        Ok(told) => (StatusCode::OK, told),
        Err(wrong) => (status(ProblemType::InvalidInput), Told::Wrong(wrong)),
    };
    let html = page::policy::render(&shell.frame(visit), draft, told);
    (code, document(Page::Plain, html)).into_response()
}

fn draft(fields: &[(String, String)]) -> Draft {
    let field = |name: &str| {
        fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let all = |name: &str| {
        fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
    };
    let least = |number: usize| Least {
        level: field(&format!("level{number}")),
        category: field(&format!("category{number}")),
        from: field(&format!("from{number}")),
    };
    Draft {
        name: field("name"),
        version: field("version"),
        source: field("source"),
        states: all("state"),
        levels: (1..=3).map(least).collect(),
        until: field("until"),
        until_day: field("until_day"),
        model: !field("model").is_empty(),
        maker: field("maker"),
        recognised: all("recognised"),
        advisory: field("advisory"),
        days: field("days"),
        file: field("file"),
    }
}

/// The policy in a file that was brought.
fn brought(file: &str) -> Result<Policy, Vec<String>> {
    Policy::load(file).map_err(told)
}

/// The policy that the fields of the form write.
fn written(draft: &Draft) -> Result<Policy, Vec<String>> {
    let mut wrong = Vec::new();
    let mut asks = Vec::new();
    let mut take = |field: &str, read: Result<Asks, String>| match read {
        Ok(asked) => asks.push(asked),
        Err(why) => wrong.push(format!("{field}: {why}")),
    };
    take("state", word_list(&draft.states).map(Asks::AcceptedStates));
    for (number, least) in (1..).zip(&draft.levels) {
        if !least.level.is_empty() {
            take(&format!("level{number}"), least_level(least));
        }
    }
    match &*draft.until {
        "" => {}
        "contract_end" => take("until", Ok(Asks::ValidUntil(Until::ContractEnd))),
        _ => take("until_day", day(&draft.until_day).map(|day| Asks::ValidUntil(Until::Day(day)))),
    }
    if draft.model {
        take("model", Ok(Asks::ModelListed));
    }
    if !draft.maker.is_empty() {
        take("maker", word(&draft.maker).map(Asks::MakerMatches));
    }
    for scheme in &draft.recognised {
        take("recognised", word(scheme).map(Asks::Recognised));
    }
    if !draft.advisory.is_empty() {
        take("advisory", word(&draft.advisory).map(Asks::NoOpenAdvisory));
    }
    if !draft.days.is_empty() {
        let days = draft.days.parse().map_err(|_| "is a number of days".to_owned());
        take("days", days.map(|days| Asks::EvidenceNotOlder { days }));
    }
    let file = PolicyFile {
        form: 1,
        name: draft.name.clone(),
        version: draft.version.clone(),
        source: draft.source.clone(),
        rules: asks.into_iter().map(|asks| Rule { asks, mark: None, note: None }).collect(),
    };
    match Policy::new(file) {
        Ok(policy) if wrong.is_empty() => Ok(policy),
        Ok(_) => Err(wrong),
        Err(error) => {
            wrong.extend(told(error));
            Err(wrong)
        }
    }
}

fn told(error: PolicyError) -> Vec<String> {
    match error {
        PolicyError::TooLarge => vec![error.to_string()],
        PolicyError::Wrong(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn least_level(least: &Least) -> Result<Asks, String> {
    let level = Level::parse(&least.level).map_err(|error| error.to_string())?;
    let categories = if least.category.is_empty() {
        Categories::All
    } else {
        let code = least.category.parse().map_err(|_| "category is a number".to_owned())?;
        Categories::Only([Category::from_code(code).map_err(|error| error.to_string())?].into())
    };
    Ok(Asks::LeastLevel(LeastLevel { categories, from: day(&least.from)?, level }))
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|error| error.to_string())
}

/// One of a closed list of words.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

fn word_list<T: serde::de::DeserializeOwned>(texts: &[String]) -> Result<T, String> {
    serde_json::from_value(texts.into()).map_err(|error| error.to_string())
}
