//! The runtime that network work waits on, how often and how long it tries, and what it says when
//! that was in vain.

use object_store::{BackoffConfig, RetryConfig};
use std::env;
use std::error::Error;
use std::future::Future;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Tries after the first one.
const RETRIES: usize = 8;
/// Seconds without a byte after which a try is given up.
const TIMEOUT_SECONDS: f64 = 60.0;
/// Longest message of a server that is told.
const MAX_CAUSE_CHARS: usize = 200;

/// What all places of a run share.
#[derive(Debug)]
pub(crate) struct Line {
    runtime: Runtime,
    pub(super) retries: usize,
    pub(super) timeout: Duration,
}

impl Line {
    /// As the environment says: `WIREFOLD_RETRIES`, `WIREFOLD_TIMEOUT`.
    ///
    /// # Errors
    /// Why there is none, as words.
    pub(super) fn new() -> Result<Self, String> {
        let retries = match env::var("WIREFOLD_RETRIES") {
            Err(_) => RETRIES,
            Ok(value) => value.parse().map_err(|_| {
                format!("WIREFOLD_RETRIES is `{value}`, expected a number of tries")
            })?,
        };
        let seconds = match env::var("WIREFOLD_TIMEOUT") {
            Err(_) => TIMEOUT_SECONDS,
            Ok(value) => value
                .parse()
                .ok()
                .filter(|seconds| (0.001..=1e6).contains(seconds))
                .ok_or_else(|| {
                    format!("WIREFOLD_TIMEOUT is `{value}`, expected a number of seconds")
                })?,
        };
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Line {
            runtime,
            retries,
            timeout: Duration::from_secs_f64(seconds),
        })
    }

    /// Waits.
    pub(super) fn wait<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// Waits before the next try: longer each time.
    pub(super) fn pause(&self, tries: usize) {
        let doubled = 1_u64 << tries.min(7);
        let pause = Duration::from_millis(100 * doubled);
        self.wait(async { tokio::time::sleep(pause).await });
    }

    /// How requests are tried again.
    pub(super) fn retry(&self) -> RetryConfig {
        RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: self.retries,
            // Credentials are signed into a request and must not outlive their time.
            retry_timeout: Duration::from_secs(180),
        }
    }
}

/// Why bytes of a place do not come, told through the layers that read them.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Fault {
    /// The connection was lost for good, in words.
    #[error("{0}")]
    Lost(String),
    /// The object is another one now.
    #[error("it changed while it was read")]
    Changed,
}

impl Fault {
    /// The fault that an error of a stream carries, if it carries one.
    pub(crate) fn of(error: &std::io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    pub(super) fn error(self) -> std::io::Error {
        std::io::Error::other(self)
    }
}

/// What went wrong, and the remedy.
pub(super) fn words(error: &object_store::Error, credentials: &str) -> String {
    match error {
        object_store::Error::NotFound { .. } => "nothing is there; check the address".to_owned(),
        object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. } => {
            format!("access is denied; check the credentials ({credentials})")
        }
        other => format!(
            "{}; check the address and the connection, then run again",
            cause(other)
        ),
    }
}

/// The innermost cause of an error, on one line.
pub(super) fn cause(error: &object_store::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let told = cause.to_string();
    let line = told.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let line = without_markup(&line);
    let line = line.trim_end_matches([':', ' ', '.']);
    line.chars().take(MAX_CAUSE_CHARS).collect()
}

/// A server's answer without the XML or HTML that it comes in: its message alone, if it has one.
fn without_markup(told: &str) -> String {
    let Some((status, body)) = told.split_once('<') else {
        return told.to_owned();
    };
    let message = body.split_once("<Message>").map(|(_, rest)| rest);
    let message = message.and_then(|rest| rest.split('<').next());
    format!("{status}{}", message.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_without_their_markup() {
        for (told, expected) in [
            ("timed out", "timed out"),
            (
                "404: <?xml?> <Error><Message>No bucket</Message></Error>",
                "404: No bucket",
            ),
            ("500: <html>Oops", "500: "),
        ] {
            assert_eq!(without_markup(told), expected);
        }
    }
}
