#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| adsieve_fuzz::target::run("icap", input));
