//! See `wirefold_fuzz::given::values`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::given;

fuzz_target!(|text: &str| given::values(text));
