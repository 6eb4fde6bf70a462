//! See `wirefold_fuzz::text::spoken`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::text;

fuzz_target!(|text: &str| text::spoken(text));
