//! How a step is said: to a node with a key, or to the program as a person.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value, json};
use shirushi_tests::shirushi::{BY_TWO, Node, done, run};
use tempfile::TempDir;

/// Somebody of an organisation, in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Who {
    pub(super) person: &'static str,
    pub(super) role: &'static str,
}

/// A step, as it is said either way.
pub(super) struct Step {
    path: String,
    body: Value,
    command: Vec<String>,
    file: bool,
    as_whom: bool,
}

/// How the story's steps are said.
pub(super) struct Way {
    place: Place,
    node: Option<Node>,
}

/// A registry with its organisations, in a folder of its own.
struct Place {
    common: Vec<String>,
    keys: HashMap<Who, String>,
    folder: TempDir,
}

const EVERYBODY: [Who; 7] = [
    super::MAKER,
    super::LAB,
    super::ADMINISTRATOR,
    super::REVIEWER,
    super::SAME_AS_REVIEWER,
    super::APPROVER,
    super::SECOND_APPROVER,
];
const RIVAL: Who = Who { person: "rival/Ono", role: "holder" };

impl Step {
    pub(super) fn new<const N: usize>(path: impl Into<String>, command: [&str; N]) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { path: path.into(), body: json!({}), command, file: false, as_whom: true }
    }

    /// With a document: the body, or a file.
    pub(super) fn with(self, document: Value) -> Self {
        Self { body: document, file: true, ..self }
    }

    /// With words: a body of these fields, or flags.
    pub(super) fn saying(mut self, words: &[(&str, String)]) -> Self {
        for (name, word) in words {
            self.body[*name] = json!(word);
            self.command.extend([format!("--{}", name.replace('_', "-")), word.clone()]);
        }
        self
    }

    /// With this body, where the command has its own words.
    pub(super) fn ordering(self, body: Value) -> Self {
        Self { body, ..self }
    }

    /// The command is the operator's at the machine and names nobody.
    pub(super) fn at_the_machine(self) -> Self {
        Self { as_whom: false, ..self }
    }
}

impl Way {
    /// Through the API of a node.
    pub(super) async fn api() -> Self {
        Self::api_with(&[]).await
    }

    /// … with further settings.
    pub(super) async fn api_with(settings: &[&str]) -> Self {
        let mut place = Place::open();
        for who in EVERYBODY.into_iter().chain([RIVAL]) {
            let (organisation, name) = who.person.split_once('/').unwrap();
            let scopes = "read,apply,review,approve,change,issue";
            let words = ["api-key", "create", name, "--organisation", organisation, "--role", who.role];
            let made = place.run(words.into_iter().chain(["--scope", scopes]));
            let key = String::from_utf8_lossy(&made.stdout).into_owned();
            place
                .keys
                .insert(who, key.split_whitespace().find(|word| word.starts_with("shk_")).unwrap().into());
        }
        let arguments: Vec<_> =
            place.common.iter().map(String::as_str).chain(settings.iter().copied()).collect();
        let node = Node::serve(&arguments).await;
        Self { place, node: Some(node) }
    }

    /// On the command line of a machine.
    pub(super) fn command_line() -> Self {
        Self { place: Place::open(), node: None }
    }

    /// The node, and the key of `who`.
    pub(super) fn node(&self, who: Who) -> (&Node, &str) {
        (self.node.as_ref().unwrap(), &self.place.keys[&who])
    }

    /// The step, which must be done.
    pub(super) async fn does(&self, who: Who, step: Step) -> Value {
        let path = step.path.clone();
        match self.take(who, step).await {
            Ok(done) => done,
            Err((status, told)) => panic!("{who:?} {path}: {status} {told}"),
        }
    }

    /// The step, which the present state does not allow: the refusal names it.
    pub(super) async fn refuses(&self, who: Who, step: Step, words: &str) {
        self.fails(who, step, 409, words).await;
    }

    /// The step, for which something is missing or wrong.
    pub(super) async fn refuses_input(&self, who: Who, step: Step, words: &str) {
        self.fails(who, step, 422, words).await;
    }

    async fn fails(&self, who: Who, step: Step, status: u16, words: &str) {
        let path = step.path.clone();
        match self.take(who, step).await {
            Ok(done) => panic!("{who:?} {path}: done: {done}"),
            Err((found, told)) => {
                let expected = if self.node.is_some() { status } else { 2 };
                assert!(
                    found == expected && told.contains(words),
                    "{who:?} {path}: {found} {told}, not {words}"
                );
            }
        }
    }

    async fn take(&self, who: Who, step: Step) -> Result<Value, (u16, String)> {
        let Some(node) = &self.node else { return self.place.take(who, step) };
        let (status, body) = node.order(&self.place.keys[&who], &step.path, &step.body).await;
        if status.is_success() { Ok(body) } else { Err((status.as_u16(), body.to_string())) }
    }

    /// Hands in a file.
    pub(super) async fn uploads(&self, who: Who, name: &str, text: &'static str) -> Value {
        let Some(node) = &self.node else {
            let file = self.place.folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            let step = Step::new("", ["evidence", "add", &file.display().to_string()]);
            return self.place.take(who, step).unwrap();
        };
        let request = node.client().post(node.url(&format!("/v1/evidence?name={name}")));
        let request = request.bearer_auth(&self.place.keys[&who]).header("content-type", "text/plain");
        let answer = request.body(text).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    /// Issues a label without an application: proposed by one, confirmed by another.
    pub(super) async fn issues(&self, approval: &Value, by: Who, confirmed_by: Who) {
        if let Some(node) = &self.node {
            let body = json!({ "approvals": [approval] });
            let (status, proposed) = node.order(&self.place.keys[&by], "/v1/registrations", &body).await;
            assert_eq!(status, 202, "{proposed}");
            let done = node.confirm(&self.place.keys[&confirmed_by], &proposed).await;
            assert_eq!(done["issued"].as_array().unwrap().len(), 1);
            return;
        }
        let file = self.place.file(approval).display().to_string();
        let alone = self.place.run(["issue", "--json", &file, "--by", "Ito", "--confirmed-by", "ＩＴＯ"]);
        assert!(String::from_utf8_lossy(&alone.stderr).contains("the same person"), "{alone:?}");
        let issued = self.place.run(["issue", "--json", &file].into_iter().chain(BY_TWO));
        assert!(issued.status.success(), "{issued:?}");
    }

    /// The verdict on `link`.
    pub(super) async fn verify(&self, link: &str, model: Option<&str>) -> Value {
        if let Some(node) = &self.node {
            return node.verify(&json!({ "link": link, "model": model })).await;
        }
        let words = ["verify", link].into_iter().chain(model.iter().flat_map(|model| ["--model", *model]));
        serde_json::from_slice(&self.place.run(words).stdout).unwrap()
    }
}

impl Place {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let common = vec![
            "--keys".to_owned(),
            path("keys"),
            "--database".to_owned(),
            format!("sqlite:{}", path("registry.db")),
            "--public-url".to_owned(),
            "https://label.example".to_owned(),
        ];
        let place = Self { common, keys: HashMap::new(), folder };
        let done = |words: &[&str]| {
            let common = place.common.iter().map(String::as_str);
            done(words.iter().copied().chain(common));
        };
        done(&["keys", "init"]);
        for (id, kind) in [("maker", "holder"), ("rival", "holder"), ("lab", "evaluation_body")] {
            done(&["organisation", "create", id, "--kind", kind, "--name", "例示 (fictional)"]);
        }
        let (from, until) = (super::days(-100), super::days(100));
        let accredit = ["organisation", "accredit", "lab", "--level", "STAR-3", "--reason", "inspected"];
        done(&accredit.into_iter().chain(["--from", &from, "--until", &until]).collect::<Vec<_>>());
        place
    }

    fn run<'a>(&'a self, words: impl IntoIterator<Item = &'a str>) -> Output {
        run(words.into_iter().chain(self.common.iter().map(String::as_str)))
    }

    fn file(&self, document: &Value) -> PathBuf {
        let file = self.folder.path().join("document.json");
        std::fs::write(&file, document.to_string()).unwrap();
        file
    }

    fn take(&self, who: Who, step: Step) -> Result<Value, (u16, String)> {
        let mut words = step.command;
        if step.file {
            words.push(self.file(&step.body).display().to_string());
        }
        if step.as_whom {
            words.extend(["--as", who.person, "--role", who.role].map(str::to_owned));
        }
        let output = self.run(words.iter().map(String::as_str));
        if output.status.success() {
            return Ok(serde_json::from_slice(&output.stdout).unwrap());
        }
        let code = u16::try_from(output.status.code().unwrap()).unwrap();
        Err((code, String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

/// Of another holder.
pub(super) const fn rival() -> Who {
    RIVAL
}
