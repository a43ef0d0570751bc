//! The date readers: a moment can be shown, and what is shown reads back as the same moment.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::Moment;
use touchbase::understand::when;

fuzz_target!(|words: &str| {
    let carrier = Moment::from_header("Fri, 20 Nov 2026 10:15:00 +0100");
    let _ = Moment::from_header(words).map(|moment| moment.to_string());
    for carrier in [None, carrier] {
        let _ = when::read(words, carrier).map(|(moment, _)| moment.to_string());
    }
});
