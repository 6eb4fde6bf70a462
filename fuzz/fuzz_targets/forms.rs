//! See `wirefold_fuzz::text::forms`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::text;

fuzz_target!(|text: &str| text::forms(text));
