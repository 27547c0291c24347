//! The OpenAPI document against the route table, the words of the wire types, and every answer of these tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use axum::http::Method;
use serde_json::{Value, json};
use shirushi_shared::verdict::Outcome;

use super::harness::{Answer, Service};
use crate::http::{openapi::DOCUMENT, table};

static API: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(DOCUMENT).unwrap());

/// Pages and static files are for browsers and not part of the API.
const NOT_API: [&str; 23] = [
    "/",
    "/scan",
    "/about",
    "/v/{text}",
    "/check",
    "/photograph",
    "/receipt",
    "/receipt/keep",
    "/report",
    "/watch/{secret}",
    "/robots.txt",
    "/docs",
    "/s/{*file}",
    "/sw.js",
    "/bulk",
    "/policy",
    "/policy/keep",
    "/bulk/{job}",
    "/bulk/{job}/columns",
    "/bulk/{job}/cancel",
    "/bulk/{job}/erase",
    "/bulk/{job}/differences",
    "/bulk/{job}/watch",
];

/// Panics where `answer` is not what the document says of `method path`.
pub(super) fn check(method: &Method, path: &str, answer: &Answer) {
    let Some((template, methods)) = of(path) else { return };
    let Some(operation) = methods.get(method.as_str().to_lowercase()) else { return };
    let status = answer.status.as_u16().to_string();
    let told =
        operation["responses"].get(&status).unwrap_or_else(|| panic!("{method} {template}: no {status}"));
    let told = told["$ref"]
        .as_str()
        .map_or(told, |reference| API.pointer(reference.trim_start_matches('#')).unwrap());
    let Some(content) = told["content"].as_object() else { return };
    let media = answer.header("content-type");
    let (_, told) = content
        .iter()
        .find(|(told, _)| media.starts_with(told.as_str()))
        .unwrap_or_else(|| panic!("{method} {template} {status}: {media} is not told"));
    let is_plain = answer.header("content-encoding").is_empty();
    if is_plain && media.ends_with("json") && !media.contains("jwk") {
        let text = answer.text();
        // Of JSON Lines, each.
        let whole = [text.as_str()];
        let values: Vec<_> =
            if media.contains("ndjson") { text.lines().take(20).collect() } else { whole.to_vec() };
        for value in values {
            let broken = problems_with(&told["schema"], &serde_json::from_str(value).unwrap());
            assert!(broken.is_empty(), "{method} {template} {status}: {broken:?} in {value}");
        }
    }
}

fn problems_with(schema: &Value, value: &Value) -> Vec<String> {
    let schema = json!({ "allOf": [schema], "components": API["components"] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect()
}

/// The template that `path` fits: the one with the fewest parameters.
fn of(path: &str) -> Option<(&'static String, &'static Value)> {
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(path).all(|(want, have)| want.starts_with('{') || *want == have)
    };
    let paths = API["paths"].as_object().unwrap();
    paths
        .iter()
        .filter(|(template, _)| fits(template))
        .min_by_key(|(template, _)| template.matches('{').count())
}

#[test]
fn the_document_and_the_route_table_name_the_same_routes() {
    let told: BTreeSet<_> = API["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |m| format!("{m} {path}")))
        .collect();
    let there: BTreeSet<_> = table()
        .iter()
        .filter(|row| !NOT_API.contains(&row.path))
        .map(|row| format!("{} {}", row.verb.as_str(), row.path))
        .collect();
    assert_eq!(told, there);
}

#[test]
fn every_reference_leads_somewhere_and_every_type_is_used() {
    fn collect(value: &Value, found: &mut BTreeMap<String, usize>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(target)) => *found.entry(target.clone()).or_default() += 1,
                _ => collect(value, found),
            }),
            Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    collect(&API, &mut found);
    for target in found.keys() {
        assert!(API.pointer(target.trim_start_matches('#')).is_some(), "{target} leads nowhere");
    }
    for kind in ["schemas", "responses"] {
        for name in API["components"][kind].as_object().unwrap().keys() {
            assert!(found.contains_key(&format!("#/components/{kind}/{name}")), "{name} is not used");
        }
    }
}

#[test]
fn outcomes_are_told_in_their_order() {
    let told: Vec<_> = API["components"]["schemas"]["Outcome"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w.as_str().unwrap())
        .collect();
    assert_eq!(told, Outcome::ALL.map(Outcome::as_str));
}

#[test]
fn the_examples_are_requests_that_the_document_allows() {
    let mut examples = 0;
    for (path, methods) in API["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let content = &operation["requestBody"]["content"]["application/json"];
            if let Some(example) = content.get("example") {
                assert_eq!(problems_with(&content["schema"], example), Vec::<String>::new(), "{path}");
                examples += 1;
            }
        }
    }
    assert_eq!(examples, 27);
}

#[tokio::test]
async fn the_reference_page_tells_every_operation() {
    let page = Service::start().await.get("/docs").await.text();
    for (path, methods) in API["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            assert!(
                page.contains(&format!("<code>{} {path}</code>", method.to_uppercase())),
                "{method} {path}"
            );
        }
    }
    assert!(!page.contains("<script"), "the reference needs no script");
}

/// The operations that need a key, by the document.
pub(super) fn keyed() -> BTreeSet<(String, String)> {
    let operations = API["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (method, path, operation))
    });
    let keyed = operations.filter(|(_, _, operation)| !operation["security"].is_null());
    keyed.map(|(method, path, _)| (method.clone(), path.clone())).collect()
}

/// The kinds of problems that the document tells.
pub(super) fn problem_types() -> BTreeSet<String> {
    let kinds = API["components"]["schemas"]["Problem"]["properties"]["type"]["enum"].as_array().unwrap();
    kinds.iter().map(|kind| kind.as_str().unwrap().to_owned()).collect()
}
