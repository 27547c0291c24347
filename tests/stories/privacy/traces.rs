//! Looking for what should be nowhere.

use std::fmt::Write as _;
use std::path::Path;

use redis::Value;
use shirushi_tests::redis::RedisServer;

use super::questions::{ADDRESS, HEADERS, WORDS};

/// So many characters of a token one after another: fewer could be anything, such as the digits of a time.
const WINDOW: usize = 16;

/// Where something may have been left.
pub(super) struct Place {
    pub(super) name: &'static str,
    /// What is no text in it is of no account: what is looked for is ASCII.
    text: String,
}

impl Place {
    pub(super) fn text(name: &'static str, text: String) -> Self {
        Self { name, text }
    }

    /// All files below `folder`.
    pub(super) fn files(name: &'static str, folder: &Path) -> Self {
        let mut place = Self { name, text: String::new() };
        place.add(folder);
        place
    }

    fn add(&mut self, path: &Path) {
        if let Ok(inside) = std::fs::read_dir(path) {
            inside.for_each(|entry| self.add(&entry.unwrap().path()));
        } else if path.is_file() {
            // A database removes files while it runs.
            self.text += &String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

/// What is looked for.
pub(super) struct Needles(Vec<String>);

impl Needles {
    /// What a reader said, and where the reader is.
    pub(super) fn of_questions() -> Self {
        let headers = HEADERS.map(|(_, value)| value).into_iter();
        let address = ADDRESS.to_string();
        let words = headers.chain(WORDS).chain(["readers-shop", &address]);
        Self(words.flat_map(forms).collect())
    }

    /// A label's number and tokens, in whole and in part.
    pub(super) fn of_record(number: &str, tokens: &[String]) -> Self {
        let mut found: Vec<_> = [number, &number.replace('-', "")].into_iter().flat_map(forms).collect();
        for token in tokens {
            let characters: Vec<char> = token.chars().collect();
            found.extend(characters.windows(WINDOW).map(|part| part.iter().collect::<String>()));
            found.extend(forms(token.get(..WINDOW).unwrap()));
        }
        Self(found)
    }

    /// Those that are in `place`.
    pub(super) fn found_in(&self, place: &Place) -> Vec<&str> {
        self.0.iter().map(String::as_str).filter(|needle| place.has(needle)).collect()
    }
}

/// `text` as it is, and as programs show bytes.
fn forms(text: &str) -> Vec<String> {
    let list = format!("{:?}", text.as_bytes());
    let hex = text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    vec![text.to_owned(), list.trim_matches(['[', ']']).to_owned(), hex]
}

/// Every key of a Redis, with all that is under it.
pub(super) async fn all_of_redis(redis: &RedisServer) -> String {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    let mut all = String::new();
    for key in keys {
        let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut connection).await.unwrap();
        let mut reading = match kind.as_str() {
            "string" => redis::cmd("GET"),
            "stream" => redis::cmd("XRANGE"),
            _ => panic!("{key} is a {kind}, which this story cannot read"),
        };
        reading.arg(&key);
        if kind == "stream" {
            reading.arg("-").arg("+");
        }
        let value: Value = reading.query_async(&mut connection).await.unwrap();
        let _ = writeln!(all, "{key} {}", shown(&value));
    }
    all
}

fn shown(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Array(values) => values.iter().map(|value| shown(value) + " ").collect(),
        other => format!("{other:?}"),
    }
}
