//! See `wirefold_fuzz::read::archive`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::read;

fuzz_target!(|data: &[u8]| read::archive(data));
