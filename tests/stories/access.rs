//! Nobody is left out: large letters, magnified screens, no mouse, no sight, own colours, no movement.
//!
//! Not here: what axe-core can tell of a page by itself (`shop.rs`).

mod colours;
mod keyboard;
mod reflow;
mod spoken;

use shirushi_tests::browser::Browser;
use shirushi_tests::shirushi::Demo;

/// A page by name, and what tells that it is there.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) landmark: String,
}

impl Place {
    pub(super) async fn visit(&self, browser: &Browser) {
        browser.goto(&self.url).await;
        browser.wait_for(&self.landmark).await;
    }
}

/// A verdict of every outcome, each on its own page.
pub(super) fn verdicts(demo: &Demo) -> Vec<Place> {
    let own = |link: &str| {
        // A foreign link and plain text have no page of their own; they are typed.
        let text: String = link.bytes().map(|byte| format!("%{byte:02X}")).collect();
        if link.starts_with(&demo.node.origin) {
            link.to_owned()
        } else {
            demo.node.url(&format!("/check?number={text}"))
        }
    };
    let place = |label: &shirushi_tests::shirushi::Label| Place {
        name: format!("verdict-{}", label.outcome),
        url: own(&label.link),
        landmark: format!("[data-outcome={}]", label.outcome),
    };
    demo.one_of_each().iter().map(place).collect()
}

/// All other pages, and the verdict with an answer about a model.
pub(super) fn others(demo: &Demo) -> Vec<Place> {
    let place = |name: &str, path: &str, landmark: &str| Place {
        name: name.to_owned(),
        url: demo.node.url(path),
        landmark: landmark.to_owned(),
    };
    let model = Place {
        name: "verdict-wrong-model".to_owned(),
        url: format!("{}?model=NOT-A-MODEL-1", demo.label("valid").link),
        landmark: ".not-listed".to_owned(),
    };
    vec![
        place("home", "/", "main h1"),
        place("scan", "/scan", "#result"),
        place("about", "/about", "main h1"),
        place("receipt", "/receipt", "main h1"),
        place("missing", "/nowhere", "main h1"),
        model,
    ]
}
