//! `shirushi receipt`: what a receipt is worth, years later.

mod packs;
mod say;

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use shirushi_shared::{
    api::{ReceiptAnswer, ReceiptStanding},
    key::{KeyRing, PublicKey},
    receipt::{ReceiptError, SignedReceipt},
    trust::TrustList,
};

use super::{CommandError, lists::public_key, output};
use crate::{
    app::App,
    clock::SystemClock,
    config::Config,
    service::{
        pack::{self, KeptPack},
        receipt,
    },
};

/// What to do with receipts.
#[derive(Debug, Subcommand)]
pub enum Receipt {
    /// Tell whether a receipt, or an evidence pack with all its files, is genuine and was true then, and what holds now;
    /// exit code 0 where it is, else 1
    Check(Check),
}

/// Which receipt, and whom to believe.
#[derive(Args, Debug)]
pub struct Check {
    /// The receipt, as it was saved: the file, or its text; or an evidence pack
    file: PathBuf,
    /// Check without a registry, by this trust list as it was downloaded [default: this machine's keys and registry]
    #[arg(long, value_name = "FILE", requires = "pin")]
    trust_list: Option<PathBuf>,
    /// The pinned trust key: 64 hexadecimal digits, as `public_key` in keyring.json
    #[arg(long, value_name = "HEX", requires = "trust_list", value_parser = public_key)]
    pin: Option<PublicKey>,
    /// Believe a trust list past its expiry, where there is no later one: keys that were withdrawn since are not known
    #[arg(long, requires = "trust_list")]
    accept_expired: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// What is said of a receipt; an error of its form is one answer more.
type Told = Result<ReceiptAnswer, ReceiptError>;

impl Receipt {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let Self::Check(check) = self;
        check.run(config).await
    }
}

impl Check {
    async fn run(self, config: &Config) -> Result<ExitCode, CommandError> {
        let mut file = File::open(&self.file).map_err(|error| format!("{}: {error}", self.file.display()))?;
        if KeptPack::is_one(&mut file)? {
            return self.of_pack(file, config).await;
        }
        let bytes = bytes(&self.file, SignedReceipt::MAX_KEPT)?;
        let checked = match SignedReceipt::read(&bytes) {
            Ok(receipt) => {
                if let Some(answer) = pack::check(&self.ring(config)?, &receipt) {
                    return self.told(&answer);
                }
                self.checked(config, &receipt).await?
            }
            Err(error) => Err(error),
        };
        let answer = match checked {
            Ok(answer) => answer,
            Err(error) => {
                output::remark(&format!("not a whole receipt: {error}"));
                return Ok(ExitCode::FAILURE);
            }
        };
        if self.json {
            output::json(&answer)?;
        } else {
            output::text(&say::in_words(&answer))?;
        }
        Ok(ExitCode::from(u8::from(answer.standing != ReceiptStanding::TrueThen)))
    }

    async fn checked(&self, config: &Config, receipt: &SignedReceipt) -> Result<Told, CommandError> {
        if self.trust_list.is_some() {
            return Ok(Self::by_list(&self.ring(config)?, receipt));
        }
        let verifier = App::verifier(config).await?;
        Ok(receipt::check(&App::ring(config)?, &verifier, receipt, None).await)
    }

    /// The keys that are believed: this machine's, or those of the list.
    fn ring(&self, config: &Config) -> Result<KeyRing, CommandError> {
        match &self.trust_list {
            Some(list) => self.ring_of(list),
            None => Ok(App::ring(config)?),
        }
    }

    fn ring_of(&self, list: &Path) -> Result<KeyRing, CommandError> {
        let pinned = self.pin.as_ref().ok_or("no trust key is pinned: --pin")?;
        let list = TrustList::open(&bytes(list, TrustList::MAX_BYTES)?, pinned)?;
        list.next_pin(pinned)?;
        let (signed, expires) = (list.window.from, list.window.until);
        if !list.window.contains(SystemClock::default().now()) {
            if !self.accept_expired {
                let advice = "download it again, or --accept-expired where the service is gone";
                return Err(format!("the trust list is good from {signed} until {expires}: {advice}").into());
            }
            output::remark(&format!("by a trust list of {signed}, which expired on {expires}"));
        }
        Ok(list.ring())
    }

    /// Without a registry: nothing is said of the present.
    fn by_list(ring: &KeyRing, receipt: &SignedReceipt) -> Told {
        receipt::open(ring, receipt).map(|opened| match opened {
            Ok(opened) => ReceiptAnswer::of(&opened),
            Err(reason) => ReceiptAnswer::not_genuine(reason),
        })
    }
}

/// Writes `receipt` to `file`, which must not exist: what was kept is not written over.
pub(super) fn keep(file: &Path, receipt: &SignedReceipt) -> Result<(), CommandError> {
    let kept = File::create_new(file).and_then(|mut kept| kept.write_all(receipt.as_bytes()));
    kept.map_err(|error| format!("{}: {error}", file.display()).into())
}

fn bytes(path: &Path, longest: usize) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    // One byte more than the longest shows that it is longer.
    let most = u64::try_from(longest)? + 1;
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(bytes)
}
