//! One attempt: a connection of its own, one request, the status of the answer.
//!
//! No pool: messages are few, and a connection that is kept was looked at long ago.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request, StatusCode,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, USER_AGENT},
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{Allowed, Target};

/// How long an attempt may take, from the look-up to the answer's heading.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Addresses of one name that are tried.
const ADDRESSES: usize = 4;
/// Largest heading of an answer.
const HEADING: usize = 16 * 1024;

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    allowed: Allowed,
    patience: Duration,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Names and values of headers beyond those of every request.
    pub headers: Vec<(&'static str, String)>,
    /// The body, JSON.
    pub body: Bytes,
}

/// Why there was no answer. The text is for the receiver's owner, and tells nothing of the network it is sent from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// It took too long.
    #[error("no answer in time")]
    Late,
    /// The name leads nowhere.
    #[error("the name was not found")]
    NoAddress,
    /// Every address of the name is one that is refused.
    #[error("the name leads to a machine that is not on the public internet")]
    NotPublic,
    /// Nobody listens.
    #[error("no connection")]
    NoConnection,
    /// The certificate is not of this name, or of nobody who is trusted.
    #[error("no TLS connection")]
    NoTls,
    /// The connection broke, or what came was no HTTP.
    #[error("the connection broke off")]
    BrokeOff,
}

impl Client {
    /// A client that trusts `roots` and may connect to what is `allowed` beside the public internet.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(roots: RootCertStore, allowed: Allowed) -> Result<Self, rustls::Error> {
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(tls)), allowed, patience: PATIENCE })
    }

    /// As [`Client::new`], with the authorities of this machine.
    ///
    /// # Errors
    /// TLS cannot be set up. A machine without authorities is told in the log: nothing that speaks TLS is believed then.
    pub fn of_this_machine(allowed: Allowed) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            tracing::warn!(
                "no certificate authorities (package ca-certificates): no webhook can be delivered"
            );
        }
        Self::new(roots, allowed)
    }

    /// The same client, which gives up after `patience`.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What may be connected to beside the public internet.
    pub const fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// Posts `message` to `target`: the status of the answer, whose body nobody reads.
    pub async fn post(&self, target: &Target, message: Message) -> Result<StatusCode, NotSent> {
        timeout(self.patience, self.attempt(target, message)).await.map_err(|_| NotSent::Late)?
    }

    async fn attempt(&self, target: &Target, message: Message) -> Result<StatusCode, NotSent> {
        let stream = self.connect(target).await?;
        if !target.is_tls() {
            return ask(TokioIo::new(stream), target, message).await;
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|_| NotSent::NoTls)?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| NotSent::NoTls)?;
        ask(TokioIo::new(stream), target, message).await
    }

    /// Connects to an address of the target that may be connected to: the one that was looked at, and no other.
    async fn connect(&self, target: &Target) -> Result<TcpStream, NotSent> {
        let found: Vec<SocketAddr> = match target.literal() {
            Some(address) => vec![SocketAddr::new(address, target.port())],
            None => {
                lookup_host((target.host(), target.port())).await.map_err(|_| NotSent::NoAddress)?.collect()
            }
        };
        if found.is_empty() {
            return Err(NotSent::NoAddress);
        }
        let mut why = NotSent::NotPublic;
        let reached = found.into_iter().filter(|at| self.allowed.reaches(target.host(), at.ip()));
        for address in reached.take(ADDRESSES) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(_) => why = NotSent::NoConnection,
            }
        }
        Err(why)
    }
}

/// Asks over a connection, and lets go of it with the answer's heading.
async fn ask<S: Read + Write + Send + Unpin + 'static>(
    stream: S,
    target: &Target,
    message: Message,
) -> Result<StatusCode, NotSent> {
    let broke_off = |_| NotSent::BrokeOff;
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEADING).handshake(stream).await.map_err(broke_off)?;
    let _driven = Driven(tokio::spawn(async move { drop(connection.await) }));
    let mut request = Request::post(target.path())
        .header(HOST, target.authority())
        .header(USER_AGENT, concat!("shirushi/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in message.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(message.body)).map_err(|_| NotSent::BrokeOff)?;
    Ok(sender.send_request(request).await.map_err(broke_off)?.status())
}

/// A connection that is driven as long as somebody wants to hear of it.
struct Driven(JoinHandle<()>);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}
