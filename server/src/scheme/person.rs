//! Who did something: a person of an organisation.

use serde::{Deserialize, Serialize};
use shirushi_shared::registration::MatchKey;

use super::{organisation::OrganisationId, text::TextError};

super::text::checked_text! {
    /// A person's name within their organisation, with at least one letter or digit to tell it from others.
    PersonName, TextError, |text| {
        super::text::line(text, 1, super::text::MAX_NAME)?;
        MatchKey::of(text).map(drop).ok_or(TextError::Empty)
    }
}

/// A person, as the access key or the command line names them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Whose staff they are.
    pub organisation: OrganisationId,
    /// Their name there.
    pub name: PersonName,
}

impl Person {
    /// Whether this is the same person: width, case and blanks of a name make nobody a second pair of eyes.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.organisation == other.organisation
            && MatchKey::of(self.name.as_str()) == MatchKey::of(other.name.as_str())
    }
}

impl core::fmt::Display for Person {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.name, self.organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(organisation: &str, name: &str) -> Person {
        Person {
            organisation: OrganisationId::parse(organisation).unwrap(),
            name: PersonName::parse(name).unwrap(),
        }
    }

    #[test]
    fn another_spelling_is_not_another_person() {
        let sato = person("operator", "Sato Hanako");
        assert!(sato.is_same_as(&person("operator", "ＳＡＴＯ　Hanako")));
        assert!(!sato.is_same_as(&person("operator", "Sato Hanae")));
        assert!(!sato.is_same_as(&person("lab", "Sato Hanako")), "a namesake elsewhere");
        assert_eq!(PersonName::parse("--"), Err(TextError::Empty));
    }
}
