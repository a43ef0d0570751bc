//! Names as people write them, brought to one form: case, accents and order do not tell people apart.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Names longer than this are no names; they are neither indexed nor looked for.
pub(super) const LONGEST: usize = 6;

/// The words of a name or text in lower case without accents, split at everything that is no letter or digit.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// A name's words sorted and joined, so that `Li, Ann` and `Ann Li` are the same. What stands in
/// brackets, often the company, does not count. `None` for fewer than two words: one name alone is
/// too weak to say who somebody is.
pub(super) fn key(name: &str) -> Option<String> {
    let words = words(&without_brackets(name));
    (2..=LONGEST).contains(&words.len()).then(|| joined(words))
}

/// Both forms of a name under which it may be looked up: with `ü` as `u` and, where that differs, as `ue`.
pub(super) fn keys(name: &str) -> Vec<String> {
    if name.is_ascii() {
        return Vec::from_iter(key(name));
    }
    let mut keys: Vec<String> = [key(name), key(&german(name))].into_iter().flatten().collect();
    keys.dedup();
    keys
}

/// Words sorted and joined.
pub(super) fn joined(mut words: Vec<String>) -> String {
    words.sort_unstable();
    words.join(" ")
}

/// Lower-case ASCII letters and digits with single hyphens: `Müller & Söhne` becomes `muller-sohne`.
/// Empty when nothing of the text can be written so.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for word in fold(text).split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

/// Lower case without accents; letters that no accent is taken from are spelt out.
pub(super) fn fold(text: &str) -> String {
    // Most names, and by far most of the work of a large directory; what it comes to below, said shortly.
    if text.is_ascii() {
        return text.chars().filter(|c| !matches!(c, '\'' | '`')).map(|c| c.to_ascii_lowercase()).collect();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            // O'Hara, O’Hara and Ohara are one name.
            '\'' | '’' | 'ʼ' | '`' => {}
            // Turkish I with a dot leaves its dot behind when it becomes lower case.
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

fn german(name: &str) -> String {
    name.nfc().fold(String::new(), |mut text, c| {
        match c {
            'ä' | 'Ä' | 'æ' | 'Æ' => text.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' => text.push_str("oe"),
            'ü' | 'Ü' => text.push_str("ue"),
            'å' | 'Å' => text.push_str("aa"),
            c => text.push(c),
        }
        text
    })
}

fn without_brackets(name: &str) -> String {
    let mut depth = 0_u32;
    name.chars()
        .filter(|c| match c {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_order_and_companies_in_brackets_do_not_tell_people_apart() {
        for name in ["Ann Li", "LI, Ann", "ann  li", "Ànn Lï", "Ann Li (Acme Foods)", "\"Li, Ann\" [Acme]"] {
            assert_eq!(key(name).as_deref(), Some("ann li"), "{name}");
        }
        assert_eq!(key("Seán O’Hara"), key("Sean O'Hara"));
        assert_eq!(key("Łukasz Wójcik").as_deref(), Some("lukasz wojcik"));
        assert_eq!(key("İbrahim Yıldız").as_deref(), Some("ibrahim yildiz"));
        assert_eq!(keys("Jörg Müller"), ["jorg muller", "joerg mueller"]);
        assert_eq!(keys("李 安"), ["安 李"]);
        // Plain letters take a shorter way to the same end as those beside an accent.
        assert_eq!(fold("Sean O'Har`a, Jr."), fold("Sean O'Har`a, Jr.\u{301}"));
    }

    #[test]
    fn one_word_is_too_weak_and_a_sentence_is_no_name() {
        for name in ["", "Ann", "support", "(Acme Foods)", "a b c d e f g"] {
            assert_eq!(key(name), None, "{name}");
        }
    }

    #[test]
    fn slugs_are_ascii_with_single_hyphens() {
        assert_eq!(slug("Müller & Söhne GmbH"), "muller-sohne-gmbh");
        assert_eq!(slug("  --Ann_Li.. "), "ann-li");
        assert_eq!(slug("Ærø Smørrebrød"), "aero-smorrebrod");
        assert_eq!(slug("李安"), "");
        assert_eq!(slug(&"long ".repeat(40)).len(), 59);
    }
}
