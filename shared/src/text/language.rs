//! Which language a page speaks.

use super::{PageWords, Words, en, ja};

/// A language of the checker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Japanese, and where nothing tells otherwise.
    #[default]
    Ja,
    /// English, and for readers of any other language.
    En,
}

impl Language {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The most of an `Accept-Language` value that is looked at, in bytes; browsers send less than 100.
    const LONGEST_HEADER: usize = 512;

    /// BCP 47 tag, for `lang` attributes and `?lang=`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language of a tag: `ja`, `ja-JP`, `EN_us`. `None` for any other.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The language to answer in: what the reader chose (`?lang=`), else what the browser prefers.
    pub fn choose(chosen: Option<&str>, accept_language: Option<&str>) -> Self {
        chosen
            .and_then(Self::parse)
            .or_else(|| accept_language.and_then(Self::from_accept_language))
            .unwrap_or_default()
    }

    /// The best of an `Accept-Language` value (RFC 9110 §12.5.4). English where only other languages are named;
    /// `None` where the value names none.
    pub fn from_accept_language(value: &str) -> Option<Self> {
        let mut end = value.len().min(Self::LONGEST_HEADER);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        let mut best: Option<(u16, Self)> = None;
        for range in value.get(..end)?.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = thousandths(parameters);
            if tag.trim().is_empty() || weight == 0 {
                continue;
            }
            let language = Self::parse(tag).unwrap_or(Self::En);
            // A language of ours outranks "any other, so English" of the same weight.
            let weight = 2 * weight + u16::from(Self::parse(tag).is_some());
            if best.is_none_or(|(best, _)| weight > best) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// What the checker says in this language.
    pub const fn words(self) -> &'static Words {
        match self {
            Self::Ja => &ja::WORDS,
            Self::En => &en::WORDS,
        }
    }

    /// What only the server's pages say in this language.
    pub const fn page_words(self) -> &'static PageWords {
        match self {
            Self::Ja => &ja::page::WORDS,
            Self::En => &en::page::WORDS,
        }
    }

    /// The other one, for the language switch.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }
}

/// The weight in `q=0.8`, in thousandths; 1 where there is none, 0 where it is none.
fn thousandths(parameters: &str) -> u16 {
    let Some(weight) = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q=")) else {
        return 1000;
    };
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = fraction.bytes().chain(core::iter::repeat(b'0')).take(3);
    let fraction = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit.saturating_sub(b'0').min(9)));
    match whole {
        "1" => 1000,
        "0" => fraction,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Ja};

    #[test]
    fn the_reader_chooses_then_the_browser() {
        for (chosen, header, expected) in [
            (None, None, Ja),
            (Some("en"), Some("ja"), En),
            (Some("xx"), Some("ja,en;q=0.9"), Ja),
            (None, Some("en-US,en;q=0.9,ja;q=0.8"), En),
            (None, Some("fr;q=0.9, ja;q=0.8, en;q=0.1"), En),
            (None, Some("fr;q=0.5, ja;q=0.5"), Ja),
            (None, Some("zh-TW"), En),
            (None, Some("en;q=0, ja-JP;q=0.001"), Ja),
            (None, Some(""), Ja),
            (None, Some(";;q=9,,"), Ja),
        ] {
            assert_eq!(Language::choose(chosen, header), expected, "{chosen:?} {header:?}");
        }
    }

    #[test]
    fn a_header_without_end_is_cut() {
        let long = format!("{},en", "日".repeat(10_000));
        assert_eq!(Language::choose(None, Some(&long)), En);
        let buried = format!("{}ja", " ,".repeat(400));
        assert_eq!(Language::from_accept_language(&buried), None);
    }
}
