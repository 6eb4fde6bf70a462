//! See `wirefold_fuzz::pair::made`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::{Made, pair};

fuzz_target!(|two: (Made, Made)| pair::made(two));
