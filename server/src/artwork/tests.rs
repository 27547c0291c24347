//! Stories of printed labels, read back by decoders that are not ours.

use std::{
    path::Path,
    process::{Command, Output},
};

use ed25519_dalek::{Signer, SigningKey};
use shirushi_shared::{
    cose::{Sign, SignError},
    key::PublicKey,
    label::{Category, RegistrationNumber},
    token::{LabelClaims, StatusIndex},
};

use super::*;

const ORIGIN: &str = "https://shirushi.example";

struct TestKey(SigningKey, PublicKey);

impl Sign for TestKey {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.0.sign(message).to_bytes())
    }
}

/// The largest token of a 17-character number.
fn worst_token() -> Token {
    let signing = SigningKey::from_bytes(&[7; 32]);
    let public = PublicKey::from_bytes(signing.verifying_key().as_bytes()).unwrap();
    let number = RegistrationNumber::parse("SHI-2026-NC-00017409").unwrap();
    assert_eq!(number.as_str().len(), 17);
    let claims = LabelClaims {
        number,
        expires: UnixTime::parse("2030-12-31T15:00:00Z").unwrap(),
        issued: UnixTime::parse("2028-12-31T00:00:00Z").unwrap(),
        level: Level::Star4,
        category: Category::from_code(u64::from(Category::MAX)).unwrap(),
        status_index: StatusIndex::new(StatusIndex::LIST_SIZE - 1).unwrap(),
    };
    Token::issue(&claims, &TestKey(signing, public)).unwrap()
}

fn art<'a>(content: Content<'a>, notice: Option<&'a str>) -> LabelArt<'a> {
    LabelArt {
        content,
        printed_number: "SHI-2026-NC-00017409",
        level: Level::Star3,
        expires: UnixTime::parse("2028-05-20T15:00:00Z").unwrap(),
        notice,
    }
}

#[test]
fn a_token_fits_version_8_behind_a_host_of_16_characters() {
    let token = worst_token();
    assert!(token.as_bytes().len() <= 122, "{} bytes", token.as_bytes().len());
    assert_eq!(ORIGIN.len() - "https://".len(), 16);
    let label = Label::new(art(Content::Token { origin: ORIGIN, token: &token }, None)).unwrap();
    assert!(label.symbol().version() <= 8, "version {}", label.symbol().version());
}

#[test]
fn a_label_names_what_it_is_without_its_picture() {
    let token = worst_token();
    let content = Content::Token { origin: ORIGIN, token: &token };
    let svg = Label::new(art(content, Some("FICTIONAL SAMPLE <&>"))).unwrap().svg();
    let head: Vec<_> = svg.lines().take(4).collect();
    insta::assert_snapshot!(head.join("\n"));
    assert_eq!(svg.matches("crispEdges").count(), 1, "the symbol is one path");
    assert!(!svg.contains("script") && !svg.contains("href") && !svg.contains("<text"));
    assert!(well_formed(&svg));
}

#[test]
fn a_printed_label_is_read_at_both_resolutions() {
    let token = worst_token();
    let content = Content::Token { origin: ORIGIN, token: &token };
    let label = Label::new(art(content, Some("FICTIONAL SAMPLE"))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (dpi, metre) in [(Dpi::D300, 11_811), (Dpi::D600, 23_622)] {
        let file = folder.path().join("label.png");
        std::fs::write(&file, label.png(dpi).unwrap()).unwrap();
        let reader = ::png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&file).unwrap()));
        let info = reader.read_info().unwrap().info().clone();
        let dims = info.pixel_dims.unwrap();
        assert_eq!((dims.xppu, dims.yppu, dims.unit), (metre, metre, ::png::Unit::Meter));
        if let Some(read) = zbar(&file) {
            assert_eq!(read, token.link(ORIGIN), "{dpi:?}");
        }
    }
}

#[test]
fn modules_are_whole_dots_and_their_surroundings_white() {
    let token = worst_token();
    let label = Label::new(art(Content::Token { origin: ORIGIN, token: &token }, None)).unwrap();
    for (dpi, dots) in [(Dpi::D300, 5), (Dpi::D600, 10)] {
        let picture = image::load_from_memory(&label.png(dpi).unwrap()).unwrap().to_luma8();
        let (left, top) = label.0.symbol_at;
        let zone = Symbol::QUIET_ZONE;
        let side = label.symbol().width() + 2 * zone;
        for y in 0..u32::from(side) * dots {
            for x in 0..u32::from(side) * dots {
                let [column, row] = [x, y].map(|at| u16::try_from(at / dots).unwrap());
                let dark = column >= zone && row >= zone && label.symbol().is_dark(column - zone, row - zone);
                let [x, y] = [(x, left), (y, top)].map(|(at, from)| at + u32::from(from - zone) * dots);
                let dot = picture.get_pixel(x, y).0[0];
                assert_eq!(dot, if dark { 0 } else { 255 }, "module {column}, {row}");
            }
        }
    }
}

#[test]
fn a_sheet_opens_and_its_labels_are_read() {
    let token = worst_token();
    let content = Content::Token { origin: ORIGIN, token: &token };
    let pdf = Label::new(art(content, Some("FICTIONAL SAMPLE"))).unwrap().pdf().unwrap();
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let Some(_) = tool(
        Command::new("pdftoppm")
            .args(["-r", "300", "-gray", "-png", "-singlefile"])
            .args([&file, &folder.path().join("page")]),
    ) else {
        return;
    };
    let Some(read) = zbar(&folder.path().join("page.png")) else { return };
    let links: Vec<_> = read.lines().collect();
    assert!(links.len() >= 3, "three sizes at least, {} codes were read", links.len());
    assert!(links.iter().all(|link| *link == token.link(ORIGIN)));
}

#[test]
fn a_demonstration_prints_any_text() {
    let broken = format!("{ORIGIN}/v/00000000000000000999");
    let label = Label::new(art(Content::Text(&broken), Some("FICTIONAL SAMPLE"))).unwrap();
    let foreign = plain_qr("https://elsewhere.example/win").unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (png, text) in [
        (label.png(Dpi::D300).unwrap(), broken.as_str()),
        (foreign.png(Dpi::D600).unwrap(), "https://elsewhere.example/win"),
    ] {
        let file = folder.path().join("code.png");
        std::fs::write(&file, png).unwrap();
        if let Some(read) = zbar(&file) {
            assert_eq!(read, text);
        }
    }
    assert!(well_formed(&foreign.svg()));
}

#[test]
fn what_cannot_be_printed_says_why() {
    let text = Content::Text("https://labels.example/v/1");
    let number = |printed_number| Label::new(LabelArt { printed_number, ..art(text, None) }).err();
    assert_eq!(number("登録-1"), Some(ArtworkError::NoGlyph { character: '登' }));
    let long = "1".repeat(65);
    assert_eq!(number(&long), Some(ArtworkError::LineTooLong { line: "registration number", most: 64 }));
    assert_eq!(number(&long[..64]), None);
    assert_eq!(number("ＳＨＩ－２０２６"), None, "full-width forms are drawn as plain ones");
    let huge = "x".repeat(3_000);
    assert_eq!(
        Label::new(art(Content::Text(&huge), None)).err(),
        Some(ArtworkError::TooLong { bytes: 3_000 })
    );
    // The largest code still makes a label and a sheet.
    let label = Label::new(art(Content::Text(&huge[..2_331]), Some("FICTIONAL SAMPLE"))).unwrap();
    assert_eq!(label.symbol().version(), 40);
    assert!(label.pdf().is_ok() && label.png(Dpi::D300).is_ok());
}

#[test]
fn the_printed_day_is_the_last_valid_one_in_japan() {
    let day = |text| last_day(UnixTime::parse(text).unwrap());
    assert_eq!(day("2028-05-21T00:00:00+09:00"), "2028-05-20");
    assert_eq!(day("2028-05-20T23:59:59+09:00"), "2028-05-20");
    assert_eq!(day("2028-05-21T00:00:00Z"), "2028-05-21");
}

/// What zbarimg reads in a picture, without the closing line break; `None` where it is not installed.
fn zbar(file: &Path) -> Option<String> {
    let output =
        tool(Command::new("zbarimg").args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"]).arg(file))?;
    Some(String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned())
}

fn tool(command: &mut Command) -> Option<Output> {
    let name = command.get_program().to_owned();
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{name:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(output)
        }
        Err(error) => {
            #[expect(clippy::disallowed_methods, reason = "tests say what they had to skip")]
            let required = std::env::var("REQUIRE_DATA").is_ok_and(|value| value == "1");
            assert!(!required, "{name:?} is needed: {error}");
            #[expect(clippy::print_stderr, reason = "tests say what they had to skip")]
            {
                eprintln!("skipped: {name:?} is not installed");
            }
            None
        }
    }
}

/// Whether every element is closed in order and every attribute quoted.
fn well_formed(xml: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = xml;
    while let Some((before, behind)) = rest.split_once('<') {
        let Some((tag, after)) = behind.split_once('>') else { return false };
        if before.contains('>') || tag.contains('<') || tag.matches('"').count() % 2 != 0 {
            return false;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or_default());
        }
        rest = after;
    }
    open.is_empty() && rest.trim().is_empty()
}
