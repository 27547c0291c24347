use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use super::{
    super::{ContentHash, Declared, EvidenceError, MaxSize, MediaType},
    Subject, put, upload,
};

pub(super) async fn what_is_not_as_declared_is_not_kept(subject: Subject) {
    let files = subject.files();
    let another = ContentHash::of(b"another");
    let declared = Declared { hash: Some(another), media_type: None };
    match files.put(upload(&[b"text"]), declared).await.unwrap_err() {
        EvidenceError::NotItsHash { declared, found } => {
            assert_eq!((declared, found), (another, ContentHash::of(b"text")));
        }
        other => panic!("{other:?}"),
    }
    let declared = Declared { hash: None, media_type: Some(MediaType::Pdf) };
    let refused = files.put(upload(&[b"text"]), declared).await.unwrap_err();
    assert!(matches!(refused, EvidenceError::NotItsType(MediaType::Pdf)), "{refused:?}");
    assert_eq!((subject.count)(), 0);
    assert_eq!(files.read(&ContentHash::of(b"text")).await.unwrap(), None);
}

pub(super) async fn an_upload_stops_at_the_limit(subject: Subject) {
    static PIECE: &[u8] = &[0; 1 << 18];
    let files = subject.files();
    let taken = AtomicUsize::new(0);
    let endless = stream::repeat_with(|| {
        taken.fetch_add(1, Ordering::Relaxed);
        Ok::<_, io::Error>(Bytes::from_static(PIECE))
    });
    let refused = files.put(endless, Declared::default()).await.unwrap_err();
    assert!(matches!(refused, EvidenceError::TooLarge(max) if Some(max) == MaxSize::new(1)), "{refused:?}");
    assert_eq!(
        taken.load(Ordering::Relaxed),
        5,
        "four pieces fit, and the fifth was the last that was asked for"
    );
    assert_eq!((subject.count)(), 0);

    let fits = files.put(upload(&[PIECE; 4]), Declared::default()).await.unwrap();
    assert_eq!((fits.size, fits.media_type), (1 << 20, None));
    let one_more = files.put(upload(&[PIECE, PIECE, PIECE, PIECE, b"x"]), Declared::default()).await;
    assert!(matches!(one_more, Err(EvidenceError::TooLarge(_))), "{one_more:?}");
    assert_eq!((subject.count)(), 1);
}

pub(super) async fn an_upload_that_breaks_off_leaves_nothing(subject: Subject) {
    let files = subject.files();
    let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err(io::Error::other("the line is dead"))]);
    let refused = files.put(broken, Declared::default()).await.unwrap_err();
    assert!(matches!(refused, EvidenceError::BrokeOff(_)), "{refused:?}");
    // One who sends half and then nothing, until the caller loses patience.
    let hanging = upload(&[b"half"]).chain(stream::pending());
    assert!(files.put(hanging, Declared::default()).now_or_never().is_none());
    assert_eq!((subject.count)(), 0);
    for _ in 0..8 {
        put(&files, b"the places of those who broke off are free").await.unwrap();
    }
}
