//! Signed files, and what they are made of.

use shirushi_shared::{registration::Registration, status::StatusRecord, time::UnixTime, token::StatusIndex};

use super::Position;

/// A label with all that signed lists need of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRow {
    /// What is registered.
    pub registration: Registration,
    /// Its status.
    pub record: StatusRecord,
    /// The places in the status list of the labels that were issued for it.
    pub places: Vec<StatusIndex>,
}

/// A signed file, kept where every node finds the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its name, as in its address.
    pub name: String,
    /// Counts up with every publication under this name.
    pub version: u64,
    /// All that was written up to here is in it.
    pub position: Position,
    /// When it was signed.
    pub signed: UnixTime,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A publication without its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationHead {
    /// Its name, as in its address.
    pub name: String,
    /// Counts up with every publication under this name.
    pub version: u64,
    /// All that was written up to here is in it.
    pub position: Position,
    /// When it was signed.
    pub signed: UnixTime,
}

impl Publication {
    /// What it is, without the file.
    pub fn head(&self) -> PublicationHead {
        PublicationHead {
            name: self.name.clone(),
            version: self.version,
            position: self.position,
            signed: self.signed,
        }
    }
}
