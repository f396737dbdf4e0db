#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cascade_fix_fuzz::outline::check(bytes));
