//! What a text is about, as numbers: its content words, each by its stem (measures.md 4 and 13).
//!
//! Two texts share a content word when they share a number, so that a promise
//! and the mail that keeps it, or a question and its answer, find each other
//! without anybody keeping the words. A mail does not say its language, so one
//! set of rules for endings serves all seven: it is right when the forms of a
//! word meet, and may cut more than a grammar would.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::letters::unspaced;
use super::phrases::fold;
use super::shape;

/// Letters of a content word, and of a stem, at least.
const LETTERS: usize = 4;
/// Bytes of text that are read, and words that are kept.
const TEXT: usize = 200_000;
const WORDS: usize = 5_000;
/// Endings taken off one after the other; no word has more that matter.
const ENDINGS_AT_MOST: usize = 5;

/// Endings of the seven languages in folded letters, longer ones first: of plurals, verbs, and nouns made of verbs.
const ENDINGS: &[&str] = &[
    "aison", "ation", "acion", "azion", "ungen", "ingen", "ando", "endo", "ung", "ing", "ent", "ant", "end", "ez",
    "ad", "ed", "id", "at", "et", "it", "ut", "ac", "ar", "er", "ir", "am", "em", "im", "av", "ab", "on", "en", "a",
    "e", "i", "o", "u", "y",
];

static STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("words/stop_words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).flat_map(|(_, words)| words.split_whitespace()).collect()
});

/// The content words of a text: every word of four letters or more that is no stop word of the seven languages, as
/// the [FNV-1a](https://datatracker.ietf.org/doc/html/draft-eastlake-fnv) hash of its stem; for scripts without
/// spaces, every two neighbouring characters. Sorted, each once; addresses and URLs say nothing. The same text
/// gives the same numbers in every version that keeps these rules, and at most 5,000 of them.
pub fn of(text: &str) -> Vec<u32> {
    let folded = fold(shape::cut(text, TEXT));
    let mut words = Vec::new();
    folded.split_whitespace().filter(|piece| !is_address(piece)).for_each(|piece| add_hashes(&mut words, piece));
    words.sort_unstable();
    words.dedup();
    words.truncate(WORDS);
    words
}

fn is_address(piece: &str) -> bool {
    piece.contains("://") || piece.starts_with("www.") || piece.contains('@')
}

/// Adds the hashes of what stands between two spaces: `l'adresse`, `follow-up`, `请确认`.
fn add_hashes(found: &mut Vec<u32>, piece: &str) {
    for run in piece.split(|c: char| !c.is_alphanumeric()) {
        found.extend(run.split(unspaced).filter(|word| says_something(word)).map(|word| fnv(stem(word).as_bytes())));
        if !run.contains(unspaced) {
            continue;
        }
        let characters: Vec<char> = run.chars().collect();
        let neighbours = characters.windows(2).filter(|two| two.iter().all(|&c| unspaced(c)));
        found.extend(neighbours.map(|two| fnv(two.iter().collect::<String>().as_bytes())));
    }
}

fn says_something(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= LETTERS && !STOP_WORDS.contains(word)
}

/// What the forms of a folded word have in common: `delivery`, `deliveries` and `delivered` give the same.
fn stem(word: &str) -> String {
    let mut stem = participle(singular(word));
    for _ in 0..ENDINGS_AT_MOST {
        match without_ending(stem) {
            Some(shorter) => stem = shorter,
            None => break,
        }
    }
    let mut plain = String::with_capacity(stem.len());
    for c in stem.chars() {
        if !plain.ends_with(c) {
            plain.push(c);
        }
    }
    // Dutch writes brief and brieven, huis and huizen.
    match plain.pop() {
        Some('v') => plain.push('f'),
        Some('z') => plain.push('s'),
        last => plain.extend(last),
    }
    plain
}

/// Without the `s` of a plural, or the `x` of a French one.
fn singular(word: &str) -> &str {
    let french = word.ends_with("aux") || word.ends_with("eux");
    let plural = french || word.ends_with('s') && !word.ends_with("ss");
    word.get(..word.len() - usize::from(plural)).unwrap_or(word)
}

/// German and Dutch: `geliefert` and `geleverd` without what makes a participle of them.
fn participle(word: &str) -> &str {
    let bare = word.strip_prefix("ge").filter(|rest| rest.len() > LETTERS && rest.ends_with(['t', 'd']));
    bare.unwrap_or(word)
}

/// Without one of the [`ENDINGS`], or the consonant of a German or Dutch verb, if a stem remains.
fn without_ending(word: &str) -> Option<&str> {
    let is_stem = |rest: &&str| rest.chars().count() >= LETTERS;
    let after = |consonant, before: &'static [char]| {
        word.strip_suffix(consonant).filter(|rest| rest.ends_with(before)).filter(is_stem)
    };
    ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(is_stem))
        .or_else(|| after('t', &['b', 'f', 'g', 'h', 'k', 'l', 'm', 'p', 'r']))
        .or_else(|| after('d', &['l', 'r']))
        .or_else(|| after('n', &['l', 'r']))
}

/// FNV-1a, 32 bits.
fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_word_meet() {
        for forms in [
            "delivery deliveries deliver delivered delivering delivers",
            "invoice invoices invoiced invoicing",
            "reply replies replied",
            "address addresses addressed",
            "plans planned planning",
            "confirmation confirm confirmed confirms",
            "Rechnung Rechnungen",
            "Lieferung Lieferungen liefern liefert lieferte geliefert",
            "prüfen geprüft prüft Prüfung",
            "Auftrag Aufträge Auftrags",
            "livraison livraisons livrer livrez livrée livrés livrera",
            "facture factures facturer",
            "travail travaillent",
            "bureau bureaux",
            "factura facturas facturar facturado",
            "confirmación confirmar confirmamos confirmado",
            "reunión reuniones",
            "consegna consegne consegnare consegnato",
            "fattura fatture",
            "factuur facturen",
            "levering leveringen leveren geleverd levert",
            "afspraak afspraken",
            "brieven brief",
            "entrega entregas entregar entregue",
            "reunião reuniões",
            "confirmação confirmar confirmações",
        ] {
            let stems: Vec<String> = forms.split(' ').map(|form| stem(&fold(form))).collect();
            assert!(stems.windows(2).all(|two| two[0] == two[1]), "{forms}: {stems:?}");
        }
    }

    #[test]
    fn other_words_keep_apart() {
        let words = "delivery invoice contract crane drawing meeting office delay address login crates Rechnung Lieferung \
                     Angebot Vertrag livraison facture contrat réunion factura pedido fattura ordine levering bestelling";
        let mut stems: Vec<String> = words.split_whitespace().map(|word| stem(&fold(word))).collect();
        stems.sort();
        stems.dedup();
        // Only `invoice` has no sister here; facture and factura are one word in two languages.
        assert_eq!(stems.len(), words.split_whitespace().count() - 1, "{stems:?}");
    }

    #[test]
    fn a_question_and_its_answer_share_words_and_strangers_do_not() {
        let shared = |one: &str, other: &str| {
            let other = of(other);
            of(one).iter().filter(|word| other.contains(word)).count()
        };
        assert!(shared("When will the deliveries arrive?", "The delivery arrives on Monday.") >= 2);
        assert!(shared("Können Sie die Rechnungen prüfen?", "Die Rechnung ist geprüft.") >= 2);
        assert!(shared("请确认送货地址", "送货地址是正确的") >= 3);
        assert_eq!(shared("Could you please tell me about this?", "Yes, I would please about this."), 0);
        assert_eq!(shared("See https://acme.example/crane ann@acme.example", "https://acme.example/crane"), 0);
    }

    #[test]
    fn words_are_sorted_numbers_each_once_and_the_same_for_ever() {
        assert!(of("").is_empty());
        assert!(of("to be or not").is_empty());
        assert_eq!(of("Crane, crane: CRANES!"), [fnv(b"cran")]);
        assert_eq!(fnv(b"foobar"), 0xbf9c_f968);
        let words = of("the crane lifts crates onto the roof");
        assert!(words.is_sorted() && words.len() == 4);
    }

    #[test]
    fn stop_words_are_folded_and_long_enough_to_matter() {
        assert!(STOP_WORDS.len() > 900);
        for word in STOP_WORDS.iter() {
            assert!(fold(word) == *word && word.chars().count() >= LETTERS, "{word}");
        }
    }

    #[test]
    fn hostile_text_stays_bounded() {
        for piece in ["aaaa ", "geeeeeeet", "的", "'", "\u{1F600}", "ux"] {
            assert!(of(&piece.repeat(300_000)).len() <= WORDS);
        }
    }
}
