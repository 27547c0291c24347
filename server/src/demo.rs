//! A fictional registry to look at and to test with: every outcome of a verdict, as labels that can be printed.
//!
//! Everything goes through the same service as real labels do, by clocks that stand where the story needs them. Only
//! the labels that no operator would issue (a stranger's key, a forgery by a stolen key, a wrong clock) are made here.

mod catalogue;
mod forged;
mod sheet;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use shirushi_shared::{
    key::KeyUse,
    label::{RegistrationNumber, StateChange},
    time::UnixTime,
    token::Token,
    verdict::Outcome,
};
use tokio::sync::Notify;

use crate::{
    artwork::ArtworkError,
    clock::SystemClock,
    registry::{Actor, Change, Registry, RegistryError},
    service::{
        approval::Approval,
        issue::{IssueError, Issuer},
    },
    signer::{KeyFolder, SharedSigner, SignerError},
};
use catalogue::Fate;

pub use sheet::DemoLabel;

/// What stands on every sample, so that none can pass as a label.
pub const NOTICE: &str = "FICTIONAL SAMPLE";

/// What stands above every page.
pub const PAGE_NOTICE: &str = "見本データ：会社・製品・ラベルはすべて架空です / Sample data: all companies, products and labels are invented";

/// The first key was in use from the beginning, and in wrong hands from `STOLEN` days ago.
const BEGINNING: i64 = -1_200 * DAY;
const STOLEN: i64 = -100 * DAY;
const DAY: i64 = 86_400;

/// A file that marks a folder as a demonstration's, which may be made anew.
const MARK: &str = ".shirushi-demo";

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder holds something else.
    #[error("{} is not empty and not a demonstration's: choose another --dir", .0.display())]
    NotOurs(PathBuf),
    /// The folder cannot be written.
    #[error("{}: {source}", .path.display())]
    Folder {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A fault in the catalogue.
    #[error("registration {0} of the catalogue is not one")]
    Catalogue(u32),
    /// Keys could not be made.
    #[error(transparent)]
    Keys(#[from] SignerError),
    /// Not issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// Not registered.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Not drawn.
    #[error(transparent)]
    Artwork(#[from] ArtworkError),
    /// The list of labels could not be written.
    #[error("labels.json: {0}")]
    List(#[from] serde_json::Error),
}

/// The folder of a demonstration, emptied and ready: keys, registry and labels lie below it.
#[derive(Clone, Debug)]
pub struct DemoFolder(PathBuf);

impl DemoFolder {
    /// Makes `path` anew. Refused where it holds anything but an earlier demonstration.
    pub fn fresh(path: &Path) -> Result<Self, DemoError> {
        let failed = |source| DemoError::Folder { path: path.to_owned(), source };
        let mark = path.join(MARK);
        if path.exists() && !mark.exists() && fs::read_dir(path).map_err(failed)?.next().is_some() {
            return Err(DemoError::NotOurs(path.to_owned()));
        }
        // The mark goes last and comes first: killed in between, the folder is still known as ours.
        fs::create_dir_all(path)
            .and_then(|()| fs::write(&mark, "made by `shirushi demo`\n"))
            .map_err(failed)?;
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?.path();
            if entry == mark {
                continue;
            }
            let removed = if entry.is_dir() { fs::remove_dir_all(&entry) } else { fs::remove_file(&entry) };
            removed.map_err(failed)?;
        }
        // Links in labels.json are whole paths, wherever the caller stands.
        path.canonicalize().map(Self).map_err(failed)
    }

    /// Where the keys lie.
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// Where the registry lies.
    pub fn database(&self) -> PathBuf {
        self.0.join("shirushi.db")
    }

    /// Where the printable labels lie.
    pub fn labels(&self) -> PathBuf {
        self.0.join("labels")
    }

    /// The list of all labels.
    pub fn list(&self) -> PathBuf {
        self.0.join("labels.json")
    }
}

/// Fills `registry` with the catalogue, writes labels for print and `labels.json`, and returns what it lists: one
/// label for each outcome first, then the rest. `origin` is printed on the labels.
pub async fn fill(
    folder: &DemoFolder,
    registry: Arc<dyn Registry>,
    origin: &str,
    clock: &SystemClock,
) -> Result<Vec<DemoLabel>, DemoError> {
    let now = clock.now();
    let first = now.plus(BEGINNING);
    let stolen = now.plus(STOLEN);
    let mut keys = KeyFolder::init(&folder.keys(), &KeyUse::ALL, first)?;
    let stolen_signer = keys.signer(KeyUse::Label)?;
    let stolen_id = stolen_signer.public_key().id();

    let catalogue = Catalogue::by(now)?;
    let registrar = Registrar { registry: &registry, clock };
    registrar.issue(catalogue.before(stolen), &stolen_signer).await?;
    keys.compromise(stolen_id, stolen, stolen)?;
    let signer = keys.signer(KeyUse::Label)?;
    registrar.issue(catalogue.from(stolen), &signer).await?;
    registrar.decide(&catalogue).await?;

    let mut labels = Vec::new();
    for entry in &catalogue.0 {
        if let Some(token) = registry.token(&entry.approval.number).await? {
            labels.push(DemoLabel::registered(&entry.approval, entry.fate.outcome(), &token, origin));
        }
    }
    labels.extend(
        forged::all(&forged::Workshop {
            registry: registry.as_ref(),
            signer: signer.as_ref(),
            stolen: stolen_signer.as_ref(),
            example: labels.iter().find(|label| label.outcome == Outcome::Valid),
            origin,
            now,
        })
        .await?,
    );
    sheet::one_of_each_first(&mut labels);
    sheet::write(folder, &mut labels)?;
    Ok(labels)
}

/// A registration of the catalogue, with the instant at which it is put on record.
struct Entry {
    approval: Approval,
    fate: Fate,
    registered: UnixTime,
}

/// The catalogue by a present, in the order of registration.
struct Catalogue(Vec<Entry>);

impl Catalogue {
    fn by(now: UnixTime) -> Result<Self, DemoError> {
        let mut entries = (0..catalogue::REGISTRATIONS)
            .map(|index| {
                let (approval, fate) = catalogue::approval(index, now).ok_or(DemoError::Catalogue(index))?;
                // Three days before it begins to hold; what begins in the future was registered a week ago.
                let registered = approval.valid.from.plus(-3 * DAY).min(now.plus(-7 * DAY));
                Ok(Entry { approval, fate, registered })
            })
            .collect::<Result<Vec<_>, DemoError>>()?;
        entries.sort_by_key(|entry| entry.registered);
        Ok(Self(entries))
    }

    fn before(&self, instant: UnixTime) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.registered < instant)
    }

    fn from(&self, instant: UnixTime) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.registered >= instant)
    }
}

/// Issues and decides at the instants that the story needs.
struct Registrar<'a> {
    registry: &'a Arc<dyn Registry>,
    clock: &'a SystemClock,
}

impl Registrar<'_> {
    async fn issue(
        &self,
        entries: impl Iterator<Item = &Entry>,
        signer: &SharedSigner,
    ) -> Result<(), DemoError> {
        for entry in entries {
            let issuer = self.issuer(signer, entry.registered);
            issuer.issue(vec![entry.approval.clone()], &operator()).await?;
        }
        Ok(())
    }

    async fn decide(&self, catalogue: &Catalogue) -> Result<(), DemoError> {
        let now = self.clock.now();
        for entry in &catalogue.0 {
            let Some((change, at)) = decision(entry.fate, now) else { continue };
            let number = &entry.approval.number;
            self.registry.change(number, None, Change::State(change), &operator(), at).await?;
        }
        Ok(())
    }

    fn issuer(&self, signer: &SharedSigner, at: UnixTime) -> Issuer {
        let clock = SystemClock::default();
        clock.jump(at.since(self.clock.now()));
        Issuer::new(Arc::clone(self.registry), Arc::clone(signer), clock, Arc::new(Notify::new()))
    }
}

fn decision(fate: Fate, now: UnixTime) -> Option<(StateChange, UnixTime)> {
    Some(match fate {
        Fate::Valid | Fate::Expired | Fate::NotYetValid => return None,
        Fate::Grace => (StateChange::EnterGrace, now.plus(-2 * DAY)),
        Fate::Suspended => {
            let reason = "更新機能の不具合の調査中 / A fault of the update function is under investigation (fictional)";
            (
                StateChange::Suspend { until: Some(now.plus(30 * DAY)), reason: reason.to_owned() },
                now.plus(-5 * DAY),
            )
        }
        Fate::Revoked => {
            let reason = "適合基準を満たさないことが確認された / Found not to meet the criteria (fictional)";
            (StateChange::Revoke { reason: reason.to_owned() }, now.plus(-20 * DAY))
        }
    })
}

impl Fate {
    const fn outcome(self) -> Outcome {
        match self {
            Self::Valid => Outcome::Valid,
            Self::Grace => Outcome::Grace,
            Self::Suspended => Outcome::Suspended,
            Self::Revoked => Outcome::Revoked,
            Self::Expired => Outcome::Expired,
            Self::NotYetValid => Outcome::NotYetValid,
        }
    }
}

fn operator() -> Actor {
    Actor::here("demo")
}

/// The link of `token` under `origin`, and the token's own text.
fn texts(token: &Token, origin: &str) -> (String, String) {
    (token.link(origin), token.to_text(shirushi_shared::token::TextForm::Base64Url))
}

/// A registration number that the catalogue does not have.
fn unused_number(serial: u32) -> Option<(String, RegistrationNumber)> {
    let printed = format!("DEMO-2026-9{serial:04}");
    RegistrationNumber::parse(&printed).ok().map(|number| (printed, number))
}

#[cfg(test)]
mod tests;
