//! See `wirefold_fuzz::given::table`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::given;

fuzz_target!(|both: (&str, &str)| given::table(both));
