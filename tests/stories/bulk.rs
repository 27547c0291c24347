//! A retailer's stock, verified while it is sent: who is slow, who goes away, who sends nonsense, and a registry that
//! fails in the middle.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use shirushi_tests::patience::until;
use shirushi_tests::postgres::Postgres;
use shirushi_tests::proxy::Proxy;
use shirushi_tests::shirushi::{BY_TWO, Demo, Node, done, run};
use shirushi_tests::upload;

/// Memory of a process, in MiB: what it has now, and the most it ever had.
fn memory(process: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let kilobytes = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (kilobytes("VmRSS:") / 1_024, kilobytes("VmHWM:") / 1_024)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_before_the_upload_ends_and_are_those_that_each_label_gets_alone() {
    let demo = Demo::shared().await;
    let (mut sender, mut answers) = upload::begin(&demo.node, None).await;
    assert_eq!(answers.status().await, 200, "before a row was sent");
    let mut outcomes = BTreeMap::new();
    for (row, label) in (1..).zip(demo.one_of_each()) {
        assert!(sender.row(&json!({ "id": label.outcome, "link": label.link })).await);
        let answer = answers.line().await.expect("an answer while the upload is open");
        let alone = demo.node.verify(&json!({ "link": label.link })).await;
        assert_eq!((&answer["row"], &answer["id"]), (&json!(row), &json!(label.outcome)));
        assert_eq!((&answer["outcome"], &answer["outcome"]), (&alone["outcome"], &json!(label.outcome)));
        for (name, alone) in [("number", &alone["number"]), ("status", &alone["status"]["value"])] {
            assert_eq!(&answer[name], alone, "{name} of {answer}");
        }
        let expires = alone["status"].get("expires").unwrap_or(&alone["claims"]["expires"]);
        assert_eq!(&answer["expires"], expires, "{answer}");
        outcomes.insert(label.outcome.clone(), 1);
    }
    assert_eq!(outcomes.len(), 13, "every outcome is in it");
    let _sender = sender.end().await;
    assert_eq!(answers.lines().await, [json!({ "end": { "rows": 13, "bad": 0, "outcomes": outcomes } })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_holds_up_the_upload_and_nobody_else() {
    let demo = Demo::start().await;
    let valid = demo.label("valid").link.clone();
    let (mut sender, mut answers) = upload::begin(&demo.node, Some(&demo.key)).await;
    assert_eq!(answers.status().await, 200);
    let (_, before) = memory(demo.node.process().id());
    // More than all buffers on the way can hold, were it taken: 200 MB of rows, and as much of answers.
    let row = format!("{}\n", json!({ "link": valid, "id": "x".repeat(200) }));
    let many = row.repeat(1_000);
    let sending = tokio::spawn(async move {
        let mut rows = 0_u64;
        while rows < 400_000 && sender.send(&many).await {
            rows += 1_000;
        }
        (sender, rows)
    });
    // Nothing is read, and so nothing more is taken after a while.
    let mut last = 0;
    until("the upload stands still", async || {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let metrics = demo.node.text("/metrics").await;
        let line =
            metrics.lines().find(|line| line.starts_with("shirushi_verdicts_total{outcome=\"valid\"}"));
        let verdicts = line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).unwrap_or_default();
        let stands = verdicts == last && verdicts > 0;
        last = verdicts;
        stands
    })
    .await;
    assert!(!sending.is_finished(), "{last} rows were answered, and the rest waits");
    assert!(last < 200_000, "what nobody reads is not worked out in advance: {last} rows");
    let (_, most) = memory(demo.node.process().id());
    assert!(most < before + 150, "{before} MiB before, {most} MiB now");
    assert_eq!(demo.node.outcome(&valid).await, "valid", "others are answered meanwhile");

    // It goes on when it is read: what was sent is answered to the last row.
    let reading = tokio::spawn(async move {
        let mut rows = 0_u64;
        while let Some(line) = answers.line().await {
            if let Some(end) = line.get("end") {
                return (rows, Some(end.clone()));
            }
            rows += 1;
            assert_eq!(line["row"], rows, "in order");
            assert_eq!(line["outcome"], "valid");
            if rows == last + 5_000 {
                break;
            }
        }
        (rows, None)
    });
    let (rows, end) = reading.await.unwrap();
    assert_eq!((rows, end), (last + 5_000, None));
    // From now on nobody reads, and nobody goes away either: in the end the service gives up.
    let (_sender, sent) = sending.await.unwrap();
    assert!(sent < 400_000, "the connection was closed in the middle");
    assert_eq!(demo.node.outcome(&valid).await, "valid");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_gives_the_turn_back() {
    let demo = Demo::start().await;
    let row = json!({ "link": demo.label("valid").link });
    let mut open = Vec::new();
    loop {
        let (mut sender, mut answers) = upload::begin(&demo.node, None).await;
        if answers.status().await == 503 {
            break;
        }
        assert!(sender.row(&row).await);
        assert_eq!(answers.line().await.unwrap()["outcome"], "valid");
        open.push((sender, answers));
    }
    assert!(!open.is_empty());
    let (_sender, mut answers) = upload::begin(&demo.node, Some(&demo.key)).await;
    assert_eq!(answers.status().await, 200, "some turns are kept for callers with a key");
    assert_eq!(demo.node.outcome(&demo.label("valid").link).await, "valid", "and scanners have their own");

    // In mid-stream, in the middle of a row.
    for (mut sender, answers) in open.drain(..) {
        assert!(sender.send("{\"number\":\"SHI").await);
        drop((sender, answers));
    }
    until("a turn is free again", async || {
        let (_sender, mut answers) = upload::begin(&demo.node, None).await;
        answers.status().await == 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_costs_its_own_rows_only() {
    let demo = Demo::shared().await;
    let good = json!({ "link": demo.label("valid").link }).to_string();
    let (mut sender, mut answers) = upload::begin(&demo.node, None).await;
    assert_eq!(answers.status().await, 200);
    let nonsense = [
        "[".repeat(100_000),
        "{\"number\":".repeat(1_000),
        "\0".repeat(5_000),
        "{\"number\":\"1\",\"colour\":\"red\"}".to_owned(),
        "{\"token\":1e999}".to_owned(),
        format!("{{\"token\":\"{}\"}}", "9".repeat(8_000)),
        "{}".to_owned(),
    ];
    for line in &nonsense {
        assert!(sender.send(&format!("{line}\n{good}\n")).await);
    }
    let _sender = sender.end().await;
    let lines = answers.lines().await;
    assert_eq!(lines.len(), 2 * nonsense.len() + 1);
    for (place, line) in lines.iter().take(2 * nonsense.len()).enumerate() {
        assert_eq!(line["row"], place + 1);
        if place % 2 == 0 {
            assert!(line["error"]["code"].is_string() && line["error"]["detail"].is_string(), "{line}");
        } else {
            assert_eq!(line["outcome"], "valid");
        }
    }

    // More rows than are taken without a key: those that are taken are answered, and the limit is told to somebody who
    // is still sending.
    let (mut sender, mut answers) = upload::begin(&demo.node, None).await;
    assert_eq!(answers.status().await, 200);
    let many = format!("{good}\n").repeat(1_500);
    let sending = tokio::spawn(async move {
        sender.send(&many).await;
        sender.end().await
    });
    let lines = answers.lines().await;
    let _sender = sending.await.unwrap();
    assert_eq!(lines.len(), 1_001);
    assert_eq!(lines[1_000]["end"]["stopped"]["code"], "too_many_rows", "{}", lines[1_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_registry_rows_are_not_confirmed_and_the_rest_is_answered_when_it_is_back() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let proxy = Proxy::start(postgres.address()).await;
    let through = database.replace(&postgres.address(), &proxy.address().to_string());
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let keys = path("keys");
    done(["keys", "init", "--keys", &keys]);
    let numbers: Vec<_> = (1..=60).map(|serial| format!("SHI-2026-{serial:05}")).collect();
    let mut csv = "number,maker,product,models,category,level,valid_from,valid_until\n".to_owned();
    for number in &numbers {
        csv += &format!("{number},架空電機,カメラ,RX-200,network_camera,STAR-1,2026-01-01,2027-12-31\n");
    }
    std::fs::write(path("products.csv"), csv).unwrap();
    let (file, evidence) = (path("products.csv"), format!("file:{}", path("evidence")));
    let import = ["import", &file, "--keys", &keys, "--database", &database, "--evidence", &evidence];
    done(import.into_iter().chain(BY_TWO));
    let node = Node::serve(&["--database", &through, "--keys", &keys]).await;

    let (mut sender, mut answers) = upload::begin(&node, None).await;
    assert_eq!(answers.status().await, 200);
    let mut ask = async |numbers: &[String]| -> Vec<Value> {
        for number in numbers {
            assert!(sender.row(&json!({ "number": number })).await);
        }
        let mut lines = Vec::new();
        for _ in numbers {
            lines.push(answers.line().await.expect("an answer for every row"));
        }
        lines
    };
    let outcomes = |lines: &[Value]| -> Vec<String> {
        lines.iter().map(|line| line["outcome"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(outcomes(&ask(&numbers[..20]).await), vec!["valid"; 20]);
    proxy.cut();
    // Others than before: of what was read a moment ago the answer may still be known.
    assert_eq!(outcomes(&ask(&numbers[20..40]).await), vec!["status_unknown"; 20]);
    proxy.clear();
    until("it is confirmed again", async || outcomes(&ask(&numbers[40..41]).await) == ["valid"]).await;
    assert_eq!(outcomes(&ask(&numbers[40..]).await), vec!["valid"; 20]);
    let _sender = sender.end().await;
    let end = answers.lines().await.pop().unwrap();
    assert_eq!((&end["end"]["bad"], end["end"].get("stopped")), (&json!(0), None), "{end}");
}

/// A folder with a file of these rows.
fn stock(rows: &[Value]) -> (tempfile::TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("stock.jsonl");
    std::fs::write(&file, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
    let file = file.display().to_string();
    (place, file)
}

fn lines(text: &[u8]) -> Vec<Value> {
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// The registry and the keys of `demo`, for a command beside it.
fn here(demo: &Demo) -> [String; 6] {
    let house = demo.node.process().folder().join("demo");
    let (database, keys) = (house.join("shirushi.db"), house.join("keys"));
    [
        "--database",
        &format!("sqlite:{}", database.display()),
        "--keys",
        &keys.display().to_string(),
        "--public-url",
        &demo.node.origin,
    ]
    .map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_rows_go_through_the_command_line_in_a_pipe_and_take_no_more_memory_than_a_tenth_of_them() {
    const ROWS: usize = 1_000_000;
    let demo = Demo::shared().await;
    let rows: Vec<_> =
        demo.labels.iter().map(|label| json!({ "link": label.link }).to_string() + "\n").collect();
    let mut program = Command::new(shirushi_tests::shirushi::program())
        .args(["verify", "--file", "-", "--lang", "en"])
        .args(here(demo))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut file, kinds) = (program.stdin.take().unwrap(), rows.len());
    let sending = std::thread::spawn(move || {
        rows.iter().cycle().take(ROWS).try_for_each(|row| file.write_all(row.as_bytes())).unwrap();
    });
    // What each label comes to, and how much memory it took by then.
    let (mut first, mut took) = (Vec::new(), Vec::new());
    let mut answers = BufReader::new(program.stdout.take().unwrap());
    let mut line = String::new();
    for row in 0..ROWS {
        line.clear();
        answers.read_line(&mut line).unwrap();
        let outcome = line.strip_prefix(&format!("{{\"row\":{},\"outcome\":\"", row + 1)).expect("in order");
        let outcome = outcome.split('"').next().unwrap();
        if row < kinds {
            first.push(outcome.to_owned());
        }
        assert_eq!(outcome, first[row % kinds], "{line}");
        if (row + 1) % (ROWS / 10) == 0 {
            took.push(memory(program.id()).1);
        }
    }
    line.clear();
    answers.read_line(&mut line).unwrap();
    let end: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&end["end"]["rows"], &end["end"]["bad"]), (&json!(ROWS), &json!(0)));
    sending.join().unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(1), "not all of them are valid");
    assert!(took[9] < took[0] + 64, "MiB after each tenth: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_answers_every_row_here_by_a_service_and_by_lists() {
    let demo = Demo::shared().await;
    let labels = demo.one_of_each();
    let mut rows: Vec<_> =
        labels.iter().map(|label| json!({ "id": label.outcome, "link": label.link })).collect();
    rows.push(json!({ "id": "bad", "colour": "red" }));
    rows.extend(demo.labels.iter().skip(13).map(|label| json!({ "id": "further", "link": label.link })));
    let (place, file) = stock(&rows);
    let path = |name: &str| place.path().join(name).display().to_string();
    let here = here(demo);
    let here = here.iter().map(String::as_str);

    // By the service, with a key: the answers in a file.
    std::fs::write(path("key"), &demo.key).unwrap();
    let result = path("result.jsonl");
    let words = [
        "verify",
        "--file",
        &file,
        "--out",
        &result,
        "--server",
        &demo.node.origin,
        "--key-file",
        &path("key"),
    ];
    let told = run(words);
    assert_eq!(told.status.code(), Some(1), "not all are valid: {told:?}");
    assert!(String::from_utf8_lossy(&told.stderr).contains("rows, 1 not_a_label"), "{told:?}");
    let by_service = lines(&std::fs::read(&result).unwrap());
    assert_eq!(run(words).status.code(), Some(2), "no answer is written over another one");

    // By the registry and keys of this machine: in a pipe.
    let by_registry = lines(&run(["verify", "--file", &file].into_iter().chain(here.clone())).stdout);
    for (answers, by) in [(&by_service, "a service"), (&by_registry, "the registry")] {
        assert_eq!(answers.len(), rows.len() + 1, "{by}");
        for (label, answer) in labels.iter().zip(answers.iter()) {
            assert_eq!(
                (&answer["id"], &answer["outcome"]),
                (&json!(label.outcome), &json!(label.outcome)),
                "{by}"
            );
        }
        assert_eq!(answers[13]["error"]["code"], "not_a_row", "{by}");
        assert_eq!(answers[rows.len()]["end"]["rows"], rows.len(), "{by}");
    }

    // By lists that were downloaded, without either.
    std::fs::create_dir(path("lists")).unwrap();
    for (name, from) in
        [("a", "/.well-known/shirushi/trust-list"), ("b", "/status-lists/0"), ("c", "/product-index")]
    {
        let list = demo.node.client().get(demo.node.url(from)).send().await.unwrap();
        std::fs::write(path(&format!("lists/{name}")), list.bytes().await.unwrap()).unwrap();
    }
    let by_lists = ["verify", "--file", &file, "--offline", &path("lists")].map(str::to_owned);
    let words: Vec<_> = by_lists.iter().map(String::as_str).chain(here.clone()).collect();
    let by_lists = lines(&run(words.iter().copied().chain(["--policy", "government"])).stdout);
    assert_eq!(by_lists.len(), rows.len() + 1);
    for known in
        ["unknown_key", "bad_signature", "malformed", "not_a_label", "not_registered", "not_yet_valid"]
    {
        let answer = by_lists.iter().find(|answer| answer["id"] == known).unwrap();
        assert_eq!(answer["outcome"], known, "{answer}");
    }
    // Of a withdrawn key the lists do not know what was on record before (ADR 0017); of the others they do.
    let mut outcomes: Vec<_> = by_lists.iter().filter_map(|answer| answer["outcome"].as_str()).collect();
    outcomes.retain(|outcome| ["valid", "revoked", "suspended"].contains(outcome));
    outcomes.sort_unstable();
    outcomes.dedup();
    assert_eq!(outcomes, ["revoked", "suspended", "valid"]);
    // A policy says the same by either, but for how old the evidence is.
    let policy = ["verify", "--file", &file, "--policy", "government"];
    let by_registry = lines(&run(policy.into_iter().chain(here.clone())).stdout);
    let same = by_registry
        .iter()
        .zip(&by_lists)
        .filter(|(here, lists)| here["outcome"].is_string() && here["outcome"] == lists["outcome"]);
    let same: Vec<_> = same.map(|(here, lists)| (&here["policy"], &lists["policy"])).collect();
    assert!(same.len() > 10 && same.iter().all(|(_, lists)| lists["answer"].is_string()), "{same:?}");
    assert!(same.iter().all(|(here, lists)| here == lists), "{same:?}");
    std::fs::remove_file(path("lists/a")).unwrap();
    assert_eq!(run(&words).status.code(), Some(2), "without a trust list nobody is believed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_tells_whether_every_row_is_valid() {
    let demo = Demo::shared().await;
    let valid = json!({ "link": demo.label("valid").link });
    let (place, file) = stock(&vec![valid; 700]);
    let origin = demo.node.origin.as_str();
    let program = || Command::new(shirushi_tests::shirushi::program());
    let piped = program()
        .args(["verify", "--file", "-", "--server", origin, "--lang", "en", "--products"])
        .stdin(std::fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(0), "{}", String::from_utf8_lossy(&piped.stderr));
    let answers = lines(&piped.stdout);
    assert_eq!((answers.len(), &answers[700]["end"]["outcomes"]["valid"]), (701, &json!(700)));
    assert!(answers[699]["product"]["maker"].is_string(), "{}", answers[699]);

    // A valid label of another product is no success either.
    let claimed = place.path().join("claimed.jsonl");
    let row = json!({ "link": demo.label("valid").link, "model": "NOT-A-MODEL" });
    std::fs::write(&claimed, row.to_string()).unwrap();
    let told = run(["verify", "--file", &claimed.display().to_string(), "--server", origin]);
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    assert!(String::from_utf8_lossy(&told.stderr).contains("1 valid; 1 of them not as claimed"), "{told:?}");

    // More than the service takes from anybody: what it took is answered, and it is no success.
    let many = place.path().join("many.jsonl");
    std::fs::write(&many, std::fs::read_to_string(&file).unwrap().repeat(2)).unwrap();
    let told = run(["verify", "--file", &many.display().to_string(), "--server", origin]);
    assert_eq!(told.status.code(), Some(2));
    assert_eq!(lines(&told.stdout).len(), 1_001);
    assert!(String::from_utf8_lossy(&told.stderr).contains("1000 rows"), "{told:?}");
    let nobody = format!("http://localhost:{}", shirushi_tests::process::free_port());
    assert_eq!(run(["verify", "--file", &file, "--server", &nobody]).status.code(), Some(2));
    assert_eq!(run(["verify", "--file", "/nowhere", "--server", origin]).status.code(), Some(2));
    std::fs::write(place.path().join("key"), "shk_AAAAAAAA_x").unwrap();
    let key = place.path().join("key").display().to_string();
    let told = run(["verify", "--file", &file, "--server", "http://shop.example", "--key-file", &key]);
    assert!(String::from_utf8_lossy(&told.stderr).contains("over https only"), "{told:?}");
}
