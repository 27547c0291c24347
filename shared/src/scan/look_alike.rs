//! Links that are made to look like ours.
//!
//! A loud note and no verdict: it may be wrong both ways, so nothing is decided by it. Without a table of confusable
//! characters, which would weigh more than the scanner: letters outside of ASCII count as one mistyped letter each.

use super::{Link, Origins};

/// Digits after `/v/` that only a link of this scheme has.
const TOKEN_DIGITS: usize = 100;
/// Longest host that is compared; DNS has none longer.
const LONGEST_HOST: usize = 253;

impl Origins {
    /// The host of `text`, where that is a foreign link that could be taken for one of ours.
    pub fn look_alike(&self, text: &str) -> Option<String> {
        let link = Link::parse(text.trim())?;
        if self.has(&link.authority) || link.host.len() > LONGEST_HOST {
            return None;
        }
        let digits = link.path.strip_prefix("/v/").or_else(|| link.path.strip_prefix("/V/"));
        let ours_by_shape =
            digits.is_some_and(|it| it.len() >= TOKEN_DIGITS && it.bytes().all(|c| c.is_ascii_digit()));
        let name = without_port(&link.host);
        let resembles = self.0.iter().any(|ours| resembles(&link.authority, name, without_port(ours)));
        (ours_by_shape || resembles).then_some(link.host)
    }
}

fn without_port(host: &str) -> &str {
    host.split_once(':').map_or(host, |(name, _)| name)
}

fn resembles(authority: &str, name: &str, ours: &str) -> bool {
    // A name below ours belongs to whoever has ours.
    if name.strip_suffix(ours).is_some_and(|rest| rest.ends_with('.')) {
        return false;
    }
    // Our name before an @ or a port, or at the beginning of another's name.
    if authority.split_once('@').is_some_and(|(user, _)| user.contains(ours)) || name == ours {
        return true;
    }
    let (theirs, ours) = (skeleton(name), skeleton(ours));
    let apart = match ours.len() {
        0..5 => 0,
        5..10 => 1,
        _ => 2,
    };
    // Punycode (`xn--…`) hides the foreign letters; what is left is ours with a gap.
    let apart = if name.contains("xn--") { apart + 1 } else { apart };
    (ours.len() >= 5 && contains(&theirs, &ours)) || distance(&theirs, &ours) <= apart
}

fn contains(all: &[char], part: &[char]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

/// `name` without what the eye passes over: dots, hyphens, and the difference of letters that are drawn alike.
fn skeleton(name: &str) -> Vec<char> {
    let mut letters = Vec::new();
    for label in name.split('.') {
        // Of a punycode label, the ASCII letters stand before the last hyphen.
        let label = match label.strip_prefix("xn--") {
            Some(coded) => coded.rsplit_once('-').map_or("", |(plain, _)| plain),
            None => label,
        };
        let drawn = label.replace("rn", "m").replace("vv", "w");
        letters.extend(drawn.chars().filter(|c| *c != '-').map(|c| match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            '5' => 's',
            _ => c,
        }));
    }
    letters
}

/// How many letters must be changed, added or taken out to make `one` the `other` (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = above + 1;
        next.push(left);
        for (pair, theirs) in row.windows(2).zip(other) {
            let [diagonal, up] = pair else { continue };
            left = (left + 1).min(up + 1).min(diagonal + usize::from(letter != theirs));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_to_look_like_ours_is_told_from_what_is_only_foreign() {
        let ours = Origins::new(["https://label.shirushi.example"]);
        let digits = "7".repeat(290);
        let shape = format!("https://short.test/v/{digits}");
        for alike in [
            "https://labe1.shirushi.example/v/1",
            "https://label.shirushl.example/",
            "https://label.shirushi.exarnple/",
            "https://label-shirushi-example.evil.test/",
            "https://label.shirushi.example.evil.test/v/1",
            "https://label.shirushi.example@evil.test/v/1",
            "https://label.shirushi.example:8443/",
            "https://lаbel.shirushi.example/", // a Cyrillic a
            "https://xn--lbel-5cd.shirushi.example/",
            "https://labels.shirushi.example/",
            "HTTPS://LABEL.SHIRUSHI.EXAMPEL/",
            shape.as_str(),
        ] {
            assert!(ours.look_alike(alike).is_some(), "{alike}");
        }
        for foreign in [
            "https://label.shirushi.example/v/1",
            "https://help.label.shirushi.example/",
            "https://shop.example/item?id=1",
            "https://shirushi.example/",
            "https://xn--zckzah.example/",
            "https://short.test/v/42",
            "WIFI:S:label.shirushi.example;;",
            "",
        ] {
            assert_eq!(ours.look_alike(foreign), None, "{foreign}");
        }
        let long = format!("https://{}/", "a".repeat(5_000));
        assert_eq!(ours.look_alike(&long), None);
        assert_eq!(
            ours.look_alike("https://label.shirushi.example@evil.test/").as_deref(),
            Some("evil.test"),
            "it is named by whose it is"
        );
    }
}
