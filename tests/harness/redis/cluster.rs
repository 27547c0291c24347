//! A Redis Cluster of three masters without replicas, each with a third of the slots.

use super::{RedisServer, command};
use crate::process::free_port;

/// Slots of a Cluster, and so many masters.
const SLOTS: u16 = 16_384;
const MASTERS: u16 = 3;

/// A running Cluster; gone when dropped.
#[derive(Debug)]
pub struct RedisCluster {
    masters: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts one and waits until each master knows that it is whole.
    pub async fn start() -> Self {
        let (mut masters, mut buses) = (Vec::new(), Vec::new());
        for _ in 0..MASTERS {
            // Else it is the port plus 10,000, which the kernel may have given to somebody's outgoing connection.
            let bus = free_port().to_string();
            // The file is written into the server's own folder. `no`: a third that is gone is not to silence the others.
            let settings = [
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "2000",
                "--cluster-require-full-coverage",
                "no",
                "--cluster-port",
                &bus,
            ];
            masters.push(RedisServer::start_with(&settings).await);
            buses.push(bus);
        }
        let cluster = Self { masters };
        for (master, index) in cluster.masters.iter().zip(0_u16..) {
            let first = SLOTS / MASTERS * index;
            let last = if index + 1 == MASTERS { SLOTS - 1 } else { SLOTS / MASTERS * (index + 1) - 1 };
            let (first, last) = (first.to_string(), last.to_string());
            let assigned = command(&master.address(), &["CLUSTER", "ADDSLOTSRANGE", &first, &last]).await;
            assert_eq!(assigned, "+OK");
            for (other, bus) in cluster.masters.iter().zip(&buses) {
                let (host, port) = other.host_and_port();
                let meet = ["CLUSTER", "MEET", host, &port, bus];
                assert_eq!(command(&master.address(), &meet).await, "+OK");
            }
        }
        for master in &cluster.masters {
            master
                .running()
                .ready(async || {
                    let info = command(&master.address(), &["CLUSTER", "INFO"]).await;
                    let whole = ["cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:3"];
                    whole.iter().all(|line| info.contains(line)).then_some(())
                })
                .await;
        }
        cluster
    }

    /// `redis+cluster://127.0.0.1:PORT,127.0.0.1:PORT,127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        let addresses: Vec<_> = self.masters.iter().map(RedisServer::address).collect();
        format!("redis+cluster://{}", addresses.join(","))
    }

    /// The masters.
    pub fn masters(&self) -> &[RedisServer] {
        &self.masters
    }

    /// The master that has the slot of `key`.
    pub async fn master_of(&mut self, key: &str) -> &mut RedisServer {
        let first = self.masters.first().expect("three masters").address();
        let slot = command(&first, &["CLUSTER", "KEYSLOT", key]).await;
        let slot: u16 = slot.trim_start_matches(':').parse().expect("a slot is a number");
        let index = usize::from((slot / (SLOTS / MASTERS)).min(MASTERS - 1));
        self.masters.get_mut(index).expect("three masters")
    }
}
