//! The address reader: an address reads back as itself, and its parts are its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::{Address, Role};
use touchbase::understand::{people, recipient};

fuzz_target!(|words: &str| {
    if let Some(address) = Address::parse(words) {
        assert_eq!(Address::parse(address.as_str()).as_ref(), Some(&address));
        assert!(address.as_str().starts_with(address.local()));
    }
    let _ = people::read(words, Role::To);
    let _ = people::author(words);
    for (at, _) in recipient::addresses(words) {
        assert!(words.is_char_boundary(at));
    }
});
