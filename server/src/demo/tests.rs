//! The demonstration is what it says it is: each of its labels comes to the outcome under which it is listed.

use std::collections::BTreeSet;

use shirushi_shared::{
    api::Presented,
    claim::ProductClaims,
    scan::Origins,
    verdict::{Freshness, NotALabel},
};

use super::*;
use crate::{
    cache::{MemoryCache, StatusCache},
    registry::SqliteRegistry,
    service::{status::StatusReader, verify::Verifier},
};

const ORIGIN: &str = "http://localhost:8080";

#[tokio::test]
async fn every_label_comes_to_its_outcome() {
    let place = tempfile::tempdir().unwrap();
    let folder = DemoFolder::fresh(&place.path().join("demo")).unwrap();
    let registry: Arc<dyn Registry> = Arc::new(SqliteRegistry::open(&folder.database()).await.unwrap());
    let clock = SystemClock::default();
    let labels = fill(&folder, Arc::clone(&registry), ORIGIN, &clock).await.unwrap();

    let cache: Arc<dyn StatusCache> = Arc::new(MemoryCache::new(1_000));
    let statuses = StatusReader::new(Arc::clone(&registry), cache, clock.clone(), Freshness::LONGEST);
    let ring = KeyFolder::open(&folder.keys()).unwrap().ring();
    let verifier =
        Verifier::new(ring, registry, Arc::new(statuses), Origins::new([ORIGIN]), clock, Freshness::LONGEST);
    let verdict = async |presented| verifier.verify(presented, ProductClaims::default(), None).await.verdict;

    let mut before_the_theft = 0;
    for label in &labels {
        let by_link = verdict(Presented::Scan(label.link.clone())).await;
        assert_eq!(by_link.outcome, label.outcome, "{label:?}");
        if let Some(token) = &label.token {
            assert_eq!(verdict(Presented::Token(token.clone())).await.outcome, label.outcome, "{label:?}");
        }
        before_the_theft += u32::from(
            by_link.checks.key.reason == shirushi_shared::verdict::Reason::KeyCompromisedOnRecordBefore,
        );
        assert!(Path::new(&label.png).is_file());
    }
    assert!(before_the_theft > 10, "labels on record before the cut-off stay good: {before_the_theft}");

    let first: BTreeSet<_> = labels.iter().take(13).map(|label| label.outcome).collect();
    assert_eq!(first.len(), 13, "one of each comes first");
    let listed: serde_json::Value = serde_json::from_slice(&fs::read(folder.list()).unwrap()).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), labels.len());

    let application = verdict(Presented::Number("DEMO-A-2025-0001".into())).await;
    assert_eq!(application.outcome, Outcome::NotALabel);
    assert!(matches!(application.not_a_label, Some(NotALabel::PreLabelNumber { .. })));
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("thesis.txt"), "years of work").unwrap();
    assert!(matches!(DemoFolder::fresh(place.path()), Err(DemoError::NotOurs(_))));
    assert!(place.path().join("thesis.txt").exists());

    let own = place.path().join("demo");
    fs::write(DemoFolder::fresh(&own).unwrap().list(), "[]").unwrap();
    DemoFolder::fresh(&own).unwrap();
    assert!(!own.join("labels.json").exists(), "an earlier demonstration is made anew");
}
