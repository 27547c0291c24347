//! Everything that somebody without a key can ask, right and wrong.

use std::net::{IpAddr, Ipv4Addr};

use image::ImageFormat;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, FORWARDED, HeaderMap, HeaderName, HeaderValue, REFERER,
};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use shirushi_shared::token::{TextForm, Token};
use shirushi_tests::shirushi::Node;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use super::{NUMBER, ORIGIN};
use crate::scanner::code;

/// Where the reader sits. Nobody else in the test does.
pub(super) const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 77);

/// What the reader's browser and the machines between say of the reader.
pub(super) const HEADERS: [(HeaderName, &str); 7] = [
    (HeaderName::from_static("user-agent"), "Readers-Browser/7.31"),
    (HeaderName::from_static("x-forwarded-for"), "203.0.113.77"),
    (FORWARDED, "for=203.0.113.78"),
    (HeaderName::from_static("x-real-ip"), "203.0.113.79"),
    (COOKIE, "readers-cookie=4711"),
    (REFERER, "https://readers-shop.example/camera"),
    (HeaderName::from_static("x-request-id"), "readers-request-4712"),
];

/// Words of the questions that stand in nothing that is on record.
pub(super) const WORDS: [&str; 9] = [
    NEVER_GIVEN,
    "READERS-MODEL-7",
    "READERS-MAKER",
    "4512345678906",
    "READERS-CASE-77",
    "readers-network",
    "READERS-FILE",
    "READERS-METHOD",
    "shk_AAAAAAAA_readers-key",
];

/// A number that nobody has.
pub(super) const NEVER_GIVEN: &str = "SHI-2026-98765";

/// Somebody without a key.
pub(super) struct Reader<'a> {
    node: &'a Node,
    client: Client,
    /// The tail of the label's link.
    digits: String,
    link: String,
    base64: String,
}

impl<'a> Reader<'a> {
    pub(super) fn of(node: &'a Node, token: &Token) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let client = Client::builder().local_address(IpAddr::from(ADDRESS)).default_headers(headers);
        Self {
            node,
            client: client.build().unwrap(),
            digits: token.to_text(TextForm::Decimal),
            link: token.link(ORIGIN),
            base64: token.to_text(TextForm::Base64Url),
        }
    }

    /// Asks everything; the ids of the answers.
    pub(super) async fn asks_everything(&self) -> Vec<String> {
        let mut answered = Vec::new();
        let requests = [
            self.by_address(),
            self.by_json(),
            self.by_picture(),
            self.receipts().await,
            self.lists(),
            self.what_leads_nowhere(),
        ];
        for request in requests.into_iter().flatten() {
            let answer = request.send().await.unwrap();
            answered.push(answer.headers()["x-request-id"].to_str().unwrap().to_owned());
            answer.bytes().await.unwrap();
        }
        self.what_is_not_http().await;
        answered
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.node.url(path))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.node.url(path))
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let media = "application/x-www-form-urlencoded";
        self.post(path).header(CONTENT_TYPE, media).body(fields.join("&"))
    }

    /// The label, and what is nearly it.
    fn texts(&self) -> Vec<String> {
        let digits = &self.digits;
        let (head, tail) = digits.split_at(digits.len() / 2);
        let other = if tail.starts_with('1') { "2" } else { "1" };
        vec![
            digits.clone(),
            self.base64.clone(),
            format!("{head}{other}{}", tail.get(1..).unwrap()),
            head.to_owned(),
            format!("{digits}7"),
            format!("{digits}%ff"),
            format!("{digits}%00"),
            self.base64.to_lowercase(),
            NUMBER.to_owned(),
            NEVER_GIVEN.to_owned(),
        ]
    }

    fn by_address(&self) -> Vec<RequestBuilder> {
        let claims = "model=READERS-MODEL-7&maker=READERS-MAKER&gtin=4512345678906";
        let mut asked = Vec::new();
        for text in self.texts() {
            asked.extend([
                self.get(&format!("/v/{text}")),
                self.get(&format!("/v/{text}?model=READERS-MODEL-7&lang=READERS-MODEL-7")),
                self.get(&format!("/v/{text}?as_of={}", self.digits)).header(ACCEPT, "text/html"),
                self.get(&format!("/v1/verify/{text}")),
                self.get(&format!("/v1/verify/{text}?{claims}&receipt=1&case=READERS-CASE-77")),
                self.get(&format!("/v1/verify/{text}?level={0}&as_of={0}&{0}={0}", self.digits)),
                self.get(&format!("/check?number={text}")),
                self.get(&format!("/check?number=https%3A%2F%2Freaders-shop.example%2Fv%2F{text}")),
                self.get(&format!("/v1/registrations/{text}")),
                self.get(&format!("/v1/registrations/{text}/history")),
                self.get(&format!("/v1/registrations/{text}/label.svg")),
            ]);
        }
        asked
    }

    fn by_json(&self) -> Vec<RequestBuilder> {
        let mut bodies: Vec<Value> = Vec::new();
        for text in self.texts() {
            bodies.push(json!({ "token": text }));
            bodies.push(json!({ "link": format!("{ORIGIN}/v/{text}"), "model": "READERS-MODEL-7", "maker": "READERS-MAKER" }));
            bodies.push(json!({ "number": text, "gtin": "4512345678906" }));
            bodies.push(json!({ (text.clone()): text }));
        }
        bodies.extend([
            json!({ "link": "https://readers-shop.example/", "receipt": true, "case": "READERS-CASE-77" }),
            json!({ "link": self.link, "as_of": self.digits }),
            json!({ "link": self.link, "level": self.digits }),
            json!({ "link": self.link, "gtin": self.digits }),
            json!({ "link": self.link, "case": self.digits.repeat(4) }),
            json!({ "link": [self.link] }),
            json!({ "token": self.digits, "number": NEVER_GIVEN }),
        ]);
        let mut asked: Vec<_> = bodies.iter().map(|body| self.post("/v1/verify").json(body)).collect();
        let texts = [format!("{{\"link\": \"{}", self.link), self.digits.clone()];
        for text in texts {
            asked.push(self.post("/v1/verify").header(CONTENT_TYPE, "application/json").body(text.clone()));
            asked.push(self.post("/v1/verify").header(CONTENT_TYPE, self.digits.clone()).body(text));
        }
        asked
    }

    fn by_picture(&self) -> Vec<RequestBuilder> {
        let png = |text: &str| {
            let mut bytes = std::io::Cursor::new(Vec::new());
            code(text).write_to(&mut bytes, ImageFormat::Png).unwrap();
            bytes.into_inner()
        };
        let pictures = [
            png(&self.link),
            png("WIFI:S:readers-network;P:readers-network;;"),
            png("https://readers-shop.example/v/1"),
            self.link.clone().into_bytes(),
        ];
        let mut asked = Vec::new();
        for picture in pictures {
            let part = |name: &'static str| {
                let file =
                    Part::bytes(picture.clone()).file_name("READERS-FILE.png").mime_str("image/png").unwrap();
                Form::new().text(self.digits.clone(), self.link.clone()).part(name, file)
            };
            let image = self
                .post("/v1/verify/image?model=READERS-MODEL-7")
                .header(CONTENT_TYPE, "image/png")
                .body(picture.clone());
            asked.extend([
                image,
                self.post("/v1/verify/image").multipart(part("image")),
                self.post("/photograph").multipart(part("picture")),
                self.post("/photograph").multipart(part("READERS-FILE")),
            ]);
        }
        let broken =
            format!("--x\r\ncontent-disposition: form-data; name=\"{0}\"\r\n{0}: {0}\r\n{0}", self.digits);
        asked.push(
            self.post("/photograph").header(CONTENT_TYPE, "multipart/form-data; boundary=x").body(broken),
        );
        asked.push(
            self.post("/photograph").header(CONTENT_TYPE, format!("multipart/form-data; {}", self.digits)),
        );
        asked
    }

    async fn receipts(&self) -> Vec<RequestBuilder> {
        let wanted = json!({ "link": self.link, "receipt": true, "case": "READERS-CASE-77", "model": "READERS-MODEL-7" });
        let answer = self.post("/v1/verify").json(&wanted).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let receipt = answer["receipt"].as_str().unwrap().to_owned();
        let keep = [("text", self.link.as_str()), ("case", "READERS-CASE-77"), ("model", "READERS-MODEL-7")];
        let unreadable = [("text", self.link.as_str()), ("as_of", &self.digits)];
        let mut asked = vec![
            self.form("/receipt/keep", &keep),
            self.form("/receipt/keep", &unreadable),
            self.form("/receipt/keep", &[(&self.digits, &self.digits)]),
            self.post("/v1/verify").header(ACCEPT, "application/cose").json(&json!({ "token": self.base64 })),
        ];
        for (receipt, token) in
            [(receipt.as_str(), self.base64.as_str()), (self.digits.as_str(), NEVER_GIVEN)]
        {
            let text = Form::new().text("text", receipt.to_owned());
            let file = Part::bytes(receipt.as_bytes().to_vec()).file_name("READERS-FILE.cose");
            asked.extend([
                self.post("/v1/receipts/check").json(&json!({ "receipt": receipt, "token": token })),
                self.post("/v1/receipts/check").json(&json!({ "receipt": receipt, (token): token })),
                self.post("/receipt").multipart(text),
                self.post("/receipt").multipart(Form::new().part("file", file)),
            ]);
        }
        asked
    }

    fn lists(&self) -> Vec<RequestBuilder> {
        let lists = ["/status-lists/0", "/status-lists/0.jwt", "/product-index", "/.well-known/jwks.json"];
        let tails = ["/status-lists", "/product-index", "/.well-known/shirushi/trust-list", "/s"];
        let pages = ["/", "/scan", "/about", "/receipt", "/sw.js", "/metrics", "/readyz"];
        let none = lists.iter().chain(&pages).map(|path| {
            self.get(&format!("{path}?from={}", self.link))
                .header("if-none-match", format!("\"{}\"", self.digits))
        });
        none.chain(tails.iter().map(|path| self.get(&format!("{path}/{}", self.digits)))).collect()
    }

    fn what_leads_nowhere(&self) -> Vec<RequestBuilder> {
        let verdict = self.node.url(&format!("/v/{}", self.digits));
        vec![
            self.get(&format!("/{}", self.digits)),
            self.get(&format!("/{0}/{0}?{0}", self.digits)).header(ACCEPT, "text/html"),
            self.get(&format!("/v/{}/{NEVER_GIVEN}", self.digits)),
            self.client.delete(&verdict),
            self.client.request(Method::from_bytes(b"READERS-METHOD").unwrap(), &verdict),
            self.client.request(Method::OPTIONS, &verdict).header("origin", "https://readers-shop.example"),
            self.get("/v1/me").header(AUTHORIZATION, "Bearer shk_AAAAAAAA_readers-key"),
            self.get("/v1/history").header(AUTHORIZATION, format!("Bearer {}", self.digits)),
        ]
    }

    /// What hyper refuses itself, or what breaks off.
    async fn what_is_not_http(&self) {
        let (digits, many) = (&self.digits, self.digits.repeat(400));
        for text in [
            format!("GET /v/{digits}\u{1} HTTP/1.1\r\nhost: x\r\n\r\n"),
            format!("{digits}\r\n\r\n"),
            format!("GET /v/{digits} HTTP/9.9\r\nhost: {digits}\r\n\r\n"),
            format!("GET /v/{many}{many} HTTP/1.1\r\nhost: x\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nhost: x\r\n{digits} {digits}: \u{0}\r\n\r\n"),
            format!("POST /v1/verify HTTP/1.1\r\nhost: x\r\ncontent-length: {digits}\r\n\r\n"),
            format!(
                "POST /v1/verify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{{\"link\":\"{digits}"
            ),
            format!(
                "POST /v1/verify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{many}",
                many.len()
            ),
            format!("POST /v1/verify HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{digits}\r\n"),
        ] {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind((ADDRESS, 0).into()).unwrap();
            let port = self.node.origin.rsplit(':').next().unwrap().parse::<u16>().unwrap();
            let mut connection = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap();
            // Whether it is read, answered or broken off is the service's own affair.
            let _ = connection.write_all(text.as_bytes()).await;
            let _ = connection.shutdown().await;
            let _ = connection.read_to_end(&mut Vec::new()).await;
        }
    }
}
