//! A file as the form sends it.

use axum::{
    extract::{FromRequest as _, Multipart, Request, State, multipart::Field},
    response::{IntoResponse as _, Redirect, Response},
};
use shirushi_shared::{api::ProblemType, policy::Day};
use shirushi_web::page::paths;

use super::asking;
use crate::{
    http::{
        fields::Fields,
        jobs::Opening,
        pages::{Shell, shell::Visit},
        problem::{Refusal, form_refusal, status},
        rate::Client,
    },
    scheme::{evidence::FileName, organisation::OrganisationId},
    service::{
        access::{Access, Action},
        jobs::{Jobs, Order, Plan},
    },
};

/// Longest text of a field beside the file, in bytes.
const LONGEST: usize = 512;

/// What the form says beside the file.
#[derive(Default)]
struct Said {
    key: String,
    as_of: String,
}

/// `POST /bulk`: leads to the page of the file.
pub(in crate::http) async fn sent(
    State(opening): State<Opening>,
    State(access): State<Access>,
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
    from: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let refusal = match take(&opening, &access, &visit, from, request).await {
        Ok(secret) => {
            let place = format!("{}/{secret}?lang={}", paths::BULK, visit.language.tag());
            return Ok(Redirect::to(&place).into_response());
        }
        Err(refusal) => refusal,
    };
    match refusal.kind() {
        ProblemType::InvalidInput
        | ProblemType::BadRequest
        | ProblemType::TooLarge
        | ProblemType::Conflict
        | ProblemType::Unauthorized
        | ProblemType::Forbidden => {
            let page = asking(&jobs, &shell, &visit, Some(&refusal.told()));
            Ok((status(refusal.kind()), page).into_response())
        }
        _ => Err(refusal),
    }
}

async fn take(
    opening: &Opening,
    access: &Access,
    visit: &Visit,
    from: Client,
    request: Request,
) -> Result<String, Refusal> {
    let mut form = Multipart::from_request(request, &()).await.map_err(Refusal::bad_request)?;
    let mut said = Said::default();
    while let Some(field) = form.next_field().await.map_err(|error| form_refusal(&error))? {
        match field.name() {
            Some("key") => said.key = text(field).await?,
            Some("as_of") => said.as_of = text(field).await?,
            // The fields before it are all that it needs.
            Some("file") => return receive(opening, access, visit, from, &said, field).await,
            _ => {}
        }
    }
    Err(Refusal::bad_request("there is no file in the form"))
}

async fn receive(
    opening: &Opening,
    access: &Access,
    visit: &Visit,
    from: Client,
    said: &Said,
    mut file: Field<'_>,
) -> Result<String, Refusal> {
    let whose = whose(access, said.key.trim()).await?;
    let order = order(visit, said, file.file_name().unwrap_or_default())?;
    let mut upload = opening.begin(whose.as_ref(), from, order).await?;
    loop {
        let piece = match file.chunk().await {
            Ok(Some(piece)) => upload.push(&piece).await.map_err(Refusal::from),
            Ok(None) => break,
            Err(error) => Err(form_refusal(&error)),
        };
        if let Err(refusal) = piece {
            upload.give_up().await;
            return Err(refusal);
        }
    }
    let (_, secret) = upload.finish().await?;
    Ok(secret.reveal().to_owned())
}

/// The organisation of `key`, where one was typed.
async fn whose(access: &Access, key: &str) -> Result<Option<OrganisationId>, Refusal> {
    if key.is_empty() {
        return Ok(None);
    }
    let caller = access.admit(key, Action::VerifyBulk, None).await?;
    Ok(Some(caller.organisation().clone()))
}

fn order(visit: &Visit, said: &Said, name: &str) -> Result<Order, Refusal> {
    let mut fields = Fields::default();
    // Some browsers send a whole path.
    let name = name.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or("file");
    let name = fields.keep("file", FileName::parse(name));
    let date = Some(said.as_of.trim()).filter(|date| !date.is_empty());
    let date = fields.keep_some("as_of", date, Day::parse);
    fields.done(name.map(|name| Order {
        name,
        format: None,
        plan: Plan::Ask,
        language: visit.language,
        products: true,
        date,
        earlier: None,
    }))
}

async fn text(mut field: Field<'_>) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| form_refusal(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST {
            return Err(Refusal::bad_request(format!("a field of the form is longer than {LONGEST} bytes")));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
