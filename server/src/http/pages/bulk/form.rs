//! A file as the form sends it.

use axum::{
    extract::{FromRef, FromRequest as _, Multipart, Request, State, multipart::Field},
    response::{IntoResponse as _, Redirect, Response},
};
use shirushi_shared::{
    api::ProblemType,
    policy::{Day, Policy},
};
use shirushi_web::page::paths;

use super::asking;
use crate::{
    http::{
        fields::Fields,
        jobs::Opening,
        pages::{Shell, shell::Visit},
        policies,
        problem::{Refusal, form_refusal, status},
        rate::Client,
        rest::drain,
        state::AppState,
    },
    scheme::evidence::FileName,
    service::{
        access::{Access, Action},
        caller::Caller,
        desk::Desk,
        jobs::{Jobs, Order, Plan},
    },
};

/// Longest text of a field beside the file, in bytes.
const LONGEST: usize = 512;

/// Who is asked.
#[derive(Clone)]
pub(in crate::http) struct Asked {
    opening: Opening,
    access: Access,
    desk: Desk,
}

impl FromRef<AppState> for Asked {
    fn from_ref(state: &AppState) -> Self {
        let AppState { access, desk, .. } = state;
        Self { opening: Opening::from_ref(state), access: access.clone(), desk: desk.clone() }
    }
}

/// What the form says beside the file.
#[derive(Default)]
struct Said {
    key: String,
    as_of: String,
    policy: String,
    contract_end: String,
}

/// `POST /bulk`: leads to the page of the file.
pub(in crate::http) async fn sent(
    State(asked): State<Asked>,
    State(jobs): State<Jobs>,
    State(shell): State<Shell>,
    visit: Visit,
    from: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let refusal = match take(&asked, &visit, from, request).await {
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

async fn take(asked: &Asked, visit: &Visit, from: Client, request: Request) -> Result<String, Refusal> {
    let mut form = Multipart::from_request(request, &()).await.map_err(Refusal::bad_request)?;
    let mut said = Said::default();
    while let Some(field) = form.next_field().await.map_err(|error| form_refusal(&error))? {
        match field.name() {
            Some("key") => said.key = text(field).await?,
            Some("as_of") => said.as_of = text(field).await?,
            Some("policy") => said.policy = text(field).await?,
            Some("contract_end") => said.contract_end = text(field).await?,
            // The fields before it are all that it needs.
            Some("file") => {
                let mut file = field;
                let received = receive(asked, visit, from, &said, &mut file).await;
                if received.is_err() {
                    drain(file).await;
                }
                return received;
            }
            _ => {}
        }
    }
    Err(Refusal::bad_request("there is no file in the form"))
}

async fn receive(
    Asked { opening, access, desk }: &Asked,
    visit: &Visit,
    from: Client,
    said: &Said,
    file: &mut Field<'_>,
) -> Result<String, Refusal> {
    let caller = who(access, said.key.trim()).await?;
    let order = order(visit, said, file.file_name().unwrap_or_default())?;
    let (policy, contract_end) = terms(desk, caller.as_ref(), said).await?;
    let whose = caller.as_ref().map(Caller::organisation);
    let upload = opening.begin(whose, from, order).await?;
    let mut upload = upload.under(policy.as_ref(), contract_end);
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

/// Whose `key` is, where one was typed.
async fn who(access: &Access, key: &str) -> Result<Option<Caller>, Refusal> {
    if key.is_empty() {
        return Ok(None);
    }
    Ok(Some(access.admit(key, Action::VerifyBulk, None).await?))
}

/// The policy that was named, and the end of the contract.
async fn terms(
    desk: &Desk,
    caller: Option<&Caller>,
    said: &Said,
) -> Result<(Option<Policy>, Option<Day>), Refusal> {
    let mut fields = Fields::default();
    let end = Some(said.contract_end.trim()).filter(|day| !day.is_empty());
    let end = fields.keep_some("contract_end", end, Day::parse);
    fields.done(Some(()))?;
    let policy = match said.policy.trim() {
        "" => None,
        name => Some(policies::named(desk, caller, name).await?),
    };
    Ok((policy, end))
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
