//! The way to a Redis, of whatever kind: made when it is first needed, given up when it breaks, made again.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind,
    Value,
    aio::MultiplexedConnection,
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
    from_redis_value,
    sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType},
};
use tokio::time::timeout;

use super::{
    super::CacheError,
    LeftAlone,
    address::{Kind, RedisAddress},
    failed,
    script::Call,
};
use crate::breaker::Breaker;

/// How long connecting may take, while those who ask wait for their own patience only: to find a master, a Sentinel that
/// is gone may have to be waited for first.
const CONNECTING: Duration = Duration::from_secs(3);
/// How long a Redis that did not answer is left alone.
const PAUSE: Duration = Duration::from_millis(500);

/// A line to a Redis.
pub(super) struct Line {
    address: RedisAddress,
    /// How long an answer may take.
    patience: Duration,
    /// The connection, or its making, which goes on when those who wait for it go away.
    connection: Mutex<Option<Making>>,
    breaker: Breaker,
}

type Making = Shared<BoxFuture<'static, RedisResult<Connection>>>;

/// A connection that is shared by all who ask: what they ask is sent on without waiting for earlier answers.
#[derive(Clone)]
enum Connection {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Line {
    /// A line to `address`, where an answer may take as long as `patience`. Connects when it is first used.
    pub(super) const fn new(address: RedisAddress, patience: Duration) -> Self {
        Self { address, patience, connection: Mutex::new(None), breaker: Breaker::new(PAUSE) }
    }

    /// Asks `question`, in time; in vain at once, while Redis is left alone.
    pub(super) async fn ask<T: FromRedisValue>(&self, question: &Cmd) -> Result<T, CacheError> {
        read(self.run(Question::Command(question)).await?)
    }

    /// Runs a script, in time; in vain at once, while Redis is left alone.
    pub(super) async fn call<T: FromRedisValue>(&self, call: &Call<'_>) -> Result<T, CacheError> {
        read(self.run(Question::Call(call)).await?)
    }

    async fn run(&self, question: Question<'_>) -> Result<Value, CacheError> {
        if self.breaker.is_open() {
            return Err(CacheError(Box::new(LeftAlone)));
        }
        let mut used = None;
        let asked = async {
            let (was_there, making) = self.connection();
            used = Some(making.clone());
            let answer = making.clone().await?.answer(question).await;
            match answer {
                // The server was started anew since: that says nothing about now.
                Err(error) if was_there && error.is_connection_dropped() => {
                    self.give_up(&making);
                    let (_, making) = self.connection();
                    used = Some(making.clone());
                    making.await?.answer(question).await
                }
                answer => answer,
            }
        };
        let error = match timeout(self.patience, asked).await {
            Ok(Ok(answer)) => {
                self.breaker.succeeded();
                return Ok(answer);
            }
            Ok(Err(error)) if is_an_answer(&error) => return Err(failed(error)),
            Ok(Err(error)) => failed(error),
            Err(late) => CacheError(Box::new(late)),
        };
        self.breaker.failed();
        // Also when it was late: it may hang for good, or a line between us may be cut, or the master be another one.
        // One that is still being made is left to it.
        if let Some(used) = used.filter(|used| used.peek().is_some()) {
            self.give_up(&used);
        }
        Err(error)
    }

    /// The connection, and whether it was there already.
    fn connection(&self) -> (bool, Making) {
        let mut connection = self.lock();
        if let Some(made) = &*connection {
            return (made.peek().is_some(), made.clone());
        }
        let address = self.address.clone();
        let patience = self.patience;
        let making = tokio::spawn(async move { connect(&address, patience).await });
        let making = making
            .map(|made| made.unwrap_or_else(|_| Err((ErrorKind::Io, "connecting was broken off").into())));
        let making = making.boxed().shared();
        *connection = Some(making.clone());
        (false, making)
    }

    /// The next question makes a new connection, if `broken` is still the one in use.
    fn give_up(&self, broken: &Making) {
        self.lock().take_if(|now| now.ptr_eq(broken));
    }

    fn lock(&self) -> MutexGuard<'_, Option<Making>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy)]
enum Question<'a> {
    Command(&'a Cmd),
    Call(&'a Call<'a>),
}

impl Connection {
    async fn answer(&mut self, question: Question<'_>) -> RedisResult<Value> {
        let call = match question {
            Question::Command(command) => return self.send(command).await,
            Question::Call(call) => call,
        };
        match self.send(&call.by_hash()).await {
            // Redis knows a script by its hash, but for the first time. By the code then, and not by loading it first:
            // that a Cluster does on all of its masters, of which one that is down has nothing to do with us.
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.send(&call.by_code()).await
            }
            answer => answer,
        }
    }

    async fn send(&mut self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Server(server) => command.query_async(server).await,
            Self::Cluster(cluster) => command.query_async(cluster).await,
        }
    }
}

fn read<T: FromRedisValue>(value: Value) -> Result<T, CacheError> {
    from_redis_value(value).map_err(|error| failed(error.into()))
}

async fn connect(address: &RedisAddress, patience: Duration) -> RedisResult<Connection> {
    let connecting = async {
        let one = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTING))
            .set_response_timeout(Some(patience))
            .set_pipeline_buffer_size(1_000);
        let servers = address.connections()?;
        match address.kind() {
            Kind::Single => {
                let server = servers.into_iter().next();
                let server = server.ok_or((ErrorKind::InvalidClientConfig, "no server"))?;
                let client = Client::open(server)?;
                client.get_multiplexed_async_connection_with_config(&one).await.map(Connection::Server)
            }
            Kind::Sentinel { master } => {
                let settings = servers.first().map(|server| server.redis_settings().clone());
                let node = SentinelNodeConnectionInfo::default()
                    .set_redis_connection_info(settings.unwrap_or_default());
                let sentinels = address.without_login()?;
                let kind = SentinelServerType::Master;
                let mut client = SentinelClient::build(sentinels, master.clone(), Some(node), kind)?;
                client.get_async_connection_with_config(&one).await.map(Connection::Server)
            }
            Kind::Cluster => {
                let client = ClusterClientBuilder::new(servers)
                    .connection_timeout(CONNECTING)
                    .response_timeout(patience)
                    .retries(2)
                    .build()?;
                client.get_async_connection().await.map(Connection::Cluster)
            }
        }
    };
    timeout(CONNECTING, connecting)
        .await
        .unwrap_or_else(|_| Err((ErrorKind::Io, "no connection in time").into()))
}

/// Whether a server that is well said no (out of memory, say), and a new connection would hear the same.
fn is_an_answer(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(
            ServerErrorKind::ReadOnly
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::BusyLoading
            | ServerErrorKind::TryAgain
            | ServerErrorKind::Moved
            | ServerErrorKind::Ask,
        ) => false,
        ErrorKind::Server(_) | ErrorKind::Extension => true,
        _ => false,
    }
}
