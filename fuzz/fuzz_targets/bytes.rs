//! See `wirefold_fuzz::text::bytes`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::text;

fuzz_target!(|data: &[u8]| text::bytes(data));
