//! Several models in one cell.

use super::{Note, Spoilt, plain};

/// Most models in one cell; the largest registration known covers 477 with several cells.
pub(super) const MAX_MODELS: usize = 500;

/// The models that `text` names. 、 , ; ｜ and line breaks always stand between models. A slash or ・ does where every piece
/// is a model by itself (`RX-200/RX-210`), and is part of one where not (`RX-200W/B`, `RX-200/210`).
pub fn models(text: &str) -> Result<(Vec<String>, Option<Note>), Spoilt> {
    let (mut found, mut note) = (Vec::new(), None);
    for piece in text.split(['、', ',', '，', '､', ';', '；', '|', '｜', '\n', '\r']) {
        let piece = plain(piece);
        let parts: Vec<_> = piece.split(['/', '・', '･']).map(str::trim).collect();
        if parts.len() > 1 && parts.iter().all(|part| is_whole(part)) {
            note = Some(Note::SplitAtSlash);
            found.extend(parts.into_iter().map(str::to_owned));
        } else if !piece.is_empty() {
            found.push(piece);
        }
        if found.len() > MAX_MODELS {
            return Err(Spoilt::Models);
        }
    }
    Ok((found, note))
}

/// Whether a piece is a model by itself: a letter and a digit, and not too short.
fn is_whole(part: &str) -> bool {
    part.chars().count() >= 4
        && part.chars().any(char::is_alphabetic)
        && part.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_models_are_told_from_one_with_a_slash() {
        let split = |text: &str| models(text).unwrap();
        for text in ["RX-200、RX-210", "RX-200,RX-210", "ＲＸ－２００；RX-210\n", "RX-200\r\nRX-210"]
        {
            assert_eq!(split(text), (vec!["RX-200".into(), "RX-210".into()], None), "{text}");
        }
        for text in ["RX-200/RX-210", "RX-200／ＲＸ‐２１０", "RX-200・RX-210"] {
            assert_eq!(
                split(text),
                (vec!["RX-200".into(), "RX-210".into()], Some(Note::SplitAtSlash)),
                "{text}"
            );
        }
        for text in ["RX-200W/B", "RX-200/210", "カメラ・ドーム"] {
            assert_eq!(split(text), (vec![text.into()], None), "{text}");
        }
        assert_eq!(split(" 、 "), (vec![], None));
        assert_eq!(models(&"A1,".repeat(501)), Err(Spoilt::Models));
    }
}
