//! By a service: rows up, answers down, at the same time.

mod merge;

use std::{net::IpAddr, path::Path, sync::Arc, time::Duration};

use bytes::BytesMut;
use futures_util::StreamExt as _;
use http_body_util::{BodyExt as _, Limited, StreamBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Frame, Incoming},
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use shirushi_shared::{
    api::{BulkEnd, BulkLine, Problem, When},
    policy::Day,
};
use url::{Host, Url};

use self::merge::Merge;
use super::{
    Wanted,
    input::Input,
    sink::{Piece, Sink},
};
use crate::cli::CommandError;

/// How long a connection may take to stand.
const CONNECTING: Duration = Duration::from_secs(10);
/// Longest line of an answer, and longest problem document, that are read.
const LONGEST: usize = 1 << 20;

/// Sends what is in `input` to the service at `server`, as JSON Lines, and writes its answers to `sink`.
pub(super) async fn ask(
    server: &Url,
    key_file: Option<&Path>,
    input: Input,
    wanted: &Wanted,
    policy: Option<&str>,
    sink: &mut Sink,
) -> Result<BulkEnd, CommandError> {
    let mut url = server.join("/v1/verify/bulk")?;
    url.query_pairs_mut()
        .append_pair("lang", wanted.language.tag())
        .append_pair("products", if wanted.products { "1" } else { "0" })
        .extend_pairs(policy.map(|policy| ("policy", policy)))
        .extend_pairs(wanted.contract_end.map(|day| ("contract_end", day.to_string())))
        .extend_pairs(as_of(wanted.when).map(|as_of| ("as_of", as_of)));
    let (pieces, merge) = merge::lines_of(input);
    let frames = pieces.map(|piece| piece.map(Frame::data));
    let mut request = Request::post(url.as_str())
        .header(CONTENT_TYPE, "application/x-ndjson")
        .header(USER_AGENT, concat!("shirushi/", env!("CARGO_PKG_VERSION")));
    if let Some(file) = key_file {
        request = request.header(AUTHORIZATION, authorization(file, server)?);
    }
    let client = Client::builder(TokioExecutor::new()).build(connector()?);
    let answer = client.request(request.body(Box::pin(StreamBody::new(frames)))?).await?;
    if answer.status() == StatusCode::OK {
        read(answer, merge, sink).await
    } else {
        Err(refusal(answer).await)
    }
}

/// About when a run asks, as its address says it.
fn as_of(when: When) -> Option<String> {
    match when {
        When::Now => None,
        When::At(at) => Some(at.to_string()),
        When::EndOfDay(end) => Some(Day::of(end).to_string()),
    }
}

/// Reads the answers to the last line.
async fn read(answer: Response<Incoming>, merge: Merge, sink: &mut Sink) -> Result<BulkEnd, CommandError> {
    let mut body = answer.into_body();
    let mut text = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame?.into_data() else { continue };
        text.extend_from_slice(&piece);
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = text.split_to(whole);
        let (mut answers, mut end) = (Vec::new(), None);
        for line in lines.as_ref().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match BulkLine::parse(line)? {
                BulkLine::End(last) => end = Some(last),
                answer => answers.push(merge.answer(answer)),
            }
        }
        let rows = answers.len() as u64;
        let goes_on = sink.write(Piece::Lines(answers), rows)?;
        if let Some(end) = end {
            return Ok(end);
        }
        if !goes_on {
            return Err("nobody reads the answers any more".into());
        }
        if text.len() > LONGEST {
            return Err("the service answers with a line without end".into());
        }
    }
    Err("the connection ended before the last answer".into())
}

/// What the service says why it does not answer.
async fn refusal(answer: Response<Incoming>) -> CommandError {
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LONGEST).collect().await;
    let problem = body.ok().and_then(|body| serde_json::from_slice::<Problem>(&body.to_bytes()).ok());
    match problem {
        Some(Problem { title, detail: Some(detail), .. }) => format!("{title}: {detail}").into(),
        Some(Problem { title, .. }) => title.into(),
        None => format!("the service answers {status}").into(),
    }
}

/// The key in `file`, which is not sent where anybody on the way could read it.
fn authorization(file: &Path, server: &Url) -> Result<HeaderValue, CommandError> {
    let is_here = match server.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    };
    if server.scheme() != "https" && !is_here {
        return Err("a key is sent over https only".into());
    }
    let key = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut value = HeaderValue::try_from(format!("Bearer {}", key.trim()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn connector() -> Result<HttpsConnector<HttpConnector>, CommandError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(CONNECTING));
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    Ok(HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp))
}
