//! `/v1/policies`: the procurement policies of the caller's organisation.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{
    api::ProblemType,
    policy::{Policy, PolicyDigest},
    time::UnixTime,
};

use super::{
    extract::{Admitted, Json, Path, Query, ToReadPolicy, ToWritePolicy, is_json, read_body},
    fields::Fields,
    problem::Refusal,
};
use crate::{
    scheme::policy::{EditionEntry, NotAName, PolicyBook, PolicyName, PolicyVersion, SUPPLIED},
    service::{
        caller::Caller,
        desk::{Desk, KeptPolicy},
    },
};

/// A policy in one of its editions.
#[derive(Serialize)]
pub(super) struct PolicyAnswer {
    name: String,
    version: String,
    sha256: PolicyDigest,
    versions: Vec<VersionAnswer>,
    policy: Policy,
}

/// An edition.
#[derive(Serialize)]
struct VersionAnswer {
    version: PolicyVersion,
    sha256: PolicyDigest,
    at: UnixTime,
    by: String,
}

/// A policy with its editions, the latest last.
#[derive(Serialize)]
struct Listed {
    name: PolicyName,
    versions: Vec<VersionAnswer>,
}

/// All of them: they are few.
#[derive(Serialize)]
pub(super) struct PolicyList {
    policies: Vec<Listed>,
}

/// Which edition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    version: Option<String>,
}

impl From<&EditionEntry> for VersionAnswer {
    fn from(EditionEntry { version, sha256, at, by }: &EditionEntry) -> Self {
        Self { version: version.clone(), sha256: *sha256, at: *at, by: by.name.to_string() }
    }
}

impl From<KeptPolicy> for PolicyAnswer {
    fn from(KeptPolicy { policy, entry, book }: KeptPolicy) -> Self {
        Self {
            name: policy.name().to_owned(),
            version: policy.version().to_owned(),
            sha256: entry.sha256,
            versions: book.editions().iter().map(VersionAnswer::from).collect(),
            policy,
        }
    }
}

/// `POST /v1/policies`: the file itself.
pub(super) async fn keep(
    Admitted { caller, .. }: Admitted<ToWritePolicy>,
    State(desk): State<Desk>,
    request: Request,
) -> Result<Response, Refusal> {
    if !is_json(request.headers()) {
        let detail = "send the policy's file with Content-Type: application/json";
        return Err(Refusal::new(ProblemType::UnsupportedMediaType, detail));
    }
    let body = read_body(request).await?;
    let text = str::from_utf8(&body).map_err(|_| Refusal::bad_request("a policy's file is UTF-8"))?;
    let kept = desk.keep_policy(&caller, text).await?;
    let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let [name, version] = [kept.policy.name(), kept.policy.version()].map(|text| escaped(text.trim()));
    // In a path, unlike in a query, a plus sign is none for a blank.
    let location = format!("/v1/policies/{}?version={version}", name.replace('+', "%20"));
    let location = HeaderValue::try_from(location).map_err(|fault| Refusal::internal(&fault))?;
    let kept = Json(PolicyAnswer::from(kept));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], kept).into_response())
}

/// `GET /v1/policies`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadPolicy>,
    State(desk): State<Desk>,
) -> Result<Json<PolicyList>, Refusal> {
    let found = desk.policies(&caller).await?;
    let listed = |book: &PolicyBook| Listed {
        name: book.name().clone(),
        versions: book.editions().iter().map(VersionAnswer::from).collect(),
    };
    let policies = found.cases.iter().map(|filed| listed(&filed.document)).collect();
    Ok(Json(PolicyList { policies }))
}

/// `GET /v1/policies/{name}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadPolicy>,
    State(desk): State<Desk>,
    Path(name): Path<String>,
    Query(Version { version }): Query<Version>,
) -> Result<Json<PolicyAnswer>, Refusal> {
    let (name, version) = read(&name, version.as_deref())?;
    Ok(Json(desk.policy(&caller, &name, version.as_ref()).await?.into()))
}

/// The policy that is asked for as `NAME` or `NAME@VERSION`: the example, which is everybody's, or one of the caller's
/// organisation.
pub(super) async fn named(desk: &Desk, caller: Option<&Caller>, asked: &str) -> Result<Policy, Refusal> {
    if asked == SUPPLIED {
        return Policy::government().map_err(|fault| Refusal::internal(&fault));
    }
    let Some(caller) = caller else {
        let detail = format!("without an API key there is only the policy `{SUPPLIED}`");
        return Err(Refusal::new(ProblemType::Unauthorized, detail));
    };
    let (name, version) = match asked.split_once('@') {
        Some((name, version)) => read(name, Some(version))?,
        None => read(asked, None)?,
    };
    Ok(desk.policy(caller, &name, version.as_ref()).await?.policy)
}

fn read(name: &str, version: Option<&str>) -> Result<(PolicyName, Option<PolicyVersion>), Refusal> {
    let mut fields = Fields::default();
    // What can be nobody's is told as what is nobody's.
    let name = match PolicyName::parse(name) {
        Err(NotAName::Supplied | NotAName::Sign) => return Err(Refusal::bare(ProblemType::NotFound)),
        name => fields.keep("name", name),
    };
    let version = version.map(PolicyVersion::parse).transpose();
    let version = fields.keep("version", version);
    fields.done(name.zip(version))
}
