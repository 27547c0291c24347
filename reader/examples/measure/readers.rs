//! The four readers. Each is given the same pixels, set to try as hard as it can, and asked for QR codes only.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    panic,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use image::GrayImage;
use shirushi_reader::{Effort, Gray, read};

/// In the order of the tables' columns.
pub(crate) const NAMES: [&str; 4] = ["rqrr alone", "ours", "zxing-cpp", "zbar"];

/// What one reader reads in a picture: the bytes of each code.
pub(crate) type Contents = Vec<Vec<u8>>;

/// Those that can be asked.
pub(crate) struct Readers {
    zxing: Option<Zxing>,
    zbar: bool,
}

impl Readers {
    /// zxing-cpp and zbar where they are installed; says so where they are not.
    pub(crate) fn at_hand() -> Self {
        // A panicking detector is counted as a miss, and not shown.
        panic::set_hook(Box::new(|_| {}));
        let readers = Self { zxing: Zxing::start(), zbar: zbar(&["--version"], &[]).is_some() };
        if readers.zxing.is_none() {
            println!("zxing-cpp is not at hand: `make bench` fetches it");
        }
        if !readers.zbar {
            println!("zbarimg is not at hand: `make packages` installs it");
        }
        readers
    }

    /// `None` from one that is not at hand.
    pub(crate) fn read(&mut self, reader: usize, picture: &GrayImage) -> Option<Contents> {
        match reader {
            0 => Some(rqrr_alone(picture)),
            1 => Some(ours(picture)),
            2 => self.zxing.as_mut().map(|zxing| zxing.read(picture)),
            _ => self.zbar.then(|| read_by_zbar(picture)),
        }
    }
}

fn ours(picture: &GrayImage) -> Contents {
    let gray = Gray::new(picture.width() as usize, picture.height() as usize, picture.as_raw().clone());
    let codes = gray.map(|gray| read(&gray, Effort::Still, &|| false)).unwrap_or_default();
    codes.into_iter().map(|code| code.content).collect()
}

#[expect(clippy::disallowed_methods, reason = "what our front end is measured against; panics are caught")]
fn rqrr_alone(picture: &GrayImage) -> Contents {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let level = |x: usize, y: usize| picture.as_raw()[y * width + x];
    let codes = panic::catch_unwind(|| {
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, level);
        let grids = prepared.detect_grids();
        let decoded = grids.iter().filter_map(|grid| {
            let mut content = Vec::new();
            grid.decode_to(&mut content).ok().map(|_| content)
        });
        decoded.collect()
    });
    codes.unwrap_or_default()
}

/// zxing-cpp in a Python of its own, which answers until its input ends.
struct Zxing {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    process: Child,
}

impl Zxing {
    fn start() -> Option<Self> {
        let mut process = Command::new(tools()?.join("zxing-cpp/bin/python"))
            .args(["-c", include_str!("zxing.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (questions, answers) = (process.stdin.take()?, process.stdout.take()?);
        let mut zxing = Self { questions, answers: BufReader::new(answers), process };
        (zxing.answer() == "ready\n").then_some(zxing)
    }

    /// The next line; empty where it has ended.
    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line
    }

    fn read(&mut self, picture: &GrayImage) -> Contents {
        let (width, height) = picture.dimensions();
        self.questions.write_all(&[width.to_le_bytes(), height.to_le_bytes()].concat()).unwrap();
        self.questions.write_all(picture.as_raw()).unwrap();
        self.questions.flush().unwrap();
        let codes: Vec<String> = serde_json::from_str(&self.answer()).unwrap();
        codes.iter().map(|code| from_hex(code)).collect()
    }
}

impl Drop for Zxing {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn from_hex(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Where `make` keeps tools: cargo puts this program into `<target>/release/examples`.
fn tools() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program.ancestors().nth(3).map(|target: &Path| target.join("tools"))
}

/// zbar guesses encodings, and often guesses wrong, so bytes are asked for as well. They come without a mark between
/// two codes: of several, it is the guesses that count.
fn read_by_zbar(picture: &GrayImage) -> Contents {
    let ask = |form: &[&str]| zbar(form, &pgm(picture)).unwrap_or_default();
    let guesses = String::from_utf8_lossy(&ask(&[])).into_owned();
    let guesses = format!("\n{}", guesses.trim_end_matches('\n'));
    let guesses: Vec<&str> = guesses.split("\nQR-Code:").skip(1).collect();
    match guesses.as_slice() {
        [_] => vec![ask(&["--raw", "-Sbinary"])],
        several => several.iter().map(|guess| guess.as_bytes().to_vec()).collect(),
    }
}

/// What `zbarimg` prints; `None` where there is no such program.
fn zbar(form: &[&str], picture: &[u8]) -> Option<Vec<u8>> {
    let mut process = Command::new("zbarimg")
        .args(["--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Stest-inverted"])
        .args(form)
        .arg("pgm:-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // It reads all of the picture before it prints anything, or does not want it (`--version`).
    let _ = process.stdin.take()?.write_all(picture);
    let mut printed = Vec::new();
    process.stdout.take()?.read_to_end(&mut printed).ok()?;
    process.wait().ok()?;
    Some(printed)
}

fn pgm(picture: &GrayImage) -> Vec<u8> {
    let heading = format!("P5\n{} {}\n255\n", picture.width(), picture.height());
    [heading.as_bytes(), picture.as_raw()].concat()
}
