//! Files of rows: what their pages say, and what a file of results says.

use super::{Language, words::texts};
use crate::{
    api::{BulkClaims, RowFault, StopCode},
    claim::{Claimed, Listed},
};

texts! {
    /// Many labels at once: the pages of a file.
    BulkWords {
        title,
        lead,
        more,
        key_field,
        key_hint,
        as_of_field,
        as_of_hint,
        policy_field,
        policy_hint,
        contract_end_field,
        policy_says,
        steps,
        pack_title,
        pack_lead,
        pack_submit,
        differences_title,
        differences_field,
        differences_submit,
        watch_title,
        watch_lead,
        watch_name,
        watch_submit,
        file_field,
        file_hint,
        submit,
        refused,
        columns_title,
        columns_example,
        columns_check,
        columns_lead,
        columns_lacking,
        columns_twice,
        columns_heading,
        column,
        column_meaning,
        column_cells,
        column_unused,
        by_heading,
        by_values,
        by_word,
        columns_submit,
        running,
        waiting,
        rows_done,
        rate,
        seconds_left,
        look_again,
        cancel,
        done,
        incomplete,
        counts,
        all_rows,
        bad_rows,
        no_rows,
        more_rows,
        files,
        as_xlsx,
        kept_title,
        address_is_key,
        erased_on,
        erase,
        another,
        gone,
        gone_text,
    } {
        meanings: MeaningWords,
    }

    /// What a column of a file can mean.
    MeaningWords { label, number, gtin, model, maker, corporate_number, level, day, id }

    /// Headings and cells of a file of results; its sheets.
    ColumnWords {
        row,
        id,
        result,
        outcome,
        reason,
        words,
        number,
        level,
        status,
        as_of,
        then,
        expires,
        days_left,
        models,
        claims,
        maker,
        product,
        link,
        not_answered,
        not_as_claimed,
        listed,
        not_listed,
        agrees,
        does_not_agree,
        reached,
        not_reached,
        results,
        summary,
        rows,
        made,
    } {
        faults: FaultWords,
        stops: StopWords,
    }

    /// Why a row was not answered.
    FaultWords { not_a_row, one_of, too_long, not_a_value, unavailable }

    /// Why not all rows were read.
    StopWords { too_many_rows, too_many_bytes, columns, not_a_table, cancelled, other }

    /// What has changed between two runs of a file. `before` and `after` stand before the name of a column.
    DifferenceWords { change, new, gone, changed, before, after }
}

impl FaultWords {
    /// The words of `fault`.
    pub const fn of(&self, fault: RowFault) -> &'static str {
        match fault {
            RowFault::NotARow => self.not_a_row,
            RowFault::OneOf => self.one_of,
            RowFault::TooLong => self.too_long,
            RowFault::NotAValue => self.not_a_value,
            RowFault::Unavailable => self.unavailable,
        }
    }
}

impl StopWords {
    /// The words of `code`.
    pub const fn of(&self, code: StopCode) -> &'static str {
        match code {
            StopCode::TooManyRows => self.too_many_rows,
            StopCode::TooManyBytes => self.too_many_bytes,
            StopCode::Columns => self.columns,
            StopCode::NotATable => self.not_a_table,
            StopCode::Cancelled => self.cancelled,
            StopCode::Idle | StopCode::TooSlow | StopCode::BrokeOff | StopCode::Stopping => self.other,
        }
    }
}

impl MeaningWords {
    /// The words of a meaning by its name on the wire.
    pub fn of(&self, name: &str) -> &'static str {
        match name {
            "label" => self.label,
            "number" => self.number,
            "gtin" => self.gtin,
            "model" => self.model,
            "maker" => self.maker,
            "corporate_number" => self.corporate_number,
            "level" => self.level,
            "day" => self.day,
            "id" => self.id,
            _ => "",
        }
    }
}

impl Language {
    /// Each model that a row claims, with whether the registration covers it: “RX-200W: covered”.
    pub fn claimed_models(self, claimed: &BulkClaims) -> Vec<(String, Listed)> {
        let words = &self.page_words().columns;
        let told =
            |model: &Claimed<String>| told(&model.claimed, model.answer, [words.listed, words.not_listed]);
        claimed.models.iter().map(told).collect()
    }

    /// What else a row claims: “Maker 架空電機: does not agree”. A registered level may be higher than the one that is claimed.
    pub fn other_claims(self, claimed: &BulkClaims) -> Vec<(String, Listed)> {
        let BulkClaims { number, models: _, level, maker, gtin } = claimed;
        let words = &self.page_words().columns;
        let agrees = |name: &str, what: &str, answer| {
            told(&format!("{name} {what}"), answer, [words.agrees, words.does_not_agree])
        };
        let level = level.as_ref().map(|level| {
            let what = format!("{} {}", words.level, level.claimed);
            told(&what, level.answer, [words.reached, words.not_reached])
        });
        [
            number.as_ref().map(|number| agrees(words.number, &number.claimed, number.answer)),
            level,
            maker.as_ref().map(|maker| agrees(words.maker, &maker.claimed, maker.answer)),
            gtin.as_ref().map(|gtin| agrees("JAN/GTIN", &gtin.claimed.printed(), gtin.answer)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn told(what: &str, answer: Listed, [yes, no]: [&str; 2]) -> (String, Listed) {
    let word = if answer == Listed::Listed { yes } else { no };
    (format!("{what}: {word}"), answer)
}
