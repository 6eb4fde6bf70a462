//! See `wirefold_fuzz::feed::folded`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::feed;

fuzz_target!(|asked: feed::Asked| feed::folded(asked));
