//! `/v1/organisations`: who is on record, and what they may do.

mod answer;
mod order;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::time::UnixTime;

use self::{
    answer::{OrganisationAnswer, answer},
    order::{AccreditRequest, ChangeRequest, CreateRequest},
};
use super::{
    extract::{Admitted, Json, Path, Query, ToChangeOrganisation, ToCreateOrganisation, ToReadOrganisation},
    order::ReasonRequest,
    paging,
    problem::Refusal,
    revision::seen_revision,
};
use crate::{
    clock::SystemClock,
    scheme::{organisation::OrganisationId, text::Reason},
    service::{
        caller::Caller,
        organisations::{OrganisationChange, Organisations},
    },
};

/// Which page of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    #[serde(default)]
    after: Option<OrganisationId>,
    #[serde(default)]
    limit: Option<u32>,
}

#[derive(Serialize)]
struct ListAnswer {
    organisations: Vec<OrganisationAnswer>,
    /// The next page is asked for by `after` with this.
    next: Option<OrganisationId>,
}

/// `GET /v1/organisations`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Query(Page { after, limit }): Query<Page>,
) -> Result<Response, Refusal> {
    let found = organisations.list(after.as_ref(), paging::size(limit)?, &caller).await?;
    let now = clock.now();
    let organisations = found.organisations.iter().map(|one| OrganisationAnswer::new(one, now)).collect();
    Ok(Json(ListAnswer { organisations, next: found.next }).into_response())
}

/// `POST /v1/organisations`.
pub(super) async fn create(
    Admitted { caller, .. }: Admitted<ToCreateOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Json(request): Json<CreateRequest>,
) -> Result<Response, Refusal> {
    let (new, why) = request.check()?;
    let made = organisations.create(new, why.as_ref(), &caller).await?;
    Ok((StatusCode::CREATED, answer(&made, clock.now())).into_response())
}

/// `GET /v1/organisations/{id}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Path(id): Path<OrganisationId>,
) -> Result<Response, Refusal> {
    let found = organisations.show(&id, &caller).await?;
    Ok(answer(&found, clock.now()))
}

/// `POST /v1/organisations/{id}`.
pub(super) async fn change(
    Admitted { caller, .. }: Admitted<ToChangeOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Path(id): Path<OrganisationId>,
    headers: HeaderMap,
    Json(request): Json<ChangeRequest>,
) -> Result<Response, Refusal> {
    let (details, why) = request.check()?;
    let order = Order { id, change: OrganisationChange::Details(details), why };
    order.carry_out(&organisations, &headers, &caller, clock.now()).await
}

/// `POST /v1/organisations/{id}/suspend`.
pub(super) async fn suspend(
    Admitted { caller, .. }: Admitted<ToChangeOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Path(id): Path<OrganisationId>,
    headers: HeaderMap,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    let order = Order { id, change: OrganisationChange::Suspend, why: request.check()? };
    order.carry_out(&organisations, &headers, &caller, clock.now()).await
}

/// `POST /v1/organisations/{id}/reinstate`.
pub(super) async fn reinstate(
    Admitted { caller, .. }: Admitted<ToChangeOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Path(id): Path<OrganisationId>,
    headers: HeaderMap,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    let order = Order { id, change: OrganisationChange::Reinstate, why: request.check()? };
    order.carry_out(&organisations, &headers, &caller, clock.now()).await
}

/// `POST /v1/organisations/{id}/accreditations`.
pub(super) async fn accredit(
    Admitted { caller, .. }: Admitted<ToChangeOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Path(id): Path<OrganisationId>,
    headers: HeaderMap,
    Json(request): Json<AccreditRequest>,
) -> Result<Response, Refusal> {
    let (accreditation, why) = request.check()?;
    let order = Order { id, change: OrganisationChange::Accredit(accreditation), why };
    order.carry_out(&organisations, &headers, &caller, clock.now()).await
}

/// `POST /v1/organisations/{id}/accreditations/{place}/withdraw`.
pub(super) async fn withdraw(
    Admitted { caller, .. }: Admitted<ToChangeOrganisation>,
    State(organisations): State<Organisations>,
    State(clock): State<SystemClock>,
    Path((id, place)): Path<(OrganisationId, usize)>,
    headers: HeaderMap,
    Json(request): Json<ReasonRequest>,
) -> Result<Response, Refusal> {
    let order = Order { id, change: OrganisationChange::Withdraw(place), why: request.check()? };
    order.carry_out(&organisations, &headers, &caller, clock.now()).await
}

/// What is to become of an organisation, and why.
struct Order {
    id: OrganisationId,
    change: OrganisationChange,
    why: Reason,
}

impl Order {
    async fn carry_out(
        self,
        organisations: &Organisations,
        headers: &HeaderMap,
        caller: &Caller,
        now: UnixTime,
    ) -> Result<Response, Refusal> {
        let seen = seen_revision(headers)?;
        let changed = organisations.change(&self.id, seen, self.change, &self.why, caller).await?;
        Ok(answer(&changed, now))
    }
}
