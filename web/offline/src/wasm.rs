//! The checker as `web/static/offline.js` calls it.

use shirushi_shared::{
    api::VerifyRequest, key::PublicKey, scan::Origins, time::UnixTime, verdict::Freshness,
};
use wasm_bindgen::prelude::*;

use crate::{Checker, Lists, Memory};

/// Light and quick; there is one thread in a module's memory.
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The checker.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Offline(Checker);

#[wasm_bindgen]
impl Offline {
    /// A checker for a page that pins the trust key `pin`, for labels printed under `origins` (separated by spaces), by
    /// lists of at most `bound` seconds, going on from `memory`. Nothing, where the pin is none.
    pub fn open(pin: &str, origins: &str, bound: u32, memory: &str) -> Option<Self> {
        let lists = Lists::new(PublicKey::parse(pin).ok()?, Memory::parse(memory));
        let bounds = Freshness { offline: bound.into(), ..Freshness::LONGEST };
        Some(Self(Checker::new(lists, Origins::new(origins.split(' ')), bounds)))
    }

    /// What is to be kept for the next visit.
    pub fn memory(&self) -> String {
        self.0.lists.memory().to_text()
    }

    /// Thumbprint of the key by which the trust list is wanted.
    pub fn wanted_pin(&self) -> String {
        self.0.lists.wanted_pin()
    }

    /// There is no trust list by that key any more.
    pub fn pin_is_gone(&mut self) {
        self.0.lists.pin_is_gone();
    }

    /// Takes in the list `kind`; false where it is not believed.
    pub fn take(&mut self, kind: &str, bytes: Vec<u8>) -> bool {
        let lists = &mut self.0.lists;
        match kind {
            "trust" => lists.take_trust(&bytes),
            "status" => lists.take_status(bytes),
            _ => lists.take_index(bytes),
        }
        .is_ok()
    }

    /// Issue of the status list, issue of the product index, and the first end of all lists, in seconds; 0 where there is
    /// none.
    pub fn ages(&self) -> Vec<f64> {
        let ages = self.0.lists.ages();
        #[expect(clippy::cast_precision_loss, reason = "seconds until the year 9999 fit into 53 bits")]
        let seconds = |at: Option<UnixTime>| at.map_or(0.0, |at| at.as_secs() as f64);
        vec![seconds(ages.status), seconds(ages.index), seconds(ages.until)]
    }

    /// The answer to a question at `now` (seconds), as JSON.
    pub fn answer(
        &self,
        link: Option<String>,
        number: Option<String>,
        model: Option<String>,
        now: f64,
    ) -> Option<String> {
        #[expect(clippy::cast_possible_truncation, reason = "checked by `from_secs`")]
        let now = UnixTime::from_secs(now as i64).ok()?;
        let request = VerifyRequest { link, number, model, ..VerifyRequest::default() };
        serde_json::to_string(&self.0.answer(request, now)?).ok()
    }
}
