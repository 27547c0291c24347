//! Without a network: by signed lists that were downloaded.

use std::{path::Path, sync::Arc};

use futures_util::{Stream, StreamExt as _};
use shirushi_offline::{Checker, Lists};
use shirushi_shared::{
    api::{
        BadRow, BulkAnswer, BulkEnd, BulkLine, BulkProduct, BulkQuestion, Presented, RowError, RowFault,
        VerifyRequest,
    },
    claim::{ClaimedProduct, ProductClaims},
    key::PublicKey,
    scan::Origins,
};

use super::{
    super::super::{
        CommandError,
        lists::{bytes, pinned},
    },
    sink::Piece,
};
use crate::{
    clock::SystemClock,
    config::Config,
    service::bulk::{Batch, Given, Offered, Wanted, models_of},
};

/// Files of a folder that are looked at: three lists, each perhaps under several names.
const MOST_FILES: usize = 32;
/// Batches under way at once.
const AT_ONCE: usize = 4;

/// A checker by the lists in `folder`, which are told apart by what they are and not by their names.
pub(super) fn checker(
    folder: &Path,
    pin: Option<&PublicKey>,
    config: &Config,
) -> Result<Checker, CommandError> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)?.take(MOST_FILES) {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            files.push(bytes(&path)?);
        }
    }
    let mut lists = Lists::new(pinned(pin, config)?, None);
    if !files.iter().any(|file| lists.take_trust(file).is_ok()) {
        return Err(format!("{}: no trust list by the pinned key", folder.display()).into());
    }
    let mut found = false;
    for file in files {
        // What is neither is a list that is not believed, or something else that lies there.
        found |= lists.take_status(file.clone()).is_ok();
        let _ = lists.take_index(file);
    }
    if !found {
        return Err(format!("{}: no status list that the trust list vouches for", folder.display()).into());
    }
    Ok(Checker::new(lists, Origins::new(config.origins()), config.freshness))
}

/// The answers to `rows`.
pub(super) fn answers(
    checker: Checker,
    rows: impl Stream<Item = Vec<Given>> + Send,
    wanted: Wanted,
    origin: &str,
    write: impl Fn(Vec<BulkLine>) -> Piece + Clone + Send + Sync + 'static,
) -> impl Stream<Item = Batch<Piece>> + Send {
    let by = Arc::new(By { checker, wanted, origin: origin.to_owned(), clock: SystemClock::default() });
    rows.map(move |rows| {
        let (by, write) = (Arc::clone(&by), write.clone());
        let batch = move || {
            let lines: Vec<_> = rows.into_iter().map(|row| by.line(row)).collect();
            Batch { count: BulkEnd::of(&lines), answers: write(lines) }
        };
        async move { tokio::task::spawn_blocking(batch).await.ok() }
    })
    .buffered(AT_ONCE)
    .filter_map(std::future::ready)
}

struct By {
    checker: Checker,
    wanted: Wanted,
    origin: String,
    clock: SystemClock,
}

impl By {
    fn line(&self, row: Given) -> BulkLine {
        let (row, id, question) = match row.into_question() {
            Ok(question) => question,
            Err(bad) => return BulkLine::Bad(bad),
        };
        if let Some(answer) = self.answer(row, id.clone(), question) {
            return BulkLine::Answer(Box::new(answer));
        }
        let detail = "lists know nothing of the past".to_owned();
        BulkLine::Bad(BadRow { row, id, error: RowError { code: RowFault::Unavailable, detail } })
    }

    /// The answer; `None` to questions about the past.
    fn answer(&self, row: u64, id: Option<String>, question: BulkQuestion) -> Option<BulkAnswer> {
        let BulkQuestion { presented, claims, number, models, offer, when } = question;
        let now = self.clock.now();
        let ProductClaims { level, maker, gtin, .. } = claims;
        let as_of = when.or(self.wanted.when).as_of(now);
        let mut request = VerifyRequest { level, maker, gtin, as_of, ..VerifyRequest::default() };
        match presented {
            Presented::Token(text) => request.token = Some(text),
            Presented::Scan(text) => request.link = Some(text),
            Presented::Number(text) => request.number = Some(text),
        }
        let judged = self.checker.judge(request, now)?;
        let mut answer = BulkAnswer::of(row, id, &judged.verdict, self.wanted.language);
        answer.claimed = ClaimedProduct::of(&judged.claims, judged.claimed()).into();
        let offered = Offered { models: &models, maker: judged.claims.maker.as_deref(), offer };
        answer.policy = self.wanted.policy_answer(&offered, judged.current, &judged.verdict);
        if let Some(known) = judged.registration {
            answer.level = Some(known.level);
            answer.product = self.wanted.products.then(|| BulkProduct {
                maker: known.maker.name.clone(),
                names: known.products.iter().map(|product| product.name.clone()).collect(),
            });
        }
        answer.link = answer.number.as_ref().map(|number| format!("{}/v/{number}", self.origin));
        answer.hold_against(number.as_ref());
        if let Some(current) = judged.current {
            answer.claimed.models = models_of(current, models);
        }
        Some(answer)
    }
}
