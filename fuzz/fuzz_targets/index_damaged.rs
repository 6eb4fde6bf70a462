//! See `wirefold_fuzz::index::damaged`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirefold_fuzz::index;

fuzz_target!(|damage: index::Damage| index::damaged(damage));
