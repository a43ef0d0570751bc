//! Amounts of money in a sentence.

/// A number next to a currency: `1,200 EUR`, `€ 50`.
pub(super) fn is_in(folded: &str) -> bool {
    // Most sentences are without a number; splitting them into words costs more than looking for one.
    if !folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    const CURRENCIES: &[&str] = &[
        "€", "$", "£", "¥", "eur", "euro", "euros", "usd", "gbp", "chf", "fr.", "sek", "dkk", "nok", "pln", "jpy",
        "dollars", "pounds",
    ];
    let number = |word: &str| word.trim_matches(['(', ')', ',', '.', '-']).starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = folded.split_whitespace().collect();
    let glued = |word: &str| {
        let bare = word.trim_matches(['(', ')', ',', '.', ';', ':']);
        let stripped = bare.trim_matches(['€', '$', '£', '¥']);
        stripped.len() < bare.len() && number(stripped)
    };
    words.iter().any(|word| glued(word))
        || words.windows(2).any(|pair| {
            let currency = |word: &str| {
                CURRENCIES.contains(&word.trim_matches(['(', ')', ',', ';', ':', '?', '!']))
                    || CURRENCIES.contains(&word.trim_end_matches('.'))
            };
            matches!(pair, [a, b] if (number(a) && currency(b)) || (currency(a) && number(b)))
        })
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn amounts_are_money() {
        assert!(is_in("we owe 1,200 eur."));
        assert!(is_in("it costs €50"));
        assert!(!is_in("we met 12 people in europe"));
    }
}
