//! The texts that only the server's pages need; they do not go to the browser's checker.

use super::{
    Language, Zone,
    phrase::fill,
    words::{OutcomeText, texts},
};
use crate::{
    api::{RowFault, StopCode},
    time::UnixTime,
    verdict::Outcome,
};

texts! {
    /// All that the server's pages say.
    PageWords {} {
        home: HomeWords,
        scan: ScanPageWords,
        about: AboutWords,
        receipt: ReceiptWords,
        policy: PolicyWords,
        pack: PackWords,
        report: ReportWords,
        messages: MessageWords,
        sheet: SheetWords,
        columns: ColumnWords,
        differences: DifferenceWords,
        bulk: BulkWords,
        policies: PolicyPageWords,
        watch: WatchWords,
    }

    /// The first page.
    HomeWords { title, lead, scan, scan_hint, number_title, photograph_title, photograph_hint, photograph_field, photograph_submit, phone_title, phone }

    /// Policies on screen.
    PolicyPageWords {
        title,
        lead,
        form_title,
        file_title,
        file_field,
        check,
        wrong,
        checked,
        keep_title,
        keep_lead,
        key_field,
        keep,
        kept,
        use_it,
        name,
        version,
        source,
        states,
        level,
        level_field,
        category_field,
        from_field,
        not_asked,
        until,
        until_contract,
        until_day,
        until_day_field,
        model,
        maker,
        maker_name,
        maker_number,
        recognised,
        advisory,
        no_records,
        days,
    }

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

    /// What a verdict has on its own page only, and on paper.
    SheetWords { print, again, again_text, code }

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

    /// Evidence packs: the report within one, and checking one.
    PackWords {
        report_title,
        report_lead,
        service,
        made,
        asked_by,
        input,
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

    /// Procurement policies: rules, answers, and the reason of each.
    PolicyWords {
        accepted_states,
        least_level,
        every_category,
        valid_until_day,
        valid_until_contract_end,
        recognised,
        model_listed,
        maker,
        maker_number,
        no_open_advisory,
        evidence_one,
        evidence,
        pass,
        fail,
        cannot_tell,
        between,
    } {
        states: PolicyStateWords,
        schemes: PolicySchemeWords,
        severities: PolicySeverityWords,
        reasons: PolicyReasonWords,
    }

    /// States that a policy may accept.
    PolicyStateWords { valid, grace, not_yet_valid, suspended }

    /// Schemes that may recognise a label.
    PolicySchemeWords { uk_psti, singapore_cls }

    /// How severe an advisory is.
    PolicySeverityWords { low, medium, high, critical }

    /// Why a rule is met, not met, or cannot be told.
    PolicyReasonWords {
        met,
        not_in_force,
        other_category,
        not_genuine,
        not_registered,
        state_not_accepted,
        level_too_low,
        ends_too_early,
        model_not_listed,
        maker_differs,
        corporate_number_differs,
        evidence_too_old,
        status_not_confirmed,
        level_unknown,
        category_unknown,
        expiry_unknown,
        no_contract_end,
        no_model_claimed,
        models_unknown,
        no_maker_claimed,
        no_corporate_number_claimed,
        maker_unknown,
        corporate_number_unknown,
        only_legal_form_differs,
        no_recognition_records,
        no_advisory_records,
        evidence_age_unknown,
    }

    /// Reporting a suspicious label, and asking about the report again.
    ReportWords {
        title,
        lead,
        kept,
        suspicion_field,
        choose,
        other_product,
        altered,
        leads_elsewhere,
        claim,
        other,
        label_field,
        label_hint,
        account_field,
        account_hint,
        place_field,
        place_hint,
        picture_field,
        picture_hint,
        contact_field,
        contact_hint,
        submit,
        nothing,
        fields,
        picture,
        ask_title,
        ask_field,
        ask_hint,
        ask_submit,
        found_title,
        write_down,
        received,
        open,
        open_text,
        in_review,
        in_review_text,
        closed,
        closed_text,
        mistyped,
        mistyped_text,
        nowhere,
        nowhere_text,
    }

    /// A watch list's page: what happened to the labels on it.
    WatchWords { title, lead, private, count, count_one, none, happened, when, before, after, not_on_record, held, older, newest } {
        reasons: WatchReasonWords,
    }

    /// What happened to a label.
    WatchReasonWords {
        registered,
        suspended,
        reinstated,
        suspension_ended,
        grace,
        revoked,
        expiry,
        products,
        succeeded,
        expiring,
        expired,
        other,
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
        too_often,
        too_often_text,
        overloaded,
        overloaded_text,
        unavailable,
        unavailable_text,
        internal,
        internal_text,
        back,
    }
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
