//! Then and now: a pack's rows asked about again.

use std::{
    collections::BTreeMap,
    io::{Read, Seek},
    sync::Arc,
};

use futures_util::{StreamExt as _, stream};
use shirushi_shared::{
    api::{BulkAnswer, BulkLine, BulkRow, PackChange, PackNow},
    verdict::Outcome,
};
use tokio::sync::mpsc;

use super::{KeptPack, PackError};
use crate::service::bulk::{BATCH, Bulk, Given, Wanted};

/// Most rows that are asked about again while somebody waits for a page.
pub const MOST_ON_A_PAGE: u64 = 5_000;
/// Batches that are read ahead.
const AHEAD: usize = 4;

/// Asks about the first `most` rows of `pack`, which is whole, by their numbers: labels are not in a pack. Rows of which a
/// number alone says nothing (an altered label, something else) are not asked about.
pub async fn compare<R: Read + Seek + Send + 'static>(
    mut pack: KeptPack<R>,
    bulk: &Bulk,
    most: u64,
) -> Result<PackNow, PackError> {
    let (sender, rows) = mpsc::channel::<Vec<Given>>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let (mut batch, mut asked, mut not_asked) = (Vec::with_capacity(BATCH), 0, 0);
        let read = pack.answers(|answer| match again(answer) {
            Some(row) if asked < most => {
                asked += 1;
                batch.push(Given::Row(asked, Box::new(row)));
                // Whoever asked may have gone away.
                batch.len() < BATCH || sender.blocking_send(std::mem::take(&mut batch)).is_ok()
            }
            _ => {
                not_asked += 1;
                true
            }
        });
        if !batch.is_empty() {
            // The same.
            let _ = sender.blocking_send(batch);
        }
        read.map(|()| not_asked)
    });
    let rows = stream::unfold(rows, async |mut rows| rows.recv().await.map(|batch| (batch, rows)));
    let mut answers = std::pin::pin!(bulk.answers(rows, Wanted::default(), |lines| Arc::new(pairs(&lines))));
    let (mut now, mut changes) = (PackNow::default(), BTreeMap::<_, u64>::new());
    while let Some(batch) = answers.next().await {
        now.asked += batch.answers.len() as u64;
        for (then, today) in batch.answers.iter().filter(|(then, today)| then != today) {
            *changes.entry((*then, *today)).or_default() += 1;
            now.changed += 1;
        }
    }
    now.not_asked = match reading.await {
        Ok(read) => read?,
        // The runtime ends, and with it whoever waits for this.
        Err(_) => return Err(PackError::NotAPack("it was not read to its end".to_owned())),
    };
    now.changes = changes.into_iter().map(|((then, now), rows)| PackChange { then, now, rows }).collect();
    Ok(now)
}

/// The question about the row's number, which bears in its name what was answered then.
fn again(answer: BulkAnswer) -> Option<BulkRow> {
    let of_a_number = match answer.outcome {
        Outcome::Valid
        | Outcome::Grace
        | Outcome::Expired
        | Outcome::NotYetValid
        | Outcome::Suspended
        | Outcome::Revoked
        | Outcome::NotRegistered
        | Outcome::StatusUnknown => true,
        Outcome::NotALabel
        | Outcome::Malformed
        | Outcome::UnknownKey
        | Outcome::BadSignature
        | Outcome::KeyCompromised => false,
    };
    let number = answer.number.filter(|_| of_a_number)?;
    Some(BulkRow { id: Some(answer.outcome.as_str().to_owned()), number: Some(number), ..BulkRow::default() })
}

/// What was answered then and what is answered now, row by row.
fn pairs(lines: &[BulkLine]) -> Vec<(Outcome, Outcome)> {
    let pair = |line: &BulkLine| match line {
        BulkLine::Answer(answer) => {
            let then =
                Outcome::ALL.into_iter().find(|outcome| Some(outcome.as_str()) == answer.id.as_deref())?;
            Some((then, answer.outcome))
        }
        BulkLine::Bad(_) | BulkLine::End(_) => None,
    };
    lines.iter().filter_map(pair).collect()
}
