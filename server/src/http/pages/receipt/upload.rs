//! What is handed in on the page: a receipt, which is small, or a pack, which goes into a scratch file as it comes.

use std::{fs::File, future::ready};

use axum::extract::{FromRequest as _, Multipart, Request, multipart::Field};
use futures_util::{StreamExt as _, stream};
use shirushi_shared::{api::ProblemType, receipt::SignedReceipt};

use crate::http::{
    overload::{Turn, Turns},
    packs::scratch,
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
pub(super) async fn kept_in_form(request: Request, turns: &Turns) -> Result<Option<Kept>, Refusal> {
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
async fn read(mut field: Field<'_>, turns: Option<&Turns>) -> Result<Option<Kept>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| form_refusal(&error))? {
        bytes.extend_from_slice(&chunk);
        if let Some(turns) = turns
            && bytes.starts_with(ARCHIVE)
        {
            let turn = turns.take()?;
            let rest = field.map(|read| read.map_err(|error| form_refusal(&error)));
            let whole = stream::once(ready(Ok(bytes.into()))).chain(rest);
            return Ok(Some(Kept::Pack(scratch(whole).await?, turn)));
        }
        if bytes.len() > MOST {
            return Err(Refusal::new(ProblemType::TooLarge, format!("a receipt has at most {MOST} bytes")));
        }
    }
    Ok(Some(bytes).filter(|bytes| !bytes.trim_ascii().is_empty()).map(Kept::Receipt))
}
