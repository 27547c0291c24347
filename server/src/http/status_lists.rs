//! `GET /status-lists/{list}`: the Token Status List, as a CWT, and as a JWT for those who read no CBOR
//! (draft-ietf-oauth-status-list-21 §8).

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use shirushi_shared::{api::ProblemType, status::list::SignedStatusList};

use super::{extract::Path, problem::Refusal, published};
use crate::service::publication::{STATUS_LIST, STATUS_LIST_JWT, Shelf};

/// A form of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Cwt,
    Jwt,
}

/// The list `0`, in the form that `Accept` prefers, or in the one that its ending names.
pub(super) async fn show(
    State(shelf): State<Shelf>,
    Path(list): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let form = match list.as_str() {
        "0" => preferred(&headers),
        "0.cwt" => Form::Cwt,
        "0.jwt" => Form::Jwt,
        _ => return Err(Refusal::new(ProblemType::NotFound, "there is one list: /status-lists/0")),
    };
    let (name, media) = match form {
        Form::Cwt => (STATUS_LIST, SignedStatusList::MEDIA_TYPE),
        Form::Jwt => (STATUS_LIST_JWT, SignedStatusList::MEDIA_TYPE_JWT),
    };
    let mut response = published::answer(&headers, media, &published::shown(&shelf, name)?);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// The JWT where it is wanted more than the CWT; who names neither gets the CWT, which all our checkers read.
fn preferred(headers: &HeaderMap) -> Form {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<_> = accepted.flat_map(|list| list.split(',')).collect();
    let wish = |media: &str| accepted.iter().filter_map(|entry| quality(entry, media)).max().unwrap_or(0);
    if wish(SignedStatusList::MEDIA_TYPE_JWT) > wish(SignedStatusList::MEDIA_TYPE) {
        Form::Jwt
    } else {
        Form::Cwt
    }
}

/// How much an entry of `Accept` wants `media`, in thousandths, where it names that one.
fn quality(entry: &str, media: &str) -> Option<u16> {
    let mut parts = entry.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(media) {
        return None;
    }
    let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
    let quality = quality.filter(|q| (0.0..=1.0).contains(q))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1000, as was just seen"
    )]
    let thousandths = (quality * 1000.0) as u16;
    Some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_what_accept_prefers() {
        let form = |accept: &str| {
            let accept = HeaderValue::try_from(accept).unwrap();
            preferred(&HeaderMap::from_iter([(header::ACCEPT, accept)]))
        };
        assert_eq!(preferred(&HeaderMap::new()), Form::Cwt);
        for (accept, wanted) in [
            ("*/*", Form::Cwt),
            ("text/html", Form::Cwt),
            ("application/statuslist+jwt", Form::Jwt),
            ("text/html, Application/StatusList+JWT;q=0.1", Form::Jwt),
            ("application/statuslist+jwt, application/statuslist+cwt", Form::Cwt),
            ("application/statuslist+jwt, application/statuslist+cwt;q=0.9", Form::Jwt),
            ("application/statuslist+jwt;q=0.5;x=1, application/statuslist+cwt;q=0.9", Form::Cwt),
            ("application/statuslist+jwt;q=0", Form::Cwt),
            ("application/statuslist+jwt;q=7", Form::Cwt),
            ("application/statuslist+jwt;q=nan", Form::Cwt),
        ] {
            assert_eq!(form(accept), wanted, "{accept}");
        }
    }
}
