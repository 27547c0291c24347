//! Our own program as a process, as users start it: a demonstration, nodes of a service, commands.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::patience::{PATIENCE, until};
use crate::process::{Ending, Process, folder, free_port};
use crate::target_folder;

/// The program, where `make` and `cargo build` put it.
pub fn program() -> PathBuf {
    let program = target_folder().join("debug/shirushi");
    assert!(program.exists(), "{} is missing: run `cargo build --bin shirushi` first", program.display());
    program
}

/// Runs a command of the program to its end.
pub fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    Command::new(program()).args(arguments).output().expect("the program starts")
}

/// Runs a command that must succeed, and returns what it printed.
pub fn done<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> String {
    let output = run(arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A running node, with a client to ask it.
#[derive(Debug)]
pub struct Node {
    /// `http://localhost:PORT`.
    pub origin: String,
    process: Process,
    client: Client,
}

/// A label of the demonstration, as `labels.json` lists it.
#[derive(Clone, Debug)]
pub struct Label {
    /// Registration number as printed.
    pub number: Option<String>,
    /// What it comes to.
    pub outcome: String,
    /// What its code says.
    pub link: String,
    /// The token in base64url.
    pub token: Option<String>,
    /// Its picture.
    pub png: PathBuf,
}

/// `shirushi demo`, started.
#[derive(Debug)]
pub struct Demo {
    /// The service.
    pub node: Node,
    /// Its labels: one of each outcome first.
    pub labels: Vec<Label>,
    /// The key of the operator's administrator that it printed.
    pub key: String,
    /// The key of another of the operator's staff, who confirms.
    pub approver: String,
}

impl Node {
    /// Starts a node that serves what `arguments` name (`--database`, `--cache`, `--keys`, …).
    pub async fn serve(arguments: &[&str]) -> Self {
        Self::serve_at(free_port(), arguments).await
    }

    /// Starts a node at `port`, where another one may have been before.
    pub async fn serve_at(port: u16, arguments: &[&str]) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let fixed = ["serve", "--listen", &listen, "--log-format", "json"];
        Self::start(port, folder(), fixed.iter().chain(arguments)).await
    }

    async fn start<S: AsRef<OsStr>>(
        port: u16,
        folder: PathBuf,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        let program = program();
        let arguments: Vec<OsString> = arguments.into_iter().map(|one| one.as_ref().to_owned()).collect();
        let mut command = vec![program.as_os_str()];
        command.extend(arguments.iter().map(OsString::as_os_str));
        let process = Process::start(folder, Ending::Kill, &command);
        let client = Client::builder().timeout(PATIENCE).build().expect("a client");
        let node = Self { origin: format!("http://localhost:{port}"), process, client };
        node.process.ready(async || node.status("/livez").await).await;
        node
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The address of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A client without cookies.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The status code of `path`; `None` where nothing answers.
    pub async fn status(&self, path: &str) -> Option<StatusCode> {
        Some(self.client.get(self.url(path)).send().await.ok()?.status())
    }

    /// The page or document at `path`.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.client.get(self.url(path)).send().await.expect("the node answers");
        answer.text().await.expect("text")
    }

    /// The answer of `POST /v1/verify`.
    pub async fn verify(&self, request: &Value) -> Value {
        let answer =
            self.client.post(self.url("/v1/verify")).json(request).send().await.expect("the node answers");
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// The outcome of a link.
    pub async fn outcome(&self, link: &str) -> String {
        let answer = self.verify(&json!({ "link": link })).await;
        answer["outcome"].as_str().expect("an outcome").to_owned()
    }

    /// Waits until it says `outcome` of a link.
    pub async fn comes_to(&self, link: &str, outcome: &str) {
        until(&format!("{link} is {outcome}"), async || self.outcome(link).await == outcome).await;
    }

    /// Changes a label's state with an operator's key. To revoke is only proposed by it: [`Node::confirm`].
    pub async fn change(&self, key: &str, number: &str, change: &Value) -> StatusCode {
        self.order(key, &format!("/v1/registrations/{number}/state"), change).await.0
    }

    /// Posts JSON with a key: the status, and the body where it is JSON.
    pub async fn order(&self, key: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.client.post(self.url(path)).bearer_auth(key).json(body);
        answered(request).await
    }

    /// Asks with a key: the status, and the body where it is JSON.
    pub async fn ask(&self, key: &str, path: &str) -> (StatusCode, Value) {
        answered(self.client.get(self.url(path)).bearer_auth(key)).await
    }

    /// Revokes a label: proposed with one key, confirmed with another person's.
    pub async fn revoke(&self, key: &str, approver: &str, number: &str, reason: &str) {
        let revoke = json!({ "change": "revoke", "reason": reason });
        let (status, proposed) = self.order(key, &format!("/v1/registrations/{number}/state"), &revoke).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{proposed}");
        self.confirm(approver, &proposed).await;
    }

    /// Confirms what was proposed, and returns what it came to.
    pub async fn confirm(&self, key: &str, proposed: &Value) -> Value {
        let id = proposed["id"].as_str().expect("a decision");
        let (status, done) = self.order(key, &format!("/v1/decisions/{id}/confirm"), &json!({})).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        done
    }
}

async fn answered(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("the node answers");
    let status = answer.status();
    let body = answer.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// Two of the operator's staff, for commands that take two.
pub const BY_TWO: [&str; 4] = ["--by", "Ito", "--confirmed-by", "Kato"];

/// Makes a key of another of the operator's staff, who confirms, in the registry `database`.
pub fn approver(database: &str) -> String {
    key_of("Kato", "approver", "approve", database)
}

/// Makes a key of `person` with one role and one scope, in the registry `database`.
pub fn key_of(person: &str, role: &str, scope: &str, database: &str) -> String {
    let told = done(["api-key", "create", person, "--role", role, "--scope", scope, "--database", database]);
    told.split_whitespace().find(|word| word.starts_with("shk_")).expect("it prints a key").to_owned()
}

impl Demo {
    /// One demonstration for all stories that change nothing in it.
    pub async fn shared() -> &'static Self {
        static DEMO: OnceCell<Demo> = OnceCell::const_new();
        DEMO.get_or_init(Self::start).await
    }

    /// Starts one of its own, for a story that changes labels.
    pub async fn start() -> Self {
        let folder = folder();
        let port = free_port();
        let place = folder.join("demo");
        let arguments = [OsStr::new("demo"), OsStr::new("--dir"), place.as_os_str(), OsStr::new("--port")];
        let port_text = port.to_string();
        let node = Node::start(port, folder, arguments.into_iter().chain([OsStr::new(&port_text)])).await;
        let labels = labels(&place.join("labels.json"));
        let log = node.log();
        let mut keys = log.split_whitespace().filter(|word| word.starts_with("shk_")).map(str::to_owned);
        let mut key = || keys.next().expect("it prints two keys");
        let (key, approver) = (key(), key());
        Self { node, labels, key, approver }
    }

    /// The label for `outcome`.
    pub fn label(&self, outcome: &str) -> &Label {
        self.labels.iter().find(|label| label.outcome == outcome).expect("every outcome has a label")
    }

    /// One label for each outcome.
    pub fn one_of_each(&self) -> &[Label] {
        self.labels.get(..13).expect("there are thirteen outcomes")
    }
}

fn labels(list: &Path) -> Vec<Label> {
    let list: Value = serde_json::from_slice(&std::fs::read(list).expect("labels.json")).expect("JSON");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let label = |entry: &Value| Label {
        number: text(&entry["number"]),
        outcome: text(&entry["outcome"]).expect("an outcome"),
        link: text(&entry["link"]).expect("a link"),
        token: text(&entry["token"]),
        png: text(&entry["png"]).expect("a picture").into(),
    };
    list.as_array().expect("a list").iter().map(label).collect()
}
