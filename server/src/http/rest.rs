//! The rest of an upload that is refused, or stopped.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::time::timeout;

/// How much of it is still taken, and for how long.
const MOST: usize = 16 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes and drops what still comes: who is cut off in mid-sentence sees a broken connection, and not why.
pub(super) async fn drain<E>(upload: impl Stream<Item = Result<Bytes, E>>) {
    let rest = async {
        let (mut upload, mut taken) = (pin!(upload), 0);
        while let Some(Ok(piece)) = upload.next().await
            && taken < MOST
        {
            taken += piece.len();
        }
    };
    // Whoever still sends after that is cut off.
    let _ = timeout(PATIENCE, rest).await;
}
