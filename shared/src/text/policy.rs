//! Policies in words: what a rule asks, what it comes to, and why.

use super::{Language, Zone, phrase::fill, words::texts};
use crate::{
    api::{BulkPolicy, BulkRule, Offer},
    policy::{
        Answer, Asks, Categories, MatchBy, PolicyAnswer, Reason, Recognition, RuleAnswer, Severity, State,
        Until,
    },
};

texts! {
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
}

impl Language {
    const fn policy(self) -> &'static PolicyWords {
        &self.page_words().policy
    }

    /// What a rule asks, in a sentence.
    pub fn policy_rule(self, asks: &Asks) -> String {
        let words = self.policy();
        match asks {
            Asks::AcceptedStates(states) => {
                let states = self.list(states.iter().map(|state| self.policy_state(*state).to_owned()));
                fill(words.accepted_states, &[("states", &states)])
            }
            Asks::LeastLevel(least) => {
                let categories = match &least.categories {
                    Categories::All => words.every_category.to_owned(),
                    Categories::Only(those) => self.list(those.iter().map(|one| self.category(*one))),
                };
                let (level, day) = (least.level.to_string(), self.date(least.from.start(), Zone::JAPAN));
                let values = [("categories", &*categories), ("level", &level), ("day", &day)];
                fill(words.least_level, &values)
            }
            Asks::ValidUntil(Until::ContractEnd) => words.valid_until_contract_end.to_owned(),
            Asks::ValidUntil(Until::Day(day)) => {
                fill(words.valid_until_day, &[("day", &self.date(day.start(), Zone::JAPAN))])
            }
            Asks::Recognised(by) => fill(words.recognised, &[("scheme", self.policy_scheme(*by))]),
            Asks::ModelListed => words.model_listed.to_owned(),
            Asks::MakerMatches(MatchBy::NameOrCorporateNumber) => words.maker.to_owned(),
            Asks::MakerMatches(MatchBy::CorporateNumber) => words.maker_number.to_owned(),
            Asks::NoOpenAdvisory(severity) => {
                fill(words.no_open_advisory, &[("severity", self.policy_severity(*severity))])
            }
            Asks::EvidenceNotOlder { days: 1 } => words.evidence_one.to_owned(),
            Asks::EvidenceNotOlder { days } => fill(words.evidence, &[("count", &days.to_string())]),
        }
    }

    /// What a policy says of a row, with the reason of each rule in words.
    pub fn policy_of_row(self, told: &PolicyAnswer, offer: Offer) -> BulkPolicy {
        let rule = |&RuleAnswer { rule, answer, reason }: &RuleAnswer| {
            let words = self.policy_reason(reason).into();
            BulkRule { rule, answer, reason, words }
        };
        let Offer { corporate_number, contract_end } = offer;
        let rules = told.rules.iter().map(rule).collect();
        BulkPolicy { answer: told.answer, rules, corporate_number, contract_end }
    }

    /// What a rule, or a policy, comes to.
    pub const fn policy_answer(self, answer: Answer) -> &'static str {
        match answer {
            Answer::Pass => self.policy().pass,
            Answer::Fail => self.policy().fail,
            Answer::CannotTell => self.policy().cannot_tell,
        }
    }

    /// Why.
    pub const fn policy_reason(self, reason: Reason) -> &'static str {
        self.policy().reasons.of(reason)
    }

    const fn policy_state(self, state: State) -> &'static str {
        let words = &self.policy().states;
        match state {
            State::Valid => words.valid,
            State::Grace => words.grace,
            State::NotYetValid => words.not_yet_valid,
            State::Suspended => words.suspended,
        }
    }

    const fn policy_scheme(self, scheme: Recognition) -> &'static str {
        match scheme {
            Recognition::UkPsti => self.policy().schemes.uk_psti,
            Recognition::SingaporeCls => self.policy().schemes.singapore_cls,
        }
    }

    const fn policy_severity(self, severity: Severity) -> &'static str {
        let words = &self.policy().severities;
        match severity {
            Severity::Low => words.low,
            Severity::Medium => words.medium,
            Severity::High => words.high,
            Severity::Critical => words.critical,
        }
    }

    fn list(self, items: impl Iterator<Item = String>) -> String {
        items.collect::<Vec<_>>().join(self.policy().between)
    }
}

impl PolicyReasonWords {
    /// The sentence of `reason`.
    pub const fn of(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::Met => self.met,
            Reason::NotInForce => self.not_in_force,
            Reason::OtherCategory => self.other_category,
            Reason::NotGenuine => self.not_genuine,
            Reason::NotRegistered => self.not_registered,
            Reason::StateNotAccepted => self.state_not_accepted,
            Reason::LevelTooLow => self.level_too_low,
            Reason::EndsTooEarly => self.ends_too_early,
            Reason::ModelNotListed => self.model_not_listed,
            Reason::MakerDiffers => self.maker_differs,
            Reason::CorporateNumberDiffers => self.corporate_number_differs,
            Reason::EvidenceTooOld => self.evidence_too_old,
            Reason::StatusNotConfirmed => self.status_not_confirmed,
            Reason::LevelUnknown => self.level_unknown,
            Reason::CategoryUnknown => self.category_unknown,
            Reason::ExpiryUnknown => self.expiry_unknown,
            Reason::NoContractEnd => self.no_contract_end,
            Reason::NoModelClaimed => self.no_model_claimed,
            Reason::ModelsUnknown => self.models_unknown,
            Reason::NoMakerClaimed => self.no_maker_claimed,
            Reason::NoCorporateNumberClaimed => self.no_corporate_number_claimed,
            Reason::MakerUnknown => self.maker_unknown,
            Reason::CorporateNumberUnknown => self.corporate_number_unknown,
            Reason::OnlyLegalFormDiffers => self.only_legal_form_differs,
            Reason::NoRecognitionRecords => self.no_recognition_records,
            Reason::NoAdvisoryRecords => self.no_advisory_records,
            Reason::EvidenceAgeUnknown => self.evidence_age_unknown,
        }
    }
}
