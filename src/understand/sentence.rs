//! Text to sentences, well enough to show one of them to a person.
//!
//! A sentence ends at `.`, `!`, `?` and their kin of other scripts, at a blank
//! line, at a list item, and at a short line followed by a new beginning. It
//! refuses to end inside a URL, a decimal, an abbreviation or an initial;
//! where it is unsure it keeps two sentences together rather than cut one.

/// Words that end with a full stop without ending a sentence, lower case, without their last stop.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "e.g", "i.e", "approx", "tel", "dept", "inc", "ltd", "co",
    "corp", "fig", "vol", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "nr",
    "bzw", "ca", "evtl", "ggf", "inkl", "exkl", "zzgl", "z.b", "d.h", "u.a", "o.ä", "hr", "fr", "abs", "str", "max",
    "min", "mind", "vgl", "p.ex", "env", "réf", "art", "sr", "sra", "srta", "ud", "uds", "pág", "sig", "dott", "ing",
    "avv", "gent", "spett", "mevr", "dhr", "o.a", "bijv", "a.u.b", "exmo", "exma", "al", "resp", "incl", "excl", "ref",
];

/// Lines shorter than this were ended by hand, not wrapped.
const WRAPPED: usize = 55;

/// The sentences of a text in order, trimmed, each with a letter or digit in it.
pub fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let (mut start, mut line_start, mut looked_at) = (0, 0, 0);
    while let Some((at, c)) = next_end(text, looked_at) {
        let end = at + c.len_utf8();
        looked_at = end;
        let rest = text.get(end..).unwrap_or("");
        let before = |from: usize| text.get(from..at).unwrap_or("");
        let ends = match c {
            '\n' => ends_at_line(before(line_start), rest),
            '。' | '！' | '？' | '।' | '۔' | '｡' => true,
            '!' | '?' | '…' | '؟' | '\u{037E}' => ends_here(rest),
            ';' => ends_here(rest) && greek(before(start)),
            '.' => ends_here(rest) && ends_at_stop(before(start), rest),
            _ => false,
        };
        if c == '\n' {
            line_start = end;
        }
        if ends {
            let end = end + if c == '\n' { 0 } else { closing(rest) };
            sentences.extend(sentence(text.get(start..end)));
            (start, looked_at) = (end, end);
        }
    }
    sentences.extend(sentence(text.get(start..)));
    sentences
}

/// The next character, from `from` on, at which a sentence or a line may end. Most bytes of a text are none.
fn next_end(text: &str, from: usize) -> Option<(usize, char)> {
    let may_end = |byte: u8| !byte.is_ascii() || matches!(byte, b'\n' | b'!' | b'?' | b';' | b'.');
    let at = from + text.as_bytes().get(from..)?.iter().position(|byte| may_end(*byte))?;
    Some((at, text.get(at..)?.chars().next()?))
}

fn sentence(piece: Option<&str>) -> Option<&str> {
    piece.map(str::trim).filter(|words| words.contains(char::is_alphanumeric))
}

/// Bytes of further marks and closing quotes that still belong to the sentence; at most a few.
fn closing(rest: &str) -> usize {
    let belongs = |c: &char| matches!(c, '!' | '?' | '.' | '"' | '”' | '“' | '»' | ')' | '』' | '」' | '？' | '！');
    rest.chars().take(8).take_while(belongs).map(char::len_utf8).sum()
}

/// A mark ends a sentence when white space follows it, perhaps behind further marks and closing quotes,
/// and then no lower-case word.
fn ends_here(rest: &str) -> bool {
    let behind = rest.get(closing(rest)..).unwrap_or("");
    let next = behind.trim_start();
    behind.is_empty() || (behind.len() > next.len() && !next.starts_with(char::is_lowercase))
}

fn ends_at_stop(before: &str, rest: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    let initial = word.chars().take(2).count() == 1 && word.chars().all(char::is_uppercase);
    let ordinal = (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let more = rest.trim_start().starts_with(char::is_alphabetic);
    !(more && (initial || ordinal || ABBREVIATIONS.contains(&word.to_lowercase().as_str())))
}

/// Whether a line's last full stop belongs to a shortened word: `Bo Ltd.`, `Bo S.p.A.`
pub fn ends_abbreviated(line: &str) -> bool {
    let Some(word) = line.trim_end().strip_suffix('.').and_then(|line| line.split_whitespace().next_back()) else {
        return false;
    };
    let pieces = || word.split('.');
    let initials = pieces().count() > 1
        && pieces().all(|piece| (1..=2).contains(&piece.chars().count()) && piece.chars().all(char::is_alphabetic));
    initials || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

fn ends_at_line(line: &str, rest: &str) -> bool {
    let next = rest.lines().next().unwrap_or("").trim_start();
    let item = next.starts_with(['-', '*', '•', '–', '·', '>']) || numbered(next);
    let new_beginning = !next.starts_with(char::is_lowercase) && line.chars().count() < WRAPPED;
    next.is_empty() || item || new_beginning
}

/// `1.`, `2)`, `a)`.
fn numbered(line: &str) -> bool {
    let mark = line.split_whitespace().next().unwrap_or("");
    let inner = mark.trim_end_matches(['.', ')', ':']);
    inner.len() < mark.len() && (1..=2).contains(&inner.len()) && inner.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Greek asks with `;`, everybody else goes on.
fn greek(sentence: &str) -> bool {
    let last = sentence.chars().rev().take(8).find(|c| c.is_alphabetic());
    last.is_some_and(|c| matches!(c, '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_end_sentences_but_not_abbreviations_decimals_or_urls() {
        assert_eq!(
            split("Dr. Li paid 3.50 EUR. See https://x.example/a.b?c=d. Fine, e.g. Monday! Ok?"),
            ["Dr. Li paid 3.50 EUR.", "See https://x.example/a.b?c=d.", "Fine, e.g. Monday!", "Ok?"]
        );
    }

    #[test]
    fn wrapped_lines_stay_together_and_short_lines_do_not() {
        let wrapped = "This line was wrapped by the client because it was too long\nfor it. Next one.\n\nAnn";
        assert_eq!(split(wrapped).len(), 3);
        assert_eq!(split("Hi Ann,\nCan you call me?\nThanks"), ["Hi Ann,", "Can you call me?", "Thanks"]);
        assert_eq!(split("We need:\n- a login\n- a phone"), ["We need:", "- a login", "- a phone"]);
    }

    #[test]
    fn other_scripts_end_their_own_way() {
        assert_eq!(split("届きましたか？ありがとうございます。"), ["届きましたか？", "ありがとうございます。"]);
        assert_eq!(split("Πότε θα έρθετε; Ευχαριστώ."), ["Πότε θα έρθετε;", "Ευχαριστώ."]);
        assert_eq!(split("One; Two").len(), 1);
    }

    #[test]
    fn a_quoted_question_inside_a_sentence_does_not_end_it() {
        assert_eq!(split("She asked \"where?\" and left.").len(), 1);
    }

    #[test]
    fn names_of_firms_end_in_stops_that_end_nothing() {
        for line in ["Aktuğ Mobilya San. ve Tic. A.Ş.", "Crates and More of Ghent Inc.", "Pere S.p.A."] {
            assert!(ends_abbreviated(line), "{line}");
        }
        for line in ["We will see them all on Monday.", "It is 5.30.15.", "Fine", ""] {
            assert!(!ends_abbreviated(line), "{line}");
        }
    }

    #[test]
    fn initials_and_german_ordinals_go_on() {
        assert_eq!(split("Am 3. Mai kommt J. Smith.").len(), 1);
    }
}
