//! See `wirefold_fuzz::given::profile`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::given;

fuzz_target!(|data: &[u8]| given::profile(data));
