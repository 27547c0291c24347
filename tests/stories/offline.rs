//! A shop without a network: the checker that was opened once opens, scans and judges, and says what it rests on.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shirushi_tests::browser::{Browser, Visitor};
use shirushi_tests::process::{folder, free_port};
use shirushi_tests::shirushi::{Demo, Label, Node, done};
use shirushi_tests::target_folder;
use shirushi_tests::video::{Scene, write_clip};

/// The shells that the browser keeps, once it keeps one.
const SHELLS: &str = "await navigator.serviceWorker.ready;
    return (await caches.keys()).filter(name => name.startsWith('shirushi-shell-'));";

#[tokio::test(flavor = "multi_thread")]
async fn offline_from_the_first_to_the_last_step() {
    let demo = Demo::start().await;
    let (valid, revoked) = (by_present_key(&demo, "valid"), by_present_key(&demo, "revoked"));
    let clip = folder().join("label.y4m");
    let picture = image::open(&valid.png).unwrap().to_luma8();
    write_clip(&clip, &[Scene { width: 900.0, ..Scene::default() }.take(&picture)]).unwrap();
    let browser = Browser::start(Visitor { camera: Some(clip.clone()), ..Visitor::default() }).await;
    let scan = demo.node.url("/scan");

    // One visit, with a network: a label is read, and all that is needed later is kept.
    browser.goto(&scan).await;
    browser.wait_for("[data-outcome=valid]").await;
    browser.wait_for("[data-kept=ready]").await;
    let shells = browser.eval(SHELLS).await;
    assert_eq!(shells.as_array().map(Vec::len), Some(1), "{shells}");
    browser.goto("about:blank").await;

    // The label is suspended, and the service no longer answers.
    let number = valid.number.as_deref().unwrap();
    let suspend = json!({ "change": "suspend", "reason": "invented" });
    assert!(demo.node.change(&demo.key, number, &suspend).await.is_success());
    demo.node.process().signal("STOP");
    browser.goto(&scan).await;
    browser.wait_for(".by-lists").await;
    browser.wait_for("[data-outcome=valid]").await;
    browser.wait_for("[data-kept=ready]").await;
    browser.screenshot("offline-valid").await;
    assert_eq!(browser.axe().await, []);

    // Labels whose links are opened by the camera app, and a model that is not theirs.
    browser.goto(&revoked.link).await;
    browser.wait_for("[data-outcome=revoked]").await;
    browser.wait_for(".by-lists").await;
    browser.goto(&format!("{}?model=NOT-A-MODEL-1", valid.link)).await;
    browser.wait_for_text(".claim.not-listed", "NOT-A-MODEL-1").await;
    browser.wait_for("[data-outcome=valid]").await;
    browser.goto(&demo.node.url(&format!("/check?number={number}"))).await;
    browser.wait_for("[data-outcome=status_unknown]").await;

    // A day later, nothing is known of the present any more.
    let later = json!({ "source": "{ const now = Date.now; Date.now = () => now() + 25 * 3600_000; }" });
    let script = browser.chromium("Page.addScriptToEvaluateOnNewDocument", later).await;
    browser.goto(&scan).await;
    browser.wait_for("[data-kept=old]").await;
    browser.wait_for("[data-outcome=status_unknown]").await;
    browser.screenshot("offline-too-old").await;
    browser.chromium("Page.removeScriptToEvaluateOnNewDocument", script).await;

    // The service is back, and has the last word.
    browser.goto(&scan).await;
    browser.wait_for("[data-outcome=valid]").await;
    browser.wait_for(".by-lists").await;
    demo.node.process().signal("CONT");
    browser.wait_for("[data-outcome=suspended]").await;
    let by_lists = browser.eval("return document.querySelectorAll('.by-lists').length").await;
    assert_eq!(by_lists, 0, "the service has spoken");

    // Gone for good: connections are refused.
    demo.node.process().signal("KILL");
    browser.goto(&scan).await;
    browser.wait_for(".by-lists").await;
    browser.wait_for("[data-outcome]").await;
    fs::remove_dir_all(clip.parent().unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_mixes_nothing_and_a_browser_that_keeps_nothing_says_so() {
    let home = folder();
    let place = |name: &str| home.join(name).display().to_string();
    done(["keys", "init", "--keys", &place("keys")]);
    let (one, two) = (place("one"), place("two"));
    copy(&target_folder().join("site"), Path::new(&one));
    copy(&target_folder().join("site"), Path::new(&two));
    let new = another_version(Path::new(&two));
    let port = free_port();
    let (origin, database) = (format!("http://localhost:{port}"), format!("sqlite:{}", place("registry.db")));
    let keys = place("keys");
    let serve = |site: &str| {
        let site = site.to_owned();
        let (origin, database, keys) = (origin.clone(), database.clone(), keys.clone());
        async move {
            let arguments =
                ["--public-url", &origin, "--database", &database, "--keys", &keys, "--site", &site];
            Node::serve_at(port, &arguments).await
        }
    };
    let node = serve(&one).await;
    let browser = Browser::start(Visitor::default()).await;
    let scan = format!("{origin}/scan");
    browser.goto(&scan).await;
    browser.wait_for("[data-kept=ready]").await;
    let first = browser.eval(SHELLS).await;

    // A new version while the page is open: it is fetched and waits, and the old one stays whole.
    drop(node);
    let node = serve(&two).await;
    let waiting = "const registration = await navigator.serviceWorker.getRegistration();
        await registration.update();
        while (!registration.waiting) await new Promise(next => setTimeout(next, 20));
        const old = document.querySelector('#scanner').dataset.worker;
        return (await fetch(old)).ok;";
    assert_eq!(browser.eval(waiting).await, true, "the open page's own decoder is still to be had");
    let both = browser.eval(SHELLS).await;
    assert_eq!(both.as_array().map(Vec::len), Some(2), "{both}");

    // Opened again, the page is of the new version and the only one: the new shell takes over, the old one goes.
    browser.goto(&scan).await;
    let script = "return document.querySelector('script[src]').getAttribute('src')";
    assert_eq!(browser.eval(script).await, new.as_str());
    let replaced = "let names;
        do {
          await new Promise(next => setTimeout(next, 20));
          names = (await caches.keys()).filter(name => name.startsWith('shirushi-shell-'));
        } while (names.length > 1);
        return names;";
    let second = browser.eval(replaced).await;
    assert_ne!(first, second);

    // Without the service, it is the new version from end to end.
    drop(node);
    browser.goto(&scan).await;
    assert_eq!(browser.eval(script).await, new.as_str());
    browser.wait_for("[data-kept=ready]").await;

    // A browser that keeps nothing.
    let node = serve(&two).await;
    let full = json!({ "origin": origin, "quotaSize": 1 });
    browser.chromium("Storage.overrideQuotaForOrigin", full).await;
    browser.goto(&scan).await;
    browser.wait_for("[data-kept=not-stored]").await;
    drop(node);
    fs::remove_dir_all(home).unwrap();
}

/// A label that the scheme's present key has signed. The demonstration's earlier key was withdrawn, and no list can tell
/// which of its labels were on record before.
pub(crate) fn by_present_key<'a>(demo: &'a Demo, outcome: &str) -> &'a Label {
    // The beginning of the digits names the key.
    let key_of = |label: &Label| {
        label.link.rsplit('/').next().map(|digits| digits.chars().take(25).collect::<String>())
    };
    let present = key_of(demo.label("status_unknown"));
    let found = demo.labels.iter().find(|label| label.outcome == outcome && key_of(label) == present);
    found.unwrap_or_else(|| panic!("the present key has signed one of each"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Makes the site in `folder` one of another version; the address of what differs.
fn another_version(folder: &Path) -> String {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let entry = &mut manifest["files"]["scan.js"];
    let old = fs::read_to_string(folder.join(entry["file"].as_str().unwrap())).unwrap();
    let (name, text) = ("scan-000000000002.js", format!("{old}// Another version.\n"));
    *entry = json!({ "file": name, "size": text.len(), "gzip": null, "brotli": null });
    fs::write(folder.join(name), text).unwrap();
    fs::write(path, manifest.to_string()).unwrap();
    format!("/s/{name}")
}
