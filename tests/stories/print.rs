//! What we print is read by others, and by us, to the same text.

use std::process::Command;

use shirushi_tests::process::program;
use shirushi_tests::shirushi::{self, Demo};

#[tokio::test(flavor = "multi_thread")]
async fn every_label_is_read_by_another_decoder_and_by_ours() {
    let demo = Demo::shared().await;
    let zbar = program("zbarimg", "zbar-tools", &[]);
    for label in demo.one_of_each() {
        let theirs = Command::new(&zbar).args(["--quiet", "--raw"]).arg(&label.png).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&theirs.stdout).trim_end(),
            label.link,
            "zbar, {}",
            label.png.display()
        );
    }
    let pictures = demo.one_of_each().iter().map(|label| label.png.clone().into_os_string());
    let ours = shirushi::done([std::ffi::OsString::from("scan")].into_iter().chain(pictures));
    let lines: Vec<serde_json::Value> =
        ours.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 13);
    for (line, label) in lines.iter().zip(demo.one_of_each()) {
        assert_eq!(line["file"], label.png.display().to_string());
        assert_eq!(line["texts"], serde_json::json!([label.link]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_is_answered_with_the_verdict() {
    let demo = Demo::shared().await;
    for label in demo.one_of_each() {
        let picture = std::fs::read(&label.png).unwrap();
        let request =
            demo.node.client().post(demo.node.url("/v1/verify/image")).header("content-type", "image/png");
        let answer: serde_json::Value = request.body(picture).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["outcome"], label.outcome, "{answer}");
    }
}
