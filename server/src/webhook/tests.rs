use std::time::Duration;

use axum::{Router, http::StatusCode as Code, response::Redirect, routing::post};
use rustls::RootCertStore;
use shirushi_shared::time::UnixTime;

use super::*;

fn allowed(rules: &[&str]) -> Allowed {
    Allowed::parse(rules.iter().copied()).unwrap()
}

#[test]
fn the_signature_is_that_of_the_published_example() {
    // From the specification and its reference libraries.
    let secret = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    .unwrap();
    let at = UnixTime::EPOCH.plus(1_614_265_330);
    let body = "{\"test\": 2432232314}";
    let one = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, &[&secret]);
    assert_eq!(one, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    let both = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, &[b"a new one", &secret]);
    assert!(both.starts_with("v1,") && both.ends_with(&format!(" {one}")), "{both}");
    assert_eq!(text_of(&secret).as_str(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assert_eq!(generate().unwrap().len(), 32);
}

#[test]
fn only_addresses_of_the_public_internet_are_public() {
    for public in ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2400::1"] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
    for other in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::1",
        "3fff::1",
        "100::1",
        "5f00::1",
    ] {
        assert!(!is_public(other.parse().unwrap()), "{other}");
    }
}

#[test]
fn a_target_is_https_on_the_public_internet_unless_allowed() {
    use TargetError::{Credentials, Fragment, NoUrl, NotHttps, NotPublic, TooLong};
    let none = Allowed::default();
    for fine in ["https://shop.example/hooks?a=1", "https://1.1.1.1:8443/", "https://[2606:4700::1111]/"] {
        assert!(Target::parse(fine, &none).is_ok(), "{fine}");
    }
    for (text, why) in [
        ("http://shop.example/", NotHttps),
        ("ftp://shop.example/", NotHttps),
        ("file:///etc/passwd", NoUrl),
        ("shop.example", NoUrl),
        ("https://", NoUrl),
        ("https://ito:secret@shop.example/", Credentials),
        ("https://shop.example/#x", Fragment),
        ("https://127.0.0.1/", NotPublic),
        ("https://2130706433/", NotPublic),
        ("https://0x7f.1/", NotPublic),
        ("https://[::1]/", NotPublic),
        ("https://[::ffff:169.254.169.254]/", NotPublic),
        ("https://localhost/", NotPublic),
        ("https://a.localhost/", NotPublic),
        ("https://LOCALHOST./", NotPublic),
        ("https://intranet/", NotPublic),
        ("https://db.internal/", NotPublic),
    ] {
        assert_eq!(Target::parse(text, &none), Err(why), "{text}");
    }
    let long = format!("https://shop.example/{}", "x".repeat(2_000));
    assert_eq!(Target::parse(&long, &none), Err(TooLong));

    let some = allowed(&["127.0.0.0/8", "::1", "hooks.internal"]);
    for fine in ["http://127.0.0.1:9/x", "http://[::1]/", "http://hooks.internal/", "https://hooks.internal/"]
    {
        assert!(Target::parse(fine, &some).is_ok(), "{fine}");
    }
    for other in
        ["https://10.0.0.1/", "http://shop.example/", "http://other.internal/", "https://127.internal/"]
    {
        assert!(Target::parse(other, &some).is_err(), "{other}");
    }
    for wrong in ["10.0.0.0/33", "a/8", "ho st", "10.0.0.0/x"] {
        assert!(Allowed::parse([wrong]).is_err(), "{wrong}");
    }
}

/// A receiver on loopback, and its port.
async fn receiver() -> u16 {
    let hangs = async || {
        tokio::time::sleep(Duration::from_mins(1)).await;
    };
    let routes = Router::new()
        .route(
            "/ok",
            post(async |body: String| if body == "{}" { Code::NO_CONTENT } else { Code::BAD_REQUEST }),
        )
        .route("/gone", post(async || Code::GONE))
        .route("/elsewhere", post(async || Redirect::temporary("/ok")))
        .route("/hangs", post(hangs));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    port
}

#[tokio::test]
async fn an_attempt_tells_the_status_follows_nothing_and_does_not_wait_for_ever() {
    let port = receiver().await;
    let some = allowed(&["127.0.0.1"]);
    let client = Client::new(RootCertStore::empty(), some.clone()).unwrap();
    let client = client.with_patience(Duration::from_millis(500));
    let answer_at = async |path: &str| {
        let target = Target::parse(&format!("http://127.0.0.1:{port}{path}"), &some).unwrap();
        let message = Message { headers: vec![("webhook-id", "msg_1".into())], body: "{}".into() };
        client.post(&target, message).await
    };
    assert_eq!(answer_at("/ok").await, Ok(Code::NO_CONTENT));
    assert_eq!(answer_at("/gone").await, Ok(Code::GONE));
    assert_eq!(answer_at("/elsewhere").await, Ok(Code::TEMPORARY_REDIRECT), "not followed");
    assert_eq!(answer_at("/hangs").await, Err(NotSent::Late));
}

#[tokio::test]
async fn what_was_taken_is_looked_at_again_when_it_is_connected_to() {
    let port = receiver().await;
    // Named while the setting allowed it; the client of today does not.
    let message = || Message { headers: vec![], body: "{}".into() };
    let before = allowed(&["127.0.0.1", "localhost"]);
    let today = Client::new(RootCertStore::empty(), Allowed::default()).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let target = Target::parse(&format!("http://{host}:{port}/ok"), &before).unwrap();
        assert_eq!(today.post(&target, message()).await, Err(NotSent::NotPublic), "{host}");
    }
    let client = Client::new(RootCertStore::empty(), before.clone()).unwrap();
    let target = Target::parse(&format!("http://localhost:{port}/ok"), &before).unwrap();
    assert_eq!(client.post(&target, message()).await, Ok(Code::NO_CONTENT));
    // TLS with a stranger is none.
    let target = Target::parse(&format!("https://127.0.0.1:{port}/ok"), &before).unwrap();
    assert_eq!(client.post(&target, message()).await, Err(NotSent::NoTls));
}
