//! Requests to the store: hyper, with TLS by rustls.

use std::{fs::File, io::BufReader, path::Path, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Incoming,
    header::{CONTENT_LENGTH, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::{answer::Answer, place::S3Place};
use crate::evidence::{Cause, MaxSize};

/// How long a connection may take to stand.
const CONNECTING: Duration = Duration::from_secs(3);
/// How long an unused connection is kept: shorter than the stores and the balancers in front of them do.
const IDLE: Duration = Duration::from_secs(20);

/// Sends requests, follows nothing.
pub(super) struct HttpClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// The answer is longer than anything that was ever put there.
#[derive(Debug, thiserror::Error)]
#[error("an answer without end")]
struct Endless;

impl HttpClient {
    /// A client that trusts the authorities of `place`, else those of this machine.
    pub(super) fn new(place: &S3Place) -> Result<Self, String> {
        let roots = match (place.is_tls(), place.authorities()) {
            (false, _) => RootCertStore::empty(),
            (true, Some(file)) => roots_in(file)?,
            (true, None) => roots_of_this_machine()?,
        };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECTING));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let schemes = HttpsConnectorBuilder::new().with_tls_config(tls);
        let schemes = if place.is_tls() { schemes.https_only() } else { schemes.https_or_http() };
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(schemes.enable_http1().wrap_connector(tcp));
        Ok(Self(client))
    }

    /// One request, and its answer to the end.
    pub(super) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&'static str, String)],
        content: Bytes,
    ) -> Result<Answer, Cause> {
        // The length always, also of an empty file: S3 asks for it.
        let mut request = Request::builder()
            .method(method)
            .uri(url)
            .header(CONTENT_LENGTH, content.len())
            .header(USER_AGENT, concat!("shirushi/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = self.0.request(request.body(Full::new(content))?).await?;
        let status = answer.status();
        let body = read(answer.into_body()).await?;
        Ok(Answer { status, body })
    }
}

async fn read(mut body: Incoming) -> Result<Bytes, Cause> {
    let mut content = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame?.into_data() else { continue };
        if content.len() + piece.len() > MaxSize::LARGEST {
            return Err(Endless.into());
        }
        content.extend_from_slice(&piece);
    }
    Ok(content.freeze())
}

fn roots_in(file: &Path) -> Result<RootCertStore, String> {
    let wrong = |detail: &dyn std::fmt::Display| format!("the authorities in {}: {detail}", file.display());
    let pem = File::open(file).map_err(|error| wrong(&error))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_reader_iter(BufReader::new(pem)) {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() { Err(wrong(&"there are none")) } else { Ok(roots) }
}

fn roots_of_this_machine() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    // Some of a machine's certificates are commonly unreadable to any one library; none at all is a missing package.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "there are no certificate authorities on this machine (package ca-certificates)".to_owned()
        );
    }
    Ok(roots)
}
