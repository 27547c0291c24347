//! Evidence packs: genuine, which file was altered, and what would be answered today.

use std::{fmt::Write, fs::File, process::ExitCode};

use shirushi_shared::{
    api::{PackAnswer, PackThen, ReceiptStanding},
    text::Language,
};

use super::{Check, say};
use crate::{
    app::App,
    cli::{CommandError, output},
    config::Config,
    service::pack::{KeptPack, PackError, compare},
};

impl Check {
    /// Checks the pack in `file`; with this machine's registry it is told as well what its rows are answered today.
    pub(super) async fn of_pack(&self, file: File, config: &Config) -> Result<ExitCode, CommandError> {
        let ring = self.ring(config)?;
        let looked = KeptPack::open(file).and_then(|mut pack| pack.check(&ring).map(|answer| (pack, answer)));
        let (pack, mut answer) = match looked {
            Ok(looked) => looked,
            Err(error @ PackError::Read(_)) => return Err(error.into()),
            Err(error) => {
                output::remark(&error.to_string());
                return Ok(ExitCode::FAILURE);
            }
        };
        if answer.is_whole() && self.trust_list.is_none() {
            answer.now = Some(compare(pack, &App::bulk(config).await?, u64::MAX).await?);
        }
        self.told(&answer)
    }

    /// Tells it, and whether all of it is in order.
    pub(super) fn told(&self, answer: &PackAnswer) -> Result<ExitCode, CommandError> {
        if self.json {
            output::json(answer)?;
        } else {
            output::text(&in_words(answer))?;
        }
        Ok(ExitCode::from(u8::from(!answer.is_whole())))
    }
}

/// The answer, a line each for the standing, the files, then and now.
fn in_words(answer: &PackAnswer) -> String {
    let mut text = String::new();
    let is_ours = answer.standing == ReceiptStanding::TrueThen;
    match &answer.files {
        Some(files) if is_ours && files.are_whole() => text.push_str("genuine pack, and nothing altered\n"),
        Some(_) if is_ours => {
            text.push_str("altered pack: its receipt is genuine, and its files are not all its own\n");
        }
        None if is_ours => text.push_str("genuine receipt of a pack, whose files were not handed in\n"),
        _ => {
            say(
                &mut text,
                format_args!("{}\n", say::standing(answer.standing, answer.reason, answer.cutoff)),
            );
        }
    }
    let files = answer.files.iter().flat_map(|files| {
        [("altered", &files.altered), ("missing", &files.missing), ("added", &files.extra)]
    });
    for (what, names) in files {
        for name in names {
            say(&mut text, format_args!("{what}: {}\n", name.escape_debug()));
        }
    }
    if let Some(then) = &answer.then {
        let label = if is_ours { "then:" } else { "says:" };
        say(&mut text, format_args!("{label}  {}\n", stated(then)));
        if let Some(case) = &then.case {
            say(&mut text, format_args!("case:  {case}\n"));
        }
        if let Some(input) = &then.input {
            say(&mut text, format_args!("file:  {} (sha256 {})\n", input.name.escape_debug(), input.sha256));
        }
        say(&mut text, format_args!("manifest sha256: {}\n", then.manifest_sha256));
    }
    if let Some(now) = &answer.now {
        say(&mut text, format_args!("now:   {}\n", Language::En.pack_changed(now.changed, now.asked)));
        for change in &now.changes {
            let (then, today) = (change.then.as_str(), change.now.as_str());
            say(&mut text, format_args!("       {then} -> {today}: {}\n", change.rows));
        }
        if now.claims_changed > 0 {
            let told = Language::En.pack_claims_changed(now.claims_changed);
            say(&mut text, format_args!("       {told}\n"));
        }
        if now.not_asked > 0 {
            say(
                &mut text,
                format_args!(
                    "       not asked again, since a number alone says nothing of them: {}\n",
                    now.not_asked
                ),
            );
        }
    }
    text
}

fn stated(then: &PackThen) -> String {
    let mut text = format!("{} rows at {}", then.rows, then.made);
    for (outcome, rows) in &then.outcomes {
        say(&mut text, format_args!(", {rows} {}", outcome.as_str()));
    }
    if then.bad > 0 {
        say(&mut text, format_args!(", {} not answered", then.bad));
    }
    if let Some(as_of) = then.as_of {
        say(&mut text, format_args!(", about {as_of}"));
    }
    if let Some(policy) = &then.policy {
        let (pass, fail, open) = (policy.pass, policy.fail, policy.cannot_tell);
        say(&mut text, format_args!("; policy: {pass} pass, {fail} fail, {open} cannot be told"));
    }
    say(&mut text, format_args!(", by {}", then.issuer.escape_debug()));
    text
}

fn say(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(more);
}
