//! Commands that are stopped at moments that look random.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::Folder;

/// How many kills a test makes, `by_default` or what `WIREFOLD_KILLS` says.
pub(crate) fn kills(by_default: u32) -> u32 {
    std::env::var("WIREFOLD_KILLS").map_or(by_default, |kills| kills.parse().unwrap())
}

/// Moments that look random and are the same each time.
pub(crate) struct Moments(pub(crate) u64);

impl Moments {
    /// One within the time that a command takes when nobody kills it, or shortly behind.
    pub(crate) fn within(&mut self, took: Duration) -> Duration {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        took.mul_f64(1.1 * (self.0 >> 40) as f64 / f64::from(1 << 24))
    }
}

/// Runs a command and sends it a signal after a while; whether it was interrupted.
pub(crate) fn stopped(folder: &Folder, command: &str, signal: &str, after: Duration) -> bool {
    let mut child = folder
        .cmd(command)
        .raw()
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(after);
    // It may be gone already; its number is not given away before it is waited for.
    let sent = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .stderr(Stdio::null())
        .status();
    sent.unwrap();
    !child.wait().unwrap().success()
}
