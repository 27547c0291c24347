use async_trait::async_trait;

use super::*;

/// A store in which everything lies, and nothing is what it should be but the empty file.
struct Zeros(usize);

#[async_trait]
impl EvidenceStore for Zeros {
    async fn write(&self, _: &ContentHash, _: Bytes) -> Result<(), StoreError> {
        Ok(())
    }

    async fn read(&self, _: &ContentHash) -> Result<Option<Bytes>, StoreError> {
        Ok(Some(vec![0; self.0].into()))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn files(store: Zeros) -> EvidenceFiles {
    EvidenceFiles::new(Arc::new(store), MaxSize::new(1).unwrap())
}

#[tokio::test(start_paused = true)]
async fn no_more_than_a_few_files_are_in_memory() {
    let files = files(Zeros(3));
    let hash = ContentHash::of(&[0; 3]);
    let mut held = Vec::new();
    for _ in 0..PLACES {
        held.push(files.read(&hash).await.unwrap().unwrap());
    }
    let copy = held[0].slice(1..);
    assert!(matches!(files.read(&hash).await, Err(EvidenceError::Busy)));
    drop(held.remove(0));
    assert!(matches!(files.read(&hash).await, Err(EvidenceError::Busy)), "a part of it is still in use");
    drop(copy);
    assert_eq!(files.read(&hash).await.unwrap().unwrap(), [0; 3].as_slice());

    let piece = || futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]);
    files.put(piece(), Declared::default()).await.expect("those who read do not keep out those who write");
}

#[tokio::test]
async fn a_wrong_answer_gives_its_place_back() {
    let files = files(Zeros(3));
    for _ in 0..2 * PLACES {
        assert!(matches!(files.read(&ContentHash::of(b"")).await, Err(EvidenceError::Corrupt(_))));
    }
}

#[test]
fn a_limit_is_one_to_sixty_four_mebibytes() {
    assert_eq!(MaxSize::new(MaxSize::DEFAULT_MIB).unwrap().bytes(), 20 * 1024 * 1024);
    assert_eq!(MaxSize::new(64).unwrap().bytes(), MaxSize::LARGEST);
    assert_eq!((MaxSize::new(0), MaxSize::new(65)), (None, None));
}
