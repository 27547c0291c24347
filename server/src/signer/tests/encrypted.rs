//! Stories of keys that lie encrypted on the disk.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::*;

const OLD: &str = "correct horse battery";
const NEW: &str = "another battery staple";

fn typed(words: &str) -> PassphraseSource {
    PassphraseSource::Given(Passphrase::new(Zeroizing::new(words.as_bytes().to_vec())))
}

impl Place {
    fn by(&self, words: &str) -> KeyPlace {
        KeyPlace { passphrase: typed(words), ..self.path().into() }
    }
    /// A secret file beside the folder.
    fn secret(&self, text: &str) -> PathBuf {
        let file = self.folder.path().join("passphrase");
        write_private(&file, text.as_bytes());
        file
    }
    /// The private files and their content.
    fn private(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = self.names().into_iter().map(|name| self.path().join(name));
        let private = files.filter(|path| path.extension().is_some_and(|end| end == "pem"));
        private.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
    }
}

#[test]
fn keys_made_with_a_passphrase_are_encrypted_from_the_first() {
    let place = Place::new();
    let mut keys = KeyFolder::init(&place.by(OLD), &USES, at(0)).unwrap();
    let token = issue(&keys, 1);
    keys.rotate(KeyUse::Label, at(2), 0).unwrap();
    assert!(KeyFolder::plain_files(&place.path()).unwrap().is_empty());
    assert!(place.private().values().all(|text| text.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")));
    let again = KeyFolder::open(&place.by(OLD)).unwrap();
    assert!(verify(&again, &token).key_in_force);
    assert_eq!(active(&again, KeyUse::Label), active(&keys, KeyUse::Label));

    assert!(
        matches!(place.open(), Err(SignerError::NeedsPassphrase(path)) if path.starts_with(place.path()))
    );
    let error = KeyFolder::open(&place.by(NEW)).unwrap_err();
    assert!(matches!(&error, SignerError::WrongPassphrase(_)), "{error}");
    assert!(error.to_string().contains(".pem"), "it names the file: {error}");
    assert_eq!(KeyFolder::public_half(&place.path()).unwrap(), keys.ring(), "needs no passphrase");
}

#[test]
fn one_folder_has_one_passphrase() {
    let place = Place::new();
    let mut keys = KeyFolder::init(&place.by(OLD), &USES, at(0)).unwrap();
    let before = place.private();
    for stranger in [place.by(NEW), place.path().into()] {
        assert!(KeyFolder::init(&stranger, &KeyUse::ALL, at(1)).is_err());
    }
    // Another process changes the passphrase between our reading and our change.
    KeyFolder::recrypt(&place.by(OLD), &typed(NEW)).unwrap();
    assert!(matches!(keys.rotate(KeyUse::Label, at(2), 0), Err(SignerError::WrongPassphrase(_))));
    assert_eq!(before.keys().collect::<Vec<_>>(), place.private().keys().collect::<Vec<_>>());
    KeyFolder::open(&place.by(NEW)).unwrap().rotate(KeyUse::Label, at(2), 0).unwrap();
}

#[test]
fn a_passphrase_that_can_be_guessed_encrypts_nothing() {
    let place = Place::new();
    let error = KeyFolder::init(&place.by("secret"), &USES, at(0)).unwrap_err();
    assert!(matches!(error, SignerError::ShortPassphrase), "{error}");
    place.init();
    assert!(matches!(
        KeyFolder::recrypt(&place.path().into(), &typed("secret")),
        Err(SignerError::ShortPassphrase)
    ));
    assert_eq!(KeyFolder::plain_files(&place.path()).unwrap().len(), 2);
}

#[test]
fn a_secret_file_is_read_whenever_keys_are() {
    let place = Place::new();
    let file = place.secret(&format!("{OLD}\n"));
    let by_file = KeyPlace { passphrase: PassphraseSource::File(file.clone()), ..place.path().into() };
    KeyFolder::init(&by_file, &USES, at(0)).unwrap();
    let running: Arc<dyn Signers> = Arc::new(KeyFolder::open(&place.by(OLD)).unwrap());
    assert!(running.newer().unwrap().is_none());

    // The passphrase is changed while a service runs that reads it from the same file; then a key is.
    let running = Arc::new(KeyFolder::open(&by_file).unwrap()) as Arc<dyn Signers>;
    KeyFolder::recrypt(&by_file, &typed(NEW)).unwrap();
    assert!(running.newer().unwrap().is_none(), "keys in memory need no passphrase");
    place.secret(&format!("{NEW}\r\n"));
    KeyFolder::open(&by_file).unwrap().rotate(KeyUse::Label, at(1), 0).unwrap();
    assert_eq!(running.newer().unwrap().unwrap().version(), 2);

    for (text, told) in
        [("", "holds no passphrase"), ("\n", "holds no passphrase"), (&"x".repeat(1025), "too long")]
    {
        place.secret(text);
        let error = KeyFolder::open(&by_file).unwrap_err().to_string();
        assert!(error.contains(told) && error.contains("passphrase"), "{error}");
    }
    place.secret(NEW);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let error = KeyFolder::open(&by_file).unwrap_err();
    assert!(matches!(error, SignerError::PassphraseExposed { mode: 0o644, .. }), "{error}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    KeyFolder::open(&by_file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(matches!(KeyFolder::open(&by_file), Err(SignerError::File { path, .. }) if path == file));
}

/// Kills `recrypt` behind each of its files, and while it writes the next one, and looks at what is left.
fn killed_everywhere(from: &PassphraseSource, to: &PassphraseSource, check: impl Fn(&Place, usize, usize)) {
    let place = Place::new();
    let by = KeyPlace { passphrase: from.clone(), ..place.path().into() };
    // One compromised, one retired, one active.
    let mut keys = KeyFolder::init(&by, &[KeyUse::Trust], at(0)).unwrap();
    let stolen = active(&keys, KeyUse::Trust);
    keys.rotate(KeyUse::Trust, at(1), 0).unwrap();
    keys.rotate(KeyUse::Trust, at(2), 0).unwrap();
    keys.compromise(stolen, at(1), at(2)).unwrap();
    let before = place.private();
    let files = KeyFolder::recrypt(&by, to).unwrap();
    let after = place.private();
    assert_eq!((files, after.len()), (3, 3), "all of them");
    assert!(before.iter().all(|(path, text)| after[path] != *text));
    for done in 0..=files {
        for ((index, (path, old)), new) in before.iter().enumerate().zip(after.values()) {
            write_private(path, if index < done { new } else { old });
            if index == done {
                write_private(&path.with_extension("pem.tmp"), &new[..new.len() / 2]);
            }
        }
        check(&place, done, files);
        assert!(!place.names().concat().contains(".tmp"), "what a killed process left is tidied away");
    }
}

#[test]
fn encryption_that_was_killed_leaves_a_folder_that_opens_and_can_be_finished() {
    killed_everywhere(&PassphraseSource::None, &typed(NEW), |place, done, files| {
        KeyFolder::open(&place.by(NEW)).unwrap();
        assert_eq!(KeyFolder::plain_files(&place.path()).unwrap().len(), files - done);
        KeyFolder::recrypt(&place.by(NEW), &typed(NEW)).unwrap();
        assert!(KeyFolder::plain_files(&place.path()).unwrap().is_empty());
    });
}

#[test]
fn decryption_that_was_killed_leaves_a_folder_that_opens_and_can_be_finished() {
    killed_everywhere(&typed(OLD), &PassphraseSource::None, |place, _, files| {
        KeyFolder::open(&place.by(OLD)).unwrap();
        KeyFolder::recrypt(&place.by(OLD), &PassphraseSource::None).unwrap();
        assert_eq!(KeyFolder::plain_files(&place.path()).unwrap().len(), files);
        place.open().unwrap();
    });
}

#[test]
fn a_change_of_passphrase_that_was_killed_can_be_finished_and_loses_no_key() {
    killed_everywhere(&typed(OLD), &typed(NEW), |place, done, files| {
        // In between no single passphrase opens all of them; a running service has its keys in memory.
        let opens = KeyFolder::open(&place.by(NEW)).is_ok();
        assert!(opens || done < files);
        assert!(!opens || done > 0);
        let wrong = KeyFolder::recrypt(&place.by("neither of the two"), &typed("nor this other one"));
        assert!(matches!(wrong, Err(SignerError::WrongPassphrase(_))), "and nothing is written");
        KeyFolder::recrypt(&place.by(OLD), &typed(NEW)).unwrap();
        KeyFolder::open(&place.by(NEW)).unwrap();
        assert!(KeyFolder::plain_files(&place.path()).unwrap().is_empty());
    });
}

#[test]
fn neither_passphrase_nor_key_is_ever_shown() {
    let place = Place::new();
    let plain = place.init();
    let seeds: Vec<_> =
        place.private().values().map(|pem| private_seed(&String::from_utf8_lossy(pem))).collect();
    drop(plain);
    KeyFolder::recrypt(&place.path().into(), &typed(NEW)).unwrap();
    let by = place.by(NEW);
    let mut shown = vec![format!("{by:?}"), format!("{:#?}", KeyFolder::open(&by).unwrap())];
    let mut tell = |error: SignerError| shown.extend([format!("{error:?}"), error.to_string()]);
    tell(KeyFolder::open(&place.by(OLD)).unwrap_err());
    tell(place.open().unwrap_err());
    let file = place.private().into_keys().next().unwrap();
    let text = fs::read(&file).unwrap();
    for cut in (0..text.len()).step_by(20) {
        fs::write(&file, &text[..cut]).unwrap();
        tell(KeyFolder::open(&by).unwrap_err());
    }
    let secret = KeyPlace { passphrase: PassphraseSource::File(place.secret(&NEW.repeat(50))), ..by };
    tell(KeyFolder::open(&secret).unwrap_err());
    for text in shown {
        assert!(!text.contains("staple") && !text.contains("horse"), "{text}");
        assert!(seeds.iter().all(|seed| !text.contains(seed)), "{text}");
    }
}
