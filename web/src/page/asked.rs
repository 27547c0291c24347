//! What was asked, and the code that leads back to it.

use leptos::prelude::*;

/// What was asked, as far as the answer does not tell it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was presented: a link, token or number.
    pub text: &'a str,
    /// The model that was asked about (`?model=`), as it was typed.
    pub model: Option<&'a str>,
    /// The code that leads back here, for paper; none where the address is too long for one.
    pub code: Option<&'a Code>,
}

/// A QR symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules on a side.
    pub side: u16,
    /// The dark modules as an SVG path to be stroked one module wide, along the middle of each row.
    pub path: String,
}

impl Code {
    /// Light modules around it (ISO/IEC 18004, 9.1).
    const QUIET: i32 = 4;

    pub(super) fn picture(&self, name: &'static str) -> AnyView {
        let side = i32::from(self.side) + 2 * Self::QUIET;
        let view_box = format!("-{0} -{0} {side} {side}", Self::QUIET);
        view! {
            <svg class="code" viewBox=view_box role="img" aria-label=name shape-rendering="crispEdges">
                <path d=self.path.clone()></path>
            </svg>
        }
        .into_any()
    }
}
