//! The texts that the checker needs, by what they are about.

use crate::{
    label::{Category, LabelState},
    status::StatusSource,
    verdict::{CheckResult, Outcome, Reason},
};

/// Declares a struct of texts, with a walk over all of them for the tests.
///
/// A field needs no doc line of its own: its text in `en.rs` says what it is.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident { $($field:ident),* $(,)? } $({ $($group:ident: $type:ty),* $(,)? })?)*) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the texts in en.rs say what each field is")]
        pub struct $name {
            $(pub $field: &'static str,)*
            $($(pub $group: $type,)*)?
        }

        impl $crate::text::lines::Texts for $name {
            const COUNT: usize = 0 $(+ $crate::text::lines::one(stringify!($field)))*
                $($(+ <$type as $crate::text::lines::Texts>::COUNT)*)?;

            fn read(lines: &mut $crate::text::lines::Lines) -> Self {
                let _ = &lines;
                Self { $($field: lines.next(),)* $($($group: $crate::text::lines::Texts::read(lines),)*)? }
            }

            fn write(&self, lines: &mut Vec<&'static str>) {
                $(lines.push(self.$field);)*
                $($($crate::text::lines::Texts::write(&self.$group, lines);)*)?
            }
        }

        #[cfg(test)]
        impl $crate::text::tests::Walk for $name {
            fn walk(&self, path: &str, visit: &mut dyn FnMut(String, &'static str)) {
                $(visit(format!("{path}.{}", stringify!($field)), self.$field);)*
                $($(self.$group.walk(&format!("{path}.{}", stringify!($group)), visit);)*)?
                let _ = (path, visit);
            }
        }
    )*};
}
#[cfg(not(target_arch = "wasm32"))]
pub(super) use texts;

texts! {
    /// All that the checker says.
    Words {} {
        outcomes: Outcomes,
        verdict: VerdictWords,
        checks: CheckWords,
        results: ResultWords,
        reasons: ReasonWords,
        states: StateWords,
        categories: CategoryWords,
        phrases: PhraseWords,
        sources: SourceWords,
        scan: ScanWords,
        offline: OfflineWords,
        stock: StockWords,
        problems: ProblemWords,
        site: SiteWords,
    }

    /// An outcome: a headline to be read in a second at arm's length, one sentence of meaning, and what to do.
    OutcomeText { headline, meaning, action }

    /// The outcomes.
    Outcomes {} {
        not_a_label: OutcomeText,
        malformed: OutcomeText,
        unknown_key: OutcomeText,
        bad_signature: OutcomeText,
        key_compromised: OutcomeText,
        not_registered: OutcomeText,
        revoked: OutcomeText,
        suspended: OutcomeText,
        expired: OutcomeText,
        not_yet_valid: OutcomeText,
        grace: OutcomeText,
        status_unknown: OutcomeText,
        valid: OutcomeText,
    }

    /// Headings, captions and notes of a verdict.
    VerdictWords {
        what_to_do,
        // Outcomes whose sentence speaks of a label that was checked, said of a number alone.
        not_registered_number,
        status_unknown_number,
        valid_number,
        number_only_title,
        number_only,
        printed_expiry_only,
        report,
        copied_title,
        copied,
        level_note,
        registration,
        number,
        maker,
        corporate_number,
        products,
        level,
        category,
        assessment,
        valid_from,
        expires,
        registered,
        reason,
        models,
        model_field,
        model_hint,
        model_submit,
        model_listed,
        model_not_listed,
        model_not_listed_action,
        meant,
        more_models,
        level_listed,
        level_not_listed,
        maker_listed,
        maker_not_listed,
        gtin_listed,
        gtin_not_listed,
        no_models,
        machinery,
        check,
        result,
        why,
        token,
        key,
        issued,
        source,
        revision,
        state,
        known_at,
        checked_at,
        own_page,
        plain_text,
        application_number,
        acceptance_number,
        provisional_number,
    }

    /// Names of the checks.
    CheckWords { signature, key, validity, status, freshness }

    /// Results of a check.
    ResultWords { pass, fail, unknown }

    /// Why a check said what it said.
    ReasonWords {
        ok,
        not_presented,
        number_only,
        malformed,
        unknown_key,
        signature_fails,
        key_not_in_force,
        key_compromised_on_record_before,
        key_compromised,
        key_retired,
        expired,
        printed_expiry_passed,
        not_yet_valid,
        printed_expiry_only,
        not_registered,
        token_not_on_record,
        revoked,
        suspended,
        grace,
        no_evidence,
        stale,
        clock_disagreement,
        not_checked,
    }

    /// States of a label.
    StateWords { active, grace, suspended, revoked, unregistered, unknown }

    /// Product categories (製品類型).
    CategoryWords {
        communications_equipment,
        network_camera,
        smart_lock,
        home_gateway,
        home_appliance,
        sensor,
        printer,
        storage,
        wearable,
        toy,
        energy_equipment,
        industrial_controller,
    }

    /// Sentences with values: `{name}` is where one goes, and the names are the same in every language. What ends in
    /// `_one` is said of a single thing. `phrase.rs` fills them in.
    PhraseWords {
        date,
        // Twelve, separated by spaces.
        months,
        date_time,
        japan,
        just_now,
        seconds_ago_one,
        seconds_ago,
        minutes_ago,
        hours_ago,
        days_ago,
        valid_until,
        days_left_none,
        days_left_one,
        days_left,
        ended_on,
        valid_from,
        revoked_on,
        suspended,
        suspended_open,
        suspended_until,
        suspended_bare,
        grace_since,
        not_listed_on,
        last_known,
        nothing_known,
        about_the_past,
        not_asked,
        from_status_list,
        asked,
        conforms_to,
        self_declared,
        third_party,
        third_party_unnamed,
        category,
        models_one,
        models,
        foreign_link,
        others_ignored_one,
        others_ignored,
        stars,
    }

    /// Where the status comes from.
    SourceWords { registry, cache, status_list, none }

    /// Lists on the device, and verdicts by them.
    OfflineWords {
        by_lists,
        asking,
        not_reached,
        number_only,
        status_list,
        product_index,
        ready,
        old,
        nothing,
        not_stored,
    }

    /// A stock check: label after label, each counted.
    StockWords {
        title,
        lead,
        // `{pieces}`, `{labels}`.
        total,
        // `{count}`.
        again,
        not_yet,
        full,
        take_back,
        save,
        check_all,
        erase,
        erase_sure,
        end,
        // `{count}`.
        more,
        // The headings of the file, separated by commas.
        columns,
    }

    /// The scanner at work.
    ScanWords {
        title,
        start,
        starting,
        looking,
        looking_long,
        found,
        asking,
        stop,
        next,
        retry,
        torch,
        video,
        photograph,
        photograph_reading,
        number_title,
        number_field,
        number_hint,
        number_submit,
        paste,
        hand_scanner,
        paused,
        others,
        zoom,
        camera,
        this_camera,
        several,
        several_label,
        share,
        copied,
        history,
        history_then,
        history_none,
        history_keep,
        forget,
        forget_all,
        not_kept,
        signals,
    }

    /// What can be in the way of a scan.
    ProblemWords {
        refused,
        refused_action,
        dismissed,
        dismissed_action,
        look_alike,
        look_alike_action,
        no_camera,
        no_camera_action,
        busy,
        busy_action,
        unencrypted,
        unencrypted_action,
        in_app,
        in_app_action,
        unsupported,
        unsupported_action,
        reader,
        reader_action,
        no_code,
        no_code_action,
        not_a_picture,
        not_a_picture_action,
        not_a_number,
        not_a_number_action,
        product_code,
        product_code_action,
        unreachable,
        unreachable_action,
        overloaded,
        overloaded_action,
        answer,
        answer_action,
    }

    /// What frames every page.
    SiteWords {
        name,
        this_language,
        skip,
        scan,
        home,
        about,
        notice,
        reach_title,
        reach,
        independent,
        meaning_of_label,
    }
}

impl Outcomes {
    /// The words of `outcome`.
    pub const fn of(&self, outcome: Outcome) -> &OutcomeText {
        match outcome {
            Outcome::NotALabel => &self.not_a_label,
            Outcome::Malformed => &self.malformed,
            Outcome::UnknownKey => &self.unknown_key,
            Outcome::BadSignature => &self.bad_signature,
            Outcome::KeyCompromised => &self.key_compromised,
            Outcome::NotRegistered => &self.not_registered,
            Outcome::Revoked => &self.revoked,
            Outcome::Suspended => &self.suspended,
            Outcome::Expired => &self.expired,
            Outcome::NotYetValid => &self.not_yet_valid,
            Outcome::Grace => &self.grace,
            Outcome::StatusUnknown => &self.status_unknown,
            Outcome::Valid => &self.valid,
        }
    }
}

impl Words {
    /// One sentence of meaning. A number alone says nothing about the label it was read from.
    pub const fn meaning(&self, outcome: Outcome, number_only: bool) -> &'static str {
        match (outcome, number_only) {
            (Outcome::NotRegistered, true) => self.verdict.not_registered_number,
            (Outcome::StatusUnknown, true) => self.verdict.status_unknown_number,
            (Outcome::Valid, true) => self.verdict.valid_number,
            _ => self.outcomes.of(outcome).meaning,
        }
    }
}

impl ResultWords {
    /// The word of `result`.
    pub const fn of(&self, result: CheckResult) -> &'static str {
        match result {
            CheckResult::Pass => self.pass,
            CheckResult::Fail => self.fail,
            CheckResult::Unknown => self.unknown,
        }
    }
}

impl ReasonWords {
    /// The sentence of `reason`.
    pub const fn of(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::Ok => self.ok,
            Reason::NotPresented => self.not_presented,
            Reason::NumberOnly => self.number_only,
            Reason::Malformed => self.malformed,
            Reason::UnknownKey => self.unknown_key,
            Reason::SignatureFails => self.signature_fails,
            Reason::KeyNotInForce => self.key_not_in_force,
            Reason::KeyCompromisedOnRecordBefore => self.key_compromised_on_record_before,
            Reason::KeyCompromised => self.key_compromised,
            Reason::KeyRetired => self.key_retired,
            Reason::Expired => self.expired,
            Reason::PrintedExpiryPassed => self.printed_expiry_passed,
            Reason::NotYetValid => self.not_yet_valid,
            Reason::PrintedExpiryOnly => self.printed_expiry_only,
            Reason::NotRegistered => self.not_registered,
            Reason::TokenNotOnRecord => self.token_not_on_record,
            Reason::Revoked => self.revoked,
            Reason::Suspended => self.suspended,
            Reason::Grace => self.grace,
            Reason::NoEvidence => self.no_evidence,
            Reason::Stale => self.stale,
            Reason::ClockDisagreement => self.clock_disagreement,
            Reason::NotChecked => self.not_checked,
        }
    }
}

impl StateWords {
    /// The word of `state`.
    pub const fn of(&self, state: &LabelState) -> &'static str {
        match state {
            LabelState::Active => self.active,
            LabelState::Grace { .. } => self.grace,
            LabelState::Suspended { .. } => self.suspended,
            LabelState::Revoked { .. } => self.revoked,
        }
    }

    /// The word of a state by its name on the wire. A name of a later version is "unknown", not an error.
    pub fn named(&self, name: &str) -> &'static str {
        match name {
            "active" => self.active,
            "grace" => self.grace,
            "suspended" => self.suspended,
            "revoked" => self.revoked,
            "unregistered" => self.unregistered,
            _ => self.unknown,
        }
    }
}

impl CategoryWords {
    /// The word of `category`, where the table has one.
    pub fn of(&self, category: Category) -> Option<&'static str> {
        Some(match category.word()? {
            "communications_equipment" => self.communications_equipment,
            "network_camera" => self.network_camera,
            "smart_lock" => self.smart_lock,
            "home_gateway" => self.home_gateway,
            "home_appliance" => self.home_appliance,
            "sensor" => self.sensor,
            "printer" => self.printer,
            "storage" => self.storage,
            "wearable" => self.wearable,
            "toy" => self.toy,
            "energy_equipment" => self.energy_equipment,
            "industrial_controller" => self.industrial_controller,
            _ => return None,
        })
    }
}

impl SourceWords {
    /// The words of `source`.
    pub const fn of(&self, source: StatusSource) -> &'static str {
        match source {
            StatusSource::Registry => self.registry,
            StatusSource::Cache => self.cache,
            StatusSource::StatusList => self.status_list,
            StatusSource::None => self.none,
        }
    }
}
