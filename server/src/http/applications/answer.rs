//! Applications in a list, and after their approval.

use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use shirushi_shared::{
    label::{Category, Level, RegistrationNumber},
    time::UnixTime,
};

use crate::{
    http::{
        extract::Json, filed::FiledAnswer, issued::IssuedAnswer, origin::PublicOrigin, revision::revision_tag,
    },
    scheme::{
        application::{Application, Kind},
        organisation::OrganisationId,
    },
    service::desk::Approved,
};

/// What a list tells of an application: its whole content may be long.
#[derive(Serialize)]
pub(super) struct Summary {
    kind: Kind,
    level: Level,
    category: Category,
    /// The first product's name.
    product: Option<String>,
    products: usize,
    evaluation_body: Option<OrganisationId>,
}

/// What an approval came to.
#[derive(Serialize)]
struct ApprovedAnswer {
    application: FiledAnswer<Application>,
    number: RegistrationNumber,
    /// The label; none of a re-test, whose label stays.
    issued: Vec<IssuedAnswer>,
}

/// What a list tells of `application`.
pub(super) fn summary(application: &Application) -> Summary {
    let content = application.content();
    Summary {
        kind: content.kind.clone(),
        level: content.level,
        category: content.category,
        product: content.products.first().map(|product| product.name.clone()),
        products: content.products.len(),
        evaluation_body: content.evaluation_body.clone(),
    }
}

/// What an approval came to.
pub(super) fn approved(done: Approved, origin: &PublicOrigin, now: UnixTime) -> Response {
    let revision = done.application.revision.get();
    let answer = ApprovedAnswer {
        application: FiledAnswer::new(done.application, now),
        number: done.number,
        issued: done.issued.iter().map(|label| IssuedAnswer::new(label, origin)).collect(),
    };
    revision_tag(revision).guard(&axum::http::HeaderMap::new(), Json(answer)).into_response()
}
