//! Receipts: the signed statement of an answer, and what one is worth years later.
//!
//! Signed on request only, at the cost of one signature, and kept nowhere: whoever asked for one keeps it. The requester's
//! reference goes into the receipt and nowhere else.

use std::sync::Arc;

use shirushi_shared::{
    api::{NotGenuine, Presented, ReceiptAnswer, ReceiptWish},
    cose::VerifyError,
    key::{KeyRing, KeyUse},
    receipt::{
        Circumstances, OpenedReceipt, Receipt, ReceiptError, SignedReceipt, Standing,
        pack::{PackReceipt, SignedPackReceipt},
    },
};

use super::verify::{Answer, Verifier};
use crate::signer::{LiveKeys, SignerError};

/// Signs and checks receipts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Receipts(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    issuer: String,
    keys: LiveKeys,
}

/// Why an answer gets no receipt. The answer itself stands.
#[derive(Debug, thiserror::Error)]
pub enum NoReceipt {
    /// No key may sign one.
    #[error("no key signs receipts")]
    Key(#[from] SignerError),
    /// The signer did not sign, or what it signed does not verify.
    #[error("the receipt was not signed")]
    Unsigned(#[from] ReceiptError),
    /// By this machine's clock the key may not sign yet, or no longer: such a receipt would never be believed.
    #[error("the key for receipts is not in force: {}", .0.as_str())]
    NotInForce(Standing),
}

impl Receipts {
    /// Receipts of the service at `issuer`, its address, by the keys that are in force.
    pub fn new(issuer: &str, keys: LiveKeys) -> Self {
        Self(Arc::new(Parts { issuer: issuer.to_owned(), keys }))
    }

    /// The receipt of `answer`. What could not be checked later is not handed out.
    pub fn issue(&self, answer: &Answer, wish: ReceiptWish) -> Result<SignedReceipt, NoReceipt> {
        let keys = Arc::clone(&self.0.keys.borrow());
        let receipt = Receipt::of(
            &answer.verdict,
            Circumstances {
                issuer: &self.0.issuer,
                software: env!("CARGO_PKG_VERSION"),
                trust_list: keys.version(),
                token: answer.refused,
                claims: &answer.claims,
                answers: answer.claimed,
                case: wish.case,
                covers: None,
            },
        );
        let signed = receipt.sign(keys.signer(KeyUse::Receipt)?.as_ref())?;
        match signed.open(&keys.ring())?.standing {
            Standing::TrueThen => Ok(signed),
            standing => Err(NoReceipt::NotInForce(standing)),
        }
    }

    /// The service, by its address.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The keys that are believed.
    pub fn ring(&self) -> KeyRing {
        self.0.keys.borrow().ring()
    }

    /// The receipt of a pack, made of the service's address and the version of the trust list.
    pub fn sign_pack(
        &self,
        make: impl FnOnce(&str, u64) -> PackReceipt,
    ) -> Result<SignedPackReceipt, NoReceipt> {
        let keys = Arc::clone(&self.0.keys.borrow());
        let receipt = make(&self.0.issuer, keys.version());
        let signed = receipt.sign(keys.signer(KeyUse::Receipt)?.as_ref())?;
        match signed.open(&keys.ring())?.standing {
            Standing::TrueThen => Ok(signed),
            standing => Err(NoReceipt::NotInForce(standing)),
        }
    }

    /// What `receipt` is worth by the keys in force, and what holds now: see [`check`].
    pub async fn check(
        &self,
        verifier: &Verifier,
        receipt: &SignedReceipt,
        token: Option<String>,
    ) -> Result<ReceiptAnswer, ReceiptError> {
        let ring = self.0.keys.borrow().ring();
        check(&ring, verifier, receipt, token).await
    }
}

/// What `receipt` is worth by `ring`, and what `verifier` says now of the same registration: by `token`, where it is
/// given and is the one that the receipt is about, else by its number. An error is for what has not the form of a receipt.
pub async fn check(
    ring: &KeyRing,
    verifier: &Verifier,
    receipt: &SignedReceipt,
    token: Option<String>,
) -> Result<ReceiptAnswer, ReceiptError> {
    let opened = match open(ring, receipt)? {
        Ok(opened) => opened,
        Err(reason) => return Ok(ReceiptAnswer::not_genuine(reason)),
    };
    let mut answer = ReceiptAnswer::of(&opened);
    let OpenedReceipt { receipt, .. } = opened;
    let matches = token.clone().map(|token| {
        let given = verifier.token_in(Presented::Token(token)).map(|token| token.id());
        given.is_some() && given == receipt.token
    });
    answer.token_matches = matches;
    // What somebody wrote who had stolen a key is not looked up: the answer would lend it weight.
    if answer.standing.may_be_ours() {
        let claims = receipt.claimed.claims();
        let now = match (token.filter(|_| matches == Some(true)), receipt.number) {
            (Some(token), _) => Some(verifier.verify(Presented::Token(token), claims, None).await),
            (None, Some(number)) => Some(verifier.verify_number(number, claims).await),
            (None, None) => None,
        };
        answer.now = now.map(|now| now.to_wire());
    }
    Ok(answer)
}

/// Opens `receipt` by `ring`: a signature that does not hold is an answer, and not an error.
pub fn open(
    ring: &KeyRing,
    receipt: &SignedReceipt,
) -> Result<Result<OpenedReceipt, NotGenuine>, ReceiptError> {
    match receipt.open(ring) {
        Ok(opened) => Ok(Ok(opened)),
        Err(ReceiptError::NotTrusted(VerifyError::UnknownKey(_))) => Ok(Err(NotGenuine::UnknownKey)),
        Err(ReceiptError::NotTrusted(VerifyError::BadSignature)) => Ok(Err(NotGenuine::BadSignature)),
        Err(error) => Err(error),
    }
}
