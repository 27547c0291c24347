//! API keys.

use std::sync::Arc;

use super::sample::now;
use crate::registry::{ApiKeyRecord, Registry};

pub(super) async fn api_keys_come_and_go(registry: Arc<dyn Registry>) {
    let key = |id: &str, age: i64| ApiKeyRecord {
        id: id.into(),
        name: format!("key {id}"),
        secret_sha256: [7; 32],
        scopes: vec!["read".into(), "change".into()],
        created: now().plus(-age),
        revoked: None,
    };
    registry.add_api_key(key("young", 1)).await.unwrap();
    registry.add_api_key(key("old", 9)).await.unwrap();
    assert!(registry.add_api_key(key("old", 5)).await.is_err(), "an id is given once");

    assert_eq!(registry.api_key("young").await.unwrap(), Some(key("young", 1)));
    assert_eq!(registry.api_key("nobody").await.unwrap(), None);
    assert_eq!(registry.api_keys().await.unwrap(), [key("old", 9), key("young", 1)]);

    assert!(registry.revoke_api_key("old", now()).await.unwrap());
    assert!(!registry.revoke_api_key("old", now().plus(9)).await.unwrap(), "only once");
    assert!(!registry.revoke_api_key("nobody", now()).await.unwrap());
    assert_eq!(registry.api_key("old").await.unwrap().unwrap().revoked, Some(now()));
    assert_eq!(registry.api_key("young").await.unwrap().unwrap().revoked, None);
}
