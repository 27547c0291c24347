//! Packs out of answers that come in pieces, and packs that go out in pieces.

use std::io::{self, Read as _};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use shirushi_shared::api::BulkLine;
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{About, Pack, PackBuilder, PackError, Packs};

/// Pieces that wait.
const WAITING: usize = 4;
/// Bytes of a piece that goes out.
const PIECE: usize = 64 * 1024;
/// Longest line of an answer.
const LONGEST: usize = 1 << 20;

impl Packs {
    /// The pack of answers that come as JSON Lines, in pieces that may end anywhere. Without a last line something is
    /// missing, and there is no pack.
    pub async fn of_answers<E>(
        &self,
        about: About,
        pieces: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Pack, PackError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let builder = self.begin(about)?;
        let (sender, receiver) = mpsc::channel(WAITING);
        let writing = spawn_blocking(move || written(builder, receiver));
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| PackError::Read(io::Error::other(error)))?;
            // Whoever writes has failed, and says why below.
            if sender.send(piece).await.is_err() {
                break;
            }
        }
        drop(sender);
        writing.await.map_err(|fault| PackError::Write(io::Error::other(fault)))?
    }
}

fn written(mut builder: PackBuilder, mut pieces: mpsc::Receiver<Bytes>) -> Result<Pack, PackError> {
    let mut text = BytesMut::new();
    while let Some(piece) = pieces.blocking_recv() {
        text.extend_from_slice(&piece);
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = text.split_to(whole);
        for line in lines.as_ref().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match BulkLine::parse(line).map_err(|error| PackError::Read(error.into()))? {
                BulkLine::End(end) => return builder.finish(end.stopped),
                line => builder.line(&line)?,
            }
        }
        if text.len() > LONGEST {
            return Err(PackError::Read(io::Error::other("an answer without end")));
        }
    }
    Err(PackError::Read(io::ErrorKind::UnexpectedEof.into()))
}

impl Pack {
    /// Its bytes, read for whoever takes them.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        stream::try_unfold(self.file, async |mut file| {
            let read = spawn_blocking(move || {
                let mut piece = Vec::with_capacity(PIECE);
                file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
                Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
            });
            read.await.map_err(io::Error::other)?
        })
    }
}
