//! Somebody who sends many rows and reads the answers, each at a pace of their own: HTTP/1.1 by hand, since clients for
//! everyday use do not let go of the reins.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::shirushi::Node;

/// The side that sends.
#[derive(Debug)]
pub struct Sender(OwnedWriteHalf);

/// The side that reads.
#[derive(Debug)]
pub struct Answers {
    stream: BufReader<OwnedReadHalf>,
    /// What came of the body and is not yet a whole line.
    text: Vec<u8>,
}

/// Begins `POST /v1/verify/bulk` at `node`, with a body in chunks.
pub async fn begin(node: &Node, key: Option<&str>) -> (Sender, Answers) {
    let address = node.origin.trim_start_matches("http://").replace("localhost", "127.0.0.1");
    let (reader, mut writer) = TcpStream::connect(address).await.expect("the node listens").into_split();
    let key = key.map_or_else(String::new, |key| format!("Authorization: Bearer {key}\r\n"));
    let head = format!(
        "POST /v1/verify/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n\
         Transfer-Encoding: chunked\r\n{key}\r\n"
    );
    writer.write_all(head.as_bytes()).await.expect("the node reads");
    (Sender(writer), Answers { stream: BufReader::new(reader), text: Vec::new() })
}

impl Sender {
    /// Sends `text`; whether it was taken.
    pub async fn send(&mut self, text: &str) -> bool {
        let chunk = format!("{:x}\r\n{text}\r\n", text.len());
        self.0.write_all(chunk.as_bytes()).await.is_ok()
    }

    /// Sends a row.
    pub async fn row(&mut self, row: &Value) -> bool {
        self.send(&format!("{row}\n")).await
    }

    /// Says that this was all.
    pub async fn end(mut self) -> Self {
        let _ = self.0.write_all(b"0\r\n\r\n").await;
        self
    }
}

impl Answers {
    /// Reads the head of the answer: its status.
    pub async fn status(&mut self) -> u16 {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = self.stream.read_line(&mut head).await.expect("an answer");
            assert!(read > 0, "the answer ends in its head: {head}");
        }
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    /// The next line; `None` where the body has ended, or the connection.
    pub async fn line(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.text.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("a line of JSON"));
            }
            let mut size = String::new();
            self.stream.read_line(&mut size).await.ok().filter(|read| *read > 0)?;
            let size = usize::from_str_radix(size.trim(), 16).expect("the size of a chunk");
            if size == 0 {
                return None;
            }
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).await.ok()?;
            chunk.truncate(size);
            self.text.extend_from_slice(&chunk);
        }
    }

    /// All lines to the end.
    pub async fn lines(mut self) -> Vec<Value> {
        let mut lines = Vec::new();
        while let Some(line) = self.line().await {
            lines.push(line);
        }
        lines
    }
}
