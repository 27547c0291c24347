//! Receipts and evidence packs: what their pages and reports say.

use super::{
    Language, Zone,
    phrase::fill,
    words::{OutcomeText, texts},
};
use crate::{time::UnixTime, verdict::Outcome};

texts! {
    /// Receipts: keeping one, and checking one.
    ReceiptWords {
        answered_on,
        dated,
        key_misused_from,
        title,
        lead,
        file_field,
        file_hint,
        text_field,
        text_hint,
        submit,
        not_kept,
        again,
        says,
        then,
        now,
        nothing_now,
        present,
        case,
        issuer,
        model,
        gtin,
        listed,
        not_listed,
        details,
        valid_until,
        trust_list,
        software,
        key,
        covers,
        keep,
        keep_lead,
        keep_case,
        keep_case_hint,
        keep_submit,
    } {
        true_then: OutcomeText,
        dated_before_compromise: OutcomeText,
        key_compromised: OutcomeText,
        key_not_in_force: OutcomeText,
        unknown_key: OutcomeText,
        altered: OutcomeText,
        not_a_receipt: OutcomeText,
    }

    /// Evidence packs: the report within one, and checking one.
    PackWords {
        report_title,
        report_lead,
        service,
        made,
        asked_by,
        input,
        input_sha256,
        about_day,
        contract_end,
        rows,
        not_answered,
        counts_title,
        by_outcome,
        by_policy,
        policy_reasons,
        policy,
        policy_sha256,
        rules_title,
        attention_title,
        nothing_to_see,
        left_out,
        row,
        item,
        number,
        answer,
        reason,
        check_title,
        check_text,
        page_of,
        results_sha256,
        manifest_sha256,
        altered,
        missing,
        extra,
        now_same,
        now_changed,
        now_change,
        now_claims,
        now_not_asked,
    } {
        whole: OutcomeText,
        broken: OutcomeText,
        receipt_only: OutcomeText,
    }
}

impl Language {
    /// When a receipt's answer was given.
    pub fn answered_on(self, at: UnixTime, zone: Zone) -> String {
        fill(self.page_words().receipt.answered_on, &[("time", &self.date_time(at, zone))])
    }

    /// How many rows of a report are told elsewhere.
    pub fn pack_left_out(self, rows: u64) -> String {
        fill(self.page_words().pack.left_out, &[("count", &rows.to_string())])
    }

    /// Which page of a report this is.
    pub fn pack_page_of(self, page: usize, pages: usize) -> String {
        let values = [("page", &*page.to_string()), ("pages", &*pages.to_string())];
        fill(self.page_words().pack.page_of, &values)
    }

    /// How many rows of a pack would be answered differently today.
    pub fn pack_changed(self, changed: u64, asked: u64) -> String {
        let words = &self.page_words().pack;
        let text = if changed == 0 { words.now_same } else { words.now_changed };
        fill(text, &[("changed", &*changed.to_string()), ("asked", &*asked.to_string())])
    }

    /// From what to what answers changed, and how many.
    pub fn pack_change(self, then: Outcome, now: Outcome, rows: u64) -> String {
        let outcomes = &self.words().outcomes;
        let (then, now, rows) = (outcomes.of(then).headline, outcomes.of(now).headline, rows.to_string());
        fill(self.page_words().pack.now_change, &[("then", then), ("now", now), ("count", &rows)])
    }

    /// Of how many rows of a pack the registration agrees otherwise today with what was claimed.
    pub fn pack_claims_changed(self, rows: u64) -> String {
        fill(self.page_words().pack.now_claims, &[("count", &rows.to_string())])
    }

    /// How many rows of a pack were not asked about again.
    pub fn pack_not_asked(self, rows: u64) -> String {
        fill(self.page_words().pack.now_not_asked, &[("count", &rows.to_string())])
    }

    /// The date that a receipt bears, where it proves nothing.
    pub fn dated(self, at: UnixTime, zone: Zone) -> String {
        fill(self.page_words().receipt.dated, &[("time", &self.date_time(at, zone))])
    }

    /// From when on a key may have been misused.
    pub fn key_misused_from(self, cutoff: UnixTime, zone: Zone) -> String {
        fill(self.page_words().receipt.key_misused_from, &[("time", &self.date_time(cutoff, zone))])
    }
}
