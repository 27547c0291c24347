//! Vibration and sound: on devices that have them, and only after the reader has touched the page, since browsers
//! refuse them before, and say so in their console.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, Navigator, window};

use super::page::after;
use crate::view::Tone;

/// How loud, of 1.
const LOUD: f32 = 0.15;
/// Milliseconds from the beginning of one sound to that of the next, and until the last has ended.
const APART: i32 = 160;

/// A short vibration.
pub(crate) fn buzz() {
    if let Some(navigator) = touched() {
        vibrate(&navigator, &[40]);
    }
}

/// What came out, told apart without looking: upwards for good, twice the same for caution, downwards for bad, once for
/// what is no label.
pub(crate) fn signal(tone: Tone) {
    let Some(navigator) = touched() else { return };
    let (pattern, sounds): (&[i32], &[f32]) = match tone {
        Tone::Good => (&[80], &[660.0, 880.0]),
        Tone::Caution => (&[80, 80, 80], &[520.0, 520.0]),
        Tone::Bad => (&[250, 80, 250], &[440.0, 330.0, 247.0]),
        Tone::Neutral => (&[40], &[520.0]),
    };
    vibrate(&navigator, pattern);
    // A device without sound stays silent.
    let _ = play(sounds);
}

/// A good label that was read before: one short sound, above all others.
pub(crate) fn signal_again() {
    if let Some(navigator) = touched() {
        vibrate(&navigator, &[40, 40, 40]);
        let _ = play(&[1_320.0]);
    }
}

fn play(sounds: &[f32]) -> Result<(), JsValue> {
    let context = AudioContext::new()?;
    let volume = context.create_gain()?;
    volume.gain().set_value(LOUD);
    volume.connect_with_audio_node(&context.destination())?;
    let mut begin = 0;
    for &sound in sounds {
        let oscillator = context.create_oscillator()?;
        oscillator.frequency().set_value(sound);
        oscillator.connect_with_audio_node(&volume)?;
        let at = context.current_time() + f64::from(begin) / 1000.0;
        oscillator.start_with_when(at)?;
        oscillator.stop_with_when(at + 0.12)?;
        begin += APART;
    }
    after(begin + APART, move || drop(context.close()));
    Ok(())
}

fn vibrate(navigator: &Navigator, pattern: &[i32]) {
    if field(navigator, "vibrate").is_function() {
        let pattern: Array = pattern.iter().map(|&part| JsValue::from(part)).collect();
        navigator.vibrate_with_pattern(&pattern);
    }
}

fn touched() -> Option<Navigator> {
    let navigator = window()?.navigator();
    let active = field(&navigator, "userActivation");
    field(&active, "hasBeenActive").is_truthy().then_some(navigator)
}

fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}
