//! Packs: made, kept, altered in every file, and hostile.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _, Write as _},
    path::PathBuf,
    sync::Arc,
};

use shirushi_shared::{
    api::{
        BadRow, BulkAnswer, BulkClaims, BulkEnd, BulkLine, FileDigest, NotGenuine, Offer, PackAnswer,
        ReceiptStanding, RowError, RowFault, StopCode, Stopped,
    },
    claim::{Claimed, Listed},
    key::KeyUse,
    policy::{Claim, Facts},
    verdict::{Outcome, Reason},
};
use tokio::sync::watch;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::signer::{KeyFolder, Signers};

const ORIGIN: &str = "https://label.shirushi.example";

/// Packs of a service with keys of its own.
struct Scene {
    packs: Packs,
    _folder: tempfile::TempDir,
}

impl Scene {
    fn set(typefaces: Typefaces) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (keys, clock) = (folder.path().join("keys"), SystemClock::default());
        KeyFolder::init(&keys, &[KeyUse::Receipt], clock.now()).unwrap();
        let (_, seen) = watch::channel(Arc::new(KeyFolder::open(&keys).unwrap()) as Arc<dyn Signers>);
        Self { packs: Packs::new(Receipts::new(ORIGIN, seen), typefaces, clock), _folder: folder }
    }

    fn pack(&self) -> Vec<u8> {
        self.pack_of(Language::Ja)
    }

    fn pack_of(&self, language: Language) -> Vec<u8> {
        let policy = Arc::new(Policy::government().unwrap());
        let about = About {
            language,
            organisation: Some("架空市役所".into()),
            input: Some(PackInput { name: "候補<1>.csv".into(), sha256: FileDigest::from_bytes([7; 32]) }),
            case: CaseReference::new("調達 2026-0412").ok(),
            policy: Some(Arc::clone(&policy)),
            ..About::default()
        };
        let mut builder = self.packs.begin(about).unwrap();
        for (row, outcome) in (1..).zip([Outcome::Valid, Outcome::Revoked, Outcome::BadSignature]) {
            let checked = shirushi_shared::policy::check(
                &policy,
                &Claim::default(),
                &Facts::bare(outcome),
                self.packs.clock.now(),
            );
            let mut answer = answer(row, outcome);
            answer.policy = Some(language.policy_of_row(&checked, Offer::default()));
            builder.line(&BulkLine::Answer(Box::new(answer))).unwrap();
        }
        let error = RowError { code: RowFault::OneOf, detail: "nothing is asked about".into() };
        builder.line(&BulkLine::Bad(BadRow { row: 4, id: Some("=1+1".into()), error })).unwrap();
        let mut pack = builder.finish(None).unwrap();
        let mut bytes = Vec::new();
        pack.file.read_to_end(&mut bytes).unwrap();
        assert_eq!(pack.size, bytes.len() as u64);
        bytes
    }

    fn check(&self, pack: &[u8]) -> Result<PackAnswer, PackError> {
        KeptPack::open(Cursor::new(pack.to_vec()))?.check(&self.packs.receipts.ring())
    }
}

fn answer(row: u64, outcome: Outcome) -> BulkAnswer {
    BulkAnswer {
        row,
        id: Some(format!("<script>alert({row})</script>")),
        outcome,
        reason: Reason::Ok,
        words: "架空の見本".into(),
        not_a_label: None,
        number: (outcome != Outcome::BadSignature).then(|| "SHI202600017".to_owned()),
        level: None,
        status: None,
        revision: None,
        as_of: None,
        then: None,
        expires: None,
        days_left: None,
        claimed: BulkClaims::default(),
        policy: None,
        product: None,
        link: None,
    }
}

/// The files of a pack, in their order.
fn files(pack: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(pack)).unwrap();
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_pack_is_genuine_and_holds_what_was_answered() {
    let scene = Scene::set(Typefaces::default());
    let pack = scene.pack();
    let found: BTreeMap<_, _> = files(&pack).into_iter().collect();
    let names: Vec<_> = found.keys().map(String::as_str).collect();
    let expected = [
        "manifest.json",
        "policy.json",
        "receipt.cose",
        "report.html",
        "report.pdf",
        "results.csv",
        "results.jsonl",
    ];
    assert_eq!(names, expected);
    let lines: Vec<_> =
        found["results.jsonl"].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 5, "a line for each row, and the last one");
    assert!(
        matches!(BulkLine::parse(lines[4]).unwrap(), BulkLine::End(end) if end.rows == 4 && end.bad == 1)
    );
    assert_eq!(found["policy.json"], Policy::government().unwrap().canonical());
    assert!(String::from_utf8_lossy(&found["results.csv"]).contains("'=1+1"), "no formula");
    assert!(found["report.pdf"].starts_with(b"%PDF-"));

    let told = scene.check(&pack).unwrap();
    assert!(told.is_whole(), "{told:?}");
    let then = told.then.unwrap();
    assert_eq!((then.rows, then.bad, then.outcomes.len()), (4, 1, 3));
    assert_eq!(then.policy.as_ref().unwrap().fail, 2);
    assert_eq!(
        then.policy.unwrap().name.unwrap(),
        "Government guideline, item 4.3.1(1)(a) (example) (2026-10)"
    );
    assert_eq!((then.issuer.as_str(), then.organisation.as_deref()), (ORIGIN, Some("架空市役所")));
    let manifest: PackManifest = serde_json::from_slice(&found["manifest.json"]).unwrap();
    assert_eq!(manifest.to_bytes(), found["manifest.json"], "the canonical form");
    assert_eq!(then.results_sha256, manifest.file("results.jsonl").map(|file| file.sha256));
    let report = String::from_utf8_lossy(&found["report.html"]);
    let digest = then.results_sha256.unwrap().to_string();
    assert!(report.contains(&format!("{ORIGIN}/receipt#{digest}")), "the report belongs to these results");
}

#[test]
fn a_report_runs_nothing_and_loads_nothing_whatever_rows_say() {
    let scene = Scene::set(Typefaces::default());
    for language in Language::ALL {
        let report = &files(&scene.pack_of(*language))[0];
        let (name, html) = (report.0.as_str(), String::from_utf8_lossy(&report.1));
        assert_eq!(name, "report.html");
        assert!(
            html.contains("&lt;script&gt;alert(2)&lt;/script&gt;") && !html.contains("<script"),
            "{html}"
        );
        assert!(html.contains("候補&lt;1&gt;.csv"), "{html}");
        assert!(html.contains("default-src 'none'") && !html.contains(" src="), "{html}");
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())));
        assert!(html.contains(language.page_words().pack.attention_title));
    }
}

#[test]
fn whichever_file_is_altered_it_is_named() {
    let scene = Scene::set(Typefaces::default());
    let whole = files(&scene.pack());
    for place in 0..whole.len() {
        let mut altered = whole.clone();
        let (name, content) = &mut altered[place];
        let middle = content.len() / 2;
        content[middle] ^= 1;
        let name = name.clone();
        let told = scene.check(&packed(&altered)).unwrap();
        assert!(!told.is_whole(), "{name}");
        assert_eq!(told.files.unwrap().altered, std::slice::from_ref(&name), "{name}");
        let is_receipt = name == "receipt.cose";
        assert_eq!(told.standing == ReceiptStanding::NotGenuine, is_receipt, "{name}");

        let mut less = whole.clone();
        less.remove(place);
        match (name.as_str(), scene.check(&packed(&less))) {
            ("receipt.cose", told) => assert!(matches!(told, Err(PackError::NotAPack(_)))),
            (_, told) => assert_eq!(told.unwrap().files.unwrap().missing, std::slice::from_ref(&name)),
        }
        // Longer by a byte, where the beginning is as it was.
        let mut longer = whole.clone();
        longer[place].1.push(b' ');
        let told = scene.check(&packed(&longer)).unwrap();
        assert_eq!(told.files.unwrap().altered, [name]);
    }
    assert!(
        scene.check(&packed(&whole)).unwrap().is_whole(),
        "packed anew by another program it is the same pack"
    );
}

#[test]
fn what_was_added_is_named_and_a_receipt_of_another_pack_is_not_this_ones() {
    let scene = Scene::set(Typefaces::default());
    let mut more = files(&scene.pack());
    more.push(("../../etc/passwd".into(), b"x".to_vec()));
    more.push(("読んでください.html".into(), b"x".to_vec()));
    let told = scene.check(&packed(&more)).unwrap();
    assert_eq!(told.files.unwrap().extra, ["../../etc/passwd", "読んでください.html"]);

    let (mut one, other) = (files(&scene.pack()), files(&scene.pack_of(Language::En)));
    let receipt = one.len() - 1;
    assert_eq!(one[receipt].0, "receipt.cose");
    one[receipt] = other[receipt].clone();
    let told = scene.check(&packed(&one)).unwrap();
    assert_eq!((told.is_whole(), told.files.unwrap().altered), (false, vec!["manifest.json".to_owned()]));

    let stranger = Scene::set(Typefaces::default());
    let told = stranger.check(&scene.pack()).unwrap();
    assert_eq!(told, PackAnswer::not_genuine(NotGenuine::UnknownKey));
}

#[test]
fn a_bomb_unpacks_to_no_more_than_was_signed() {
    let scene = Scene::set(Typefaces::default());
    let whole = files(&scene.pack());
    for (place, (name, _)) in whole.iter().enumerate() {
        let mut bomb = whole.clone();
        bomb[place].1 = vec![0; 32 << 20];
        let packed = packed(&bomb);
        assert!(packed.len() < 1 << 20, "it packs well");
        match (name.as_str(), scene.check(&packed)) {
            ("receipt.cose", told) => assert!(matches!(told, Err(PackError::NotAPack(_)))),
            (_, told) => assert_eq!(told.unwrap().files.unwrap().altered, std::slice::from_ref(name)),
        }
    }
    let many: Vec<_> = (0..17).map(|n| (format!("file-{n}"), Vec::new())).collect();
    assert!(matches!(scene.check(&packed(&many)), Err(PackError::TooManyFiles)));
    let more: Vec<_> = (0..2_000).map(|n| (format!("file-{n}"), Vec::new())).collect();
    assert!(matches!(scene.check(&packed(&more)), Err(PackError::TooManyFiles)));
}

#[test]
fn two_files_of_one_name_are_no_pack() {
    let scene = Scene::set(Typefaces::default());
    let mut twice = files(&scene.pack());
    twice.push(("results.csw".into(), b"what another program would show".to_vec()));
    let mut bytes = packed(&twice);
    for place in 0..bytes.len() - 11 {
        if &bytes[place..place + 11] == b"results.csw" {
            bytes[place + 10] = b'v';
        }
    }
    assert!(matches!(scene.check(&bytes), Err(PackError::NotAPack(_))));
}

#[test]
fn a_bit_turned_anywhere_is_seen_or_means_nothing_and_never_ends_the_program() {
    let scene = Scene::set(Typefaces::new(Some(PathBuf::from("/nowhere"))));
    let pack = scene.pack();
    for place in (0..pack.len()).step_by(7) {
        let mut turned = pack.clone();
        turned[place] ^= 1 << (place % 8);
        if let Ok(told) = scene.check(&turned)
            && told.is_whole()
        {
            // Dates and other marks of the archive are nobody's statement: what can be read is what was signed.
            assert_eq!(files(&turned), files(&pack), "byte {place}");
        }
    }
    for cut in (0..pack.len()).step_by(97) {
        assert!(scene.check(&pack[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn without_a_typeface_there_is_no_pdf_and_the_pack_says_so() {
    let scene = Scene::set(Typefaces::new(Some(PathBuf::from("/nowhere/at-all.ttf"))));
    let pack = scene.pack();
    assert!(files(&pack).iter().all(|(name, _)| name != "report.pdf"));
    let (_, manifest) = files(&pack).into_iter().find(|(name, _)| name == "manifest.json").unwrap();
    let manifest: PackManifest = serde_json::from_slice(&manifest).unwrap();
    assert!(manifest.without_pdf.unwrap().contains("/nowhere/at-all.ttf"));
    assert!(scene.check(&pack).unwrap().is_whole());
}

#[test]
fn rows_to_look_at_are_told_and_the_rest_counted() {
    let scene = Scene::set(Typefaces::new(Some(PathBuf::from("/nowhere"))));
    let about = || About { language: Language::En, ..About::default() };
    let mut builder = scene.packs.begin(about()).unwrap();
    // In force, and not for the product that was offered.
    let models = vec![Claimed { claimed: "RX-999".into(), answer: Listed::NotListed }];
    let claimed = BulkClaims { models, ..BulkClaims::default() };
    builder.line(&BulkLine::Answer(Box::new(BulkAnswer { claimed, ..answer(0, Outcome::Valid) }))).unwrap();
    for row in 1..=1_500 {
        let outcome = if row % 2 == 0 { Outcome::Valid } else { Outcome::Expired };
        builder.line(&BulkLine::Answer(Box::new(answer(row, outcome)))).unwrap();
    }
    for row in 1_501..=2_000 {
        builder.line(&BulkLine::Answer(Box::new(answer(row, Outcome::Grace)))).unwrap();
    }
    let mut pack = builder.finish(None).unwrap();
    let mut bytes = Vec::new();
    pack.file.read_to_end(&mut bytes).unwrap();
    let html = String::from_utf8(files(&bytes)[0].1.clone()).unwrap();
    assert_eq!(html.matches("<tr><td>").count(), 1_000);
    assert!(html.contains("251 more rows stand in results.csv."), "{html}");
    assert!(html.contains("RX-999: not covered"), "{html}");
    assert!(html.contains("not as the file claims"), "{html}");
    let mut seen = 0;
    let mut kept = KeptPack::open(Cursor::new(bytes)).unwrap();
    kept.answers(|answer| {
        seen += 1;
        answer.is_some_and(|answer| answer.row < 1_200)
    })
    .unwrap();
    assert_eq!(seen, 1_201, "and as many are read as are wanted");
}

#[test]
fn a_run_that_was_stopped_says_so_in_every_file() {
    let scene = Scene::set(Typefaces::new(Some(PathBuf::from("/nowhere"))));
    let detail = "nothing came for 30 s".to_owned();
    let stopped = Some(Stopped { code: StopCode::Idle, detail: detail.clone() });
    let end = BulkEnd { stopped: stopped.clone(), ..BulkEnd::default() };
    let lines = [BulkLine::Answer(Box::new(answer(1, Outcome::Valid))), BulkLine::End(end)];
    let mut pack = scene.packs.close(About::default(), lines).unwrap();
    assert_eq!((pack.manifest.stopped, pack.manifest.rows), (stopped, 1));
    let mut bytes = Vec::new();
    pack.file.read_to_end(&mut bytes).unwrap();
    for (name, content) in files(&bytes).iter().filter(|(name, _)| name != "receipt.cose") {
        assert!(String::from_utf8_lossy(content).contains(&detail), "{name}");
    }
}

#[tokio::test]
async fn answers_in_pieces_make_the_same_pack_and_without_a_last_line_there_is_none() {
    use futures_util::{StreamExt as _, stream};
    let scene = Scene::set(Typefaces::new(Some(PathBuf::from("/nowhere"))));
    let mut text = Vec::new();
    let lines = [
        BulkLine::Answer(Box::new(answer(1, Outcome::Valid))),
        BulkLine::Answer(Box::new(answer(2, Outcome::Grace))),
        BulkLine::End(BulkEnd { rows: 2, ..BulkEnd::default() }),
    ];
    for line in &lines {
        serde_json::to_writer(&mut text, line).unwrap();
        text.push(b'\n');
    }
    let pieces = |text: &[u8]| {
        let pieces: Vec<_> = text.chunks(7).map(|piece| Ok::<_, io::Error>(piece.to_vec().into())).collect();
        stream::iter(pieces)
    };
    let pack = scene.packs.of_answers(About::default(), pieces(&text)).await.unwrap();
    assert_eq!((pack.manifest.rows, pack.manifest.outcomes.len()), (2, 2));
    let sent: Vec<_> = pack.into_stream().map(Result::unwrap).collect().await;
    assert!(scene.check(&sent.concat()).unwrap().is_whole());
    let cut = text.len() - 3;
    assert!(matches!(
        scene.packs.of_answers(About::default(), pieces(&text[..cut])).await,
        Err(PackError::Read(_))
    ));
}
