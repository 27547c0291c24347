//! Without a network: by signed lists that were downloaded.

use std::{path::Path, sync::Arc};

use futures_util::{Stream, StreamExt as _};
use shirushi_offline::{Checker, Judged, Lists};
use shirushi_shared::{
    api::{
        BadRow, BulkAnswer, BulkLine, BulkProduct, BulkQuestion, ClaimedModel, Presented, RowError, RowFault,
        VerifyRequest,
    },
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
    service::bulk::{Batch, Count, Given, Wanted},
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
            Batch { count: Count::of(&lines), answers: write(lines) }
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
        if let Some(answer) = self.answer(row, id.clone(), &question) {
            return BulkLine::Answer(Box::new(answer));
        }
        let detail = "lists know nothing of the past".to_owned();
        BulkLine::Bad(BadRow { row, id, error: RowError { code: RowFault::Unavailable, detail } })
    }

    /// The answer; `None` to questions about the past.
    fn answer(&self, row: u64, id: Option<String>, question: &BulkQuestion) -> Option<BulkAnswer> {
        let alone = self.alone(question, None)?;
        let mut models = Vec::new();
        for claimed in &question.models {
            // Whether it is covered is the checker's to tell: by an index that is over, nobody is.
            let answer = self.alone(question, Some(claimed))?.claimed.model;
            models.extend(answer.map(|answer| ClaimedModel { claimed: claimed.clone(), answer }));
        }
        let mut answer = BulkAnswer::of(row, id, &alone.verdict, self.wanted.language);
        answer.claimed = alone.claimed.into();
        if let Some(known) = alone.registration {
            answer.level = Some(known.level);
            answer.product = self.wanted.products.then(|| BulkProduct {
                maker: known.maker.name.clone(),
                names: known.products.iter().map(|product| product.name.clone()).collect(),
            });
        }
        answer.link = answer.number.as_ref().map(|number| format!("{}/v/{number}", self.origin));
        answer.hold_against(question.number.as_ref());
        answer.claimed.models = models;
        Some(answer)
    }

    fn alone(&self, question: &BulkQuestion, model: Option<&String>) -> Option<Judged<'_>> {
        let now = self.clock.now();
        let mut request = VerifyRequest {
            model: model.cloned(),
            level: question.claims.level,
            maker: question.claims.maker.clone(),
            gtin: question.claims.gtin,
            as_of: question.when.or(self.wanted.when).as_of(now),
            ..VerifyRequest::default()
        };
        match &question.presented {
            Presented::Token(text) => request.token = Some(text.clone()),
            Presented::Scan(text) => request.link = Some(text.clone()),
            Presented::Number(text) => request.number = Some(text.clone()),
        }
        self.checker.judge(request, now)
    }
}
