//! The block finder: no panic, and blocks in order that do not overlap and lie inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::{html, text};
use touchbase::understand::block;

fuzz_target!(|words: &str| {
    for body in [text::body(words, None), html::body(words)] {
        let mut floor = 0;
        for found in block::find_all(&body.lines) {
            assert!(floor <= found.start && found.start < found.end && found.end <= body.lines.len());
            floor = found.end;
        }
    }
});
