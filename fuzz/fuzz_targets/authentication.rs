//! The Authentication-Results reader: whatever the field says, somebody else's host is never believed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::parse;
use touchbase::trust::{Authenticated, Policy, judge};

fuzz_target!(|field: &str| {
    let flat: String = field.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mail = format!("Authentication-Results: {flat}\r\nFrom: Ann <ann@acme.example>\r\nSubject: x\r\n\r\nHi\r\n");
    let mail = parse(mail.as_bytes());
    let trusted = Policy { authentication_results: vec!["mx.us.example".to_owned()], ..Policy::default() };
    let _ = judge(&mail, false, &trusted);
    assert_eq!(judge(&mail, false, &Policy::default()).authenticated, Authenticated::Unknown);
});
