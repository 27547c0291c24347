//! Which language a page speaks.

use super::Words;
#[cfg(not(target_arch = "wasm32"))]
use super::{PageWords, easy, en, ja};

/// The languages: the whole list. A line names a variant, its tag (BCP 47), its file, and whether names of makers are
/// written in Latin letters where there is a choice.
macro_rules! languages {
    ($($(#[$meta:meta])* $name:ident = $tag:literal, $file:ident, latin: $latin:literal;)*) => {
        /// A language of the checker.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Language { $($(#[$meta])* $name,)* }

        impl Language {
            /// All of them, the default first.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// BCP 47 tag, for `lang` attributes and `?lang=`.
            pub const fn tag(self) -> &'static str {
                match self { $(Self::$name => $tag,)* }
            }

            /// Whether makers are named in Latin letters first.
            pub const fn is_latin(self) -> bool {
                match self { $(Self::$name => $latin,)* }
            }

            /// What the checker says in this language.
            #[cfg(not(target_arch = "wasm32"))]
            pub const fn words(self) -> &'static Words {
                match self { $(Self::$name => &$file::WORDS,)* }
            }

            /// What only the server's pages say in this language.
            #[cfg(not(target_arch = "wasm32"))]
            pub const fn page_words(self) -> &'static PageWords {
                match self { $(Self::$name => &$file::PAGE,)* }
            }
        }
    };
}

languages! {
    /// Japanese, and where nothing tells otherwise.
    #[default]
    Ja = "ja", ja, latin: false;
    /// Easy Japanese (やさしい日本語), for those who choose it.
    Easy = "ja-x-easy", easy, latin: false;
    /// English, and for readers of any other language.
    En = "en", en, latin: true;
}

/// In the browser: the words of the page, which speaks one language.
#[cfg(target_arch = "wasm32")]
mod given {
    use std::sync::OnceLock;

    use super::{Language, Words};

    static WORDS: OnceLock<Words> = OnceLock::new();

    impl Language {
        /// Speaks by the words in `lines`, once and for all; false where they are not of this version.
        pub fn learn(lines: String) -> bool {
            Words::from_lines(lines.leak()).is_some_and(|words| WORDS.set(words).is_ok())
        }

        /// What the page speaks, whichever language this is; nothing before [`Self::learn`].
        pub fn words(self) -> &'static Words {
            WORDS.get_or_init(Words::none)
        }
    }
}

impl Language {
    /// The most of an `Accept-Language` value that is looked at, in bytes; browsers send less than 100.
    const LONGEST_HEADER: usize = 512;

    /// The language of a tag: `ja`, `ja-JP`, `EN_us`, `ja-x-easy` or, for short, `easy`. `None` for any other.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        if tag.eq_ignore_ascii_case("easy") {
            return Some(Self::Easy);
        }
        let named =
            |tag: &str| Self::ALL.iter().copied().find(|language| tag.eq_ignore_ascii_case(language.tag()));
        named(tag).or_else(|| named(tag.split(['-', '_']).next()?))
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
    use super::Language::{self, Easy, En, Ja};

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
            (Some("easy"), Some("en"), Easy),
            (Some("JA-x-Easy"), None, Easy),
            (Some("ja-x-other"), None, Ja),
            (None, Some("ja,en"), Ja),
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
