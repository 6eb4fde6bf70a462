//! See `wirefold_fuzz::pair::texts`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::pair;

fuzz_target!(|two: pair::Texts<'_>| pair::texts(two));
