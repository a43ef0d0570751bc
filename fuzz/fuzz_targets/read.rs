//! The whole reading of a mail: total, and the same each time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::{Domain, headers_only, parse};
use touchbase::mailbox::Route;
use touchbase::trust::{Policy, judge};
use touchbase::understand::{Team, understand};

fuzz_target!(|bytes: &[u8]| {
    let domains = Domain::parse("us.example").into_iter().collect();
    let team = Team { domains, assume: bytes.len() % 2 == 0, ..Team::default() };
    let mail = parse(bytes);
    let _ = judge(&mail, false, &Policy::default());
    assert_eq!(understand(&mail, Route::Capture, &team), understand(&mail, Route::Capture, &team));
    let _ = understand(&headers_only(bytes), Route::Watched, &team);
});
