//! Then and now: a pack's rows asked about again.

use std::{
    collections::BTreeMap,
    io::{Read, Seek},
};

use futures_util::{StreamExt as _, stream};
use shirushi_shared::{
    api::{BulkAnswer, BulkClaims, BulkLine, BulkRow, PackChange, PackNow},
    claim::Listed,
    verdict::Outcome,
};
use tokio::sync::mpsc;

use super::{KeptPack, PackError};
use crate::service::bulk::{BATCH, Bulk, Given, Wanted};

/// Most rows that are asked about again while somebody waits for a page.
pub const MOST_ON_A_PAGE: u64 = 5_000;
/// Batches that are read ahead.
const AHEAD: usize = 4;

/// Asks about the first `most` rows of `pack`, which is whole, by their numbers and what they claim: labels are not in a
/// pack. Rows of which a number alone says nothing (an altered label, something else), or which another version has written
/// in other words, are not asked about.
pub async fn compare<R: Read + Seek + Send + 'static>(
    mut pack: KeptPack<R>,
    bulk: &Bulk,
    most: u64,
) -> Result<PackNow, PackError> {
    let (sender, rows) = mpsc::channel::<Vec<Given>>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let (mut batch, mut asked, mut not_asked) = (Vec::with_capacity(BATCH), 0, 0);
        let read = pack.answers(|answer| match answer.and_then(again) {
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
    let mut answers = std::pin::pin!(bulk.answers(rows, Wanted::default(), |lines| both(&lines)));
    let (mut now, mut changes) = (PackNow::default(), BTreeMap::<_, u64>::new());
    while let Some(batch) = answers.next().await {
        for Both { then, today, otherwise } in batch.answers {
            now.asked += 1;
            now.changed += u64::from(then != today || otherwise);
            now.claims_changed += u64::from(otherwise);
            if then != today {
                *changes.entry((then, today)).or_default() += 1;
            }
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

/// The question about the row's number and its claims, which bears in its name what was answered then.
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
    let then = Then::of(answer.outcome, &answer.claimed);
    // The number that was claimed beside a code is of another question: whose code it was.
    let BulkClaims { number: _, models, level, maker, gtin } = answer.claimed;
    Some(BulkRow {
        id: Some(then.to_text()),
        number: Some(number),
        model: models.into_iter().map(|model| model.claimed).collect(),
        level: level.map(|level| level.claimed.to_string()),
        maker: maker.map(|maker| maker.claimed),
        gtin: gtin.map(|gtin| gtin.claimed.to_string()),
        ..BulkRow::default()
    })
}

/// What was answered of a row, as far as it is asked about again.
#[derive(PartialEq)]
struct Then {
    outcome: Outcome,
    /// Whether each claim about its product was found to be so.
    claims: Vec<bool>,
}

impl Then {
    fn of(outcome: Outcome, claimed: &BulkClaims) -> Self {
        let claims = claimed.of_the_product().map(|answer| answer == Listed::Listed).collect();
        Self { outcome, claims }
    }

    /// As the name of a row.
    fn to_text(&self) -> String {
        let claims = self.claims.iter().map(|is_so| if *is_so { '+' } else { '-' });
        std::iter::once(self.outcome.as_str()).map(str::to_owned).chain(claims.map(String::from)).collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let (outcome, claims) = text.split_at(text.find(['+', '-']).unwrap_or(text.len()));
        let claims = claims.chars().map(|is_so| is_so == '+').collect();
        Some(Self { outcome: Outcome::parse(outcome)?, claims })
    }
}

/// What was answered of a row then, and what is answered now.
struct Both {
    then: Outcome,
    today: Outcome,
    /// Whether its claims are answered otherwise; where the registration is not known, that is not said.
    otherwise: bool,
}

/// Then and now, row by row.
fn both(lines: &[BulkLine]) -> Vec<Both> {
    let both = |line: &BulkLine| match line {
        BulkLine::Answer(answer) => {
            let (then, today) =
                (Then::parse(answer.id.as_deref()?)?, Then::of(answer.outcome, &answer.claimed));
            let otherwise = then.claims.len() == today.claims.len() && then.claims != today.claims;
            Some(Both { then: then.outcome, today: today.outcome, otherwise })
        }
        BulkLine::Bad(_) | BulkLine::End(_) => None,
    };
    lines.iter().filter_map(both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_then_is_the_name_of_a_question() {
        for claims in [vec![], vec![true], vec![true, false, true]] {
            let then = Then { outcome: Outcome::NotRegistered, claims };
            assert!(Then::parse(&then.to_text()) == Some(then));
        }
        assert!(Then::parse("else").is_none());
    }
}
