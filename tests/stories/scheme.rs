//! A scheme in small: labels on record in PostgreSQL, and nodes over it, each as a process of its own.

use serde_json::{Value, json};
use shirushi_tests::{
    postgres::Postgres,
    proxy::Proxy,
    shirushi::{BY_TWO, Node, approver, done},
};
use tempfile::TempDir;

/// Labels, keys and a registry that nodes reach through a proxy that can be cut.
pub(crate) struct Scheme {
    pub(crate) registry: Proxy,
    /// An operator's key.
    pub(crate) key: String,
    /// Another person's, who confirms.
    pub(crate) approver: String,
    pub(crate) labels: Vec<Label>,
    database: String,
    keys: TempDir,
}

/// A label that was issued.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) number: String,
    pub(crate) link: String,
}

const ORIGIN: &str = "https://label.example";

impl Scheme {
    /// A scheme with so many labels, all valid.
    pub(crate) async fn with(labels: usize) -> Self {
        let direct = Postgres::shared().await.database().await;
        let registry = Proxy::start(Postgres::shared().await.address()).await;
        let database = direct.replace(&Postgres::shared().await.address(), &registry.address().to_string());
        assert_ne!(database, direct, "the nodes' way to the registry can be cut");
        let keys = tempfile::tempdir().unwrap();
        let scheme = Self {
            registry,
            key: String::new(),
            approver: String::new(),
            labels: Vec::new(),
            database,
            keys,
        };
        // Off this thread: it waits, and the proxy is to work meanwhile.
        tokio::task::spawn_blocking(move || scheme.put_on_record(&direct, labels)).await.unwrap()
    }

    fn put_on_record(mut self, database: &str, labels: usize) -> Self {
        let keys = self.keys();
        done(["keys", "init", "--keys", &keys]);
        let products = self.keys.path().join("products.csv");
        let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
        for row in 1..=labels {
            csv += &format!(
                "SHI-2026-{row:05},架空電機,カメラ,RX-{row}|RX-{row}A,network_camera,STAR-1,2026-01-01,2027-12-31\n"
            );
        }
        std::fs::write(&products, csv).unwrap();
        let products = products.display().to_string();
        let common = ["--database", database];
        let evidence = self.evidence();
        let issued = ["import", &products, "--keys", &keys, "--public-url", ORIGIN, "--evidence", &evidence];
        let issued = issued.into_iter().chain(BY_TWO).chain(common);
        self.labels = done(issued).lines().filter_map(label).collect();
        assert_eq!(self.labels.len(), labels);
        let key = done(["api-key", "create", "operator", "--scope", "change"].into_iter().chain(common));
        let key = key.split_whitespace().find(|word| word.starts_with("shk_"));
        key.unwrap().clone_into(&mut self.key);
        self.approver = approver(database);
        self
    }

    /// Starts a node that keeps statuses in `cache`.
    pub(crate) async fn node(&self, cache: &str) -> Node {
        self.node_over(&self.database, cache).await
    }

    /// Starts a node whose way to the registry is `way`. It asks each question in full, so that it can be told on the line.
    pub(crate) async fn node_by(&self, way: &Proxy, cache: &str) -> Node {
        let ours = self.registry.address().to_string();
        let database = self.database.replace(&ours, &way.address().to_string());
        self.node_over(&format!("{database}?statement-cache-capacity=0"), cache).await
    }

    /// The registry's URL, by the way that can be cut.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    async fn node_over(&self, database: &str, cache: &str) -> Node {
        let keys = self.keys();
        Node::serve(&[
            "--database",
            database,
            "--cache",
            cache,
            "--keys",
            &keys,
            "--public-url",
            ORIGIN,
            "--evidence",
            &self.evidence(),
        ])
        .await
    }

    fn evidence(&self) -> String {
        format!("file:{}", self.keys.path().join("evidence").display())
    }

    fn keys(&self) -> String {
        self.keys.path().join("keys").display().to_string()
    }
}

fn label(line: &str) -> Option<Label> {
    let issued: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| issued[name].as_str().map(str::to_owned);
    Some(Label { number: text("number")?, link: text("link")? })
}

impl Label {
    /// What goes to `POST /v1/verify`.
    pub(crate) fn question(&self) -> Value {
        json!({ "link": self.link })
    }
}

/// The counter `name` of a node's `/metrics`.
pub(crate) async fn counter(node: &Node, name: &str) -> u64 {
    let metrics = node.text("/metrics").await;
    let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("shirushi_{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in {metrics}")).trim().parse().unwrap()
}
