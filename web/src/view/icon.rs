//! Our own icons: one outline an outcome, told apart without colour. Drawn on a grid of 48.

use leptos::prelude::*;
use shirushi_shared::verdict::Outcome;

/// The outline of `outcome`.
pub const fn outline(outcome: Outcome) -> &'static str {
    match outcome {
        // Circle with a slash.
        Outcome::NotALabel => r#"<circle cx="24" cy="24" r="19"/><path d="M11 11l26 26"/>"#,
        // A square broken in two.
        Outcome::Malformed => r#"<path d="M22 7H7v34h13l-3-9 6-7-5-8zM32 7h9v34H30l-3-9 6-7-5-8z"/>"#,
        // A key, and a question.
        Outcome::UnknownKey => {
            r#"<circle cx="15" cy="30" r="10"/><path d="M22 23L34 11M29 16l5 5M37 29a5 5 0 1 1 5 6v2M42 43v.5"/>"#
        }
        // A sheet that is crossed out.
        Outcome::BadSignature => r#"<path d="M9 4h20l10 10v30H9zM28 4v11h11M18 23l12 12M30 23L18 35"/>"#,
        // A key, struck through.
        Outcome::KeyCompromised => {
            r#"<circle cx="15" cy="33" r="9"/><path d="M22 26L40 8M32 16l6 6M6 8l36 36"/>"#
        }
        // A magnifier that found nothing.
        Outcome::NotRegistered => {
            r#"<circle cx="21" cy="21" r="15"/><path d="M32 32l11 11M16 16l10 10M26 16L16 26"/>"#
        }
        // A stop sign with a bar.
        Outcome::Revoked => r#"<path d="M17 5h14l12 12v14L31 43H17L5 31V17zM15 24h18"/>"#,
        // Pause.
        Outcome::Suspended => {
            r#"<rect x="5" y="5" width="38" height="38" rx="9"/><path d="M19 16v16M29 16v16"/>"#
        }
        // A calendar page, crossed out.
        Outcome::Expired => r#"<path d="M6 10h36v33H6zM6 20h36M16 4v11M32 4v11M19 26l10 10M29 26L19 36"/>"#,
        // A clock.
        Outcome::NotYetValid => r#"<circle cx="24" cy="24" r="19"/><path d="M24 12v12l8 6"/>"#,
        // An hourglass.
        Outcome::Grace => r#"<path d="M10 5h28M10 43h28M14 5v9l10 10 10-10V5M14 43v-9l10-10 10 10v9"/>"#,
        // A diamond with a question.
        Outcome::StatusUnknown => {
            r#"<path d="M24 3l21 21-21 21L3 24zM18 20a6 6 0 1 1 8 5.5c-1.5.8-2 1.5-2 3.5M24 34v.5"/>"#
        }
        // A round seal with a tick.
        Outcome::Valid => {
            r#"<path d="M24 3l6 4 7 0 2 7 6 4-3 6 3 6-6 4-2 7-7 0-6 4-6-4-7 0-2-7-6-4 3-6-3-6 6-4 2-7 7 0zM15 24l7 7 12-13"/>"#
        }
    }
}

/// A tick.
pub(super) const TICK: &str = r#"<path d="M9 25l11 11 20-24"/>"#;
/// A cross.
pub(super) const CROSS: &str = r#"<path d="M11 11l26 26M37 11L11 37"/>"#;
/// Two sheets: a copy.
pub(super) const COPY: &str = r#"<path d="M6 6h24v28H6zM18 34v8h24V14H30"/>"#;
/// An exclamation mark in a triangle.
pub const ATTENTION: &str = r#"<path d="M24 4l21 38H3zM24 18v12M24 36v.5"/>"#;

/// A sheet with a tick: a receipt that is in order.
pub const RECEIPT: &str = r#"<path d="M9 4h20l10 10v30H9zM28 4v11h11M16 29l6 6 11-13"/>"#;

/// An icon beside words that say the same, so it is hidden from screen readers.
pub fn icon(outline: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 48 48" aria-hidden="true" inner_html=outline></svg>
    }
    .into_any()
}

/// The stars of a level, filled and empty.
pub(super) fn stars(filled: u8) -> AnyView {
    let star = |index: u8| if index < filled { '★' } else { '☆' };
    let stars: String = (0..4).map(star).collect();
    view! { <span class="stars" aria-hidden="true">{stars}</span> }.into_any()
}
