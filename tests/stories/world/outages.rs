//! The proxy lets through, holds back and breaks, and lets through again.

use std::time::Duration;

use shirushi_tests::proxy::Proxy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

/// Long enough to see that nothing comes, however busy the machine: waiting longer could only find less.
const A_WHILE: Duration = Duration::from_millis(300);

/// A proxy before a server that says everything back.
async fn echo() -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = connection.split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    });
    Proxy::start(target.to_string()).await
}

async fn ask(connection: &mut TcpStream) -> std::io::Result<String> {
    connection.write_all(b"label").await?;
    let mut answer = [0; 5];
    connection.read_exact(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn a_stalled_line_loses_nothing() {
    let proxy = echo().await;
    let mut connection = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(ask(&mut connection).await.unwrap(), "label");
    proxy.stall();
    connection.write_all(b"later").await.unwrap();
    let mut answer = [0; 5];
    assert!(timeout(A_WHILE, connection.read_exact(&mut answer)).await.is_err());
    proxy.clear();
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"later");
}

#[tokio::test]
async fn a_cut_line_breaks_connections_and_recovers() {
    let proxy = echo().await;
    let mut connection = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(ask(&mut connection).await.unwrap(), "label");
    proxy.cut();
    let ended = connection.read(&mut [0; 1]).await;
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    let mut during = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(ask(&mut during).await.is_err());
    proxy.clear();
    let mut after = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(ask(&mut after).await.unwrap(), "label");
    assert_eq!(proxy.connections(), 3);
}

#[tokio::test]
async fn a_slow_line_takes_its_time_both_ways() {
    let proxy = echo().await;
    let mut connection = TcpStream::connect(proxy.address()).await.unwrap();
    proxy.delay(Duration::from_millis(100));
    let asked = Instant::now();
    assert_eq!(ask(&mut connection).await.unwrap(), "label");
    assert!(asked.elapsed() >= Duration::from_millis(200), "at least the two delays, at most anything");
}

#[tokio::test]
async fn a_proxy_that_is_gone_takes_its_connections_with_it() {
    let proxy = echo().await;
    let address = proxy.address();
    let mut connection = TcpStream::connect(address).await.unwrap();
    assert_eq!(ask(&mut connection).await.unwrap(), "label");
    drop(proxy);
    let ended = connection.read(&mut [0; 1]).await;
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    assert!(TcpStream::connect(address).await.is_err());
}
