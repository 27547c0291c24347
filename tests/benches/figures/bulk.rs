//! Many rows: against a bare loop of `verify_strict` over the same tokens on as many threads, in every form of file, and
//! what memory they take.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use coset::{CborSerializable as _, CoseSign1};
use ed25519_dalek::{Signature, VerifyingKey};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use shirushi_server::{
    app::App,
    config::{Config, Settings},
    registry::Actor,
    service::bulk::{BATCH, Bulk, Columns, Given, Sheet, Wanted, json_lines},
    signer::KeyFolder,
    table::{
        Guess, Limits, Rows,
        output::{Cell, CsvFile, Line, Shade, Sheets, XlsxFile},
    },
};
use shirushi_shared::{
    cose::Purpose,
    key::{KeyRing, KeyUse},
    text::Language,
    time::UnixTime,
    token::{TextForm, Token},
    verdict::Outcome,
};
use shirushi_tests::shirushi::{Node, key_of};
use shirushi_tests::upload;
use tokio::sync::mpsc;

use super::verify::{approval, median};

const LABELS: u32 = 20_000;
/// Labels of one purchase: many units of few models.
const STOCK: usize = 500;
const ROUNDS: usize = 5;

pub(crate) async fn print() {
    let place = tempfile::tempdir().unwrap();
    let keys = place.path().join("keys");
    KeyFolder::init(&keys, &KeyUse::ALL, UnixTime::EPOCH).unwrap();
    let database = format!("sqlite:{}", place.path().join("registry.db").display());
    let settings = Settings {
        database: Some(database.clone()),
        keys: Some(keys.clone()),
        public_url: Some("https://label.example".to_owned()),
        ..Settings::default()
    };
    let config = Config::load(settings).unwrap();
    let tokens = register(&config).await;
    let ring = App::ring(&config).unwrap();
    let app = App::open(config).await.unwrap();
    let bulk = app.state().bulk.clone();

    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let different: Arc<Vec<_>> = Arc::new(tokens.iter().map(|token| signed(token, &ring)).collect());
    let repeated = Arc::new((0..tokens.len()).map(|row| different[row % STOCK].clone()).collect::<Vec<_>>());
    let rows = |tokens: &[Token]| -> Vec<Bytes> {
        tokens
            .iter()
            .map(|token| json!({ "token": token.to_text(TextForm::Decimal) }).to_string().into())
            .collect()
    };
    let stock: Vec<_> = (0..tokens.len()).map(|row| tokens[row % STOCK].clone()).collect();
    let (different_rows, repeated_rows) = (rows(&tokens), rows(&stock));
    // By turns, so that a slow moment of the machine hits both alike; the middle of the ratios counts.
    let (mut all_different, mut all_repeated) = (Vec::new(), Vec::new());
    let files = [written(place.path(), &tokens, "csv"), written(place.path(), &tokens, "xlsx")];
    let mut of_files = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let bare = bare(&different, threads);
        all_different.push(bare.as_secs_f64() / ours(&bulk, &different_rows).await.as_secs_f64());
        let bare = self::bare(&repeated, threads);
        all_repeated.push(bare.as_secs_f64() / ours(&bulk, &repeated_rows).await.as_secs_f64());
        for (file, ratios) in files.iter().zip(&mut of_files) {
            let bare = self::bare(&different, threads);
            ratios.push(bare.as_secs_f64() / from_file(&bulk, file).await.as_secs_f64());
        }
    }
    println!(
        "bulk verification, rows a second against a bare loop of verify_strict ({threads} threads, {} rows, {ROUNDS} rounds, median ratio)",
        tokens.len()
    );
    println!("  every token another one     {:.2} ×", median(all_different));
    println!("  {STOCK} tokens over and over   {:.2} ×", median(all_repeated));
    let [csv, xlsx] = of_files;
    println!("  another one, out of CSV into CSV       {:.2} ×", median(csv));
    println!("  another one, out of .xlsx into .xlsx   {:.2} ×", median(xlsx));
    drop(app);
    memory(&database, &keys.display().to_string(), &different_rows).await;
    println!();
}

async fn register(config: &Config) -> Vec<Token> {
    let issuer = App::issuer(config).await.unwrap();
    let mut tokens = Vec::new();
    for first in (0..LABELS).step_by(1_000) {
        let approvals = (first..first + 1_000).map(|serial| approval(serial, 15)).collect();
        let labels = issuer.issue(approvals, &Actor::here("bench")).await.unwrap();
        tokens.extend(labels.into_iter().map(|label| label.token));
    }
    tokens
}

/// What there is to be verified of a token, and by which key.
type Signed = (Vec<u8>, Signature, VerifyingKey);

fn signed(token: &Token, ring: &KeyRing) -> Signed {
    let message = CoseSign1::from_slice(token.as_bytes()).unwrap();
    let bytes = message.tbs_data(Purpose::Label.external_aad().as_bytes());
    let key = ring.keys().iter().find(|key| key.key_use == KeyUse::Label).unwrap();
    let key = VerifyingKey::from_bytes(key.key.as_bytes()).unwrap();
    (bytes, Signature::from_slice(&message.signature).unwrap(), key)
}

fn bare(signed: &[Signed], threads: usize) -> Duration {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for share in signed.chunks(signed.len().div_ceil(threads)) {
            scope.spawn(move || {
                for (message, signature, key) in share {
                    key.verify_strict(message, signature).unwrap();
                }
            });
        }
    });
    start.elapsed()
}

async fn ours(bulk: &Bulk, rows: &[Bytes]) -> Duration {
    let start = Instant::now();
    // Rows come while others are answered, and answers are written, as for an upload.
    let batch = |rows: &[Bytes]| -> Vec<Given> {
        (1..).zip(rows).map(|(row, line)| Given::Line(row, line.clone())).collect()
    };
    let batches = stream::iter(rows.chunks(BATCH).map(batch));
    let answers = bulk.answers(batches, Wanted::default(), |lines| json_lines(&lines));
    let mut answers = std::pin::pin!(answers);
    let (mut valid, mut bytes) = (0, 0);
    while let Some(batch) = answers.next().await {
        bytes += batch.answers.len();
        valid += batch.count.outcomes.get(&Outcome::Valid).copied().unwrap_or_default();
    }
    assert_eq!((valid, bytes > rows.len()), (rows.len() as u64, true));
    start.elapsed()
}

/// The tokens as a file.
fn written(folder: &Path, tokens: &[Token], form: &str) -> PathBuf {
    let path = folder.join("stock").with_extension(form);
    let file = File::create(&path).unwrap();
    let lines = tokens
        .iter()
        .map(|token| Line { shade: Shade::Plain, cells: vec![Cell::Text(token.to_text(TextForm::Decimal))] });
    if form == "csv" {
        let mut csv = CsvFile::begin(file, &["token"]).unwrap();
        lines.for_each(|line| csv.line(&line).unwrap());
        csv.finish().unwrap();
    } else {
        let mut xlsx = XlsxFile::begin(&["token"], Sheets { results: "stock", summary: "summary" }).unwrap();
        lines.for_each(|line| xlsx.line(&line).unwrap());
        xlsx.finish(&[], file).unwrap();
    }
    path
}

/// From the first byte of `path` to the last of the answers in the same form, as the command line does it.
async fn from_file(bulk: &Bulk, path: &Path) -> Duration {
    let start = Instant::now();
    let mut rows = Rows::open(File::open(path).unwrap(), Limits::default()).unwrap();
    let mapping = Guess::of(&rows.sample(1)).mapping;
    let (sender, mut batches) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut sheet = Sheet::new(rows, mapping).map(Result::unwrap);
        while let Some(first) = sheet.next() {
            let batch: Vec<_> = std::iter::once(first).chain(sheet.by_ref().take(BATCH - 1)).collect();
            sender.blocking_send(batch).unwrap();
        }
    });
    let columns = Columns::new(Language::En);
    let answers =
        bulk.answers(stream::poll_fn(|context| batches.poll_recv(context)), Wanted::default(), |lines| lines);
    let mut answers = std::pin::pin!(answers);
    let is_csv = path.extension().is_some_and(|form| form == "csv");
    let mut csv = CsvFile::begin(Vec::new(), &columns.heading()).unwrap();
    let mut xlsx = XlsxFile::begin(&columns.heading(), columns.sheets()).unwrap();
    let mut valid = 0;
    while let Some(batch) = answers.next().await {
        valid += batch.count.outcomes.get(&Outcome::Valid).copied().unwrap_or_default();
        for line in batch.answers.iter().filter_map(|line| columns.line(line)) {
            if is_csv { csv.line(&line).unwrap() } else { xlsx.line(&line).unwrap() }
        }
    }
    if !is_csv {
        xlsx.finish(&[], Vec::new()).unwrap();
    }
    assert_eq!(valid, u64::from(LABELS));
    start.elapsed()
}

/// The program itself, with more and more rows: what it takes over what it has after the first thousand.
async fn memory(database: &str, keys: &str, rows: &[Bytes]) {
    let key = key_of("Bench", "approver", "verify", database);
    let node =
        Node::serve(&["--database", database, "--keys", keys, "--public-url", "https://label.example"]).await;
    send(&node, &key, rows, 1_000).await;
    let idle = resident(&node, "VmRSS:");
    println!("  memory over idle, {LABELS} labels over and over, through HTTP");
    for count in [10_000, 100_000, 1_000_000] {
        send(&node, &key, rows, count).await;
        let most = resident(&node, "VmHWM:");
        println!("    {count:>9} rows          {:>4} MiB", most.saturating_sub(idle) / 1_024);
    }
}

async fn send(node: &Node, key: &str, rows: &[Bytes], count: usize) {
    let (mut sender, mut answers) = upload::begin(node, Some(key)).await;
    assert_eq!(answers.status().await, 200);
    let rows = rows.to_vec();
    let sending = tokio::spawn(async move {
        let mut sent = 0;
        while sent < count {
            let some = rows.iter().cycle().skip(sent % rows.len()).take(200.min(count - sent));
            let text: String = some.flat_map(|row| [std::str::from_utf8(row).unwrap(), "\n"]).collect();
            assert!(sender.send(&text).await);
            sent += 200;
        }
        sender.end().await
    });
    let mut last = None;
    while let Some(line) = answers.line().await {
        last = Some(line);
    }
    let _sender = sending.await.unwrap();
    assert_eq!(last.unwrap()["end"]["rows"], count);
}

fn resident(node: &Node, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.process().id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
