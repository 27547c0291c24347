//! Rows of a table as JSON Lines. Those that cannot be read are sent as rows that ask nothing, so that every row has its
//! answer in its place, and what is wrong with them is told here.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use shirushi_shared::api::{BadRow, BulkLine, BulkRow};

use super::super::input::Input;
use crate::service::bulk::Given;

/// Rows that could not be read and are not answered yet, in their order.
#[derive(Clone, Default)]
pub(super) struct Merge(Arc<Mutex<VecDeque<BadRow>>>);

/// What is sent of `input`.
pub(super) fn lines_of(input: Input) -> (impl Stream<Item = io::Result<Bytes>> + Send, Merge) {
    let merge = Merge::default();
    let pieces = match input {
        Input::Lines(pieces) => {
            stream::unfold(pieces, |mut pieces| async { Some((pieces.recv().await?, pieces)) }).left_stream()
        }
        sheet @ Input::Sheet(_) => {
            let merge = merge.clone();
            sheet.rows().map(move |rows| merge.lines(rows)).right_stream()
        }
    };
    (pieces, merge)
}

impl Merge {
    fn lines(&self, rows: Vec<Given>) -> io::Result<Bytes> {
        let mut text = Vec::with_capacity(256 * rows.len());
        for row in rows {
            let row = match row {
                Given::Line(_, line) => {
                    text.extend_from_slice(&line);
                    continue;
                }
                Given::Row(number, row) => BulkRow { row: Some(number), ..*row },
                Given::Bad(bad) => {
                    let row = BulkRow { row: Some(bad.row), ..BulkRow::default() };
                    self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(bad);
                    row
                }
            };
            serde_json::to_writer(&mut text, &row)?;
            text.push(b'\n');
        }
        Ok(text.into())
    }

    /// `answer`, or what is wrong with its row.
    pub(super) fn answer(&self, answer: BulkLine) -> BulkLine {
        let BulkLine::Bad(BadRow { row, .. }) = answer else { return answer };
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop_front_if(|bad| bad.row == row).map_or(answer, BulkLine::Bad)
    }
}
