//! Every level in turn, for tests and fuzzing.

use std::cell::Cell;

use super::Level;

thread_local! {
    static FORCED: Cell<Option<Level>> = const { Cell::new(None) };
}

pub(super) fn forced() -> Option<Level> {
    FORCED.get()
}

/// Does `work` once at each level that this processor has, which it is given by name. What `work` leaves to
/// other threads is done at the level of the process.
pub fn at_each_level(mut work: impl FnMut(&'static str)) {
    for level in Level::available() {
        FORCED.set(Some(level));
        work(level.name());
    }
    FORCED.set(None);
}
