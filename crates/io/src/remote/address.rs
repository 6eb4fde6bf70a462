//! Addresses of places, and the stores behind them.

use super::lengths::Connector;
use super::line::{Line, words};
use crate::error::IoError;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::path::Path as Key;
use object_store::{ClientConfigKey, ClientOptions, ObjectStore};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Kinds of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    S3,
    Google,
    Azure,
    Http,
}

impl Kind {
    fn of(scheme: &str) -> Option<Self> {
        Some(match &*scheme.to_ascii_lowercase() {
            "s3" => Kind::S3,
            "gs" => Kind::Google,
            "az" => Kind::Azure,
            "http" | "https" => Kind::Http,
            _ => return None,
        })
    }

    /// Where its credentials are looked for.
    pub(super) fn credentials(self) -> &'static str {
        match self {
            Kind::S3 => "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION",
            Kind::Google => "GOOGLE_APPLICATION_CREDENTIALS",
            Kind::Azure => "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
            Kind::Http => "as part of the address, USER:PASSWORD@",
        }
    }
}

/// One place: an object, or what its address begins.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    /// The address without what is secret in it: what stands in messages and ids.
    shown: PathBuf,
    pub(super) kind: Kind,
    /// Scheme and bucket, with a slash behind.
    base: String,
    pub(super) key: Key,
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) line: Arc<Line>,
    /// Whether the address ends in a slash, as that of a folder.
    pub(super) is_folder: bool,
}

/// Whether an argument is the address of a place.
pub(crate) fn is_remote(arg: &OsStr) -> bool {
    let scheme = arg.to_str().and_then(|arg| arg.split_once("://"));
    scheme.is_some_and(|(scheme, _)| Kind::of(scheme).is_some())
}

impl Remote {
    /// The place of an address. Nothing is asked over the network yet.
    ///
    /// # Errors
    /// [`IoError::Remote`].
    pub(crate) fn new(address: &str) -> Result<Self, IoError> {
        let failed = |message: String| IoError::Remote {
            url: PathBuf::from(shown(address)),
            message,
        };
        let (scheme, rest) = address.split_once("://").unwrap_or_default();
        let Some(kind) = Kind::of(scheme) else {
            return Err(failed("no known kind of address".to_owned()));
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            let message = "no bucket is named; write SCHEME://BUCKET/KEY";
            return Err(failed(message.to_owned()));
        }
        let line = Arc::new(Line::new().map_err(failed)?);
        let store = store(kind, scheme, bucket, address, &line)
            .map_err(|error| failed(words(&error, kind.credentials())))?;
        let key = match kind {
            // The store is that of the whole address.
            Kind::Http => Key::default(),
            _ => Key::parse(key).unwrap_or_else(|_| Key::from(key)),
        };
        Ok(Remote {
            shown: PathBuf::from(shown(address)),
            kind,
            base: format!("{scheme}://{bucket}/"),
            key,
            store,
            line,
            is_folder: rest.ends_with('/') || !rest.contains('/'),
        })
    }

    /// The address as it may be shown.
    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// Another object of the same store.
    pub(super) fn beside(&self, key: Key) -> Self {
        Remote {
            shown: PathBuf::from(format!("{}{key}", self.base)),
            key,
            is_folder: false,
            ..self.clone()
        }
    }

    /// The key of a pattern as it was written.
    pub(super) fn pattern(&self) -> &str {
        let shown = self.shown.to_str().unwrap_or_default();
        shown.strip_prefix(&*self.base).unwrap_or_default()
    }

    pub(super) fn fails(&self, message: impl Into<String>) -> IoError {
        IoError::Remote {
            url: self.shown.clone(),
            message: message.into(),
        }
    }

    pub(super) fn failed(&self, error: &object_store::Error) -> IoError {
        self.fails(words(error, self.kind.credentials()))
    }
}

/// An address without what must not be shown: of HTTP, passwords, and queries, which sign addresses.
fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    if Kind::of(scheme) != Some(Kind::Http) {
        return address.to_owned();
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// The store of an address, with credentials from the environment.
fn store(
    kind: Kind,
    scheme: &str,
    bucket: &str,
    address: &str,
    line: &Line,
) -> Result<Arc<dyn ObjectStore>, object_store::Error> {
    use ClientConfigKey::{ConnectTimeout, ReadTimeout, Timeout};
    let seconds = format!("{}ms", line.timeout.as_millis());
    // A large object may take its time, as long as bytes come.
    let limits = [
        (Timeout, "365days"),
        (ReadTimeout, &seconds),
        (ConnectTimeout, &seconds),
    ];
    let url = format!("{scheme}://{bucket}");
    Ok(match kind {
        Kind::S3 => {
            let mut builder = AmazonS3Builder::from_env().with_url(url);
            for (key, value) in limits {
                builder = builder.with_config(AmazonS3ConfigKey::Client(key), value);
            }
            Arc::new(builder.with_retry(line.retry()).build()?)
        }
        Kind::Google => {
            let mut builder = GoogleCloudStorageBuilder::from_env().with_url(url);
            for (key, value) in limits {
                builder = builder.with_config(GoogleConfigKey::Client(key), value);
            }
            Arc::new(builder.with_retry(line.retry()).build()?)
        }
        Kind::Azure => {
            let mut builder = MicrosoftAzureBuilder::from_env().with_url(url);
            for (key, value) in limits {
                builder = builder.with_config(AzureConfigKey::Client(key), value);
            }
            Arc::new(builder.with_retry(line.retry()).build()?)
        }
        Kind::Http => {
            let mut options = ClientOptions::new().with_allow_http(true);
            for (key, value) in limits {
                options = options.with_config(key, value);
            }
            let builder = HttpBuilder::new().with_url(address);
            let builder = builder.with_client_options(options);
            let builder = builder.with_http_connector(Connector);
            Arc::new(builder.with_retry(line.retry()).build()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        for (address, expected) in [
            (
                "https://a:b@h.invalid/x.jsonl?sig=1#f",
                "https://h.invalid/x.jsonl",
            ),
            ("http://h.invalid", "http://h.invalid"),
            ("s3://bucket/a?b[c].jsonl", "s3://bucket/a?b[c].jsonl"),
        ] {
            assert_eq!(shown(address), expected);
            assert!(is_remote(OsStr::new(address)));
        }
        for path in ["s3:/bucket", "feed.jsonl", "c://x", "://", "ftp://h/x"] {
            assert!(!is_remote(OsStr::new(path)), "{path}");
        }
    }
}
