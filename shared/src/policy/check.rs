//! A claim and facts in, an answer for each rule out.

use super::{
    Answer, Asks, Categories, Claim, Facts, LeastLevel, MatchBy, Policy, PolicyAnswer, Reason, RuleAnswer,
    State, Until,
};
use crate::{claim::Listed, registration::MatchKey, time::UnixTime, verdict::Outcome};

/// Holds `claim` and what is known of its label against `policy`, as of `at`.
pub fn check(policy: &Policy, claim: &Claim, facts: &Facts, at: UnixTime) -> PolicyAnswer {
    let facts = facts.clone().believed();
    let answered = |(rule, asks): (usize, &Asks)| {
        let reason = one(asks, claim, &facts, at);
        RuleAnswer { rule, answer: reason.answer(), reason }
    };
    let rules: Vec<_> = (1..).zip(policy.rules().iter().map(|rule| &rule.asks)).map(answered).collect();
    PolicyAnswer {
        answer: rules.iter().map(|rule| rule.answer).max().unwrap_or(Answer::CannotTell),
        rules,
        name: policy.name().to_owned(),
        version: policy.version().to_owned(),
        digest: policy.digest(),
        at,
    }
}

fn one(asks: &Asks, claim: &Claim, facts: &Facts, at: UnixTime) -> Reason {
    match asks {
        Asks::AcceptedStates(states) => match facts.outcome {
            Outcome::NotALabel
            | Outcome::Malformed
            | Outcome::UnknownKey
            | Outcome::BadSignature
            | Outcome::KeyCompromised => Reason::NotGenuine,
            Outcome::NotRegistered => Reason::NotRegistered,
            Outcome::StatusUnknown => Reason::StatusNotConfirmed,
            outcome if State::of(outcome).is_some_and(|state| states.contains(&state)) => Reason::Met,
            _ => Reason::StateNotAccepted,
        },
        Asks::LeastLevel(least) => level(least, facts, at),
        Asks::ValidUntil(until) => valid_until(*until, claim, facts),
        Asks::Recognised(_) => Reason::NoRecognitionRecords,
        Asks::ModelListed => match (&claim.model, facts.model) {
            (None, _) => Reason::NoModelClaimed,
            (Some(_), None) => Reason::ModelsUnknown,
            (Some(_), Some(Listed::Listed)) => Reason::Met,
            (Some(_), Some(Listed::NotListed)) => Reason::ModelNotListed,
        },
        Asks::MakerMatches(by) => maker(*by, claim, facts),
        Asks::NoOpenAdvisory(_) => Reason::NoAdvisoryRecords,
        Asks::EvidenceNotOlder { days } => match facts.evidence_age {
            None => Reason::EvidenceAgeUnknown,
            Some(age) if age > i64::from(*days) * 86_400 => Reason::EvidenceTooOld,
            Some(_) => Reason::Met,
        },
    }
}

fn level(least: &LeastLevel, facts: &Facts, at: UnixTime) -> Reason {
    if at < least.from.start() {
        return Reason::NotInForce;
    }
    match (facts.category, &least.categories) {
        (Some(category), categories) if !categories.cover(category) => return Reason::OtherCategory,
        // A level that is high enough is so whatever the product is.
        (None, Categories::Only(_)) if facts.level.is_none_or(|level| level < least.level) => {
            return Reason::CategoryUnknown;
        }
        _ => {}
    }
    match facts.level {
        None => Reason::LevelUnknown,
        Some(level) if level < least.level => Reason::LevelTooLow,
        Some(_) => Reason::Met,
    }
}

fn valid_until(until: Until, claim: &Claim, facts: &Facts) -> Reason {
    let day = match until {
        Until::Day(day) => day,
        Until::ContractEnd => match claim.contract_end {
            Some(day) => day,
            None => return Reason::NoContractEnd,
        },
    };
    match facts.expires {
        None => Reason::ExpiryUnknown,
        Some(expires) if expires < day.end() => Reason::EndsTooEarly,
        Some(_) => Reason::Met,
    }
}

fn maker(by: MatchBy, claim: &Claim, facts: &Facts) -> Reason {
    let registered = facts.maker.as_ref();
    if let (Some(claimed), Some(number)) =
        (claim.corporate_number, registered.and_then(|maker| maker.corporate_number))
    {
        return if claimed == number { Reason::Met } else { Reason::CorporateNumberDiffers };
    }
    match (by, claim.corporate_number, claim.maker.as_deref(), registered) {
        (MatchBy::CorporateNumber, None, ..) => Reason::NoCorporateNumberClaimed,
        (MatchBy::NameOrCorporateNumber, None, None, _) => Reason::NoMakerClaimed,
        (.., None) => Reason::MakerUnknown,
        // There is a number on one side at most.
        (MatchBy::CorporateNumber, ..) | (_, Some(_), None, _) => Reason::CorporateNumberUnknown,
        (MatchBy::NameOrCorporateNumber, _, Some(claimed), Some(maker)) => {
            let names = core::iter::once(&maker.name).chain(&maker.name_en);
            let compared: Vec<_> = names.map(|name| same_name(name, claimed)).collect();
            [Reason::Met, Reason::OnlyLegalFormDiffers]
                .into_iter()
                .find(|reason| compared.contains(reason))
                .unwrap_or(Reason::MakerDiffers)
        }
    }
}

/// Kinds of company, as [`MatchKey`] folds them: in Japanese before or after the name, in Latin letters after it.
const FORMS: [&str; 4] = ["株式会社", "有限会社", "合同会社", "株"];
const LATIN_FORMS: [&str; 7] = ["COLTD", "LIMITED", "LTD", "INC", "CORPORATION", "CORP", "KK"];

fn same_name(registered: &str, claimed: &str) -> Reason {
    let (Some(registered), Some(claimed)) = (MatchKey::of(registered), MatchKey::of(claimed)) else {
        return Reason::MakerDiffers;
    };
    if registered == claimed {
        Reason::Met
    } else if without_form(registered.as_str()) == without_form(claimed.as_str()) {
        Reason::OnlyLegalFormDiffers
    } else {
        Reason::MakerDiffers
    }
}

fn without_form(name: &str) -> &str {
    let either = FORMS.iter().find_map(|form| name.strip_prefix(form).or_else(|| name.strip_suffix(form)));
    let shorter = either.or_else(|| LATIN_FORMS.iter().find_map(|form| name.strip_suffix(form)));
    shorter.filter(|rest| !rest.is_empty()).unwrap_or(name)
}
