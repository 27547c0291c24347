//! Settings: from flags, the environment and a file, in this precedence, checked all at once.
//!
//! `Settings` is what was given, as text; [`Config`] is what it means. The environment is read by clap for the flags
//! declared here, and nowhere else in the house. `shirushi.sample.toml` shows every setting with its default.

mod backend;
mod evidence;
mod settings;
mod webhooks;

pub use backend::{CacheUrl, DatabaseUrl};
pub use evidence::EvidenceUrl;
pub use settings::Settings;
pub use webhooks::Webhooks;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use shirushi_shared::verdict::Freshness;

use crate::evidence::MaxSize;
pub use crate::http::origin::PublicOrigin;
use crate::signer::{KeyPlace, Passphrase, PassphraseSource};

/// How the service is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the registry lies.
    pub database: DatabaseUrl,
    /// Where status records are kept close at hand.
    pub cache: CacheUrl,
    /// Where evidence files lie.
    pub evidence: EvidenceUrl,
    /// The largest evidence file that is taken.
    pub max_evidence: MaxSize,
    /// The folder of the scheme's keys, and what opens them.
    pub keys: KeyPlace,
    /// The file of the scheme's criteria; without one, those that are built in.
    pub criteria: Option<PathBuf>,
    /// The file of the typeface of reports; without one, a typeface with Japanese that this machine has.
    pub font: Option<PathBuf>,
    /// The folder of static files, where one was named or found.
    pub site: Option<PathBuf>,
    /// Where requests are taken.
    pub listen: SocketAddr,
    /// The origin that is printed on labels.
    pub public_origin: PublicOrigin,
    /// Origins of labels printed earlier, and of the machine itself.
    pub accepted_origins: Vec<PublicOrigin>,
    /// A line above every page, such as that all data are invented.
    pub notice: Option<String>,
    /// How old evidence may be.
    pub freshness: Freshness,
    /// How much is taken on at once.
    pub limits: Limits,
    /// Days for which jobs of organisations are kept when they have ended.
    pub jobs_keep_days: u16,
    /// Jobs that this node works on at once.
    pub jobs_at_once: u8,
    /// Webhooks.
    pub webhooks: Webhooks,
    /// What is written to the log.
    pub log: Log,
}

/// Days for which jobs are kept unless told otherwise: until the next monthly run has been compared with them.
const JOBS_KEEP_DAYS: u16 = 30;
/// The most: a year, and some time to compare.
const JOBS_MOST_DAYS: u16 = 400;
/// Jobs that a node works on at once unless told otherwise: while one waits for the database, another keeps a processor busy.
const JOBS_AT_ONCE: u8 = 2;
/// The most: each has some MiB of its file and of its answers in memory.
const JOBS_MOST_AT_ONCE: u8 = 32;

/// How much is taken on at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests.
    pub requests: usize,
    /// Pictures being decoded, of the requests.
    pub pictures: usize,
    /// Proxies of ours before the service, each of which appends to `X-Forwarded-For`.
    pub proxies: u8,
    /// Seconds that requests have to finish when the service stops.
    pub drain_seconds: u64,
}

/// What is written to the log, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A filter as tracing reads it: `info`, `shirushi_server=debug,warn`.
    pub filter: String,
    /// How lines look.
    pub format: LogFormat,
    /// Where they are kept as well, in a file a day.
    pub folder: Option<PathBuf>,
    /// Days for which those files stay.
    pub keep_days: u16,
}

impl Log {
    /// Days for which log files stay unless told otherwise: a year, and some time to ask about it.
    pub const KEEP_DAYS: u16 = 400;
    /// The fewest: what happened a quarter ago must be findable.
    pub const FEWEST_DAYS: u16 = 90;
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
    /// `Pretty` on a terminal, `Json` otherwise.
    Auto,
}

/// What is wrong with the settings: all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigErrors(Vec<(&'static str, String)>);

impl Config {
    /// Reads the file that the flags or the environment name, lays flags and environment over it, and checks.
    pub fn load(given: Settings) -> Result<Self, ConfigErrors> {
        let file = match &given.config {
            Some(path) => read_file(path)?,
            None => Settings::default(),
        };
        Self::check(given.or(file))
    }

    fn check(given: Settings) -> Result<Self, ConfigErrors> {
        let mut wrong = ConfigErrors::default();
        let database =
            wrong.parsed("database", given.database.as_deref(), "sqlite:shirushi.db", DatabaseUrl::parse);
        let cache = wrong.parsed("cache", given.cache.as_deref(), "memory", CacheUrl::parse);
        let evidence = wrong.evidence(&given, database.as_ref());
        let max_evidence = wrong.max_evidence(given.max_evidence_mib);
        let listen = wrong.parsed("listen", given.listen.as_deref(), "127.0.0.1:8080", |text| {
            text.parse()
                .map_err(|_| "is no address with a port, as in 127.0.0.1:8080 or [::]:8080".to_owned())
        });
        let here = listen
            .map_or_else(String::new, |listen: SocketAddr| format!("http://localhost:{}", listen.port()));
        let public_origin = wrong.parsed("public_url", given.public_url.as_deref(), &here, origin);
        let accepted_origins: Vec<_> = given
            .accept_origins
            .unwrap_or_default()
            .iter()
            .filter_map(|text| wrong.keep("accept_origins", origin(text)))
            .collect();
        let passphrase = wrong.passphrase(given.keys_passphrase_file, given.keys_passphrase);
        let freshness = wrong.freshness(given.fresh_online, given.fresh_offline);
        let limits = Limits {
            requests: wrong.at_least_one("max_requests", given.max_requests, 512),
            pictures: wrong.at_least_one("max_pictures", given.max_pictures, processors()),
            proxies: given.proxies.unwrap_or(0),
            drain_seconds: given.drain_seconds.unwrap_or(20).min(600),
        };
        let webhooks = wrong.webhooks(given.webhooks_allow.as_deref(), given.webhooks_retry);
        let format = wrong.parsed("log_format", given.log_format.as_deref(), "auto", |text| match text {
            "json" => Ok(LogFormat::Json),
            "pretty" => Ok(LogFormat::Pretty),
            "auto" => Ok(LogFormat::Auto),
            _ => Err("is json, pretty or auto".to_owned()),
        });
        let filter = wrong.parsed("log", given.log.as_deref(), "info", |text| {
            let filter = tracing_subscriber::EnvFilter::try_new(text);
            filter.map(|_| text.to_owned()).map_err(|error| format!("is no filter: {error}"))
        });
        let keep_days = given.log_keep_days.unwrap_or(Log::KEEP_DAYS);
        if keep_days < Log::FEWEST_DAYS {
            wrong.push("log_keep_days", format!("is at least {}", Log::FEWEST_DAYS));
        }
        let jobs_keep_days = given.jobs_keep_days.unwrap_or(JOBS_KEEP_DAYS);
        if !(1..=JOBS_MOST_DAYS).contains(&jobs_keep_days) {
            wrong.push("jobs_keep_days", format!("is 1 to {JOBS_MOST_DAYS}"));
        }
        let jobs_at_once = given.jobs_at_once.unwrap_or(JOBS_AT_ONCE);
        if !(1..=JOBS_MOST_AT_ONCE).contains(&jobs_at_once) {
            wrong.push("jobs_at_once", format!("is 1 to {JOBS_MOST_AT_ONCE}"));
        }
        let folder = given.log_folder.filter(|folder| !folder.as_os_str().is_empty());
        let evidence = evidence.zip(max_evidence);
        match (database, cache, evidence, listen, public_origin, format, filter) {
            (
                Some(database),
                Some(cache),
                Some((evidence, max_evidence)),
                Some(listen),
                Some(public_origin),
                Some(format),
                Some(filter),
            ) if wrong.0.is_empty() => Ok(Self {
                database,
                cache,
                evidence,
                max_evidence,
                keys: KeyPlace { folder: given.keys.unwrap_or_else(|| PathBuf::from("keys")), passphrase },
                criteria: given.criteria.filter(|file| !file.as_os_str().is_empty()),
                font: given.font.filter(|file| !file.as_os_str().is_empty()),
                site: given.site.or_else(site_beside_program),
                listen,
                public_origin,
                accepted_origins,
                notice: given.notice.filter(|notice| !notice.is_empty()),
                freshness,
                limits,
                jobs_keep_days,
                jobs_at_once,
                webhooks,
                log: Log { filter, format, folder, keep_days },
            }),
            _ => Err(wrong),
        }
    }

    /// Every origin whose links are ours.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.public_origin).chain(&self.accepted_origins).map(PublicOrigin::as_str)
    }
}

impl ConfigErrors {
    fn push(&mut self, setting: &'static str, detail: impl Into<String>) {
        self.0.push((setting, detail.into()));
    }

    fn keep<T>(&mut self, setting: &'static str, result: Result<T, String>) -> Option<T> {
        result.map_err(|detail| self.push(setting, detail)).ok()
    }

    fn parsed<T>(
        &mut self,
        setting: &'static str,
        given: Option<&str>,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.keep(setting, parse(given.unwrap_or(default)))
    }

    fn at_least_one(&mut self, setting: &'static str, given: Option<usize>, default: usize) -> usize {
        if given == Some(0) {
            self.push(setting, "must be at least 1");
        }
        given.unwrap_or(default)
    }

    /// An empty name is none, as an empty variable is. Two passphrases are refused: which one holds must not be guessed.
    fn passphrase(&mut self, file: Option<PathBuf>, text: Option<Passphrase>) -> PassphraseSource {
        let file = file.filter(|file| !file.as_os_str().is_empty());
        match (file, text.filter(|text| !text.is_empty())) {
            (None, None) => PassphraseSource::None,
            (Some(file), None) => PassphraseSource::File(file),
            (None, Some(text)) => PassphraseSource::Given(text),
            (Some(_), Some(_)) => {
                self.push("keys_passphrase_file", "and SHIRUSHI_KEYS_PASSPHRASE are both given");
                PassphraseSource::None
            }
        }
    }

    /// A bound that is longer than the scheme's is refused and not cut: who sets it believes in it.
    fn freshness(&mut self, online: Option<i64>, offline: Option<i64>) -> Freshness {
        let longest = Freshness::LONGEST;
        let wanted = Freshness {
            online: online.unwrap_or(longest.online),
            offline: offline.unwrap_or(longest.offline),
            ..longest
        };
        for (setting, wanted, longest) in [
            ("fresh_online", wanted.online, longest.online),
            ("fresh_offline", wanted.offline, longest.offline),
        ] {
            if !(0..=longest).contains(&wanted) {
                self.push(setting, format!("is 0 to {longest} seconds: bounds can only be made stricter"));
            }
        }
        wanted.at_most()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings cannot be used:")?;
        self.0.iter().try_for_each(|(setting, detail)| write!(f, "\n  {setting} {detail}"))
    }
}

impl std::error::Error for ConfigErrors {}

fn read_file(path: &Path) -> Result<Settings, ConfigErrors> {
    let wrong = |detail: String| ConfigErrors(vec![("config", format!("{}: {detail}", path.display()))]);
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string()))
}

fn origin(text: &str) -> Result<PublicOrigin, String> {
    let url = url::Url::parse(text).map_err(|error| format!("{text:?} is no URL: {error}"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    match PublicOrigin::of(&url) {
        Some(origin) if bare && url.username().is_empty() && url.password().is_none() => Ok(origin),
        _ => Err(format!("{text:?} is no origin, as in https://label.shirushi.example")),
    }
}

/// The site folder as it lies beside the program: installed, or in cargo's target folder.
fn site_beside_program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    [folder.join("site"), folder.join("../site")]
        .into_iter()
        .find(|site| site.join("manifest.json").is_file())
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

#[cfg(test)]
mod tests;
