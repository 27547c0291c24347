//! A real S3 server: one empty bucket, on loopback, its objects as files in a temporary folder.
//!
//! It is a server of others (`s3s`, which checks every signature), in the test's own process: nothing has to be installed,
//! and nothing outlives the test. What it does not show is how Amazon's or any other one differs from it.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::CertifiedKey;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

/// The name of the access key that it knows.
pub const KEY_ID: &str = "shirushi-tests";
/// Its secret.
pub const SECRET: &str = "a/secret+of=the tests";
/// The bucket.
pub const BUCKET: &str = "evidence";

/// A running server; gone when dropped.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    scheme: &'static str,
    folder: TempDir,
    listening: JoinHandle<()>,
}

impl S3Server {
    /// Starts one.
    pub async fn start() -> Self {
        Self::start_with(None, tempfile::tempdir().expect("a temporary folder")).await
    }

    /// Starts one that speaks TLS, with a certificate that only [`Self::authority`] vouches for.
    pub async fn start_tls() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let mut pem = File::create(folder.path().join("authority.pem")).expect("a file of our own");
        pem.write_all(cert.pem().as_bytes()).expect("a file of our own");
        let key = signing_key.serialize_der().try_into().expect("a key made just now");
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the versions of the provider")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("the key is the certificate's");
        Self::start_with(Some(TlsAcceptor::from(Arc::new(tls))), folder).await
    }

    async fn start_with(tls: Option<TlsAcceptor>, folder: TempDir) -> Self {
        let root = folder.path().join("buckets");
        std::fs::create_dir_all(root.join(BUCKET)).expect("a folder of our own");
        let mut service = S3ServiceBuilder::new(FileSystem::new(root).expect("it is there"));
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listening = tokio::spawn(listen(listener, tls, service.build()));
        Self { address, scheme, folder, listening }
    }

    /// `127.0.0.1:PORT`, for a proxy in front.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Where it is asked. By name, since certificates are made out to names.
    pub fn endpoint(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.address.port())
    }

    /// Who vouches for its certificate, as a PEM file.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Where the objects of the bucket lie.
    pub fn objects(&self) -> PathBuf {
        self.folder.path().join("buckets").join(BUCKET)
    }

    /// How many objects there are.
    pub fn count(&self) -> usize {
        count(&self.objects())
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn count(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("the bucket is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, service: S3Service) {
    // Dropped with this task, and its connections with it.
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        let (tls, service) = (tls.clone(), service.clone());
        open.spawn(async move {
            match tls {
                None => serve(stream, service).await,
                // A client that does not trust us hangs up here.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, service).await;
                    }
                }
            }
        });
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, service: S3Service) {
    let server = auto::Builder::new(TokioExecutor::new()).http1_only();
    // A connection that breaks is what some stories are about.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}
