//! Evidence files (証跡): taken in, noted as handed in by an organisation, and given out to who may read the case.
//!
//! A file is found by its digest, which is no secret. So a case may refer only to files that its own organisation handed in:
//! else anybody who learnt a digest could read the file through a case of their own.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use super::{Desk, DeskError, cases, error::problem};
use crate::{
    evidence::{Declared, Stored},
    registry::{CaseWrite, Kind, RegistryError, Write},
    scheme::{
        access::Action,
        application::Application,
        case_id::ApplicationId,
        evidence::{ContentHash, EvidenceRef, FileName, FileSize, MediaType},
        organisation::OrganisationId,
    },
    service::caller::Caller,
};

/// What the sender says of a file.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name, for display.
    pub name: FileName,
    /// What it is; its bytes must agree.
    pub media_type: MediaType,
    /// Its digest, to be held against it.
    pub sha256: Option<ContentHash>,
}

impl Desk {
    /// Takes in a file of the caller's organisation. The same file again is noted once.
    pub async fn upload<E>(
        &self,
        caller: &Caller,
        says: Upload,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<EvidenceRef, DeskError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let owner = caller.permit.organisation();
        caller.permit.decide(Action::EvidenceUpload, Some(owner))?;
        let declared = Declared { hash: says.sha256, media_type: Some(says.media_type) };
        let Stored { hash, size, .. } = self.evidence.put(bytes, declared).await?;
        let size = FileSize::new(size).map_err(|error| DeskError::of_field("file", &error))?;
        let file = EvidenceRef { sha256: hash, name: says.name, media_type: says.media_type, size };
        match self.registry.commit(vec![noted(owner, &file)?], &caller.actor, self.clock.now()).await {
            Ok(_) | Err(RegistryError::CaseExists { .. }) => Ok(file),
            Err(error) => Err(error.into()),
        }
    }

    /// A file that the application `id` refers to, with what it is.
    pub async fn application_evidence(
        &self,
        caller: &Caller,
        id: &ApplicationId,
        sha256: &ContentHash,
    ) -> Result<(EvidenceRef, Bytes), DeskError> {
        let filed = self.theirs(caller, Action::EvidenceRead, id).await?;
        let file = files_of(&filed.document).find(|file| file.sha256 == *sha256);
        let file = file.cloned().ok_or(DeskError::NotFound)?;
        let bytes = self.evidence_bytes(sha256).await?.ok_or(DeskError::NotFound)?;
        Ok((file, bytes))
    }

    /// Refuses what the caller's organisation did not hand in, or handed in as something else.
    pub(super) async fn check_evidence<'a>(
        &self,
        caller: &Caller,
        files: impl Iterator<Item = &'a EvidenceRef> + Send,
    ) -> Result<(), DeskError> {
        let mut wrong = Vec::new();
        let files: Vec<_> = files.cloned().collect();
        for file in &files {
            let id = name(caller.permit.organisation(), &file.sha256);
            let known = match self.registry.case(Kind::Evidence, &id).await? {
                Some(case) => Some(cases::read::<EvidenceRef>(case)?.document),
                None => None,
            };
            match known {
                Some(known) if (known.media_type, known.size) == (file.media_type, file.size) => {}
                Some(_) => {
                    wrong.push(problem("evidence", &format!("{} is of another type or size", file.sha256)));
                }
                None => wrong.push(problem("evidence", &format!("{} was not handed in", file.sha256))),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(DeskError::Invalid(wrong)) }
    }

    /// Keeps what this service itself has to find again unchanged.
    pub(super) async fn keep(&self, json: Vec<u8>) -> Result<ContentHash, DeskError> {
        let bytes = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from(json))]);
        Ok(self.evidence.put(bytes.boxed(), Declared::default()).await?.hash)
    }

    pub(super) async fn evidence_bytes(&self, sha256: &ContentHash) -> Result<Option<Bytes>, DeskError> {
        Ok(self.evidence.read(sha256).await?)
    }
}

fn files_of(application: &Application) -> impl Iterator<Item = &EvidenceRef> {
    let report = application.report().map(|report| &report.evidence);
    application.content().checklist.evidence().chain(report)
}

fn name(owner: &OrganisationId, sha256: &ContentHash) -> String {
    format!("{owner}:{sha256}")
}

fn noted(owner: &OrganisationId, file: &EvidenceRef) -> Result<Write, DeskError> {
    let document = serde_json::to_string(file).map_err(|error| RegistryError::Unavailable(error.into()))?;
    Ok(Write::Case(CaseWrite {
        kind: Kind::Evidence,
        id: name(owner, &file.sha256),
        expected: None,
        owner: Some(owner.as_str().to_owned()),
        number: None,
        state: "handed_in".to_owned(),
        document,
        what: "handed_in".to_owned(),
        why: None,
    }))
}
