//! Progress on a terminal's standard error; silence elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wirefold::Stage;

/// A stage as the progress and the summary call it.
pub(crate) fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Join => "joining",
        Stage::Relate => "gathering evidence",
        _ => "verifying",
    }
}

/// A bar that shows one stage at a time. Redrawn at most ten times a second.
pub(crate) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar, drawn only if `shown` and standard error is a terminal.
    pub(crate) fn new(shown: bool) -> Self {
        let bar = if shown && std::io::stderr().is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10))
        } else {
            ProgressBar::hidden()
        };
        Self { bar }
    }

    /// Starts to show the reading of `total` bytes, or of an unknown number.
    pub(crate) fn reading(&self, total: Option<u64>) {
        let template = if let Some(total) = total {
            self.bar.set_length(total);
            "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left"
        } else {
            "{spinner} {msg} {bytes} {bytes_per_sec}"
        };
        self.bar.set_style(style(template));
        self.bar.set_message("reading");
    }

    /// Moves the bar of [`Bar::reading`] to `bytes`.
    pub(crate) fn read(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    /// Shows a stage of the work after reading.
    pub(crate) fn stage(&self, stage: Stage, done: u64, total: u64) {
        let name = name(stage);
        if self.bar.message() != name {
            self.bar.set_style(style(if total == 0 {
                "{spinner} {msg}"
            } else {
                "{msg} {wide_bar} {pos}/{len} stories, {eta} left"
            }));
            self.bar.set_message(name);
            self.bar.reset();
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    /// Does something that writes to the terminal with the bar out of the way.
    pub(crate) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        self.bar.suspend(work)
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// The templates above are fixed, so a bad one shows as the default style.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
