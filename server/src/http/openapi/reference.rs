//! The reference page: what stands in the OpenAPI document, as HTML that needs no script.

use std::fmt::Write as _;

use serde_json::Value;

/// The page that tells `document`.
pub(super) fn render(document: &str) -> String {
    // The document is a constant, and a test reads it.
    let api: Value = serde_json::from_str(document).unwrap_or_default();
    let mut page = Html::default();
    page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\"><title>Shirushi API</title><style>");
    page.raw(shirushi_web::page::style());
    page.raw("</style></head><body><main id=\"main\"><article class=\"text\">");
    page.element("h1", "Shirushi API");
    page.element("p", text(&api, "/info/description"));
    page.raw("<p><a href=\"/openapi.json\">openapi.json</a></p>");
    for tag in items(&api, "/tags") {
        page.raw("<section>");
        page.element("h2", text(tag, "/description"));
        for (path, methods) in fields(&api, "/paths") {
            for (method, operation) in fields(methods, "") {
                if text(operation, "/tags/0") == text(tag, "/name") {
                    page.operation(method, path, operation);
                }
            }
        }
        page.raw("</section>");
    }
    page.raw("<section><h2>Types</h2>");
    for (name, schema) in fields(&api, "/components/schemas") {
        page.schema(name, schema);
    }
    page.raw("</section></article></main></body></html>");
    page.0
}

#[derive(Default)]
struct Html(String);

impl Html {
    fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                c => self.0.push(c),
            }
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            let _ = write!(self.0, "<{name}>");
            self.text(text);
            let _ = write!(self.0, "</{name}>");
        }
    }

    fn operation(&mut self, method: &str, path: &str, operation: &Value) {
        self.raw("<h3 id=\"");
        self.text(text(operation, "/operationId"));
        self.raw("\"><code>");
        self.text(&format!("{} {path}", method.to_uppercase()));
        self.raw("</code></h3>");
        self.element("p", text(operation, "/summary"));
        self.element("p", text(operation, "/description"));
        self.raw("<ul>");
        for parameter in items(operation, "/parameters") {
            let name = format!("{} ({})", text(parameter, "/name"), text(parameter, "/in"));
            self.entry(&name, text(parameter, "/description"), None);
        }
        for (media, content) in fields(operation, "/requestBody/content") {
            self.entry("body", media, content.pointer("/schema"));
        }
        for (status, answer) in fields(operation, "/responses") {
            let schema = fields(answer, "/content").next().and_then(|(_, content)| content.get("schema"));
            let described = answer.pointer("/$ref").and_then(Value::as_str).map(last_part);
            self.entry(status, described.unwrap_or(text(answer, "/description")), schema);
        }
        self.raw("</ul>");
        if let Some(example) = operation.pointer("/requestBody/content/application~1json/example") {
            self.element("pre", &format!("{example:#}"));
        }
    }

    fn schema(&mut self, name: &str, schema: &Value) {
        self.raw("<h3 id=\"");
        self.text(name);
        self.raw("\">");
        self.text(name);
        self.raw("</h3>");
        self.element("p", text(schema, "/description"));
        self.words(schema);
        self.raw("<ul>");
        let required: Vec<_> = items(schema, "/required").filter_map(Value::as_str).collect();
        for (field, kind) in fields(schema, "/properties") {
            let name = if required.contains(&field) { format!("{field} *") } else { field.to_owned() };
            self.entry(&name, text(kind, "/description"), Some(kind));
        }
        self.raw("</ul>");
    }

    fn entry(&mut self, name: &str, told: &str, schema: Option<&Value>) {
        self.raw("<li>");
        self.element("code", name);
        self.raw(" ");
        self.text(told);
        if let Some(schema) = schema {
            for place in ["/$ref", "/items/$ref"] {
                let target = last_part(text(schema, place));
                if !target.is_empty() {
                    self.raw(" <a href=\"#");
                    self.text(target);
                    self.raw("\">");
                    self.text(target);
                    self.raw("</a>");
                }
            }
            self.words(schema);
        }
        self.raw("</li>");
    }

    fn words(&mut self, schema: &Value) {
        for word in items(schema, "/enum") {
            self.raw(" ");
            self.element("code", &word.as_str().map_or_else(|| word.to_string(), str::to_owned));
        }
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn fields<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = value.pointer(pointer).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn last_part(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}
