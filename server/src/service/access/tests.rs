use std::collections::BTreeSet;

use shirushi_shared::time::UnixTime;

use super::*;
use crate::scheme::person::PersonName;
use crate::{registry::SqliteRegistry, scheme::organisation::OrganisationKind};

/// A node of a service, over a registry that others may share.
struct Node {
    access: Access,
    organisations: Organisations,
    clock: SystemClock,
}

fn node(registry: &Arc<dyn Registry>) -> Node {
    let clock = SystemClock::default();
    let organisations = Organisations::new(Arc::clone(registry), clock.clone());
    let access = Access::new(Arc::clone(registry), organisations.clone(), clock.clone());
    Node { access, organisations, clock }
}

async fn registry(folder: &tempfile::TempDir) -> Arc<dyn Registry> {
    Arc::new(SqliteRegistry::open(&folder.path().join("registry.db")).await.unwrap())
}

impl Node {
    async fn administrator(&self) -> Caller {
        self.access.at_this_machine("test").await.unwrap()
    }

    async fn key(&self, expires: Option<UnixTime>) -> (ApiKeySecret, ApiKeyRecord) {
        let by = self.administrator().await;
        let new = NewKey {
            organisation: by.organisation().clone(),
            person: PersonName::parse("Sato").unwrap(),
            roles: [Role::Reviewer].into(),
            scopes: [Scope::Read, Scope::Review].into(),
            expires,
        };
        self.access.create(new, &by).await.unwrap()
    }

    async fn opens(&self, key: &ApiKeySecret) -> bool {
        match self.access.recognise(key.reveal()).await {
            Ok(_) => true,
            Err(AccessError::Unknown) => false,
            Err(other) => panic!("{other}"),
        }
    }
}

const HOUR: i64 = 3_600;

#[tokio::test]
async fn a_replaced_key_works_until_the_overlap_ends_and_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&registry(&folder).await);
    let by = node.administrator().await;
    let (old, record) = node.key(None).await;
    let (new, replaced) = node.access.rotate(&record.id, 2 * HOUR, &by).await.unwrap();
    assert_eq!(replaced.replaces.as_ref(), Some(&record.id));
    assert_eq!((&replaced.person, &replaced.scopes), (&record.person, &record.scopes));
    assert_eq!((node.opens(&old).await, node.opens(&new).await), (true, true));
    node.clock.jump(2 * HOUR - 60);
    assert!(node.opens(&old).await, "a minute before the end");
    node.clock.jump(60);
    assert_eq!((node.opens(&old).await, node.opens(&new).await), (false, true));
    let again = node.access.rotate(&record.id, HOUR, &by).await;
    assert!(matches!(again, Err(KeyError::Ended(_))), "what has ended is not brought back");
    // The machine's clock was wrong and is set right: the key is judged by the present clock, not by what was seen.
    node.clock.jump(-HOUR);
    assert!(node.opens(&old).await);
}

#[tokio::test]
async fn rotation_prolongs_no_life_but_begins_a_new_one_of_the_same_length() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&registry(&folder).await);
    let by = node.administrator().await;
    let (old, record) = node.key(Some(node.clock.now().plus(10 * HOUR))).await;
    node.clock.jump(9 * HOUR);
    let (_, new) = node.access.rotate(&record.id, 5 * HOUR, &by).await.unwrap();
    let life = new.expires.unwrap().since(node.clock.now());
    assert!((10 * HOUR - 60..=10 * HOUR).contains(&life), "{life}");
    node.clock.jump(2 * HOUR);
    assert!(!node.opens(&old).await, "an overlap does not outlast the key's own end");
    for overlap in [-1, MAX_OVERLAP_SECONDS + 1, i64::MAX] {
        let refused = node.access.rotate(&new.id, overlap, &by).await;
        assert!(matches!(refused, Err(KeyError::Overlap)), "{overlap}");
    }
}

#[tokio::test]
async fn of_two_rotations_at_once_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&folder).await;
    let (one, other) = (node(&registry), node(&registry));
    let (_, record) = one.key(None).await;
    let by = one.administrator().await;
    let (first, second) =
        tokio::join!(one.access.rotate(&record.id, HOUR, &by), other.access.rotate(&record.id, HOUR, &by));
    // One after the other is in order as well; then there are two new keys, each on record.
    let made = usize::from(first.is_ok()) + usize::from(second.is_ok());
    let history = registry.history(Kind::ApiKey, record.id.as_str()).await.unwrap();
    let replaced = history.iter().filter(|entry| entry.what == "replaced").count();
    assert!(made >= 1);
    assert_eq!(replaced, made);
    let keys = one.access.list(None, None, 200, &by).await.unwrap().keys;
    assert_eq!(keys.len(), 1 + made, "no key without its predecessor's change");
}

#[tokio::test]
async fn what_one_node_revokes_every_node_refuses_soon() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&folder).await;
    let (one, other) = (node(&registry), node(&registry));
    let (key, record) = one.key(None).await;
    assert!(one.opens(&key).await && other.opens(&key).await);
    one.access.revoke(&record.id, &one.administrator().await).await.unwrap();
    assert!(!one.opens(&key).await, "at once where it was revoked");
    while other.opens(&key).await {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let history = registry.history(Kind::ApiKey, record.id.as_str()).await.unwrap();
    let told: Vec<_> = history.iter().map(|entry| (entry.what.as_str(), entry.by.name.as_str())).collect();
    assert_eq!(told, [("created", "test"), ("revoked", "test")]);
}

#[tokio::test]
async fn a_keys_last_use_is_told_to_the_minute() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(&registry(&folder).await);
    let by = node.administrator().await;
    let (key, _) = node.key(None).await;
    let last = async || node.access.list(None, None, 1, &by).await.unwrap().keys[0].last_used;
    let until_it_is = async |wanted: Option<UnixTime>| {
        while last().await < wanted {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    assert_eq!(last().await, None);
    assert!(!node.opens(&ApiKeySecret::of(&format!("{}x", key.reveal()))).await);
    assert!(node.opens(&key).await);
    let first = node.clock.now().plus(-30);
    until_it_is(Some(first)).await;
    node.clock.jump(2 * HOUR);
    assert!(node.opens(&key).await);
    until_it_is(Some(first.plus(2 * HOUR))).await;
}

#[tokio::test]
async fn the_operator_is_put_on_record_once_however_many_nodes_start() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&folder).await;
    let nodes: Vec<_> = (0..8).map(|_| node(&registry)).collect();
    let asked = futures_util::future::join_all(nodes.iter().map(|node| node.organisations.operator())).await;
    let kinds: BTreeSet<_> = asked.into_iter().map(|one| one.unwrap().kind()).collect();
    assert_eq!(kinds, [OrganisationKind::Operator].into());
    assert_eq!(registry.history(Kind::Organisation, "operator").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_from_before_there_were_roles_does_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&folder).await;
    let node = node(&registry);
    // As migration 0002 writes it, with a name that names nobody.
    let (_, secret, digest) = key::generate().unwrap();
    let text = secret.reveal();
    let id = text.get(4..12).unwrap();
    let document = format!(
        r#"{{"id":"{id}","person":"--","organisation":"operator","roles":["administrator","reviewer","approver"],
            "scopes":["issue","change"],"secret_sha256":"{digest}","created":"2026-01-01T00:00:00Z",
            "expires":null,"revoked":null,"replaces":null}}"#
    );
    let write = crate::registry::CaseWrite {
        kind: Kind::ApiKey,
        id: id.to_owned(),
        expected: None,
        owner: Some("operator".to_owned()),
        number: None,
        state: "active".to_owned(),
        document,
        what: "created".to_owned(),
        why: None,
    };
    let writes = vec![crate::registry::Write::Case(write)];
    registry.commit(writes, &Actor::here("migration"), node.clock.now()).await.unwrap();
    let caller = node.access.recognise(text).await.unwrap();
    assert_eq!(caller.may(Action::LabelIssue, None), Ok(Reach::All));
    assert_eq!(caller.may(Action::LabelRevoke, None), Ok(Reach::All));
    assert_eq!(caller.may(Action::ArtworkRead, None), Err(Denied::MissingScope(Scope::Read)));
    assert_eq!(caller.person.name.as_str(), format!("key {id}"));
}
