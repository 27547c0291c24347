//! `/v1/api-keys`: an organisation's keys. A key's text is in the answer that makes it, and nowhere else.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::time::UnixTime;

use super::{
    extract::{Admitted, Json, Path, Query, ToCreateKey, ToListKeys, ToRevokeKey, ToRotateKey},
    fields::Fields,
    paging,
    problem::Refusal,
};
use crate::{
    scheme::{organisation::OrganisationId, person::PersonName},
    service::access::{Access, ApiKeyId, ApiKeyRecord, ApiKeySecret, ListedKey, NewKey, Role, Scope},
    service::caller::Caller,
};

/// Which page of the list, of whose keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    #[serde(default)]
    organisation: Option<OrganisationId>,
    #[serde(default)]
    after: Option<ApiKeyId>,
    #[serde(default)]
    limit: Option<u32>,
}

/// A key to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateRequest {
    /// Left out: the caller's.
    #[serde(default)]
    organisation: Option<String>,
    person: String,
    roles: Vec<String>,
    scopes: Vec<String>,
    #[serde(default)]
    expires: Option<UnixTime>,
}

/// How long the old key works beside the new one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotateRequest {
    overlap_hours: u32,
}

/// What is on record of a key: never its secret.
#[derive(Serialize)]
pub(super) struct KeyAnswer {
    id: ApiKeyId,
    organisation: OrganisationId,
    person: String,
    roles: Vec<Role>,
    scopes: Vec<Scope>,
    created: UnixTime,
    expires: Option<UnixTime>,
    revoked: Option<UnixTime>,
    replaces: Option<ApiKeyId>,
    /// To the minute.
    last_used: Option<UnixTime>,
}

/// A key that was made, with its text.
#[derive(Serialize)]
struct MadeAnswer {
    key: KeyAnswer,
    /// Shown this once.
    secret: String,
}

#[derive(Serialize)]
struct ListAnswer {
    keys: Vec<KeyAnswer>,
    /// The next page is asked for by `after` with this.
    next: Option<ApiKeyId>,
}

/// `GET /v1/api-keys`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToListKeys>,
    State(access): State<Access>,
    Query(Page { organisation, after, limit }): Query<Page>,
) -> Result<Response, Refusal> {
    let limit = paging::size(limit)?;
    let found = access.list(organisation.as_ref(), after.as_ref(), limit, &caller).await?;
    let listed = |ListedKey { record, last_used }| KeyAnswer::new(record, last_used);
    let keys = found.keys.into_iter().map(listed).collect();
    Ok(Json(ListAnswer { keys, next: found.next }).into_response())
}

/// `POST /v1/api-keys`.
pub(super) async fn create(
    Admitted { caller, .. }: Admitted<ToCreateKey>,
    State(access): State<Access>,
    Json(request): Json<CreateRequest>,
) -> Result<Response, Refusal> {
    let (secret, record) = access.create(request.check(&caller)?, &caller).await?;
    Ok(made(&secret, record))
}

/// `POST /v1/api-keys/{id}/rotate`.
pub(super) async fn rotate(
    Admitted { caller, .. }: Admitted<ToRotateKey>,
    State(access): State<Access>,
    Path(id): Path<ApiKeyId>,
    Json(RotateRequest { overlap_hours }): Json<RotateRequest>,
) -> Result<Response, Refusal> {
    let (secret, record) = access.rotate(&id, i64::from(overlap_hours) * 3600, &caller).await?;
    Ok(made(&secret, record))
}

/// `POST /v1/api-keys/{id}/revoke`.
pub(super) async fn revoke(
    Admitted { caller, .. }: Admitted<ToRevokeKey>,
    State(access): State<Access>,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, Refusal> {
    let record = access.revoke(&id, &caller).await?;
    Ok(Json(KeyAnswer::new(record, None)).into_response())
}

fn made(secret: &ApiKeySecret, record: ApiKeyRecord) -> Response {
    let made = MadeAnswer { key: KeyAnswer::new(record, None), secret: secret.reveal().to_owned() };
    (StatusCode::CREATED, Json(made)).into_response()
}

impl KeyAnswer {
    /// What is told of `record`.
    pub(super) fn new(record: ApiKeyRecord, last_used: Option<UnixTime>) -> Self {
        Self {
            id: record.id,
            organisation: record.organisation,
            person: record.person,
            roles: record.roles.into_iter().collect(),
            scopes: record.scopes.into_iter().collect(),
            created: record.created,
            expires: record.expires,
            revoked: record.revoked,
            replaces: record.replaces,
            last_used,
        }
    }
}

impl CreateRequest {
    /// Checks everything, and tells all that is wrong at once.
    fn check(self, caller: &Caller) -> Result<NewKey, Refusal> {
        let mut fields = Fields::default();
        let organisation = match &self.organisation {
            Some(id) => fields.keep("organisation", OrganisationId::parse(id)),
            None => Some(caller.organisation().clone()),
        };
        let person = fields.keep("person", PersonName::parse(&self.person));
        let roles = fields.words("roles", &self.roles, Role::parse);
        let scopes = fields.words("scopes", &self.scopes, Scope::parse);
        let expires = self.expires;
        let new = organisation.zip(person);
        fields.done(new.map(|(organisation, person)| NewKey { organisation, person, roles, scopes, expires }))
    }
}
