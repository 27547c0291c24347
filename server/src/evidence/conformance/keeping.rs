use futures_util::future::join_all;

use super::{
    super::{ContentHash, Declared, EvidenceError, MediaType, Stored, place_of},
    Subject, put, upload,
};

const REPORT: &[u8] = b"%PDF-1.7 a report";

pub(super) async fn what_was_put_is_read(subject: Subject) {
    let files = subject.files();
    let pieces: [&[u8]; 3] = [b"%PDF-", b"", b"1.7 a report"];
    let hash = ContentHash::of(REPORT);
    assert_eq!(files.read(&hash).await.unwrap(), None, "not before it was put");
    let stored = files.put(upload(&pieces), Declared::default()).await.unwrap();
    assert_eq!(stored, Stored { hash, size: 17, media_type: Some(MediaType::Pdf) });
    assert_eq!(files.read(&hash).await.unwrap().unwrap(), REPORT);
    assert_eq!(files.read(&ContentHash::of(b"another")).await.unwrap(), None);

    let empty = files.put(upload(&[]), Declared::default()).await.unwrap();
    assert_eq!((empty.hash, empty.size), (ContentHash::of(b""), 0));
    assert_eq!(files.read(&empty.hash).await.unwrap().unwrap(), b"".as_slice());
    assert_eq!((subject.count)(), 2);
}

pub(super) async fn the_same_content_twice_is_one_file(subject: Subject) {
    let files = subject.files();
    let first = put(&files, REPORT).await.unwrap();
    let declared = Declared { hash: Some(first.hash), media_type: Some(MediaType::Pdf) };
    assert_eq!(files.put(upload(&[REPORT]), declared).await.unwrap(), first);
    assert_eq!((subject.count)(), 1);
}

pub(super) async fn many_at_once_do_not_disturb_each_other(subject: Subject) {
    // Large enough that a file which is being written would be seen half.
    static LARGE: [u8; 1 << 20] = [b'x'; 1 << 20];
    let files = subject.files();
    let hash = ContentHash::of(&LARGE);
    let writers = join_all((0..8).map(|_| put(&files, &LARGE)));
    let readers = join_all((0..32).map(|_| async {
        let found = files.read(&hash).await.unwrap();
        assert!(found.is_none_or(|content| content == LARGE.as_slice()), "all of it or nothing");
    }));
    let (written, _) = futures_util::join!(writers, readers);
    assert!(written.into_iter().all(|stored| stored.unwrap().hash == hash));
    assert_eq!((subject.count)(), 1, "one file, and no draft is left");
    assert_eq!(files.read(&hash).await.unwrap().unwrap(), LARGE.as_slice());
}

pub(super) async fn what_was_damaged_is_not_handed_out_and_can_be_put_again(subject: Subject) {
    let files = subject.files();
    let hash = put(&files, REPORT).await.unwrap().hash;
    let place = place_of(&hash).join("/");
    let flip = |content: &mut Vec<u8>| content.iter_mut().take(1).for_each(|byte| *byte ^= 1);
    let shorten = |content: &mut Vec<u8>| content.truncate(5);
    let lengthen = |content: &mut Vec<u8>| content.push(0);
    let damages: [&super::Damage; 3] = [&flip, &shorten, &lengthen];
    for damage in damages {
        (subject.damage)(&place, damage);
        let refused = files.read(&hash).await.unwrap_err();
        assert!(matches!(refused, EvidenceError::Corrupt(found) if found == hash), "{refused:?}");
        put(&files, REPORT).await.unwrap();
        assert_eq!(files.read(&hash).await.unwrap().unwrap(), REPORT);
    }
}
