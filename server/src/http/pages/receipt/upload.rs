//! What is handed in on the page: a receipt, which is small, or a pack, which goes into a scratch file as it comes.

use std::{
    fs::File,
    io::{Seek as _, Write as _},
};

use axum::extract::{FromRequest as _, Multipart, Request, multipart::Field};
use bytes::Bytes;
use shirushi_shared::{api::ProblemType, receipt::SignedReceipt};

use super::packs::PackTurns;
use crate::http::{
    overload::Turn,
    problem::{Refusal, form_refusal},
};

/// What was handed in.
pub(super) enum Kept {
    /// A receipt, as bytes or as text.
    Receipt(Vec<u8>),
    /// A pack, with the turn that it has for as long as it is looked at.
    Pack(File, Turn),
}

/// How an archive begins.
const ARCHIVE: &[u8; 4] = b"PK\x03\x04";
/// Most bytes of what is no archive: more than any receipt, so that its reader says that it is none.
const MOST: usize = SignedReceipt::MAX_KEPT + 16 * 1024;

/// What is in the form, the file before the text; `None` where both fields are empty.
pub(super) async fn kept_in_form(request: Request, turns: &PackTurns) -> Result<Option<Kept>, Refusal> {
    let mut form = Multipart::from_request(request, &()).await.map_err(Refusal::bad_request)?;
    let (mut file, mut text) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|error| form_refusal(&error))? {
        match field.name() {
            Some("file") => file = read(field, Some(turns)).await?,
            Some("text") => text = read(field, None).await?,
            _ => {}
        }
    }
    Ok(file.or(text))
}

/// A field; archives only where there are `turns` for them.
async fn read(mut field: Field<'_>, turns: Option<&PackTurns>) -> Result<Option<Kept>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| form_refusal(&error))? {
        bytes.extend_from_slice(&chunk);
        if let Some(turns) = turns
            && bytes.starts_with(ARCHIVE)
        {
            let turn = turns.take()?;
            return Ok(Some(Kept::Pack(scratch(bytes.into(), field).await?, turn)));
        }
        if bytes.len() > MOST {
            return Err(Refusal::new(ProblemType::TooLarge, format!("a receipt has at most {MOST} bytes")));
        }
    }
    Ok(Some(bytes).filter(|bytes| !bytes.trim_ascii().is_empty()).map(Kept::Receipt))
}

/// The whole field in a scratch file; how much that is, the row of the route table bounds.
async fn scratch(first: Bytes, mut field: Field<'_>) -> Result<File, Refusal> {
    let mut file = tempfile::tempfile().map_err(|fault| Refusal::internal(&fault))?;
    let mut next = Some(first);
    while let Some(chunk) = next {
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .map_err(|fault| Refusal::internal(&fault))?
            .map_err(|fault| Refusal::internal(&fault))?;
        next = field.chunk().await.map_err(|error| form_refusal(&error))?;
    }
    file.rewind().map_err(|fault| Refusal::internal(&fault))?;
    Ok(file)
}
