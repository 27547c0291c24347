//! Where webhooks may go, and when they are tried again.

use super::ConfigErrors;
use crate::service::watch::{Allowed, Retry};

/// Where webhooks may go, and when they are tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhooks {
    /// Hosts and blocks of addresses beside the public internet.
    pub allow: Allowed,
    /// How long after each failed attempt it is tried again.
    pub retry: Retry,
}

/// Most attempts after the first.
const MOST: usize = 20;
/// Longest pause before one, in seconds: what is pending is given up after 30 days.
const LONGEST: u32 = 7 * 86_400;

impl ConfigErrors {
    pub(super) fn webhooks(&mut self, allow: Option<&[String]>, retry: Option<Vec<u32>>) -> Webhooks {
        let allow = Allowed::parse(allow.unwrap_or_default().iter().map(String::as_str));
        let allow = self.keep("webhooks_allow", allow.map_err(|error| format!("{error}")));
        let retry = retry.unwrap_or_else(|| Retry::USUAL.to_vec());
        if retry.len() > MOST || retry.iter().any(|pause| !(1..=LONGEST).contains(pause)) {
            self.push("webhooks_retry", format!("is at most {MOST} pauses of 1 to {LONGEST} seconds"));
        }
        Webhooks { allow: allow.unwrap_or_default(), retry: Retry::new(&retry) }
    }
}
