//! Work on other threads while Python goes on: the interpreter's lock is given back, signals such as
//! Ctrl-C end the work, and whoever wants to hears how far it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;

/// How often Python is asked for signals, and told how far the work is.
const EVERY: Duration = Duration::from_millis(50);

/// What the work and whoever waits for it share.
pub(crate) struct Watch {
    /// Set once the work is to end.
    stopped: Arc<AtomicBool>,
    stage: Mutex<(&'static str, u64, u64)>,
}

impl Watch {
    /// A watch that sets `stopped` to end the work.
    pub(crate) fn new(stopped: Arc<AtomicBool>) -> Self {
        Self {
            stopped,
            stage: Mutex::new(("", 0, 0)),
        }
    }

    /// Whether the work is to end.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Says how far the work is.
    pub(crate) fn enter(&self, stage: &'static str, done: u64, total: u64) {
        *self.lock() = (stage, done, total);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (&'static str, u64, u64)> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work on another thread. `told` is called with the name of the stage, how much of it is
    /// done, and of how much.
    ///
    /// # Errors
    /// What a signal's handler or `told` raised, which ends the work; its result is dropped then.
    pub(crate) fn run<T: Send>(
        &self,
        py: Python<'_>,
        told: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce() -> T + Send,
    ) -> PyResult<T> {
        let mut raised = None;
        let result = std::thread::scope(|scope| {
            let (ended, end) = channel::<()>();
            let worker = scope.spawn(move || {
                // Dropped at the end of the work, even of one that panics.
                let _ended = ended;
                work()
            });
            let end = Mutex::new(end);
            let wait = || {
                let end = end.lock().unwrap_or_else(PoisonError::into_inner);
                end.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout)
            };
            while py.detach(wait) {
                if raised.is_some() {
                    continue;
                }
                if let Err(error) = py.check_signals().and_then(|()| self.tell(told)) {
                    self.stopped.store(true, Ordering::Relaxed);
                    raised = Some(error);
                }
            }
            worker.join()
        });
        self.stopped.store(false, Ordering::Relaxed);
        match (result, raised) {
            (Err(panic), _) => std::panic::resume_unwind(panic),
            (_, Some(error)) => Err(error),
            (Ok(result), None) => Ok(result),
        }
    }

    fn tell(&self, told: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(told) = told else {
            return Ok(());
        };
        let stage = *self.lock();
        told.call1(stage).map(|_| ())
    }
}
