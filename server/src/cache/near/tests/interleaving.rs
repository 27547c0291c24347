//! Writers, relays, readers, evictions and losses of memory in random order over a real Redis, held against what was
//! committed. The property of `cache.rs`: *no evidence claims an instant after a change was committed and shows an older
//! revision*.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::*;

const LABELS: u32 = 3;
const ROUNDS: u32 = 100;

/// Random choices, and the same for a seed everywhere; what comes of them depends on Redis' own pace.
struct Dice(AtomicU64);

impl Dice {
    fn throw(&self, sides: u64) -> u64 {
        // splitmix64.
        let mut state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (state >> 31) % sides
    }

    async fn dawdle(&self) {
        tokio::time::sleep(Duration::from_micros(self.throw(1_500))).await;
    }
}

/// A registry: what was committed, in order, with the instant before which that was.
#[derive(Default)]
struct Registry {
    history: Mutex<Vec<(StatusRecord, i64)>>,
    clock: AtomicI64,
}

impl Registry {
    fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    fn commit(&self, index: u32) {
        let mut history = self.history.lock().unwrap();
        let last = history.iter().rev().find(|(record, _)| record.number == sample::number(index));
        let revision = last.map_or(0, |(record, _)| record.revision.get()) + 1;
        history.push((record(index, revision), self.now()));
        // What is committed now was committed before the next second.
        self.clock.fetch_add(1, Ordering::SeqCst);
    }

    fn status(&self, index: u32) -> Option<(StatusRecord, i64)> {
        let now = self.now();
        let history = self.history.lock().unwrap();
        let last = history.iter().rev().find(|(record, _)| record.number == sample::number(index));
        last.map(|(record, _)| (record.clone(), now))
    }

    /// A relay's step, as that of `outbox.rs`.
    async fn relay(&self, cache: &NearCache, dice: &Dice) {
        let Ok((from, ticket)) = cache.confirmed().await else { return };
        let now = self.now();
        let (changes, last) = {
            let history = self.history.lock().unwrap();
            let from = from.map_or(history.len(), |from| usize::try_from(from.position.0).unwrap());
            let changes: Vec<_> = history.iter().skip(from).map(|(record, _)| record.clone()).collect();
            (changes, history.len())
        };
        dice.dawdle().await;
        let to = confirmed(u64::try_from(last).unwrap(), now);
        let _ = cache.advance(&changes, to, &ticket).await;
    }

    fn check(&self, index: u32, shown: (u64, i64), seed: u64) {
        for (record, at) in self.history.lock().unwrap().iter() {
            let newer = record.number == sample::number(index) && record.revision.get() > shown.0;
            assert!(
                !(newer && shown.1 > *at),
                "seed {seed}: {index} at revision {} is said to be current at {}; {} was committed at {at}",
                shown.0,
                shown.1,
                record.revision.get()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_evidence_is_older_than_it_says() {
    let Some(server) = crate::started::redis().await else { return };
    let mut shown = 0;
    for seed in 1..=6 {
        shown += run(&server, seed).await;
    }
    assert!(shown > 200, "a copy that is never used proves nothing: {shown}");
}

/// How many records were shown that the copy kept.
async fn run(server: &Started, seed: u64) -> u32 {
    let mut connection = connection(server).await;
    let _: () = connection.flushall().await.unwrap();
    let dice = Dice(AtomicU64::new(seed << 32));
    let registry = Registry::default();
    let capacity = usize::try_from(1 + seed % 3).unwrap();
    let nodes: Vec<_> =
        (0..2).map(|_| NearCache::new(RedisCache::new(&server.url("0")).unwrap(), capacity)).collect();
    (0..LABELS).for_each(|index| registry.commit(index));
    let any = || u32::try_from(dice.throw(LABELS.into())).unwrap();

    let writer = async {
        for round in 0..ROUNDS {
            dice.dawdle().await;
            registry.commit(any());
            registry.clock.fetch_add(i64::try_from(dice.throw(3)).unwrap(), Ordering::SeqCst);
            let mut connection = connection.clone();
            match dice.throw(25) {
                0 => connection.flushall::<()>().await.unwrap(),
                1 => connection.del("{shirushi:1}:feed").await.unwrap(),
                2 => redis::cmd("CLIENT")
                    .arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"])
                    .exec_async(&mut connection)
                    .await
                    .unwrap(),
                3..=6 => {
                    let number = sample::number(any());
                    let () = connection.del(format!("{{shirushi:1}}:s:{number}")).await.unwrap();
                }
                7..=9 => {
                    let node = if round % 2 == 0 { &nodes[0] } else { &nodes[1] };
                    node.shared.copy().mirror.evict(&sample::number(any()));
                }
                _ => {}
            }
        }
    };
    let relay = async |node: &NearCache| {
        for _ in 0..ROUNDS {
            dice.dawdle().await;
            registry.relay(node, &dice).await;
            for index in 0..LABELS {
                // Whatever is said to be kept, also what no reader asks for just now.
                let kept = node.shared.copy().mirror.kept(&sample::number(index));
                if let Some((record, as_of)) = kept.and_then(|lookup| lookup.found) {
                    registry.check(index, (record.revision.get(), as_of.since(sample::now())), seed);
                }
            }
        }
    };
    let reader = async |node: &NearCache| {
        let mut from_the_copy = 0;
        for _ in 0..ROUNDS * 2 {
            dice.dawdle().await;
            let index = any();
            if node.hit(&sample::number(index)).is_some() {
                from_the_copy += 1;
            }
            let lookup = node.read(&sample::number(index)).await.unwrap();
            if let Some((record, as_of)) = &lookup.found {
                registry.check(index, (record.revision.get(), as_of.since(sample::now())), seed);
            }
            if dice.throw(2) == 0 {
                let (record, now) = registry.status(index).unwrap();
                dice.dawdle().await;
                let _ = node.fill(&record, sample::now().plus(now), &lookup.ticket).await;
            }
        }
        from_the_copy
    };
    let ((), (), (), one, other, third) = tokio::join!(
        writer,
        relay(&nodes[0]),
        relay(&nodes[1]),
        reader(&nodes[0]),
        reader(&nodes[1]),
        reader(&nodes[1]),
    );
    one + other + third
}
