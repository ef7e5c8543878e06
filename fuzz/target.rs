//! Every binary runs the target of its own name.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| wallboard::fuzz::run(env!("CARGO_BIN_NAME"), data));
