//! What a page weighs on the line, as a browser asks for it.

use shirushi_tests::shirushi::Demo;

pub(crate) async fn print() {
    let demo = Demo::start().await;
    let page = |path: String| {
        let request = demo.node.client().get(demo.node.url(&path)).header("accept-encoding", "br");
        async move {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()["content-encoding"], "br", "{path}");
            answer.bytes().await.unwrap().len()
        }
    };
    let path = |link: &str| link.trim_start_matches(&demo.node.origin).to_owned();
    println!("pages, brotli, kB on the line");
    for outcome in ["valid", "revoked", "status_unknown"] {
        let bytes = page(path(&demo.label(outcome).link)).await;
        println!("  /v/…  {outcome:16} {:>6.1}  HTML with its style, no script", kilo(bytes));
    }
    let scan = page("/scan".to_owned()).await;
    println!("  /scan HTML             {:>6.1}", kilo(scan));

    let manifest = std::fs::read(shirushi_tests::target_folder().join("site/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let brotli = |name: &str| usize::try_from(manifest["files"][name]["brotli"].as_u64().unwrap()).unwrap();
    let before: usize = ["scan.js", "checker.js", "checker_bg.wasm"].map(brotli).iter().sum();
    let camera: usize = ["worker.js", "reader.js", "reader_bg.wasm"].map(brotli).iter().sum();
    println!("  /scan before the camera opens, in all {:>6.1}", kilo(scan + before));
    println!("  /scan decoder, when it opens          {:>6.1}", kilo(camera));
}

fn kilo(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0
}
