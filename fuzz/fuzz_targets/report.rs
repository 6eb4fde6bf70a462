//! See `wirefold_fuzz::report::paged`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::report;

fuzz_target!(|asked: report::Asked<'_>| report::paged(asked));
