//! The few WebDriver commands that the stories need, as JSON over HTTP.
//!
//! By hand: the WebDriver crates bring 26 more crates (another HTTP, cookie and Unicode stack), and what is used of
//! the protocol is a path and a body. <https://www.w3.org/TR/webdriver2/>

use serde_json::{Value, json};

/// A session with a WebDriver.
#[derive(Debug)]
pub struct WebDriver {
    http: reqwest::Client,
    session: String,
}

/// A command that the driver refused.
#[derive(Debug)]
pub struct Refused {
    /// The protocol's name for it: `no such element`, `javascript error` …
    pub error: String,
    /// The driver's words.
    pub message: String,
}

/// The key under which the protocol puts the name of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl WebDriver {
    /// Opens a session at `driver` (`http://127.0.0.1:PORT`) with these capabilities.
    pub async fn open(driver: &str, capabilities: Value) -> Result<Self, Refused> {
        // A connection for each command: one that the driver closes just then would lose a command that cannot be sent twice.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let answer = value(http.post(format!("{driver}/session")).json(&body)).await?;
        let id = answer.get("sessionId").and_then(Value::as_str).unwrap_or_default();
        Ok(Self { session: format!("{driver}/session/{id}"), http })
    }

    /// Sends a command with a body: `post("url", json!({"url": …}))`.
    pub async fn post(&self, command: &str, body: Value) -> Result<Value, Refused> {
        value(self.http.post(format!("{}/{command}", self.session)).json(&body)).await
    }

    /// Sends a command without a body: `get("screenshot")`.
    pub async fn get(&self, command: &str) -> Result<Value, Refused> {
        value(self.http.get(format!("{}/{command}", self.session))).await
    }

    /// Ends the session, and with it the browser.
    pub async fn close(&self) -> Result<Value, Refused> {
        value(self.http.delete(&self.session)).await
    }

    /// The name of the first element that matches a CSS selector.
    pub async fn element(&self, selector: &str) -> Result<String, Refused> {
        let found = self.post("element", json!({ "using": "css selector", "value": selector })).await?;
        let name = found.get(ELEMENT).and_then(Value::as_str);
        name.map(str::to_owned).ok_or_else(|| Refused::here(format!("no name in {found}")))
    }

    /// Runs a function body in the page, with `arguments[0]` …; what it returns.
    pub async fn execute(&self, script: &str, arguments: Value) -> Result<Value, Refused> {
        self.post("execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// The same for an `async` function body; what it resolves to.
    pub async fn execute_async(&self, script: &str) -> Result<Value, Refused> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => {{ {script} }})().then(value => done({{ value }}), error => done({{ error: String(error) }}));"
        );
        let answer = self.post("execute/async", json!({ "script": script, "args": [] })).await?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(Refused { error: "javascript error".to_owned(), message: error.to_owned() }),
            None => Ok(answer.get("value").cloned().unwrap_or_default()),
        }
    }

    /// A command of Chromium's own protocol: `chromium("Emulation.setEmulatedMedia", json!({…}))`.
    pub async fn chromium(&self, command: &str, parameters: Value) -> Result<Value, Refused> {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }
}

impl Refused {
    fn here(message: String) -> Self {
        Self { error: "harness".to_owned(), message }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The driver's message goes on with a stack of its own addresses.
        write!(to, "{}: {}", self.error, self.message.lines().next().unwrap_or_default())
    }
}

async fn value(request: reqwest::RequestBuilder) -> Result<Value, Refused> {
    let unreadable = |error: reqwest::Error| Refused::here(format!("no answer from the driver: {error}"));
    let answer = request.send().await.map_err(unreadable)?;
    let failed = !answer.status().is_success();
    let mut answer: Value = answer.json().await.map_err(unreadable)?;
    let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
    if !failed {
        return Ok(value);
    }
    let text = |key| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Err(Refused { error: text("error"), message: text("message") })
}
