//! What this node shows: the bytes that are published, held in memory.
//!
//! While the registry does not answer, the last ones go on being shown: they carry their own expiry.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use sha2::{Digest as _, Sha256};
use shirushi_shared::time::UnixTime;

use crate::registry::{Position, Publication, Registry, RegistryError};

/// The published files as this node has them. Cheap to clone; all clones show the same.
#[derive(Clone, Default)]
pub struct Shelf(Arc<RwLock<BTreeMap<String, Arc<SignedFile>>>>);

/// A published file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedFile {
    /// Counts up with every publication under its name.
    pub version: u64,
    /// All that was written up to here is in it.
    pub position: Position,
    /// When it was signed.
    pub signed: UnixTime,
    /// Its version and the beginning of its hash: the same bytes for ever, at every node.
    pub tag: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Shelf {
    /// The file called `name`, where one is published.
    pub fn file(&self, name: &str) -> Option<Arc<SignedFile>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All files with their names, in order.
    pub fn files(&self) -> Vec<(String, Arc<SignedFile>)> {
        let files = self.0.read().unwrap_or_else(PoisonError::into_inner);
        files.iter().map(|(name, file)| (name.clone(), Arc::clone(file))).collect()
    }

    /// Takes from `registry` what is newer there. Whether there was something.
    pub async fn refresh(&self, registry: &dyn Registry) -> Result<bool, RegistryError> {
        let mut news = false;
        for head in registry.publications().await? {
            let has_it = self.file(&head.name).is_some_and(|file| file.version >= head.version);
            if has_it {
                continue;
            }
            if let Some(publication) = registry.publication(&head.name).await? {
                self.put(publication);
                news = true;
            }
        }
        Ok(news)
    }

    /// Shows `publication`, unless what is shown is as new.
    pub(super) fn put(&self, publication: Publication) {
        let Publication { name, version, position, signed, bytes } = publication;
        let hash = Sha256::digest(&bytes);
        let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let file = SignedFile { version, position, signed, tag: format!("{version}-{hash}"), bytes };
        let mut files = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if files.get(&name).is_none_or(|shown| shown.version < version) {
            files.insert(name, Arc::new(file));
        }
    }
}

impl core::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.files().iter().map(|(name, file)| (name, file.version))).finish()
    }
}
