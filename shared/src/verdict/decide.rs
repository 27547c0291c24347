//! The decision: five checks first, then the first outcome of the table that applies.

use super::{Check, Checks, Clock, Outcome, Reason, Status, StatusValue, TokenCheck, Verdict};
use crate::{
    key::KeyState,
    status::{StatusEvidence, StatusSource, list::ListedStatus},
    time::UnixTime,
    token::{TokenRefusal, VerifiedToken},
};

/// Judges what was presented by the evidence there is.
pub fn judge(token: &TokenCheck, evidence: &StatusEvidence, clock: &Clock) -> Verdict {
    let evidence = if may_be_used(evidence, token, clock) { evidence } else { &StatusEvidence::None };
    let checks = Checks {
        signature: signature(token),
        key: key(token, evidence),
        validity: validity(token, evidence, clock),
        status: status(token, evidence, clock),
        freshness: freshness(token, evidence, clock),
    };
    Verdict {
        outcome: outcome(&checks),
        checks,
        not_a_label: match token {
            TokenCheck::NotALabel(what) => Some(what.clone()),
            _ => None,
        },
        token: verified(token).map(|token| (token.id, token.claims.clone())),
        signed_by: verified(token).map(|token| token.key),
        number: token.number().cloned(),
        status: reported(evidence, clock),
        checked_at: clock.now,
        as_of: clock.as_of,
    }
}

/// Whether evidence has anything to say of what is asked. Nothing is looked up for what is not believed, and evidence
/// that came along all the same is left aside; a status list knows no past before its own issue.
fn may_be_used(evidence: &StatusEvidence, token: &TokenCheck, clock: &Clock) -> bool {
    let before_the_list = match evidence {
        StatusEvidence::Listed { as_of, .. } => clock.as_of.is_some_and(|asked| asked < *as_of),
        StatusEvidence::None | StatusEvidence::Unregistered { .. } | StatusEvidence::Record { .. } => false,
    };
    token.number().is_some() && !before_the_list
}

/// A row of the table: the outcome, and when it applies.
type Row = (Outcome, fn(&Checks) -> bool);

/// The decision table: each row an outcome and when it applies, in order of precedence.
///
/// Age matters by row. Revocation is final, so old evidence of it is as good as new; an expiry that has passed by the
/// latest that is known counts as passed. Everything that can change back needs fresh evidence.
const TABLE: [Row; 13] = {
    use Reason as R;
    [
        (Outcome::NotALabel, |c| c.signature.reason == R::NotPresented),
        (Outcome::Malformed, |c| c.signature.reason == R::Malformed),
        (Outcome::UnknownKey, |c| matches!(c.key.reason, R::UnknownKey | R::KeyNotInForce)),
        (Outcome::BadSignature, |c| c.signature.reason == R::SignatureFails),
        (Outcome::KeyCompromised, |c| c.key.reason == R::KeyCompromised),
        (Outcome::NotRegistered, |c| {
            matches!(c.status.reason, R::NotRegistered | R::TokenNotOnRecord) && c.freshness.passed()
        }),
        (Outcome::Revoked, |c| c.status.reason == R::Revoked),
        (Outcome::Suspended, |c| c.status.reason == R::Suspended && c.freshness.passed()),
        (Outcome::Expired, |c| matches!(c.validity.reason, R::Expired | R::PrintedExpiryPassed)),
        (Outcome::NotYetValid, |c| c.validity.reason == R::NotYetValid && c.freshness.passed()),
        (Outcome::Grace, |c| c.status.reason == R::Grace && c.freshness.passed()),
        (Outcome::StatusUnknown, |c| !c.freshness.passed()),
        (Outcome::Valid, |c| {
            let label = c.signature.passed() && c.key.passed();
            let number_only = c.signature.reason == R::NumberOnly;
            (label || number_only) && c.validity.passed() && c.status.passed() && c.freshness.passed()
        }),
    ]
};

fn outcome(checks: &Checks) -> Outcome {
    // A case that the table does not know must not look like anything but "not known".
    TABLE.iter().find(|(_, applies)| applies(checks)).map_or(Outcome::StatusUnknown, |(outcome, _)| *outcome)
}

fn signature(token: &TokenCheck) -> Check {
    match token {
        TokenCheck::NotALabel(_) => Check::unknown(Reason::NotPresented),
        TokenCheck::NumberOnly(_) => Check::unknown(Reason::NumberOnly),
        TokenCheck::Malformed(_) | TokenCheck::Refused(TokenRefusal::Claims(_)) => {
            Check::fail(Reason::Malformed)
        }
        TokenCheck::Refused(TokenRefusal::UnknownKey(_)) => Check::unknown(Reason::UnknownKey),
        TokenCheck::Refused(TokenRefusal::BadSignature) => Check::fail(Reason::SignatureFails),
        TokenCheck::Verified(_) => Check::pass(Reason::Ok),
    }
}

fn key(token: &TokenCheck, evidence: &StatusEvidence) -> Check {
    let token = match token {
        TokenCheck::Verified(token) => token,
        TokenCheck::Refused(TokenRefusal::UnknownKey(_)) => return Check::fail(Reason::UnknownKey),
        TokenCheck::NumberOnly(_) => return Check::unknown(Reason::NumberOnly),
        TokenCheck::NotALabel(_) => return Check::unknown(Reason::NotPresented),
        TokenCheck::Malformed(_) | TokenCheck::Refused(_) => return Check::unknown(Reason::NotChecked),
    };
    match token.key_state {
        _ if !token.key_in_force => Check::fail(Reason::KeyNotInForce),
        KeyState::Active => Check::pass(Reason::Ok),
        KeyState::Retired => Check::pass(Reason::KeyRetired),
        KeyState::Compromised { cutoff } => {
            let on_record = evidence.record().and_then(|record| record.token(token.id));
            if on_record.is_some_and(|on_record| on_record.registered < cutoff) {
                Check::pass(Reason::KeyCompromisedOnRecordBefore)
            } else {
                Check::fail(Reason::KeyCompromised)
            }
        }
    }
}

fn validity(token: &TokenCheck, evidence: &StatusEvidence, clock: &Clock) -> Check {
    let instant = clock.instant();
    match (evidence.valid(), verified(token)) {
        (Some(valid), _) if valid.until <= instant => Check::fail(Reason::Expired),
        (Some(valid), _) if instant < valid.from => Check::fail(Reason::NotYetValid),
        (Some(_), _) => Check::pass(Reason::Ok),
        // The registry has spoken, and knows of no validity: the printed one says nothing.
        (None, _) if matches!(evidence, StatusEvidence::Unregistered { .. }) => {
            Check::unknown(Reason::NotRegistered)
        }
        (None, Some(token)) if token.claims.expires <= instant => Check::fail(Reason::PrintedExpiryPassed),
        // The signer vouched for the printed expiry, and the list takes back what no longer holds.
        (None, Some(_)) if matches!(evidence, StatusEvidence::Listed { .. }) => {
            Check::pass(Reason::PrintedExpiryOnly)
        }
        (None, Some(_)) => Check::unknown(Reason::PrintedExpiryOnly),
        (None, None) => Check::unknown(not_looked_up(token)),
    }
}

fn status(token: &TokenCheck, evidence: &StatusEvidence, clock: &Clock) -> Check {
    let record = match evidence {
        StatusEvidence::None => return Check::unknown(not_looked_up(token)),
        StatusEvidence::Unregistered { .. } => return Check::fail(Reason::NotRegistered),
        StatusEvidence::Listed { status, .. } => return decision(*status),
        StatusEvidence::Record { record, .. } => record,
    };
    if verified(token).is_some_and(|token| record.token(token.id).is_none()) {
        return Check::fail(Reason::TokenNotOnRecord);
    }
    decision(ListedStatus::of(&record.state.clone().at(clock.instant())))
}

const fn decision(status: ListedStatus) -> Check {
    match status {
        ListedStatus::Valid => Check::pass(Reason::Ok),
        ListedStatus::Grace => Check::pass(Reason::Grace),
        ListedStatus::Suspended => Check::fail(Reason::Suspended),
        ListedStatus::Revoked => Check::fail(Reason::Revoked),
    }
}

fn freshness(token: &TokenCheck, evidence: &StatusEvidence, clock: &Clock) -> Check {
    let Some(as_of) = evidence.as_of() else {
        return Check::unknown(not_looked_up(token));
    };
    let skewed = |at: UnixTime| at.since(clock.now) > clock.freshness.skew;
    if skewed(as_of) || verified(token).is_some_and(|token| skewed(token.claims.issued)) {
        return Check::unknown(Reason::ClockDisagreement);
    }
    let longest = match evidence.source() {
        StatusSource::StatusList => clock.freshness.offline,
        StatusSource::Registry | StatusSource::Cache | StatusSource::None => clock.freshness.online,
    };
    let over = matches!(evidence, StatusEvidence::Listed { until, .. } if *until <= clock.now);
    if clock.now.since(as_of) <= longest && !over {
        Check::pass(Reason::Ok)
    } else {
        Check::fail(Reason::Stale)
    }
}

/// The status as the best evidence has it, whatever the outcome.
fn reported(evidence: &StatusEvidence, clock: &Clock) -> Status {
    let value = match evidence {
        StatusEvidence::None => None,
        StatusEvidence::Unregistered { .. } => Some(StatusValue::Unregistered),
        StatusEvidence::Record { record, .. } => {
            Some(StatusValue::Known { state: record.state.clone().at(clock.instant()), valid: record.valid })
        }
        StatusEvidence::Listed { status, valid, .. } => {
            Some(StatusValue::Listed { status: *status, valid: *valid })
        }
    };
    Status {
        value,
        revision: evidence.record().map(|record| record.revision),
        as_of: evidence.as_of(),
        age_s: evidence.as_of().map(|as_of| clock.now.since(as_of).max(0)),
        source: evidence.source(),
    }
}

const fn not_looked_up(token: &TokenCheck) -> Reason {
    match token {
        TokenCheck::NotALabel(_) => Reason::NotPresented,
        TokenCheck::Malformed(_) | TokenCheck::Refused(_) => Reason::NotChecked,
        TokenCheck::Verified(_) | TokenCheck::NumberOnly(_) => Reason::NoEvidence,
    }
}

const fn verified(token: &TokenCheck) -> Option<&VerifiedToken> {
    match token {
        TokenCheck::Verified(token) => Some(token),
        _ => None,
    }
}
