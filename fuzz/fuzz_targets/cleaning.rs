//! See `wirefold_fuzz::text::cleaning`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::text;

fuzz_target!(|asked: text::Asked<'_>| text::cleaning(asked));
