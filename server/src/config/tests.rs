use super::*;

const SAMPLE: &str = include_str!("../../shirushi.sample.toml");

#[test]
fn the_sample_file_shows_every_setting_with_its_default() {
    let sample: Settings = toml::from_str(SAMPLE).unwrap();
    let sample = Config::check(sample).unwrap();
    let defaults = Config::check(Settings::default()).unwrap();
    // Two defaults depend on the machine, and are written down as an example there.
    let shown = |config: &Config| {
        let limits = Limits { pictures: 2, ..config.limits };
        format!("{:?}", Config { site: None, limits, ..config.clone() })
    };
    assert_eq!(shown(&sample), shown(&defaults));
    for name in [
        "database",
        "cache",
        "evidence",
        "max_evidence_mib",
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_secret_file",
        "aws_session_token",
        "criteria",
        "keys",
        "keys_passphrase_file",
        "site",
        "listen",
        "public_url",
        "accept_origins",
        "notice",
        "fresh_online",
        "fresh_offline",
        "max_requests",
        "max_pictures",
        "jobs_keep_days",
        "jobs_at_once",
        "proxies",
        "drain_seconds",
        "webhooks_allow",
        "webhooks_retry",
        "log",
        "log_format",
        "log_folder",
        "log_keep_days",
    ] {
        assert!(SAMPLE.lines().any(|line| line.starts_with(&format!("{name} = "))), "{name}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let wrong = Settings {
        database: Some("mysql://x".into()),
        cache: Some("redis".into()),
        listen: Some("localhost".into()),
        public_url: Some("https://label.example/path".into()),
        fresh_online: Some(16),
        max_requests: Some(0),
        log: Some("=".into()),
        log_format: Some("xml".into()),
        log_keep_days: Some(89),
        jobs_at_once: Some(0),
        ..Settings::default()
    };
    let told = Config::check(wrong).unwrap_err().to_string();
    for setting in [
        "database",
        "cache",
        "listen",
        "public_url",
        "fresh_online",
        "max_requests",
        "log_format",
        "log_keep_days",
        "jobs_at_once",
    ] {
        assert!(told.contains(&format!("\n  {setting} ")), "{setting} in {told}");
    }
}

#[test]
fn a_flag_outranks_the_file_and_an_unknown_name_in_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shirushi.toml");
    let load = |text: &str, flags: Settings| {
        std::fs::write(&file, text).unwrap();
        Config::load(Settings { config: Some(file.clone()), ..flags })
    };
    let flags = || Settings { listen: Some("127.0.0.1:1".into()), ..Settings::default() };
    let config = load("listen = \"127.0.0.1:2\"\nfresh_online = 5\n", flags()).unwrap();
    assert_eq!((config.listen.port(), config.freshness.online), (1, 5));
    assert!(load("lisen = \"127.0.0.1:2\"\n", flags()).unwrap_err().to_string().contains("lisen"));
}

#[test]
fn passwords_are_not_shown() {
    let config = Config::check(Settings {
        database: Some("postgres://op:hunter2@db.example/shirushi?password=hunter2".into()),
        cache: Some("redis://:hunter2@cache.example:6380/1".into()),
        ..Settings::default()
    })
    .unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("op:"), "{shown}");
    assert!(shown.contains("postgres://…@db.example/shirushi?…"), "{shown}");
    assert!(shown.contains("redis://…@cache.example:6380/1"), "{shown}");
}

#[test]
fn one_passphrase_is_given_in_one_way_and_never_shown() {
    use clap::{Args as _, FromArgMatches as _};
    let given = |words: &[&str]| {
        let command = Settings::augment_args(clap::Command::new("shirushi"));
        Settings::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap()
    };
    let words = ["shirushi", "--keys-passphrase", "correct horse battery"];
    let config = Config::check(given(&words)).unwrap();
    assert!(matches!(config.keys.passphrase, PassphraseSource::Given(_)));
    assert!(!format!("{config:?}{config:#?}").contains("horse"));

    let both = given(&[&words[..], &["--keys-passphrase-file", "/run/secrets/keys"]].concat());
    let told = Config::check(both).unwrap_err().to_string();
    assert!(told.contains("keys_passphrase_file") && !told.contains("horse"), "{told}");

    let config = Config::check(given(&["shirushi", "--keys-passphrase-file", "/run/secrets/keys"])).unwrap();
    assert!(format!("{config:?}").contains("/run/secrets/keys"));
    let config = Config::check(given(&["shirushi", "--keys-passphrase", ""])).unwrap();
    assert!(matches!(config.keys.passphrase, PassphraseSource::None), "an empty variable is none");
    assert!(
        toml::from_str::<Settings>("keys_passphrase = 'x'").is_err(),
        "never in a file with other settings"
    );
}

#[test]
fn an_origin_is_no_more_than_an_origin() {
    assert_eq!(origin("https://LABEL.shirushi.example/").unwrap().as_str(), "https://label.shirushi.example");
    assert_eq!(origin("http://localhost:8080").unwrap().as_str(), "http://localhost:8080");
    for text in
        ["label.example", "ftp://label.example", "https://u@label.example", "https://label.example/v/"]
    {
        assert!(origin(text).is_err(), "{text}");
    }
}
