//! Settings as they are given: flags, environment variables, and the same names in a TOML file.

use std::{convert::Infallible, fmt, path::PathBuf};

use clap::Args;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::signer::Passphrase;

/// What was given. Every field is optional; `Config::load` knows the defaults.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// TOML file with the settings below, under the same names with underscores
    #[arg(long, global = true, env = "SHIRUSHI_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Registry: sqlite:PATH or postgres://… [default: sqlite:shirushi.db]
    #[arg(long, global = true, env = "SHIRUSHI_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Status cache: memory, redis://…, redis+sentinel://…/MASTER or redis+cluster://… [default: memory]
    #[arg(long, global = true, env = "SHIRUSHI_CACHE", value_name = "URL", hide_env_values = true)]
    pub cache: Option<String>,
    /// Evidence files: file:PATH or s3://BUCKET/PREFIX?… [default: the folder evidence beside the database]
    #[arg(long, global = true, env = "SHIRUSHI_EVIDENCE", value_name = "URL")]
    pub evidence: Option<String>,
    /// Largest evidence file, in MiB, 1 to 64 [default: 20]
    #[arg(long, global = true, env = "SHIRUSHI_MAX_EVIDENCE_MIB", value_name = "NUMBER")]
    pub max_evidence_mib: Option<u8>,
    /// Access key of the S3 store
    #[arg(long, global = true, env = "AWS_ACCESS_KEY_ID", value_name = "NAME", hide_env_values = true)]
    pub aws_access_key_id: Option<String>,
    /// Its secret: better in the environment or a file, since others see flags
    #[arg(long, global = true, env = "AWS_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true)]
    pub aws_secret_access_key: Option<String>,
    /// File with its secret
    #[arg(long, global = true, env = "SHIRUSHI_AWS_SECRET_FILE", value_name = "FILE")]
    pub aws_secret_file: Option<PathBuf>,
    /// What belongs to a temporary access key
    #[arg(long, global = true, env = "AWS_SESSION_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub aws_session_token: Option<String>,
    /// File of the scheme's criteria, in the form of `shirushi criteria` [default: those built in]
    #[arg(long, global = true, env = "SHIRUSHI_CRITERIA", value_name = "FILE")]
    pub criteria: Option<PathBuf>,
    /// Folder of the scheme's keys [default: keys]
    #[arg(long, global = true, env = "SHIRUSHI_KEYS", value_name = "DIR")]
    pub keys: Option<PathBuf>,
    /// File with the passphrase of the private keys; without one they are not encrypted
    #[arg(long, global = true, env = "SHIRUSHI_KEYS_PASSPHRASE_FILE", value_name = "FILE")]
    pub keys_passphrase_file: Option<PathBuf>,
    /// The passphrase itself: by the environment only, a command line can be read by every user of the machine
    #[arg(long, global = true, env = "SHIRUSHI_KEYS_PASSPHRASE", hide = true, value_parser = passphrase)]
    #[serde(skip)]
    pub keys_passphrase: Option<Passphrase>,
    /// File of a typeface with Japanese for PDF reports [default: one that this machine has]
    #[arg(long, global = true, env = "SHIRUSHI_FONT", value_name = "FILE")]
    pub font: Option<PathBuf>,
    /// Folder of static files [default: site or ../site beside the program]
    #[arg(long, global = true, env = "SHIRUSHI_SITE", value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Where requests are taken [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "SHIRUSHI_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Origin that is printed on labels [default: http://localhost:PORT]
    #[arg(long, global = true, env = "SHIRUSHI_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Further origins whose links are ours: those of labels printed earlier
    #[arg(long, global = true, env = "SHIRUSHI_ACCEPT_ORIGINS", value_name = "URL", value_delimiter = ',')]
    pub accept_origins: Option<Vec<String>>,
    /// A line above every page, such as that all data are invented
    #[arg(long, global = true, env = "SHIRUSHI_NOTICE", value_name = "TEXT")]
    pub notice: Option<String>,
    /// Oldest online evidence of a label's status, in seconds [default and most: 15]
    #[arg(long, global = true, env = "SHIRUSHI_FRESH_ONLINE", value_name = "SECONDS")]
    pub fresh_online: Option<i64>,
    /// Oldest signed status list, in seconds [default and most: 86400]
    #[arg(long, global = true, env = "SHIRUSHI_FRESH_OFFLINE", value_name = "SECONDS")]
    pub fresh_offline: Option<i64>,
    /// Requests taken on at once [default: 512]
    #[arg(long, global = true, env = "SHIRUSHI_MAX_REQUESTS", value_name = "NUMBER")]
    pub max_requests: Option<usize>,
    /// Pictures decoded at once [default: number of processors]
    #[arg(long, global = true, env = "SHIRUSHI_MAX_PICTURES", value_name = "NUMBER")]
    pub max_pictures: Option<usize>,
    /// Days for which a file that was verified in the background is kept, 1 to 400 [default: 30]
    #[arg(long, global = true, env = "SHIRUSHI_JOBS_KEEP_DAYS", value_name = "DAYS")]
    pub jobs_keep_days: Option<u16>,
    /// Such files of which this node answers a slice at once, 1 to 32 [default: 2]
    #[arg(long, global = true, env = "SHIRUSHI_JOBS_AT_ONCE", value_name = "NUMBER")]
    pub jobs_at_once: Option<u8>,
    /// Proxies of ours before the service that append to X-Forwarded-For; limits count by what they saw [default: 0]
    #[arg(long, global = true, env = "SHIRUSHI_PROXIES", value_name = "NUMBER")]
    pub proxies: Option<u8>,
    /// Time for requests to finish when the service stops [default: 20]
    #[arg(long, global = true, env = "SHIRUSHI_DRAIN_SECONDS", value_name = "SECONDS")]
    pub drain_seconds: Option<u64>,
    /// Hosts and blocks of addresses to which webhooks may go beside the public internet, also by http
    #[arg(
        long,
        global = true,
        env = "SHIRUSHI_WEBHOOKS_ALLOW",
        value_name = "HOST|BLOCK",
        value_delimiter = ','
    )]
    pub webhooks_allow: Option<Vec<String>>,
    /// Seconds after each failed attempt at a webhook until the next [default: 5,30,120,900,3600,21600,86400]
    #[arg(
        long,
        global = true,
        env = "SHIRUSHI_WEBHOOKS_RETRY",
        value_name = "SECONDS",
        value_delimiter = ','
    )]
    pub webhooks_retry: Option<Vec<u32>>,
    /// What is logged: error, warn, info, debug, or a filter; of other crates never more than info [default: info]
    #[arg(long, global = true, env = "SHIRUSHI_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How log lines look: json, pretty or auto [default: auto]
    #[arg(long, global = true, env = "SHIRUSHI_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// Folder in which the log is kept as well, a file a day [default: none, stderr only]
    #[arg(long, global = true, env = "SHIRUSHI_LOG_FOLDER", value_name = "DIR")]
    pub log_folder: Option<PathBuf>,
    /// Days for which those files stay, at least 90 [default: 400]
    #[arg(long, global = true, env = "SHIRUSHI_LOG_KEEP_DAYS", value_name = "DAYS")]
    pub log_keep_days: Option<u16>,
}

impl Settings {
    /// These settings, and where one is missing, that of `other`.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            config: self.config.or(other.config),
            database: self.database.or(other.database),
            cache: self.cache.or(other.cache),
            evidence: self.evidence.or(other.evidence),
            max_evidence_mib: self.max_evidence_mib.or(other.max_evidence_mib),
            aws_access_key_id: self.aws_access_key_id.or(other.aws_access_key_id),
            aws_secret_access_key: self.aws_secret_access_key.or(other.aws_secret_access_key),
            aws_secret_file: self.aws_secret_file.or(other.aws_secret_file),
            aws_session_token: self.aws_session_token.or(other.aws_session_token),
            criteria: self.criteria.or(other.criteria),
            keys: self.keys.or(other.keys),
            keys_passphrase_file: self.keys_passphrase_file.or(other.keys_passphrase_file),
            keys_passphrase: self.keys_passphrase.or(other.keys_passphrase),
            font: self.font.or(other.font),
            site: self.site.or(other.site),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            accept_origins: self.accept_origins.or(other.accept_origins),
            notice: self.notice.or(other.notice),
            fresh_online: self.fresh_online.or(other.fresh_online),
            fresh_offline: self.fresh_offline.or(other.fresh_offline),
            max_requests: self.max_requests.or(other.max_requests),
            max_pictures: self.max_pictures.or(other.max_pictures),
            jobs_keep_days: self.jobs_keep_days.or(other.jobs_keep_days),
            jobs_at_once: self.jobs_at_once.or(other.jobs_at_once),
            proxies: self.proxies.or(other.proxies),
            drain_seconds: self.drain_seconds.or(other.drain_seconds),
            webhooks_allow: self.webhooks_allow.or(other.webhooks_allow),
            webhooks_retry: self.webhooks_retry.or(other.webhooks_retry),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            log_folder: self.log_folder.or(other.log_folder),
            log_keep_days: self.log_keep_days.or(other.log_keep_days),
        }
    }
}

impl fmt::Debug for Settings {
    /// Tells nothing: URLs hold passwords here. What is in force is shown by [`Config`](super::Config).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settings(…)")
    }
}

/// Never fails: clap would show the text that it could not read.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks for")]
fn passphrase(text: &str) -> Result<Passphrase, Infallible> {
    Ok(Passphrase::new(Zeroizing::new(text.as_bytes().to_vec())))
}
