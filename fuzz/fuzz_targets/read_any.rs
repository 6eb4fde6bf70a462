//! See `wirefold_fuzz::read::any`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::read;

fuzz_target!(|data: &[u8]| read::any(data));
