//! Several codes in view: which of them is the label.

use shirushi_shared::{
    scan::{Origins, Scanned, read},
    verdict::NotALabel,
};

/// What was picked.
pub(super) struct Picked {
    /// The text.
    pub(super) text: String,
    /// What it is.
    pub(super) scanned: Scanned,
    /// The other codes, as they may be named.
    pub(super) others: Vec<String>,
    /// All labels in view, where there are several.
    pub(super) labels: Vec<String>,
}

impl Picked {
    /// All labels in view, or what there is in their place.
    pub(super) fn all(self) -> Vec<String> {
        if self.labels.is_empty() { vec![self.text] } else { self.labels }
    }
}

/// Codes looked at in one picture, and others named; a poster full of codes is no label.
pub(super) const MOST: usize = 16;
const MOST_NAMED: usize = 4;
/// Labels to choose from.
const MOST_LABELS: usize = 4;

/// The one among `texts` that is most likely the label; `None` where there is none at all.
pub(super) fn pick(texts: Vec<String>, origins: &Origins) -> Option<Picked> {
    let mut codes: Vec<(String, Scanned)> = Vec::new();
    for text in texts.into_iter().take(MOST) {
        if codes.iter().all(|(known, _)| *known != text) {
            let scanned = read(&text, origins);
            codes.push((text, scanned));
        }
    }
    let certain = codes.iter().filter(|(text, scanned)| is_certain(text, scanned));
    let mut labels: Vec<_> = certain.map(|(text, _)| text.clone()).take(MOST_LABELS).collect();
    if labels.len() < 2 {
        labels.clear();
    }
    let best = codes.iter().enumerate().min_by_key(|(_, (text, scanned))| rank(text, scanned))?.0;
    let (text, scanned) = codes.swap_remove(best);
    let others = codes
        .into_iter()
        .filter(|(text, _)| !labels.contains(text))
        .map(|(text, scanned)| name(text, scanned))
        .take(MOST_NAMED)
        .collect();
    Some(Picked { text, scanned, others, labels })
}

/// Whether `text` can be nothing but a label's code, so that one look is enough.
///
/// A number outside of a link of ours is in doubt: packages carry serial numbers as codes too.
pub(super) fn is_certain(text: &str, scanned: &Scanned) -> bool {
    match scanned {
        Scanned::Token(_) => true,
        Scanned::Number(_) => text.contains("://"),
        Scanned::BrokenToken(_) | Scanned::Gtin(_) | Scanned::NotALabel(_) => false,
    }
}

fn rank(text: &str, scanned: &Scanned) -> u8 {
    match scanned {
        Scanned::Token(_) => 0,
        Scanned::Number(_) if is_certain(text, scanned) => 1,
        Scanned::BrokenToken(_) => 2,
        Scanned::Number(_) => 3,
        Scanned::NotALabel(NotALabel::PreLabelNumber { .. }) => 4,
        Scanned::NotALabel(NotALabel::OwnPage) => 5,
        Scanned::NotALabel(NotALabel::ForeignLink { .. }) => 6,
        Scanned::NotALabel(NotALabel::Text) => 7,
        Scanned::Gtin(_) => 8,
    }
}

/// How another code is named: a link by its host, anything else by its text.
fn name(text: String, scanned: Scanned) -> String {
    match scanned {
        Scanned::NotALabel(NotALabel::ForeignLink { host }) => host,
        _ => text,
    }
}
