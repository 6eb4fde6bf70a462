//! See `wirefold_fuzz::index::same_as_a_run`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::index;

fuzz_target!(|asked: index::Asked| index::same_as_a_run(asked));
