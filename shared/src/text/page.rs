//! The texts that only the server's pages need; they do not go to the browser's checker.

use super::{
    Language, Zone,
    phrase::fill,
    words::{OutcomeText, texts},
};
use crate::time::UnixTime;

texts! {
    /// All that the server's pages say.
    PageWords {} {
        home: HomeWords,
        scan: ScanPageWords,
        about: AboutWords,
        receipt: ReceiptWords,
        messages: MessageWords,
    }

    /// The first page.
    HomeWords { title, lead, scan, scan_hint, number_title, photograph_title, photograph_hint, photograph_field, photograph_submit, phone_title, phone }

    /// The scanner's page before or without its script.
    ScanPageWords { no_script_title, no_script, lead }

    /// What a label means, and what it does not.
    AboutWords {
        title,
        lead,
        means_title,
        means_level,
        means_level12,
        means_level34,
        means_validity,
        means_models,
        not_title,
        not_complete,
        not_box,
        not_endorsed,
        how_title,
        how_signature,
        how_registry,
        how_fresh,
        outcomes_title,
        sources_title,
        sources,
    }

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

    /// Pages that say that something did not work.
    MessageWords {
        not_found,
        not_found_text,
        bad_request,
        bad_request_text,
        too_large,
        too_large_text,
        unreadable,
        unreadable_text,
        overloaded,
        overloaded_text,
        unavailable,
        unavailable_text,
        internal,
        internal_text,
        back,
    }
}

impl Language {
    /// When a receipt's answer was given.
    pub fn answered_on(self, at: UnixTime, zone: Zone) -> String {
        fill(self.page_words().receipt.answered_on, &[("time", &self.date_time(at, zone))])
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
