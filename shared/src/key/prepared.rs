//! A key with what can be computed once for all of its signatures.
//!
//! `verify_strict` computes R′ = sB − kA with 250 doublings of a point, since any key may come next. Most labels are signed
//! by a handful of keys: with the multiples of B and −A at hand, 64 additions are left. What is accepted is exactly what
//! `verify_strict` accepts, for the reasons in ADR 0013; the tests hold both against each other. All of it is public, so
//! that nothing has to take the same time.

use core::{fmt, iter};
use std::sync::LazyLock;

use curve25519_dalek::{
    constants::ED25519_BASEPOINT_POINT,
    edwards::{CompressedEdwardsY, EdwardsPoint},
    scalar::Scalar,
};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha512};

/// The multiples of −A.
pub(super) struct Prepared(Multiples);

/// The multiples of B, which all keys share.
static BASE: LazyLock<Multiples> = LazyLock::new(|| Multiples::of(ED25519_BASEPOINT_POINT));

impl Prepared {
    /// `key` is not of small order: a [`PublicKey`](super::PublicKey) never is.
    pub(super) fn new(key: &VerifyingKey) -> Self {
        Self(Multiples::of(-key.to_edwards()))
    }

    /// Whether `verify_strict` of `key`, which is the one that this was made of, accepts.
    pub(super) fn holds(&self, key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
        let Some(s) = Scalar::from_canonical_bytes(*signature.s_bytes()).into_option() else { return false };
        let r = CompressedEdwardsY(*signature.r_bytes());
        let hash = Sha512::new_with_prefix(r.0).chain_update(key.as_bytes()).chain_update(message);
        let k = Scalar::from_hash(hash);
        let computed: EdwardsPoint = BASE.times(&s).chain(self.0.times(&k)).sum();
        computed.compress() == r && !computed.is_small_order()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared")
    }
}

/// d · 256^i · P of a point P, for each digit d from 1 to 255 and each of 32 places i: 1.3 MB.
struct Multiples(Vec<Vec<EdwardsPoint>>);

impl Multiples {
    fn of(point: EdwardsPoint) -> Self {
        let times_256 = |point: &EdwardsPoint| (0..8).fold(*point, |point, _| point + point);
        let row = |place| iter::successors(Some(place), |last| Some(last + place)).take(255).collect();
        Self(iter::successors(Some(point), |place| Some(times_256(place))).take(32).map(row).collect())
    }

    /// The points whose sum is `scalar` times P: one for each digit that is not 0.
    fn times<'a>(&'a self, scalar: &'a Scalar) -> impl Iterator<Item = &'a EdwardsPoint> {
        let digits = scalar.as_bytes().iter();
        self.0.iter().zip(digits).filter_map(|(row, digit)| row.get(usize::from(digit.checked_sub(1)?)))
    }
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::{
        constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION},
        edwards::EdwardsPoint,
    };

    use super::*;

    /// By both ways, which have to agree.
    fn holds(
        key: &VerifyingKey,
        prepared: &Prepared,
        message: &[u8],
        r: CompressedEdwardsY,
        s: Scalar,
    ) -> bool {
        let signature = Signature::from_components(r.0, s.to_bytes());
        let strictly = key.verify_strict(message, &signature).is_ok();
        assert_eq!(prepared.holds(key, message, &signature), strictly, "{key:?} {message:?} {signature:?}");
        strictly
    }

    fn hash(r: CompressedEdwardsY, key: &VerifyingKey, message: &[u8]) -> Scalar {
        Scalar::from_hash(Sha512::new_with_prefix(r.0).chain_update(key.as_bytes()).chain_update(message))
    }

    /// A scalar that nobody has chosen.
    fn scalar(seed: &str, place: u32) -> Scalar {
        Scalar::from_hash(Sha512::new_with_prefix(seed).chain_update(place.to_le_bytes()))
    }

    /// Every key A = aB + T and every R = rB + U with points T and U of small order, a and r zero as well: honest
    /// signatures, mixed ones that hold where k makes the small parts vanish, and those that `verify` alone would accept.
    #[test]
    fn whatever_is_mixed_into_key_and_signature_both_ways_agree() {
        let (mut strict, mut small) = (0, 0);
        for (place, (a, r)) in (0..).zip([(true, true), (true, false), (false, true)].repeat(3)) {
            let a = if a { scalar("a", place) } else { Scalar::ZERO };
            let r = if r { scalar("r", place) } else { Scalar::ZERO };
            for (of_key, of_r) in
                EIGHT_TORSION.iter().flat_map(|key| EIGHT_TORSION.iter().map(move |r| (key, r)))
            {
                let key = VerifyingKey::from(ED25519_BASEPOINT_POINT * a + of_key);
                if key.is_weak() {
                    // Refused before anything is prepared.
                    assert!(super::super::PublicKey::from_bytes(key.as_bytes()).is_err());
                    continue;
                }
                let prepared = Prepared::new(&key);
                let point: EdwardsPoint = ED25519_BASEPOINT_POINT * r + of_r;
                for message in [b"one".as_slice(), b"two", b"three", b"four"] {
                    let k = hash(point.compress(), &key, message);
                    let held = holds(&key, &prepared, message, point.compress(), r + k * a);
                    strict += u32::from(held);
                    small += u32::from(point.is_small_order());
                    assert!(!held || !point.is_small_order());
                }
            }
        }
        assert!(strict > 50 && small > 500, "{strict} {small}");
    }

    #[test]
    fn whatever_bit_is_another_both_ways_agree() {
        for place in 0..4 {
            let (a, r) = (scalar("a", place), scalar("r", place));
            let key = VerifyingKey::from(ED25519_BASEPOINT_POINT * a);
            let prepared = Prepared::new(&key);
            let message = place.to_le_bytes();
            let point = (ED25519_BASEPOINT_POINT * r).compress();
            let s = r + hash(point, &key, &message) * a;
            assert!(holds(&key, &prepared, &message, point, s));
            assert!(!holds(&key, &prepared, b"other", point, s));
            let signature = Signature::from_components(point.0, s.to_bytes()).to_bytes();
            for bit in 0..512 {
                let mut changed = signature;
                changed[bit / 8] ^= 1 << (bit % 8);
                let changed = Signature::from_bytes(&changed);
                assert!(key.verify_strict(&message, &changed).is_err());
                assert!(!prepared.holds(&key, &message, &changed), "bit {bit}");
            }
        }
    }

    /// s and s + ℓ are the same to the curve; only the smaller one is a signature.
    #[test]
    fn a_second_form_of_a_signature_is_none() {
        let (a, r) = (scalar("a", 0), scalar("r", 0));
        let key = VerifyingKey::from(ED25519_BASEPOINT_POINT * a);
        let point = (ED25519_BASEPOINT_POINT * r).compress();
        let s = (r + hash(point, &key, b"m") * a).to_bytes();
        let order = (Scalar::ZERO - Scalar::ONE).to_bytes();
        let mut carry = 1;
        let larger: Vec<u8> = s
            .iter()
            .zip(order)
            .map(|(one, other)| {
                let sum = u16::from(*one) + u16::from(other) + core::mem::take(&mut carry);
                carry = sum >> 8;
                sum.to_le_bytes()[0]
            })
            .collect();
        let signature = Signature::from_components(point.0, larger.try_into().unwrap());
        assert!(key.verify_strict(b"m", &signature).is_err());
        assert!(!Prepared::new(&key).holds(&key, b"m", &signature));
    }
}
