//! Which models somebody may mean: for a number that was mistyped, and for a search while typing.
//!
//! Not here: whether a model is covered. Equal keys decide that, and nothing that is merely similar (`claim.rs`).

use super::{MatchKey, Model, Product};

/// The models of `products` that `typed` may mean, the likeliest first, at most `most`.
pub fn similar<'a>(products: &'a [Product], typed: &str, most: usize) -> Vec<&'a Model> {
    let Some(typed) = MatchKey::of(typed) else { return Vec::new() };
    let models = products.iter().flat_map(|product| &product.models);
    let near: Vec<_> = models
        .filter_map(|model| Some((distance(typed.as_str(), MatchKey::of(&model.number)?.as_str())?, model)))
        .collect();
    // By turns, since a sort weighs more in the browser than the few turns take.
    let in_order = (0..=FARTHEST).flat_map(|far| near.iter().filter(move |(distance, _)| *distance == far));
    in_order.map(|(_, model)| *model).take(most).collect()
}

const FARTHEST: u8 = 5;
/// Shortest key in which one letter may be wrong, and in which two may: shorter ones are each other's neighbours.
const ONE_WRONG: usize = 4;
const TWO_WRONG: usize = 8;

/// How far the key `model` is from the key that was typed; `None` where nobody would take one for the other.
fn distance(typed: &str, model: &str) -> Option<u8> {
    let (long, longer) = (typed.chars().count(), model.chars().count());
    let edits = || if long.abs_diff(longer) <= 2 { edits(typed, model) } else { usize::MAX };
    Some(match () {
        () if typed == model => 0,
        () if model.starts_with(typed) => 1,
        () if long >= ONE_WRONG && edits() <= 1 => 2,
        () if long > 1 && model.contains(typed) => 3,
        // Colour and country are often printed behind it.
        () if longer >= ONE_WRONG && typed.starts_with(model) => 4,
        () if long >= TWO_WRONG && edits() <= 2 => FARTHEST,
        () => return None,
    })
}

/// How many letters must be changed, left out or put in to make one text the other (Levenshtein's distance).
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above_left, a) in one.chars().enumerate() {
        let (mut diagonal, mut left) = (above_left, above_left + 1);
        for (cell, b) in row.iter_mut().skip(1).zip(other.chars()) {
            let above = *cell;
            *cell = (diagonal + usize::from(a != b)).min(above + 1).min(left + 1);
            (diagonal, left) = (above, *cell);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn products(models: &[&str]) -> Vec<Product> {
        let model = |number: &&str| Model { number: (*number).to_owned(), gtin: None };
        // Two products, as the search goes over all of them.
        let (one, other) = models.split_at(models.len() / 2);
        [one, other]
            .map(|models| Product { name: "例".into(), models: models.iter().map(model).collect() })
            .into()
    }

    fn found(models: &[&str], typed: &str) -> Vec<String> {
        similar(&products(models), typed, 3).into_iter().map(|model| model.number.clone()).collect()
    }

    #[test]
    fn what_was_meant_comes_first_however_it_was_typed() {
        let models = ["SL-100A", "SL-100B", "SL-200A", "KR-1000X", "SL-10"];
        assert_eq!(found(&models, "ｓｌ 100a"), ["SL-100A", "SL-100B", "SL-200A"], "itself first");
        assert_eq!(found(&models, "sl100"), ["SL-100A", "SL-100B", "SL-10"], "a letter left out");
        assert_eq!(found(&models, "SL-1OOA"), [""; 0], "two letters of six are too many");
        assert_eq!(found(&models, "SL-10OA"), ["SL-100A", "SL-10"], "an O for a zero");
        assert_eq!(found(&models, "SL-100A-W/JP"), ["SL-100A", "SL-10"], "colour and country behind it");
        assert_eq!(found(&models, "100"), ["SL-100A", "SL-100B", "KR-1000X"], "a part of it");
        assert_eq!(found(&models, "KR-1000X".replace('0', "O").as_str()), [""; 0]);
        for other in ["NOT-A-MODEL-1", "", "-", "ZZ"] {
            assert_eq!(found(&models, other), [""; 0], "{other}");
        }
    }

    #[test]
    fn letters_that_are_wrong_are_counted() {
        for (one, other, count) in [
            ("AB", "AB", 0),
            ("ABC", "AXC", 1),
            ("ABC", "ABCD", 1),
            ("ABC", "BC", 1),
            ("AB", "BA", 2),
            ("カメラ", "カヌラ", 1),
        ] {
            assert_eq!((edits(one, other), edits(other, one)), (count, count), "{one} {other}");
        }
    }
}
