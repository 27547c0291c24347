//! The door for JavaScript: the scanner's worker calls `decode` with one frame and gets what it says.
//!
//! Only here is there a clock: `performance.now()`, of which the worker has its own.

use wasm_bindgen::prelude::*;

use crate::{Code, Effort, Gray, read};

/// Light and quick; there is one thread in a module's memory.
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A code in a frame.
#[wasm_bindgen(getter_with_clone)]
#[derive(Clone, Debug)]
pub struct Reading {
    /// What it says; `undefined` where the bytes are no text.
    pub text: Option<String>,
    /// x and y of the first corner, then right, opposite, below: eight numbers, in pixels of the frame.
    pub corners: Vec<f32>,
    /// 1 to 40.
    pub version: u8,
}

/// All codes in a frame of `width` × `height` bytes of luminance, looked for during at most `milliseconds`.
///
/// `effort`: 0 a live frame, 1 a live frame after misses, 2 a photograph. Throws for a size that is no picture's and
/// for an effort that does not exist; a frame without a code is an empty array.
#[wasm_bindgen]
pub fn decode(
    width: u32,
    height: u32,
    luminance: Vec<u8>,
    effort: u8,
    milliseconds: f64,
) -> Result<Vec<Reading>, JsError> {
    let effort = match effort {
        0 => Effort::LiveFast,
        1 => Effort::LiveFull,
        2 => Effort::Still,
        _ => return Err(JsError::new("effort is 0, 1 or 2")),
    };
    let gray = Gray::new(width as usize, height as usize, luminance)?;
    let end = now() + milliseconds;
    let codes = read(&gray, effort, &|| now() >= end);
    Ok(codes.into_iter().map(Reading::from).collect())
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker started.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

impl From<Code> for Reading {
    fn from(code: Code) -> Self {
        let corners = code.corners.iter().flat_map(|(x, y)| [*x, *y]).collect();
        Self { text: code.text(), corners, version: code.version }
    }
}
