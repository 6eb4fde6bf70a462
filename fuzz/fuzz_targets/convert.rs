//! See `wirefold_fuzz::convert::records`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::convert;

fuzz_target!(|data: &[u8]| convert::records(data));
