//! Level, product category and assessment route.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The four conformance levels. A label shows conformity at this level at least, never "security" (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Common criteria, declared by the maker.
    Star1,
    /// Criteria of the product type, declared by the maker.
    Star2,
    /// Criteria of the product type, evaluated by a third party.
    Star3,
    /// As `Star3`, higher.
    Star4,
}

/// Text or number that names no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a level: STAR-1 to STAR-4, or 1 to 4")]
pub struct UnknownLevel;

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::Star1, Self::Star2, Self::Star3, Self::Star4];

    /// 1 to 4.
    pub const fn stars(self) -> u8 {
        match self {
            Self::Star1 => 1,
            Self::Star2 => 2,
            Self::Star3 => 3,
            Self::Star4 => 4,
        }
    }

    /// The level with `stars` stars.
    pub fn from_stars(stars: u64) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| u64::from(level.stars()) == stars).ok_or(UnknownLevel)
    }

    /// Reads `STAR-3`, `star3`, `★3` or `3`.
    pub fn parse(text: &str) -> Result<Self, UnknownLevel> {
        let text = text.trim().to_ascii_uppercase();
        let digit = text.strip_prefix("STAR").or_else(|| text.strip_prefix('★')).unwrap_or(&text);
        let digit = digit.strip_prefix('-').unwrap_or(digit);
        digit.parse().map_err(|_| UnknownLevel).and_then(Self::from_stars)
    }

    /// Who may assess this level: STAR-1 and -2 are declared by the maker, STAR-3 and -4 evaluated by a third party.
    pub const fn is_self_declared(self) -> bool {
        matches!(self, Self::Star1 | Self::Star2)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "STAR-{}", self.stars())
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrStars;
        impl serde::de::Visitor<'_> for TextOrStars {
            type Value = Level;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a level: \"STAR-1\" to \"STAR-4\", or 1 to 4")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Level, E> {
                Level::parse(text).map_err(E::custom)
            }
            fn visit_u64<E: serde::de::Error>(self, stars: u64) -> Result<Level, E> {
                Level::from_stars(stars).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(TextOrStars)
    }
}

/// A product category (製品類型), a number in the token and a word elsewhere.
///
/// The table is this service's own; the scheme publishes types only for STAR-3 so far (domain.md). Numbers are printed
/// on paper: they are never given to another category, and a number without a word stays readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(u16);

/// Text or number that names no category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a product category: a word of the category table, or category-1 to category-{}", Category::MAX)]
pub struct UnknownCategory;

impl Category {
    /// The largest number: ten bits in the token.
    pub const MAX: u16 = 1023;

    /// The categories that have a word, by number.
    const WORDS: [(u16, &'static str); 12] = [
        (1, "communications_equipment"),
        (2, "network_camera"),
        (3, "smart_lock"),
        (4, "home_gateway"),
        (5, "home_appliance"),
        (6, "sensor"),
        (7, "printer"),
        (8, "storage"),
        (9, "wearable"),
        (10, "toy"),
        (11, "energy_equipment"),
        (12, "industrial_controller"),
    ];

    /// The category with this number.
    pub fn from_code(code: u64) -> Result<Self, UnknownCategory> {
        match u16::try_from(code) {
            Ok(code @ 1..=Self::MAX) => Ok(Self(code)),
            _ => Err(UnknownCategory),
        }
    }

    /// Its number, 1 to 1023.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The categories that have a word.
    pub fn known() -> impl Iterator<Item = Self> {
        Self::WORDS.iter().map(|(code, _)| Self(*code))
    }

    /// Its word, where it has one.
    pub fn word(self) -> Option<&'static str> {
        Self::WORDS.iter().find(|(code, _)| *code == self.0).map(|(_, word)| *word)
    }

    /// Reads a word of the table, or `category-57`.
    pub fn parse(text: &str) -> Result<Self, UnknownCategory> {
        let text = text.trim();
        if let Some((code, _)) = Self::WORDS.iter().find(|(_, word)| *word == text) {
            return Ok(Self(*code));
        }
        let code = text.strip_prefix("category-").ok_or(UnknownCategory)?;
        code.parse().map_err(|_| UnknownCategory).and_then(Self::from_code)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word() {
            Some(word) => f.write_str(word),
            None => write!(f, "category-{}", self.0),
        }
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// How conformity was assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "route", rename_all = "snake_case")]
pub enum AssessmentRoute {
    /// 自己適合宣言: declared by the maker, the declaration checked by the operator.
    SelfDeclaration,
    /// 第三者評価: evaluated by a third party.
    ThirdParty {
        /// Name of the evaluation body (評価機関).
        body: String,
    },
}

/// A level that this route cannot lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// STAR-1 and -2 are self-declared.
    #[error("{0} is self-declared by the maker: no evaluation body may be named")]
    MustBeSelfDeclared(Level),
    /// STAR-3 and -4 need an evaluation body.
    #[error("{0} needs a third-party evaluation: the evaluation body is missing")]
    MustBeEvaluated(Level),
}

impl AssessmentRoute {
    /// The route for `level`, from the name of an evaluation body or its absence.
    pub fn for_level(level: Level, body: Option<String>) -> Result<Self, RouteError> {
        match (level.is_self_declared(), body.filter(|body| !body.trim().is_empty())) {
            (true, None) => Ok(Self::SelfDeclaration),
            (false, Some(body)) => Ok(Self::ThirdParty { body }),
            (true, Some(_)) => Err(RouteError::MustBeSelfDeclared(level)),
            (false, None) => Err(RouteError::MustBeEvaluated(level)),
        }
    }

    /// The evaluation body, where there is one.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::SelfDeclaration => None,
            Self::ThirdParty { body } => Some(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_people_write_them() {
        for text in ["STAR-3", "star3", "★3", "3", " STAR3 "] {
            assert_eq!(Level::parse(text), Ok(Level::Star3), "{text}");
        }
        for text in ["", "STAR-5", "0", "STAR--3", "three"] {
            assert_eq!(Level::parse(text), Err(UnknownLevel), "{text}");
        }
    }

    #[test]
    fn a_category_without_a_word_stays_readable() {
        let later = Category::from_code(57).unwrap();
        assert_eq!(Category::parse(&later.to_string()), Ok(later));
        assert_eq!(Category::parse("network_camera").map(Category::code), Ok(2));
        assert_eq!(Category::from_code(0), Err(UnknownCategory));
        assert_eq!(Category::from_code(1024), Err(UnknownCategory));
    }

    #[test]
    fn the_route_follows_the_level() {
        let body = || Some("Example Evaluation Lab (fictional)".to_owned());
        assert!(AssessmentRoute::for_level(Level::Star1, None).is_ok());
        assert!(AssessmentRoute::for_level(Level::Star3, body()).is_ok());
        assert_eq!(
            AssessmentRoute::for_level(Level::Star2, body()),
            Err(RouteError::MustBeSelfDeclared(Level::Star2))
        );
        assert_eq!(
            AssessmentRoute::for_level(Level::Star4, Some(" ".into())),
            Err(RouteError::MustBeEvaluated(Level::Star4))
        );
    }
}
