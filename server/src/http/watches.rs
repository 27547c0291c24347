//! `/v1/watches`: lists of labels that an organisation wants to be told of.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use shirushi_shared::{label::RegistrationNumber, time::UnixTime};

use super::{
    extract::{Admitted, Json, Path, Query, ToReadWatch, ToWriteWatch},
    fields::Fields,
    paging,
    problem::Refusal,
};
use crate::{
    scheme::text::Name,
    service::watch::{
        EventId, Happening, MAX_NUMBERS, MadeWatch, Seen, Watch, WatchError, WatchId, WatchLists,
    },
};

/// Numbers that are told to be none before the rest is passed over.
const TOLD: usize = 20;

/// A list to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateRequest {
    name: String,
    numbers: Vec<String>,
}

/// What of a list changes; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRequest {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    numbers: Option<Vec<String>>,
}

/// Which page of a list's numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumbersPage {
    #[serde(default)]
    after: Option<RegistrationNumber>,
    #[serde(default)]
    limit: Option<u32>,
}

/// Which page of what happened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangesPage {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    limit: Option<u32>,
}

#[derive(Serialize)]
struct WatchAnswer {
    id: WatchId,
    organisation: String,
    name: String,
    created: UnixTime,
    /// How many.
    numbers: u64,
}

#[derive(Serialize)]
struct MadeAnswer {
    watch: WatchAnswer,
    /// The address of its page; shown this once.
    page: String,
}

#[derive(Serialize)]
struct ListAnswer {
    watches: Vec<WatchAnswer>,
}

#[derive(Serialize)]
struct ShownAnswer {
    watch: WatchAnswer,
    numbers: Vec<RegistrationNumber>,
    /// The next page is asked for by `after` with this.
    next: Option<RegistrationNumber>,
}

#[derive(Serialize)]
struct ChangesAnswer {
    changes: Vec<ChangeAnswer>,
    /// What comes later is asked for by `after` with this.
    next: u64,
}

#[derive(Serialize)]
struct ChangeAnswer {
    id: EventId,
    sequence: u64,
    #[serde(rename = "type")]
    kind: String,
    number: RegistrationNumber,
    revision: u64,
    reason: String,
    days: Option<u32>,
    before: Option<Seen>,
    after: Seen,
    changed_at: UnixTime,
}

/// `GET /v1/watches`.
pub(super) async fn list(
    Admitted { caller, .. }: Admitted<ToReadWatch>,
    State(lists): State<WatchLists>,
) -> Result<Response, Refusal> {
    let watches = lists.list(&caller).await?.into_iter().map(WatchAnswer::of).collect();
    Ok(Json(ListAnswer { watches }).into_response())
}

/// `POST /v1/watches`.
pub(super) async fn create(
    Admitted { caller, .. }: Admitted<ToWriteWatch>,
    State(lists): State<WatchLists>,
    Json(request): Json<CreateRequest>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::default();
    let name = fields.keep("name", Name::parse(&request.name));
    let numbers = numbers(&mut fields, &request.numbers)?;
    let name = fields.done(name)?;
    let MadeWatch { watch, page } = lists.create(&name, numbers, &caller).await?;
    let place = format!("/v1/watches/{}", watch.id);
    let made = MadeAnswer { watch: WatchAnswer::of(watch), page: page.to_string() };
    let mut response = (StatusCode::CREATED, Json(made)).into_response();
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `GET /v1/watches/{id}`.
pub(super) async fn show(
    Admitted { caller, .. }: Admitted<ToReadWatch>,
    State(lists): State<WatchLists>,
    Path(id): Path<WatchId>,
    Query(NumbersPage { after, limit }): Query<NumbersPage>,
) -> Result<Response, Refusal> {
    let limit = paging::size(limit)?;
    let (watch, numbers, more) = lists.show(&id, after.as_ref(), limit, &caller).await?;
    let next = numbers.last().filter(|_| more).cloned();
    Ok(Json(ShownAnswer { watch: WatchAnswer::of(watch), numbers, next }).into_response())
}

/// `POST /v1/watches/{id}`.
pub(super) async fn change(
    Admitted { caller, .. }: Admitted<ToWriteWatch>,
    State(lists): State<WatchLists>,
    Path(id): Path<WatchId>,
    Json(request): Json<ChangeRequest>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::default();
    let name = fields.keep_some("name", request.name.as_deref(), Name::parse);
    let new = request.numbers.map(|new| numbers(&mut fields, &new)).transpose()?;
    fields.done(Some(()))?;
    let watch = lists.change(&id, name.as_ref(), new, &caller).await?;
    Ok(Json(WatchAnswer::of(watch)).into_response())
}

/// `POST /v1/watches/{id}/delete`.
pub(super) async fn delete(
    Admitted { caller, .. }: Admitted<ToWriteWatch>,
    State(lists): State<WatchLists>,
    Path(id): Path<WatchId>,
) -> Result<Response, Refusal> {
    Ok(Json(WatchAnswer::of(lists.delete(&id, &caller).await?)).into_response())
}

/// `GET /v1/watches/{id}/changes`.
pub(super) async fn changes(
    Admitted { caller, .. }: Admitted<ToReadWatch>,
    State(lists): State<WatchLists>,
    Path(id): Path<WatchId>,
    Query(ChangesPage { after, limit }): Query<ChangesPage>,
) -> Result<Response, Refusal> {
    let found = lists.changes(&id, after, paging::size(limit)?, &caller).await?;
    let next = found.last().map_or(after, |last| last.sequence);
    let changes = found.into_iter().map(ChangeAnswer::of).collect();
    Ok(Json(ChangesAnswer { changes, next }).into_response())
}

/// The numbers; of those that are none, the first are noted.
fn numbers(fields: &mut Fields, texts: &[String]) -> Result<Vec<RegistrationNumber>, Refusal> {
    if texts.len() > MAX_NUMBERS {
        return Err(WatchError::TooManyNumbers.into());
    }
    let (mut numbers, mut wrong) = (Vec::with_capacity(texts.len()), 0);
    for (at, text) in texts.iter().enumerate() {
        match RegistrationNumber::parse(text) {
            Ok(number) => numbers.push(number),
            Err(error) if wrong < TOLD => {
                wrong += 1;
                fields.refuse(&format!("numbers[{at}]"), &error);
            }
            Err(_) => break,
        }
    }
    Ok(numbers)
}

impl WatchAnswer {
    fn of(watch: Watch) -> Self {
        let Watch { id, owner, name, created, numbers } = watch;
        Self { id, organisation: owner, name, created, numbers }
    }
}

impl ChangeAnswer {
    fn of(happening: Happening) -> Self {
        let Happening { id, sequence, kind, told } = happening;
        Self {
            id,
            sequence,
            kind,
            number: told.number,
            revision: told.revision,
            reason: told.reason,
            days: told.days,
            before: told.before,
            after: told.after,
            changed_at: told.changed_at,
        }
    }
}
