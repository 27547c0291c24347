//! Stories of keys that are made, used, exchanged and lost.

mod encrypted;
mod mounted;

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
};

use shirushi_shared::{
    label::{Category, Level, RegistrationNumber},
    token::{LabelClaims, StatusIndex, Token, VerifiedToken},
    trust::{TrustError, TrustList},
};

use super::*;

const USES: [KeyUse; 2] = [KeyUse::Label, KeyUse::Trust];

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }
    fn path(&self) -> PathBuf {
        self.folder.path().join("keys")
    }
    fn init(&self) -> KeyFolder {
        KeyFolder::init(&self.path(), &USES, at(0)).unwrap()
    }
    fn open(&self) -> Result<KeyFolder, SignerError> {
        KeyFolder::open(&self.path())
    }
    /// Names in the folder, in order.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
    /// The private file of the active key of a use.
    fn file(&self, keys: &KeyFolder, key_use: KeyUse) -> PathBuf {
        let id = active(keys, key_use).to_string();
        self.path().join(format!("{}-{}.pem", key_use.as_str(), &id[..16]))
    }
}

/// Day `day` of the story.
fn at(day: i64) -> UnixTime {
    UnixTime::parse("2026-11-22T00:00:00Z").unwrap().plus(day * 24 * 3600)
}

fn active(keys: &KeyFolder, key_use: KeyUse) -> KeyId {
    keys.signer(key_use).unwrap().public_key().id()
}

fn issue(keys: &KeyFolder, day: i64) -> Token {
    let claims = LabelClaims {
        number: RegistrationNumber::parse("SHI-2026-00017").unwrap(),
        expires: at(day + 730),
        issued: at(day),
        level: Level::Star1,
        category: Category::from_code(2).unwrap(),
        status_index: StatusIndex::new(17).unwrap(),
    };
    Token::issue(&claims, keys.signer(KeyUse::Label).unwrap().as_ref()).unwrap()
}

fn verify(keys: &KeyFolder, token: &Token) -> VerifiedToken {
    token.verify(&keys.ring()).unwrap()
}

#[test]
fn keys_survive_a_restart_and_are_their_owners_alone() {
    let place = Place::new();
    let keys = place.init();
    let again = place.open().unwrap();
    assert_eq!(again.ring(), keys.ring());
    assert_eq!(again.version(), 1);
    assert!(verify(&again, &issue(&keys, 1)).key_in_force);
    assert_eq!(fs::metadata(place.path()).unwrap().mode() & 0o777, 0o700);
    for name in place.names() {
        assert_eq!(fs::metadata(place.path().join(&name)).unwrap().mode() & 0o777, 0o600, "{name}");
    }
    assert!(matches!(keys.signer(KeyUse::Receipt), Err(SignerError::NoActiveKey(KeyUse::Receipt))));
}

#[test]
fn a_use_that_comes_later_gets_its_key_then() {
    let place = Place::new();
    let before = place.init();
    let after = KeyFolder::init(&place.path(), &KeyUse::ALL, at(9)).unwrap();
    assert_eq!((after.ring().keys().len(), after.version()), (5, 2));
    assert_eq!(active(&after, KeyUse::Label), active(&before, KeyUse::Label));
}

#[test]
fn a_key_that_others_can_read_is_refused_by_name() {
    let place = Place::new();
    let file = place.file(&place.init(), KeyUse::Trust);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let error = place.open().unwrap_err();
    assert!(matches!(&error, SignerError::Exposed { path, mode: 0o640 } if *path == file), "{error}");
    assert!(error.to_string().contains("mode 640"), "{error}");

    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o770)).unwrap();
    assert!(matches!(place.open(), Err(SignerError::FolderExposed { mode: 0o770, .. })));
}

#[test]
fn files_and_keyring_must_agree() {
    let place = Place::new();
    let keys = place.init();
    let [label, trust] = USES.map(|key_use| place.file(&keys, key_use));
    let private = fs::read(&label).unwrap();

    fs::copy(&trust, &label).unwrap();
    assert!(matches!(place.open(), Err(SignerError::NotItsKey(path)) if path == label));
    fs::remove_file(&label).unwrap();
    assert!(matches!(place.open(), Err(SignerError::Missing(path)) if path == label));
    fs::write(&label, private).unwrap();
    fs::set_permissions(&label, fs::Permissions::from_mode(0o600)).unwrap();
    place.open().unwrap();

    let stray = place.path().join("label-0000000000000000.pem");
    fs::copy(&label, &stray).unwrap();
    assert!(matches!(place.open(), Err(SignerError::Unknown(path)) if path == stray));
    fs::remove_file(&stray).unwrap();

    let keyring = place.path().join("keyring.json");
    let text = fs::read_to_string(&keyring).unwrap();
    for broken in [
        text.replace("\"version\"", "\"versions\""),
        text.replace("\"active\"", "\"compromised\""),
        text.replace("\"trust\"", "\"label\""),
        text.replacen("\"public_key\": \"", "\"public_key\": \"zz", 1),
        text[..text.len() / 2].to_owned(),
    ] {
        fs::write(&keyring, &broken).unwrap();
        assert!(place.open().is_err(), "{broken}");
    }
}

#[test]
fn labels_outlive_the_key_that_signed_them() {
    let place = Place::new();
    let mut keys = place.init();
    let before = issue(&keys, 1);
    let old = active(&keys, KeyUse::Label);
    let other_node = place.open().unwrap();

    let new = keys.rotate(KeyUse::Label, at(100), 24 * 3600).unwrap();
    assert_eq!(active(&keys, KeyUse::Label), new);

    let verified = verify(&keys, &before);
    assert_eq!((verified.key, verified.key_state, verified.key_in_force), (old, KeyState::Retired, true));
    let verified = verify(&keys, &issue(&keys, 100));
    assert_eq!((verified.key, verified.key_state, verified.key_in_force), (new, KeyState::Active, true));
    // A node that has not heard of it yet may sign for a day.
    assert!(verify(&keys, &issue(&other_node, 100)).key_in_force);
    assert!(!verify(&keys, &issue(&other_node, 101)).key_in_force);

    keys.retire(old, at(100)).unwrap();
    assert!(!verify(&keys, &issue(&other_node, 100)).key_in_force, "the overlap was cut short");
    assert!(matches!(keys.retire(old, at(101)), Err(SignerError::Already("retired"))));
    // The private file of a retired key may be deleted.
    fs::remove_file(place.file(&other_node, KeyUse::Label)).unwrap();
    place.open().unwrap();
}

#[test]
fn what_was_signed_in_the_second_of_a_rotation_stays_good() {
    let place = Place::new();
    let mut keys = place.init();
    let token = issue(&keys, 7);
    keys.rotate(KeyUse::Label, at(7), 0).unwrap();
    assert!(verify(&keys, &token).key_in_force);
    assert!(!keys.ring().keys()[0].window.contains(at(7).plus(1)));
}

#[test]
fn a_retired_active_key_leaves_its_use_without_one() {
    let place = Place::new();
    let mut keys = place.init();
    keys.retire(active(&keys, KeyUse::Label), at(3)).unwrap();
    assert!(matches!(keys.signer(KeyUse::Label), Err(SignerError::NoActiveKey(KeyUse::Label))));
    keys.rotate(KeyUse::Label, at(4), 0).unwrap();
    assert!(verify(&keys, &issue(&keys, 4)).key_in_force);
}

#[test]
fn a_stolen_key_is_named_with_its_cut_off_and_replaced() {
    let place = Place::new();
    let mut keys = place.init();
    let stolen = active(&keys, KeyUse::Label);
    let token = issue(&keys, 1);
    assert!(matches!(keys.compromise(stolen, at(51), at(50)), Err(SignerError::FutureCutoff)));

    let thief = place.open().unwrap();
    let new = keys.compromise(stolen, at(40), at(50)).unwrap();
    let forged = verify(&keys, &issue(&thief, 70));
    assert!(forged.key_in_force && forged.key_state == KeyState::Compromised { cutoff: at(40) });
    assert_eq!(Some(active(&keys, KeyUse::Label)), new);
    assert_eq!(verify(&keys, &token).key_state, KeyState::Compromised { cutoff: at(40) });
    assert_eq!(verify(&place.open().unwrap(), &token).key_state, KeyState::Compromised { cutoff: at(40) });

    // Learnt later: it was stolen earlier. It never becomes later.
    assert_eq!(keys.compromise(stolen, at(30), at(60)).unwrap(), None);
    assert!(matches!(keys.compromise(stolen, at(35), at(60)), Err(SignerError::Already(_))));
    assert!(matches!(keys.retire(stolen, at(60)), Err(SignerError::Already("compromised"))));
    assert_eq!(verify(&keys, &token).key_state, KeyState::Compromised { cutoff: at(30) });
}

#[test]
fn a_process_killed_at_any_moment_leaves_the_old_keys_or_the_new_ones() {
    let place = Place::new();
    let mut keys = place.init();
    let old = active(&keys, KeyUse::Label);
    let before: Vec<_> = ["keyring.json"].map(|name| fs::read(place.path().join(name)).unwrap()).into();
    let new = keys.rotate(KeyUse::Label, at(9), 0).unwrap();
    let named = place.file(&keys, KeyUse::Label);
    let pending = named.with_extension("pem.new");
    let (pem, after) = (fs::read(&named).unwrap(), fs::read(place.path().join("keyring.json")).unwrap());

    // Killed while the private file was written, and when it was written: the old keys.
    fs::remove_file(&named).unwrap();
    fs::write(place.path().join("keyring.json"), &before[0]).unwrap();
    fs::write(named.with_extension("pem.new.tmp"), &pem[..20]).unwrap();
    assert_eq!(active(&place.open().unwrap(), KeyUse::Label), old);
    write_private(&pending, &pem);
    fs::write(place.path().join("keyring.json.tmp"), &after[..40]).unwrap();
    assert_eq!(active(&place.open().unwrap(), KeyUse::Label), old);

    // Killed behind the keyring: the new key, under its first name, until the next change gives it its own.
    fs::write(place.path().join("keyring.json"), &after).unwrap();
    assert_eq!(active(&place.open().unwrap(), KeyUse::Label), new);
    let keys = KeyFolder::init(&place.path(), &USES, at(10)).unwrap();
    assert_eq!((active(&keys, KeyUse::Label), keys.version()), (new, 2));
    assert!(named.exists() && !pending.exists());
    assert!(!place.names().concat().contains(".tmp"), "{:?}", place.names());

    // A private key that never became part of the folder is removed.
    write_private(&place.path().join("label-0123456789abcdef.pem.new"), &pem);
    place.open().unwrap();
    KeyFolder::init(&place.path(), &USES, at(11)).unwrap();
    assert_eq!(place.names().len(), 5, "{:?}", place.names());
}

fn write_private(path: &Path, pem: &[u8]) {
    fs::write(path, pem).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn writers_take_turns_and_none_loses_a_change() {
    let place = Place::new();
    place.init();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut keys = place.open().unwrap();
                for _ in 0..5 {
                    keys.rotate(KeyUse::Label, at(1), 0).unwrap();
                    place.open().unwrap();
                }
            });
        }
    });
    let keys = place.open().unwrap();
    assert_eq!((keys.version(), keys.ring().keys().len()), (21, 22));
}

#[test]
fn the_trust_list_opens_with_the_pinned_key_and_counts_up() {
    let place = Place::new();
    let mut keys = place.init();
    let pinned = keys.signer(KeyUse::Trust).unwrap().public_key().clone();
    let open = |keys: &KeyFolder, day| {
        let list = keys.trust_list(at(day), "0.1.0", &["https://a.example/status/0".to_owned()]);
        TrustList::open(&list.sign(keys.signer(KeyUse::Trust).unwrap().as_ref()).unwrap(), &pinned).unwrap()
    };
    let first = open(&keys, 1);
    assert_eq!(first.ring(), keys.ring());
    assert_eq!(first.window, Window { from: at(1), until: at(31) });
    keys.rotate(KeyUse::Label, at(2), 0).unwrap();
    let second = open(&keys, 2);
    assert!(second.version > first.version);
    assert_eq!(second.ring().keys().len(), 3);
}

/// A checker that went to sleep with the first trust key finds the third by a list of its own.
#[test]
fn an_old_pin_leads_to_the_present_key_until_it_was_stolen() {
    let place = Place::new();
    let mut keys = place.init();
    let first = keys.signer(KeyUse::Trust).unwrap().public_key().clone();
    keys.rotate(KeyUse::Trust, at(100), 0).unwrap();
    keys.rotate(KeyUse::Trust, at(200), 0).unwrap();
    let third = active(&keys, KeyUse::Trust);
    let lists = |keys: &KeyFolder| -> Vec<_> {
        let list = keys.trust_list(at(201), "0.1.0", &[]);
        keys.trust_signers().iter().map(|signer| list.sign(signer.as_ref()).unwrap()).collect()
    };
    let opened = |keys: &KeyFolder| lists(keys).iter().find_map(|list| TrustList::open(list, &first).ok());

    let restarted = place.open().unwrap();
    assert_eq!(restarted.trust_signers().len(), 3);
    let list = opened(&restarted).unwrap();
    assert_eq!(list.next_pin(&first).unwrap().id(), third);

    keys.compromise(first.id(), at(150), at(201)).unwrap();
    assert!(opened(&keys).is_none(), "nothing is signed by a compromised key");
    // Whoever holds it can still sign by it; a list that tells the truth about it ends the trust in it.
    let kept = restarted.trust_signers().into_iter().find(|signer| *signer.public_key() == first).unwrap();
    let by_it = keys.trust_list(at(201), "0.1.0", &[]).sign(kept.as_ref()).unwrap();
    let by_it = TrustList::open(&by_it, &first).unwrap();
    assert_eq!(by_it.next_pin(&first), Err(TrustError::PinCompromised));

    // The second key's file was deleted: there is no list by it, and that is no fault.
    let second =
        keys.ring().keys().iter().filter(|key| key.key_use == KeyUse::Trust).nth(1).unwrap().key.id();
    fs::remove_file(place.path().join(format!("trust-{}.pem", &second.to_string()[..16]))).unwrap();
    assert_eq!(place.open().unwrap().trust_signers().len(), 1);
}

#[test]
fn whoever_watches_hears_of_every_change_and_of_nothing_else() {
    let place = Place::new();
    let mut keys = place.init();
    let watching: Arc<dyn Signers> = Arc::new(place.open().unwrap());
    assert!(watching.newer().unwrap().is_none());
    let label = keys.rotate(KeyUse::Label, at(9), 0).unwrap();
    let newer = watching.newer().unwrap().unwrap();
    assert_eq!((newer.version(), newer.signer(KeyUse::Label).unwrap().public_key().id()), (2, label));
    assert_eq!(watching.version(), 1, "a snapshot stays what it was");
    assert!(newer.newer().unwrap().is_none());

    fs::remove_file(place.file(&keys, KeyUse::Label)).unwrap();
    assert!(matches!(newer.newer(), Err(SignerError::Missing(_))), "told before the next start needs it");
}

#[test]
fn lost_files_stop_the_service_and_not_the_hand_that_puts_it_right() {
    let place = Place::new();
    let keys = place.init();
    for key_use in USES {
        fs::remove_file(place.file(&keys, key_use)).unwrap();
    }
    assert!(matches!(place.open(), Err(SignerError::Missing(_))));
    let mut keys = KeyFolder::open_incomplete(&place.path()).unwrap();
    assert_eq!(keys.missing().len(), 2);
    for key_use in USES {
        assert!(matches!(keys.signer(key_use), Err(SignerError::NoActiveKey(_))));
        keys.rotate(key_use, at(9), 0).unwrap();
    }
    assert!(keys.missing().is_empty());
    assert!(verify(&place.open().unwrap(), &issue(&keys, 9)).key_in_force);
}

#[test]
fn a_use_without_a_key_signs_nothing() {
    let place = Place::new();
    let key = place.init().signer(KeyUse::Label).unwrap().public_key().clone();
    let signer = withdrawn(key.clone());
    assert_eq!(*signer.public_key(), key);
    assert!(signer.sign(b"label").unwrap_err().to_string().contains(&key.id().to_string()));
}

#[test]
fn a_secret_is_never_shown() {
    let place = Place::new();
    let keys = place.init();
    let file = place.file(&keys, KeyUse::Label);
    let pem = fs::read_to_string(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"), "PKCS#8");
    let secret = pem.lines().nth(1).unwrap().to_owned();
    let seed = private_seed(&pem);

    let mut shown = vec![format!("{keys:?}"), format!("{keys:#?}"), format!("{:?}", keys.held)];
    // Errors about the very file name it and quote nothing.
    fs::write(&file, pem.replace("PRIVATE KEY", "PRIVATE KEYS")).unwrap();
    let error = place.open().unwrap_err();
    shown.extend([format!("{error:?}"), error.to_string()]);
    fs::write(&file, &pem[..40]).unwrap();
    let error = place.open().unwrap_err();
    shown.extend([format!("{error:?}"), error.to_string()]);
    for text in shown {
        assert!(!text.contains(&secret[20..40]) && !text.contains(&seed), "{text}");
    }
}

/// The private bytes of a PEM as `Debug` would print a byte array.
fn private_seed(pem: &str) -> String {
    use ed25519_dalek::pkcs8::DecodePrivateKey;
    let key = ed25519_dalek::SigningKey::from_pkcs8_pem(pem).unwrap();
    let bytes = format!("{:?}", key.to_bytes());
    bytes.trim_matches(['[', ']']).to_owned()
}
