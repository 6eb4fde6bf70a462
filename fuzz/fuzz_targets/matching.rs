//! See `wirefold_fuzz::text::matching`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::text;

fuzz_target!(|asked: text::Asked<'_>| text::matching(asked));
