//! Procurement policies as an organisation keeps them: named, in editions, of which none is ever changed.
//!
//! What a policy says and how it is checked is `shirushi_shared::policy`. Here an edition is a case of its own, written
//! once; a book for each name lists its editions, and is what takes two writers one after the other.

use serde::{Deserialize, Serialize};
use shirushi_shared::{
    policy::{Policy, PolicyDigest},
    time::UnixTime,
};

use super::{organisation::OrganisationId, person::Person, text::TextError};

/// The name of the example that is supplied to everybody: nobody's own policy is called so.
pub const SUPPLIED: &str = "government";

/// Why a policy of this name or edition is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Not a line of its length.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A sign that has a meaning in addresses.
    #[error("has a / or an @: policies are asked for as NAME@VERSION, and in addresses")]
    Sign,
    /// The name of the example.
    #[error("is the name of the example that is supplied")]
    Supplied,
}

super::text::checked_text! {
    /// What a kept policy is called.
    PolicyName, NotAName, |text| if text == SUPPLIED { Err(NotAName::Supplied) } else { short(text) }
}
super::text::checked_text! {
    /// What an edition of it is called.
    PolicyVersion, NotAName, short
}

/// Longest name, as of a policy's file.
const LONGEST: usize = 128;

fn short(text: &str) -> Result<(), NotAName> {
    super::text::line(text, 1, LONGEST)?;
    if text.contains(['/', '@']) { Err(NotAName::Sign) } else { Ok(()) }
}

/// An edition, as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// The name of its case.
    id: String,
    /// Who handed it in.
    by: Person,
    /// What it says.
    policy: Policy,
}

/// The editions of a policy, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyBook {
    /// The name of its case.
    id: String,
    /// What the policy is called.
    name: PolicyName,
    /// Its editions, the latest last.
    editions: Vec<EditionEntry>,
}

/// An edition in the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionEntry {
    /// What it is called.
    pub version: PolicyVersion,
    /// SHA-256 of its canonical form.
    pub sha256: PolicyDigest,
    /// When it was handed in.
    pub at: UnixTime,
    /// By whom.
    pub by: Person,
}

/// Why an edition is not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefused {
    /// There is one, which stays as it is.
    #[error("there is a version {0} already, and what was kept is not changed: give it another version")]
    Kept(PolicyVersion),
    /// More than anybody keeps apart.
    #[error("a policy has at most {} versions", PolicyBook::MOST)]
    TooMany,
}

impl Edition {
    /// `policy` as `by` hands it in under `name`.
    pub fn new(policy: Policy, name: &PolicyName, version: &PolicyVersion, by: Person) -> Self {
        Self { id: Self::case_of(&by.organisation, name, version), by, policy }
    }

    /// The name of the case of an edition.
    pub fn case_of(owner: &OrganisationId, name: &PolicyName, version: &PolicyVersion) -> String {
        format!("{owner}/{name}@{version}")
    }

    /// The name of its case.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it says.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl PolicyBook {
    /// Most editions.
    pub const MOST: usize = 200;

    /// A book of the policies that `owner` calls `name`, with nothing in it.
    pub fn new(owner: &OrganisationId, name: PolicyName) -> Self {
        Self { id: Self::case_of(owner, &name), name, editions: Vec::new() }
    }

    /// The name of the case of a book.
    pub fn case_of(owner: &OrganisationId, name: &PolicyName) -> String {
        format!("{owner}/{name}")
    }

    /// The book with another edition in it.
    pub fn with(mut self, entry: EditionEntry) -> Result<Self, PolicyRefused> {
        if self.editions.iter().any(|known| known.version == entry.version) {
            return Err(PolicyRefused::Kept(entry.version));
        }
        if self.editions.len() >= Self::MOST {
            return Err(PolicyRefused::TooMany);
        }
        self.editions.push(entry);
        Ok(self)
    }

    /// The name of its case.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the policy is called.
    pub const fn name(&self) -> &PolicyName {
        &self.name
    }

    /// Its editions, the latest last.
    pub fn editions(&self) -> &[EditionEntry] {
        &self.editions
    }

    /// The edition `version`; without one, the latest.
    pub fn edition(&self, version: Option<&PolicyVersion>) -> Option<&EditionEntry> {
        match version {
            Some(version) => self.editions.iter().find(|entry| entry.version == *version),
            None => self.editions.last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::sample::person;

    #[test]
    fn an_edition_is_added_once_and_the_latest_is_the_last() {
        let policy = Policy::government().unwrap();
        let by = person("shop", "Sato");
        let entry = |version: &str| EditionEntry {
            version: PolicyVersion::parse(version).unwrap(),
            sha256: policy.digest(),
            at: UnixTime::EPOCH,
            by: by.clone(),
        };
        let name = PolicyName::parse("Cameras 2027").unwrap();
        let book = PolicyBook::new(&by.organisation, name.clone()).with(entry("1")).unwrap();
        let book = book.with(entry("2")).unwrap();
        assert_eq!(
            book.clone().with(entry("1")),
            Err(PolicyRefused::Kept(PolicyVersion::parse("1").unwrap()))
        );
        assert_eq!(book.edition(None).unwrap().version.as_str(), "2");
        assert_eq!(book.edition(Some(&PolicyVersion::parse("1").unwrap())).unwrap().version.as_str(), "1");
        assert_eq!(book.edition(Some(&PolicyVersion::parse("3").unwrap())), None);
        assert_eq!(book.id(), "shop/Cameras 2027");
        let version = PolicyVersion::parse("2").unwrap();
        let edition = Edition::new(policy.clone(), &name, &version, by.clone());
        assert_eq!(edition.id(), "shop/Cameras 2027@2");
        let full = (3..=PolicyBook::MOST).try_fold(book, |book, n| book.with(entry(&n.to_string()))).unwrap();
        assert_eq!(full.with(entry("one more")), Err(PolicyRefused::TooMany));
    }

    #[test]
    fn names_are_told_apart_in_an_address_and_from_the_example() {
        for (text, refused) in [
            ("a/b", NotAName::Sign),
            ("a@b", NotAName::Sign),
            ("government", NotAName::Supplied),
            ("", NotAName::Text(TextError::Empty)),
            ("a\nb", NotAName::Text(TextError::Hidden)),
            (&"x".repeat(129), NotAName::Text(TextError::TooLong(128))),
        ] {
            assert_eq!(PolicyName::parse(text), Err(refused), "{text:?}");
        }
        assert!(PolicyVersion::parse("government").is_ok());
    }
}
