//! The quote splitter: no panic, and every word that it calls new stands in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchbase::mail::{Html, text};
use touchbase::understand::reply;

fuzz_target!(|words: &str| {
    let (plain, page) = (text::body(words, None), Html::page(words));
    let split = reply::split(&plain);
    assert!(split.text.split_whitespace().all(|word| words.contains(word)));
    assert_eq!(split.quoted, split.first_quote_line.is_some());
    let _ = reply::split_mail(Some(&plain), Some(&page), reply::Known::author(Some("Ann Li")));
});
