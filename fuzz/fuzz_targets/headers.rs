//! The header splitter: the body begins inside the bytes, and no field's name holds white space or a colon.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::Headers;

fuzz_target!(|bytes: &[u8]| {
    let (headers, body, _) = Headers::split(bytes);
    assert!(body <= bytes.len());
    assert!(headers.0.iter().all(|field| !field.name.contains(':')));
});
