//! Whatever a camera, hand scanner, paste or file hands over, told apart.
//!
//! Nothing is opened or fetched here: a foreign link is named by its host, no more.

mod look_alike;

use crate::{
    api::Presented,
    label::{PreLabelNumber, RegistrationNumber},
    registration::Gtin,
    token::{Token, TokenError},
    verdict::{NotALabel, TokenCheck},
};

/// Longest text that is looked at: the most that a QR code can hold (version 40 at L, digits).
pub const MAX_TEXT: usize = 7_089;

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A token of the right form, alone or in a link of ours.
    Token(Token),
    /// Meant as a token, and malformed.
    BrokenToken(TokenError),
    /// A registration number, as far as its form tells.
    Number(RegistrationNumber),
    /// A JAN/GTIN, which names a product and no label.
    Gtin(Gtin),
    /// None of ours.
    NotALabel(NotALabel),
}

/// The origins under which labels are printed: `https://host` without a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    /// The hosts of `origins`, as they stand in links.
    pub fn new<'a>(origins: impl IntoIterator<Item = &'a str>) -> Self {
        let authority = |origin: &'a str| Link::parse(origin).map(|link| link.authority);
        Self(origins.into_iter().filter_map(authority).collect())
    }

    fn has(&self, authority: &str) -> bool {
        self.0.iter().any(|ours| ours == authority)
    }
}

/// Tells what `text` is.
pub fn read(text: &str, ours: &Origins) -> Scanned {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}');
    if text.is_empty() || text.len() > MAX_TEXT {
        return Scanned::NotALabel(NotALabel::Text);
    }
    if let Some(link) = Link::parse(text) {
        return link.read(ours);
    }
    if let Some(kind) = pre_label_word(text) {
        return Scanned::NotALabel(NotALabel::PreLabelNumber { number: kind });
    }
    if looks_like_token(text) {
        return token(text);
    }
    if let Ok(gtin) = Gtin::parse(text) {
        return Scanned::Gtin(gtin);
    }
    let number = text.strip_prefix("登録番号").map_or(text, |rest| rest.trim_start_matches([':', '：']));
    match RegistrationNumber::parse(number) {
        Ok(number) => Scanned::Number(number),
        Err(_) => Scanned::NotALabel(NotALabel::Text),
    }
}

/// What was presented, told apart as far as its form goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A token whose signature is to be checked.
    Token(Token),
    /// All that can be known without a key.
    Check(TokenCheck),
    /// A GTIN, and what it is where no registration lists it.
    Gtin(Gtin, TokenCheck),
}

/// Tells what is `presented`: the same on the server and in a checker without a network.
pub fn tell(presented: Presented, ours: &Origins) -> Told {
    match presented {
        Presented::Token(text) if !text.contains("://") => match Token::parse(text.trim()) {
            Ok(token) => Told::Token(token),
            Err(error) => Told::Check(TokenCheck::Malformed(error)),
        },
        Presented::Token(text) | Presented::Scan(text) => match read(&text, ours) {
            Scanned::Gtin(gtin) => Told::Gtin(gtin, TokenCheck::NotALabel(NotALabel::Text)),
            scanned => told(scanned),
        },
        Presented::Number(text) => match read(&text, ours) {
            // A number of digits only may be both; it was given as a registration number.
            Scanned::Gtin(gtin) => {
                let number = RegistrationNumber::parse(&text).map(TokenCheck::NumberOnly);
                Told::Gtin(gtin, number.unwrap_or(TokenCheck::NotALabel(NotALabel::Text)))
            }
            scanned => told(scanned),
        },
    }
}

fn told(scanned: Scanned) -> Told {
    Told::Check(match scanned {
        Scanned::Token(token) => return Told::Token(token),
        Scanned::BrokenToken(error) => TokenCheck::Malformed(error),
        Scanned::Number(number) => TokenCheck::NumberOnly(number),
        Scanned::NotALabel(what) => TokenCheck::NotALabel(what),
        Scanned::Gtin(_) => TokenCheck::NotALabel(NotALabel::Text),
    })
}

/// A shorter text is typed or pasted by hand, and rather a number; no token is so short.
const SHORTEST_TOKEN_TEXT: usize = 100;

fn looks_like_token(text: &str) -> bool {
    let base64url = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    text.len() >= SHORTEST_TOKEN_TEXT && text.bytes().all(base64url)
}

fn token(text: &str) -> Scanned {
    match Token::parse(text) {
        Ok(token) => Scanned::Token(token),
        Err(error) => Scanned::BrokenToken(error),
    }
}

/// Numbers that exist before a label say so in words, where they say so at all (their formats are not public).
fn pre_label_word(text: &str) -> Option<PreLabelNumber> {
    let words = [
        ("仮登録番号", PreLabelNumber::Provisional),
        ("申請番号", PreLabelNumber::Application),
        ("受理番号", PreLabelNumber::Acceptance),
    ];
    words.into_iter().find(|(word, _)| text.starts_with(word)).map(|(_, kind)| kind)
}

/// The parts of a web link that tell whose it is. Written here and not taken from a URL crate, because only the
/// authority has to be told apart exactly, and a URL parser weighs more in WASM than all of this module's users.
struct Link<'a> {
    authority: String,
    host: String,
    path: &'a str,
    fragment: Option<&'a str>,
}

impl<'a> Link<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (tail, fragment) = tail.split_once('#').map_or((tail, None), |(tail, f)| (tail, Some(f)));
        let path = tail.split_once('?').map_or(tail, |(path, _)| path);
        // What stands before an @ is a user name that looks like a host: whose link it is, stands behind it.
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        // Hosts in links are ASCII; what is not is another host in any spelling.
        let lower = str::to_ascii_lowercase;
        Some(Self { authority: lower(authority), host: lower(host), path, fragment })
    }

    fn read(&self, ours: &Origins) -> Scanned {
        if !ours.has(&self.authority) {
            return Scanned::NotALabel(NotALabel::ForeignLink { host: self.host.clone() });
        }
        // A GS1 Digital Link carries the token as its fragment (`token.md`).
        if self.path.starts_with("/01/") {
            return match self.fragment {
                Some(text) => token(text),
                None => Scanned::NotALabel(NotALabel::OwnPage),
            };
        }
        // Hand scanners with caps lock write capitals.
        match self.path.strip_prefix("/v/").or_else(|| self.path.strip_prefix("/V/")) {
            Some(text) if looks_like_token(text) => token(text),
            Some(text) => match RegistrationNumber::parse(text) {
                // The page of a registration number has the same path; cut-off digits must not pass as a number.
                Ok(number) if !text.bytes().all(|c| c.is_ascii_digit()) => Scanned::Number(number),
                _ => token(text),
            },
            None => Scanned::NotALabel(NotALabel::OwnPage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Origins {
        Origins::new(["https://label.shirushi.example", "http://localhost:8080"])
    }

    fn what(text: &str) -> String {
        match read(text, &ours()) {
            Scanned::Token(_) => "token".into(),
            Scanned::BrokenToken(_) => "broken token".into(),
            Scanned::Number(number) => format!("number {number}"),
            Scanned::Gtin(gtin) => format!("gtin {gtin}"),
            Scanned::NotALabel(NotALabel::ForeignLink { host }) => format!("foreign {host}"),
            Scanned::NotALabel(NotALabel::PreLabelNumber { number }) => {
                format!("pre-label {}", number.as_str())
            }
            Scanned::NotALabel(NotALabel::OwnPage) => "own page".into(),
            Scanned::NotALabel(NotALabel::Text) => "text".into(),
        }
    }

    #[test]
    fn everything_that_is_scanned_is_something() {
        let digits = "0".repeat(290);
        for (text, expected) in [
            ("SHI-2026-00017", "number SHI202600017"),
            ("登録番号：ＳＨＩ－２０２６－０００１７", "number SHI202600017"),
            ("申請番号 2026-1", "pre-label application"),
            ("仮登録番号2026-1", "pre-label provisional"),
            ("4901234567894", "gtin 04901234567894"),
            ("https://shop.example/item?id=1", "foreign shop.example"),
            ("https://label.shirushi.example@evil.example/v/123", "foreign evil.example"),
            (
                "https://label.shirushi.example.evil.example/v/123",
                "foreign label.shirushi.example.evil.example",
            ),
            ("https://label.shirushi.example\\@evil.example/", "own page"),
            ("https://label.shirushi.example/", "own page"),
            ("HTTPS://LABEL.SHIRUSHI.EXAMPLE/v/12", "broken token"),
            ("https://label.shirushi.example/v/SHI-2026-00017", "number SHI202600017"),
            ("HTTPS://LABEL.SHIRUSHI.EXAMPLE/V/SHI-2026-00017", "number SHI202600017"),
            ("http://localhost:8080/v/1?lang=en", "broken token"),
            ("ftp://label.shirushi.example/v/1", "text"),
            ("WIFI:S:cafe;T:WPA;P:secret;;", "text"),
            ("", "text"),
        ] {
            assert_eq!(what(text), expected, "{text}");
        }
        assert_eq!(what(&digits), "broken token");
        assert_eq!(what(&"x".repeat(MAX_TEXT + 1)), "text");
    }
}
