//! The texts that only the server's pages need; they do not go to the browser's checker.

use super::{
    evidence::{PackWords, ReceiptWords},
    file::{BulkWords, ColumnWords, DifferenceWords},
    policy::PolicyWords,
    watch::WatchWords,
    words::texts,
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
