//! Hand scanners.

use super::*;

/// What a hand scanner types for `text` on a US board, a key every 5 ms.
fn typed(wedge: &mut Wedge, codes: &[(&str, bool)]) -> Option<String> {
    let codes: Vec<_> = codes.iter().map(|(code, shift)| (*code, "Unidentified", *shift)).collect();
    pressed(wedge, &codes)
}

/// The same with what the layout makes of each key.
fn pressed(wedge: &mut Wedge, keys: &[(&str, &str, bool)]) -> Option<String> {
    let mut text = None;
    for (index, (code, key, shift)) in keys.iter().enumerate() {
        let at = 1000.0 + 5.0 * f64::from(u32::try_from(index).unwrap());
        text = wedge.press(Key { code, key, shift: *shift, at });
    }
    text
}

#[test]
fn a_hand_scanner_is_heard_anywhere_and_in_any_layout() {
    let mut wedge = Wedge::default();
    let mut codes = vec![("KeyS", true), ("KeyH", true), ("KeyI", true), ("Minus", false)];
    codes.extend([("Digit2", false), ("Digit0", false), ("Numpad2", false), ("Digit6", false)]);
    codes.extend([("ShiftLeft", true), ("Semicolon", true), ("Slash", false), ("Enter", false)]);
    assert_eq!(typed(&mut wedge, &codes).as_deref(), Some("SHI-2026:/"));
    assert_eq!(typed(&mut wedge, &[("Digit1", false), ("Enter", false)]), None, "too short for a scanner");
}

#[test]
fn people_type_slower_than_hand_scanners() {
    let mut wedge = Wedge::default();
    for index in 0..20 {
        wedge.press(Key { code: "Digit1", key: "1", shift: false, at: 200.0 * f64::from(index) });
    }
    assert_eq!(wedge.press(Key { code: "Enter", key: "Enter", shift: false, at: 4000.0 }), None);
}

#[test]
fn layouts_methods_and_endings_do_not_change_what_a_hand_scanner_says() {
    // A US scanner on a French computer: the layout makes "&é\"'(" of the digits' keys.
    let french = [
        ("Digit1", "&", false),
        ("Digit2", "é", false),
        ("Digit3", "\"", false),
        ("Digit4", "'", false),
        ("Digit5", "(", false),
        ("Digit6", "-", false),
        ("Digit7", "è", false),
        ("Digit8", "_", false),
    ];
    // A French scanner on a French computer holds Shift.
    let set_to_french = french.map(|(code, _, _)| (code, code.strip_prefix("Digit").unwrap(), true));
    // A Japanese input method that composes hides the keys but not their places.
    let composing = french.map(|(code, _, _)| (code, "Process", false));
    // An app that acts as a keyboard has no places.
    let placeless = set_to_french.map(|(_, key, _)| ("", key, false));
    for keys in [french, set_to_french, composing, placeless] {
        for end in [("Enter", "Enter", false), ("Tab", "Tab", false), ("NumpadEnter", "Enter", false)] {
            let mut wedge = Wedge::default();
            let all = [&keys[..], &[end]].concat();
            assert_eq!(pressed(&mut wedge, &all).as_deref(), Some("12345678"), "{all:?}");
        }
    }
    // With caps lock, letters are what Shift says.
    let caps = ["KeyS", "KeyH", "KeyI"].map(|code| (code, "S", false));
    let mut wedge = Wedge::default();
    let all =
        [&[("BracketRight", "]", false)], &caps[..], &french[..], &[("Enter", "Enter", false)]].concat();
    assert_eq!(pressed(&mut wedge, &all).as_deref(), Some("]shi12345678"));
}

#[test]
fn a_hand_scanner_that_ends_with_no_key_is_heard_when_it_rests() {
    let mut wedge = Wedge::default();
    let keys = [("Digit4", false); 13];
    assert_eq!(typed(&mut wedge, &keys), None);
    assert_eq!(wedge.rest(1000.0), None, "more keys came after the first");
    assert_eq!(wedge.rest(1060.0).as_deref(), Some("4444444444444"));
    assert_eq!(wedge.rest(1060.0), None, "it is said once");
}
