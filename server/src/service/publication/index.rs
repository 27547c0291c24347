//! The product index: gathered label by label, signed, and forgotten again.
//!
//! Nothing of it is kept in memory between two publications: what is covered changes seldom, and reading a registry that
//! fits into one index takes a second.

use shirushi_shared::{
    cose::Sign,
    index::{IndexError, ProductIndex},
    registration::Registration,
    time::Window,
};

use crate::registry::LabelRow;

/// Least bytes of a product, of a model, and of the rest of a registration, beside their texts.
const PRODUCT: usize = 3;
const MODEL: usize = 3;
const REGISTRATION: usize = 20;

/// Registrations for an index, as long as they fit into one.
#[derive(Default)]
pub(super) struct Gathered {
    registrations: Vec<(Registration, Window)>,
    /// Of their entries, at least.
    bytes: usize,
}

impl Gathered {
    /// Adds a label, unless there are too many for one index already: then they are let go, and none is made.
    pub(super) fn add(&mut self, row: LabelRow) {
        self.bytes = self.bytes.saturating_add(least_bytes(&row.registration));
        if self.bytes > ProductIndex::MAX_ENTRIES {
            self.registrations = Vec::new();
        } else {
            self.registrations.push((row.registration, row.record.valid));
        }
    }

    /// The signed index.
    pub(super) fn sign(
        self,
        version: u64,
        window: Window,
        signer: &(impl Sign + ?Sized),
    ) -> Result<Vec<u8>, IndexError> {
        if self.bytes > ProductIndex::MAX_ENTRIES {
            return Err(IndexError::TooLarge);
        }
        ProductIndex::new(version, window, self.registrations).sign(signer)
    }
}

/// Entries are never smaller than their texts.
fn least_bytes(registration: &Registration) -> usize {
    let products = registration.products.iter().map(|product| {
        let models: usize = product.models.iter().map(|model| model.number.len() + MODEL).sum();
        product.name.len() + PRODUCT + models
    });
    registration.printed_number.len() + REGISTRATION + products.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::conformance::sample;
    use shirushi_shared::status::{Revision, StatusRecord};

    #[test]
    fn more_than_fits_is_let_go_and_refused() {
        let new = sample::new(1);
        let mut registration = new.registration;
        registration.products[0].name = "x".repeat(ProductIndex::MAX_ENTRIES / 3);
        let record = StatusRecord {
            number: registration.number.clone(),
            revision: Revision::FIRST,
            state: shirushi_shared::label::LabelState::Active,
            valid: new.valid,
            tokens: Vec::new(),
        };
        let mut gathered = Gathered::default();
        let row = || LabelRow { registration: registration.clone(), record: record.clone(), places: vec![] };
        for _ in 0..2 {
            gathered.add(row());
        }
        assert_eq!(gathered.registrations.len(), 2);
        for _ in 0..2 {
            gathered.add(row());
            assert!(gathered.registrations.is_empty(), "nothing is kept");
        }
        assert_eq!(gathered.sign(1, new.valid, &NoSigner), Err(IndexError::TooLarge));
    }

    struct NoSigner;

    impl Sign for NoSigner {
        fn public_key(&self) -> &shirushi_shared::key::PublicKey {
            unreachable!("nothing is signed")
        }

        fn sign(&self, _: &[u8]) -> Result<[u8; 64], shirushi_shared::cose::SignError> {
            unreachable!("nothing is signed")
        }
    }
}
