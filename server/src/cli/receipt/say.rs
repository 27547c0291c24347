//! A receipt's answer for people. Texts from outside are escaped: a terminal obeys control characters.

use std::fmt::Write;

use shirushi_shared::{
    api::{NotGenuine, ReceiptAnswer, ReceiptStanding, ReceiptThen, VerdictAnswer},
    claim::Listed,
    time::UnixTime,
};

/// The answer, a line each for the standing, then and now.
pub(super) fn in_words(answer: &ReceiptAnswer) -> String {
    let mut text = format!("{}\n", standing(answer.standing, answer.reason, answer.cutoff));
    if let Some(then) = &answer.then {
        let label = if answer.standing == ReceiptStanding::TrueThen { "then:" } else { "says:" };
        say(&mut text, format_args!("{label}  {}\n", stated(then)));
        if let Some(model) = &then.claimed.model {
            let listed = if model.answer == Listed::Listed { "covered" } else { "not covered" };
            say(&mut text, format_args!("model: {:?} – {listed}\n", model.claimed));
        }
        if let Some(case) = &then.case {
            say(&mut text, format_args!("case:  {case}\n"));
        }
    }
    if let Some(now) = &answer.now {
        say(&mut text, format_args!("now:   {}\n", present(now)));
    }
    text
}

/// What a signature is worth.
pub(super) fn standing(
    standing: ReceiptStanding,
    reason: Option<NotGenuine>,
    cutoff: Option<UnixTime>,
) -> String {
    let cutoff = cutoff.map(|cutoff| cutoff.to_string()).unwrap_or_default();
    match (standing, reason) {
        (ReceiptStanding::TrueThen, _) => "genuine, and true then".to_owned(),
        (ReceiptStanding::DatedBeforeCompromise, _) => format!(
            "date not proven: its key may have been in wrong hands since {cutoff}, and whoever had it could write any time"
        ),
        (ReceiptStanding::KeyCompromised, _) => {
            format!("do not rely on it: its key may have been in wrong hands since {cutoff}")
        }
        (ReceiptStanding::KeyNotInForce, _) => {
            "not genuine: it bears a time at which its key did not sign".to_owned()
        }
        (ReceiptStanding::NotGenuine, Some(NotGenuine::UnknownKey)) => {
            "not genuine: signed by a key that is not known here".to_owned()
        }
        (ReceiptStanding::NotGenuine, Some(NotGenuine::BadSignature) | None) => {
            "not genuine: altered or made up".to_owned()
        }
    }
}

fn stated(then: &ReceiptThen) -> String {
    let mut text = format!("{} at {}", then.outcome.as_str(), then.checked_at);
    if let Some(number) = &then.number {
        say(&mut text, format_args!(", number {number}"));
    }
    if let Some(as_of) = then.as_of {
        say(&mut text, format_args!(", about {as_of}"));
    }
    say(&mut text, format_args!(", by {}", then.issuer.escape_debug()));
    text
}

fn present(now: &VerdictAnswer) -> String {
    let mut text = format!("{} at {}", now.outcome.as_str(), now.checked_at);
    if let Some(since) = now.status.since {
        say(&mut text, format_args!(", since {since}"));
    }
    text
}

fn say(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(more);
}
