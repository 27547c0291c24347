//! What a row claims of its product, and the answers, in words.

use super::Language;
use crate::{
    api::BulkClaims,
    claim::{Claimed, Listed},
    registration::Gtin,
};

impl Language {
    /// Each model that a row claims, with whether the registration covers it: “RX-200W: covered”.
    pub fn claimed_models(self, claimed: &BulkClaims) -> Vec<(String, Listed)> {
        let words = &self.page_words().columns;
        let told = |model| told(model, words.listed, words.not_listed);
        claimed.models.iter().map(told).collect()
    }

    /// What else a row claims: “Maker 架空電機: does not agree”.
    pub fn other_claims(self, claimed: &BulkClaims) -> Vec<(String, Listed)> {
        let words = &self.page_words().columns;
        let named = |name: &str, claim: Claimed<String>| {
            let (text, answer) = told(&claim, words.agrees, words.does_not_agree);
            (format!("{name} {text}"), answer)
        };
        let BulkClaims { number, models: _, level, maker, gtin } = claimed.clone();
        [
            number.map(|number| named(words.number, number)),
            level.map(|level| named(words.level, level.map(|level| level.to_string()))),
            maker.map(|maker| named(words.maker, maker)),
            gtin.map(|gtin| named("JAN/GTIN", gtin.map(Gtin::printed))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn told(claim: &Claimed<String>, yes: &str, no: &str) -> (String, Listed) {
    let answer = if claim.answer == Listed::Listed { yes } else { no };
    (format!("{}: {answer}", claim.claimed), claim.answer)
}
