//! Verifiers lent to whoever has work, so that what one has prepared is not lost between tasks.

use std::sync::{Mutex, PoisonError};

use super::verifier::Verifier;

/// Verifiers of one source: as many as work at one time, made when first needed.
pub(crate) struct Verifiers<'v, S: ?Sized> {
    make: Box<dyn Fn() -> Verifier<'v, S> + Sync + 'v>,
    idle: Mutex<Vec<Verifier<'v, S>>>,
}

impl<'v, S: ?Sized> Verifiers<'v, S> {
    pub(crate) fn new(make: impl Fn() -> Verifier<'v, S> + Sync + 'v) -> Self {
        Self {
            make: Box::new(make),
            idle: Mutex::default(),
        }
    }

    /// Does `work` with a verifier that nobody else has meanwhile.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Verifier<'v, S>) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = idle().pop();
        let mut verifier = rested.unwrap_or_else(|| (self.make)());
        let done = work(&mut verifier);
        idle().push(verifier);
        done
    }
}
