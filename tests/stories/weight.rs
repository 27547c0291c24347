//! What the checker weighs on the line, held to its budgets. What a verdict's page weighs, and its style, is held in
//! `web/tests/pages`; the product index in `shared`.

use shirushi_tests::shirushi::Demo;
use shirushi_tests::target_folder;

/// Bytes, brotli: the page and the script that opens the camera.
const CAMERA: u64 = 11_000;
/// All that the scanner is, which goes on loading while the reader points the camera.
const SCAN: u64 = 136_500;
/// The same for stock checks, which no shopper loads.
const STOCK: u64 = 148_000;
/// The decoder, which is fetched while the reader is asked for the camera.
const DECODER: u64 = 77_500;
/// The checker without a network, which is fetched when the camera shows.
const LISTS: u64 = 58_500;

#[tokio::test]
async fn the_scanner_stays_within_its_budgets() {
    let manifest = std::fs::read(target_folder().join("site/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let brotli = |name: &str| manifest["files"][name]["brotli"].as_u64().unwrap();
    let all = |names: &[&str]| names.iter().map(|name| brotli(name)).sum::<u64>();

    let node = &Demo::shared().await.node;
    let page = node.client().get(node.url("/scan")).header("accept-encoding", "br").send().await.unwrap();
    assert_eq!(page.headers()["content-encoding"], "br");
    let page = page.bytes().await.unwrap().len() as u64;

    let weights = [
        ("all before the camera opens", page + all(&["scan.js"]), CAMERA),
        ("the scanner", page + all(&["scan.js", "checker.js", "checker_bg.wasm"]), SCAN),
        ("the scanner for stock checks", page + all(&["scan.js", "stock.js", "stock_bg.wasm"]), STOCK),
        ("the decoder", all(&["worker.js", "reader.js", "reader_bg.wasm"]), DECODER),
        ("the checker without a network", all(&["keeper.js", "lists.js", "lists_bg.wasm"]), LISTS),
    ];
    let over: Vec<_> = weights.iter().filter(|(_, weight, budget)| weight > budget).collect();
    // Without wasm-opt, the files are larger than in service, and say nothing of what somebody added.
    let says_something = manifest["optimised"] == true;
    assert!(over.is_empty() || !says_something, "bytes, brotli, and the budget: {over:?}");
}
