//! Keys that are changed behind the back of a service that runs.

use axum::body::to_bytes;
use shirushi_shared::{
    key::KeyId,
    label::RegistrationNumber,
    trust::{TrustError, TrustList},
};
use tower::ServiceExt as _;

use super::*;
use crate::{app::App, config::Settings, http};

/// A service, its keys in a folder, and a hand that changes them as an operator does.
struct Story {
    app: App,
    operator: KeyFolder,
    _folder: tempfile::TempDir,
}

impl Story {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let operator = KeyFolder::init(&path("keys"), &KeyUse::ALL, SystemClock::default().now()).unwrap();
        let config = Config::load(Settings {
            database: Some(format!("sqlite:{}", path("registry.db").display())),
            keys: Some(path("keys")),
            site: Some(path("no-site")),
            public_url: Some("https://label.example".to_owned()),
            ..Settings::default()
        });
        std::fs::create_dir(path("no-site")).unwrap();
        std::fs::write(path("no-site/manifest.json"), r#"{"files":{}}"#).unwrap();
        let app = App::open(config.unwrap()).await.unwrap();
        Self { app, operator, _folder: folder }
    }

    fn now(&self) -> UnixTime {
        self.app.state.clock.now()
    }

    /// The watcher's round, without its pause.
    async fn look(&mut self) {
        let state = self.app.state.clone();
        self.app.keys.look(&state).await;
    }

    async fn get(&self, path: &str) -> Option<Vec<u8>> {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let answer = http::router(self.app.state.clone()).oneshot(request).await.unwrap();
        let found = answer.status().is_success();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec();
        found.then_some(body)
    }

    /// What a checker does that pinned `pinned`: the list for that key, and the key to pin from now on.
    async fn follow(&self, pinned: &PublicKey) -> Option<Result<KeyId, TrustError>> {
        let list = self.get(&format!("/.well-known/shirushi/trust-list/{}", pinned.id())).await?;
        let list = TrustList::open(&list, pinned).unwrap();
        assert_eq!(list.status_lists, ["https://label.example/status-lists/0"]);
        assert_eq!(list.ring(), self.operator.ring());
        Some(list.next_pin(pinned).map(PublicKey::id))
    }
}

#[tokio::test]
async fn a_checker_follows_the_trust_key_as_it_is_rotated_and_not_from_a_stolen_one() {
    let mut story = Story::begin().await;
    let first = story.operator.signer(KeyUse::Trust).unwrap().public_key().clone();
    assert_eq!(story.follow(&first).await, Some(Ok(first.id())));

    let second = story.operator.rotate(KeyUse::Trust, story.now(), 0).unwrap();
    story.look().await;
    assert_eq!(story.follow(&first).await, Some(Ok(second)));
    let present = story.operator.signer(KeyUse::Trust).unwrap().public_key().clone();
    assert_eq!(story.follow(&present).await, Some(Ok(second)));
    let list = story.get("/.well-known/shirushi/trust-list").await.unwrap();
    assert!(TrustList::open(&list, &present).is_ok() && TrustList::open(&list, &first).is_err());

    story.operator.compromise(first.id(), story.now(), story.now()).unwrap();
    story.look().await;
    assert_eq!(story.follow(&first).await, None, "no list by a stolen key");
    assert_eq!(story.follow(&present).await, Some(Ok(second)));
    for nonsense in ["", "x", &"0".repeat(64), &present.id().to_string().to_uppercase()] {
        assert_eq!(story.get(&format!("/.well-known/shirushi/trust-list/{nonsense}")).await, None);
    }
}

#[tokio::test]
async fn whoever_signs_lists_is_told_of_every_change_of_keys() {
    let mut story = Story::begin().await;
    let mut live = story.app.live_keys();
    story.look().await;
    assert!(!live.has_changed().unwrap(), "nothing was changed");
    let status = story.operator.rotate(KeyUse::Status, story.now(), 0).unwrap();
    story.look().await;
    assert!(live.has_changed().unwrap());
    let keys = Arc::clone(&live.borrow_and_update());
    assert_eq!(keys.signer(KeyUse::Status).unwrap().public_key().id(), status);
}

#[tokio::test]
async fn the_list_is_signed_anew_before_it_is_old() {
    let mut story = Story::begin().await;
    let pinned = story.operator.signer(KeyUse::Trust).unwrap().public_key().clone();
    let path = "/.well-known/shirushi/trust-list";
    let first = story.get(path).await.unwrap();
    story.app.state.clock.jump(SIGN_EVERY - 60);
    story.look().await;
    assert_eq!(story.get(path).await.unwrap(), first);
    story.app.state.clock.jump(61);
    story.look().await;
    let next = TrustList::open(&story.get(path).await.unwrap(), &pinned).unwrap();
    let first = TrustList::open(&first, &pinned).unwrap();
    assert_eq!(next.version, first.version);
    assert!(next.window.from.since(first.window.from) >= SIGN_EVERY);
}

#[tokio::test]
async fn a_label_key_that_is_retired_without_a_successor_signs_no_more() {
    let mut story = Story::begin().await;
    let issue = async |story: &Story, number: &str| {
        let csv = format!(
            "number,maker,product,models,category,level,valid_from,valid_until\n\
             {number},架空電機,カメラ,RX-200,network_camera,1,2026-01-01,2027-12-31\n"
        );
        let approvals = crate::service::import::read_csv(csv.as_bytes()).unwrap();
        story.app.state.issuer.issue(approvals, &crate::registry::Actor::here("test")).await
    };
    issue(&story, "SHI-2026-00001").await.unwrap();
    let label = story.operator.signer(KeyUse::Label).unwrap().public_key().id();
    story.operator.retire(label, story.now()).unwrap();
    story.look().await;
    let refused = issue(&story, "SHI-2026-00002").await.unwrap_err().to_string();
    assert!(refused.contains("taken out of use"), "{refused}");
    let number = RegistrationNumber::parse("SHI-2026-00002").unwrap();
    assert!(story.app.state.issuer.label(&number).await.unwrap().is_none(), "nothing was put on record");

    story.operator.rotate(KeyUse::Label, story.now(), 0).unwrap();
    story.look().await;
    issue(&story, "SHI-2026-00002").await.unwrap();
}

#[tokio::test]
async fn keys_that_cannot_be_read_leave_those_in_force() {
    let mut story = Story::begin().await;
    let keyring = story.app.config.keys.folder.join("keyring.json");
    let text = std::fs::read(&keyring).unwrap();
    std::fs::write(&keyring, b"{").unwrap();
    story.look().await;
    let version = story.app.live_keys().borrow().version();
    assert_eq!(version, 1);
    std::fs::write(&keyring, text).unwrap();
    story.operator.rotate(KeyUse::Label, story.now(), 0).unwrap();
    story.look().await;
    assert_eq!(story.app.live_keys().borrow().version(), 2);
}
