//! What other tools write is read, what we write is read by them, and a hostile file keeps nobody busy.

use std::{io::Write, process::Command};

use pkcs8::pkcs5::pbes2::Pbkdf2Params;

use super::*;

const WORDS: &str = "correct horse battery staple";

fn passphrase(words: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(words.as_bytes().to_vec()))
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

#[test]
fn what_is_encrypted_opens_with_its_passphrase_alone() {
    let text = write(&key(), Some(&passphrase(WORDS))).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n") && is_encrypted(&text));
    assert_eq!(read(&text, Some(&passphrase(WORDS))).unwrap().to_bytes(), [7; 32]);
    assert_eq!(read(&text, None).unwrap_err(), PemError::NeedsPassphrase);
    // Of 256 wrong passphrases one gives a text that ends as a block should.
    for wrong in 0..40 {
        assert_eq!(
            read(&text, Some(&passphrase(&wrong.to_string()))).unwrap_err(),
            PemError::WrongPassphrase
        );
    }
    let again = write(&key(), Some(&passphrase(WORDS))).unwrap();
    assert_ne!(*text, *again, "salt and initial vector are drawn anew");

    let plain = write(&key(), None).unwrap();
    assert!(!is_encrypted(&plain));
    assert_eq!(read(&plain, Some(&passphrase(WORDS))).unwrap().to_bytes(), [7; 32], "needs none");
}

#[test]
fn damage_is_refused() {
    let text = write(&key(), Some(&passphrase(WORDS))).unwrap();
    let mut opened = 0;
    for at in (0..text.len()).step_by(7) {
        let mut damaged = text.as_bytes().to_vec();
        damaged[at] ^= 0x01;
        let damaged = String::from_utf8_lossy(&damaged).into_owned();
        // CBC carries a bit of the initial vector over to the text, where the form may not look at it: the folder holds
        // what was read against the public half.
        opened += u32::from(read(&damaged, Some(&passphrase(WORDS))).is_ok());
        assert!(read(&text[..at], Some(&passphrase(WORDS))).is_err(), "cut at {at}");
    }
    assert!(opened < 4, "{opened}");
}

#[test]
fn a_file_that_asks_for_too_much_is_refused_before_it_is_computed() {
    let scrypt = |cost_parameter, block_size, parallelization| {
        Kdf::Scrypt(ScryptParams {
            salt: Salt::new([1; 16]).unwrap(),
            cost_parameter,
            block_size,
            parallelization,
            key_length: None,
        })
    };
    let pbkdf2 = |count| Kdf::Pbkdf2(Pbkdf2Params::hmac_sha256(count, &[1; 16]).unwrap());
    for kdf in [
        scrypt(0, 8, 1),
        scrypt(3, 8, 1),
        scrypt(1 << 40, 8, 1),
        scrypt(u64::MAX, u16::MAX, u16::MAX),
        scrypt(1 << 63, 8, 1),
        scrypt(1 << 14, 0, 1),
        scrypt(1 << 14, 8, u16::MAX),
        pbkdf2(0),
        pbkdf2(100_000_000),
    ] {
        let parameters = Parameters { kdf, encryption: EncryptionScheme::Aes256Cbc { iv: [0; 16] } };
        let file = EncryptedPrivateKeyInfoOwned {
            encryption_algorithm: parameters.into(),
            encrypted_data: OctetString::new([0; 64]).unwrap(),
        };
        let file = SecretDocument::encode_msg(&file).unwrap();
        let text = file.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).unwrap();
        assert_eq!(read(&text, Some(&passphrase(WORDS))).unwrap_err(), PemError::TooCostly);
    }
}

/// Runs `openssl`, `None` where there is none.
fn openssl(arguments: &[&str], input: &str) -> Option<String> {
    let mut command = Command::new("openssl");
    let command = command.args(arguments).stdin(std::process::Stdio::piped());
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn openssl_reads_what_we_write_and_we_read_what_it_writes() {
    let words = format!("pass:{WORDS}");
    let text = write(&key(), Some(&passphrase(WORDS))).unwrap();
    let Some(plain) = openssl(&["pkey", "-passin", &words], &text) else {
        println!("skipped: no openssl here");
        return;
    };
    assert_eq!(plain, *write(&key(), None).unwrap());

    for kdf in [
        &["-v2", "aes-256-cbc", "-iter", "600000"][..],
        &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"],
        &["-scrypt"],
        &["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "4", "-scrypt_p", "2"],
    ] {
        let arguments = [&["pkcs8", "-topk8", "-passout", &words][..], kdf].concat();
        let text = openssl(&arguments, &plain).unwrap();
        assert_eq!(read(&text, Some(&passphrase(WORDS))).unwrap().to_bytes(), [7; 32], "{kdf:?}");
    }
    let theirs = openssl(&["genpkey", "-algorithm", "ed25519"], "").unwrap();
    assert!(read(&theirs, None).is_ok());
    let rsa = openssl(&["genpkey", "-algorithm", "x25519"], "").unwrap();
    assert_eq!(read(&rsa, None).unwrap_err(), PemError::NotAKey);
}
