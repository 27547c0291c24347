//! Where a bucket is, as its URL tells it.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use rusty_s3::{Bucket, Credentials, UrlStyle};
use url::Url;

const EXPECTED: &str =
    "is s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME, and further only style=path|host and ca=FILE";

/// A bucket, a prefix in it, and the credentials for it.
#[derive(Clone)]
pub struct S3Place {
    bucket: Bucket,
    /// Empty, or ends with `/`.
    prefix: String,
    credentials: Credentials,
    authorities: Option<PathBuf>,
}

/// An access key of the store.
pub struct S3Credentials {
    /// Its name.
    pub key_id: String,
    /// Its secret.
    pub secret: String,
    /// Where the key is a temporary one, what belongs to it.
    pub session_token: Option<String>,
}

impl S3Place {
    /// Reads `s3://BUCKET/PREFIX`, and in the query:
    /// - `region`; needed where there is no endpoint, else `us-east-1`.
    /// - `endpoint`, `https://HOST[:PORT]`; else Amazon's of the region. With `http:` contents travel in the clear.
    /// - `style`, where the bucket's name stands: `path` (default with an endpoint) or `host` (default without).
    /// - `ca`, a PEM file of the only authorities that are trusted; else those of the machine.
    pub fn parse(text: &str, credentials: S3Credentials) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "s3").ok_or(EXPECTED)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds no credentials: they are settings of their own".to_owned());
        }
        if url.port().is_some() || url.fragment().is_some() {
            return Err(EXPECTED.to_owned());
        }
        let name = url.host_str().filter(|name| is_bucket(name)).ok_or("names no bucket")?.to_owned();
        let asked = Query::of(&url)?;
        let (endpoint, usual_style) = match (&asked.endpoint, &asked.region) {
            (Some(endpoint), _) => (endpoint.clone(), UrlStyle::Path),
            (None, Some(region)) => (amazon(region)?, UrlStyle::VirtualHost),
            (None, None) => return Err("needs a region, or an endpoint".to_owned()),
        };
        let region = asked.region.unwrap_or_else(|| "us-east-1".to_owned());
        let bucket = Bucket::new(endpoint, asked.style.unwrap_or(usual_style), name, region)
            .map_err(|_| "has an endpoint that cannot be used")?;
        let S3Credentials { key_id, secret, session_token } = credentials;
        let credentials = match session_token {
            Some(token) => Credentials::new_with_token(key_id, secret, token),
            None => Credentials::new(key_id, secret),
        };
        Ok(Self { bucket, prefix: prefix(url.path())?, credentials, authorities: asked.authorities })
    }

    pub(super) const fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    pub(super) const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    pub(super) fn authorities(&self) -> Option<&Path> {
        self.authorities.as_deref()
    }

    pub(super) fn is_tls(&self) -> bool {
        self.bucket.base_url().scheme() == "https"
    }

    /// The key of `name` in the bucket.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl fmt::Debug for S3Place {
    /// Without the credentials, the name of the key included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, region, url) = (self.bucket.name(), self.bucket.region(), self.bucket.base_url());
        write!(f, "s3://{name}/{} at {url} in {region}", self.prefix)
    }
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Credentials(…)")
    }
}

/// What stands behind the question mark.
#[derive(Default)]
struct Query {
    endpoint: Option<Url>,
    region: Option<String>,
    style: Option<UrlStyle>,
    authorities: Option<PathBuf>,
}

impl Query {
    fn of(url: &Url) -> Result<Self, String> {
        let mut query = Self::default();
        for (name, value) in url.query_pairs() {
            let is_new = match name.as_ref() {
                "endpoint" => query.endpoint.replace(endpoint(&value)?).is_none(),
                "region" if is_region(&value) => query.region.replace(value.into_owned()).is_none(),
                "style" if value == "path" => query.style.replace(UrlStyle::Path).is_none(),
                "style" if value == "host" => query.style.replace(UrlStyle::VirtualHost).is_none(),
                "ca" if !value.is_empty() => query.authorities.replace(PathBuf::from(&*value)).is_none(),
                _ => false,
            };
            if !is_new {
                return Err(EXPECTED.to_owned());
            }
        }
        Ok(query)
    }
}

fn endpoint(text: &str) -> Result<Url, String> {
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    let url = Url::parse(text).ok().filter(is_plain);
    url.ok_or_else(|| "has an endpoint that is no plain http or https URL".to_owned())
}

fn amazon(region: &str) -> Result<Url, String> {
    endpoint(&format!("https://s3.{region}.amazonaws.com"))
}

/// By the rules that all stores share: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn is_bucket(name: &str) -> bool {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'.');
    (3..=63).contains(&name.len()) && name.bytes().all(fits) && !name.contains("..") && !name.starts_with('.')
}

fn is_region(name: &str) -> bool {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(fits)
}

/// A path of plain names. Others could not be told from what a URL makes of them.
fn prefix(path: &str) -> Result<String, String> {
    let path = path.trim_matches('/');
    let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    let is_name = |name: &str| !matches!(name, "" | "." | "..") && name.bytes().all(fits);
    match path {
        "" => Ok(String::new()),
        _ if path.len() <= 512 && path.split('/').all(is_name) => Ok(format!("{path}/")),
        _ => Err("has a prefix that is more than letters, digits, - _ . and /".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<S3Place, String> {
        let credentials = S3Credentials {
            key_id: "AKIDEXAMPLE".into(),
            secret: "hunter2".into(),
            session_token: Some("hunter3".into()),
        };
        S3Place::parse(text, credentials)
    }

    #[test]
    fn a_bucket_is_where_its_url_says() {
        let cases = [
            ("s3://evidence?region=ap-northeast-1", "https://evidence.s3.ap-northeast-1.amazonaws.com/", "x"),
            (
                "s3://evidence/a/b/?endpoint=http://127.0.0.1:9000&region=local-1",
                "http://127.0.0.1:9000/evidence/",
                "a/b/x",
            ),
            (
                "s3://evidence/a?endpoint=https%3A%2F%2Fstore.example&style=host",
                "https://evidence.store.example/",
                "a/x",
            ),
        ];
        for (text, base, key) in cases {
            let place = parse(text).unwrap();
            assert_eq!((place.bucket.base_url().as_str(), place.key("x").as_str()), (base, key), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "s3://evidence",
            "s3:///evidence?region=a",
            "s3://Evidence_?region=a",
            "s3://key:hunter2@evidence?region=a",
            "s3://evidence:80?region=a",
            "s3://evidence/a//b?region=a",
            "s3://evidence/%2e%2e%2fother?region=a",
            "s3://evidence?region=a&region=b",
            "s3://evidence?region=a.evil.example/",
            "s3://evidence?region=a&token=hunter2",
            "s3://evidence?endpoint=file:///etc",
            "s3://evidence?endpoint=https://u:p@store.example",
            "s3://evidence?endpoint=https://store.example&style=both",
            "https://evidence?region=a",
        ] {
            let told = parse(text).unwrap_err();
            assert!(!told.contains("hunter"), "{text}: {told}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        let shown = format!("{:?}", parse("s3://evidence/a?region=eu-west-1").unwrap());
        assert_eq!(shown, "s3://evidence/a/ at https://evidence.s3.eu-west-1.amazonaws.com/ in eu-west-1");
    }
}
