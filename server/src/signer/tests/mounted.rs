//! Keys that are mounted read-only, as Kubernetes mounts a secret: names are links into a folder that is exchanged whole.

use std::os::unix::fs::symlink;

use super::*;

/// `keys` as a secret: `label-….pem → ..data/label-….pem`, `..data → ..1`, in a folder where nothing can be made.
fn mounted(place: &Place) -> PathBuf {
    let mount = place.folder.path().join("mount");
    fs::create_dir_all(mount.join("..1")).unwrap();
    symlink("..1", mount.join("..data")).unwrap();
    for name in place.names().iter().filter(|name| !name.starts_with('.')) {
        let file = mount.join("..1").join(name);
        fs::copy(place.path().join(name), &file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        symlink(format!("..data/{name}"), mount.join(name)).unwrap();
    }
    fs::set_permissions(&mount, fs::Permissions::from_mode(0o555)).unwrap();
    mount
}

#[test]
fn a_mounted_secret_is_read_and_left_as_it_is() {
    let place = Place::new();
    let keys = place.init();
    let mount = mounted(&place);
    let before: Vec<_> = fs::read_dir(&mount).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let read = KeyFolder::open(&mount).unwrap();
    assert_eq!(read.ring(), keys.ring());
    assert!(verify(&keys, &issue(&read, 1)).key_in_force);
    let after: Vec<_> = fs::read_dir(&mount).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(before, after, "no lock, no tidying");

    // The secret is replaced: another folder behind the same names.
    let mut keys = keys;
    let label = keys.rotate(KeyUse::Label, at(9), 0).unwrap();
    fs::set_permissions(&mount, fs::Permissions::from_mode(0o755)).unwrap();
    let next = mount.join("..2");
    fs::create_dir(&next).unwrap();
    for name in place.names().iter().filter(|name| !name.starts_with('.')) {
        fs::copy(place.path().join(name), next.join(name)).unwrap();
        let _ = symlink(format!("..data/{name}"), mount.join(name));
    }
    symlink("..2", mount.join("..data_tmp")).unwrap();
    fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
    let newer = Signers::newer(&read).unwrap().unwrap();
    assert_eq!(newer.signer(KeyUse::Label).unwrap().public_key().id(), label);
}

#[test]
fn a_mounted_secret_that_every_user_can_read_is_refused_where_we_can_close_it() {
    let place = Place::new();
    place.init();
    let mount = mounted(&place);
    let file = mount.join("..1").join(place.names().iter().find(|name| name.starts_with("label")).unwrap());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let error = KeyFolder::open(&mount).unwrap_err();
    assert!(matches!(error, SignerError::Exposed { mode: 0o644, .. }), "{error}");
    assert!(error.to_string().contains("defaultMode: 0400"), "{error}");
}
