//! The shapes of single lines of a signature.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::mail::text::is_invisible;
use crate::understand::letters::{count_words, lowered};
use crate::understand::lines::Signs;
use crate::understand::sentence;
use crate::understand::wordlist::Phrases;

static CLOSINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/signoffs.txt")));
static FORMULAS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/formulas.txt")));
static THANKS: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/thanks.txt")));
static SENT_FROM: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/sent_from.txt")));
static DEVICES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../words/devices.txt")));

/// Longer lines are prose, in characters.
const LONGEST: usize = 78;

/// More words are a sentence.
const MOST_WORDS: usize = 12;

/// A name has no more characters.
const LONGEST_NAME: usize = 40;

/// A name has no more words.
const MOST_WORDS_OF_NAME: usize = 5;

/// `-- `, `--`, a long dash, or a row of dashes or underscores.
pub(super) fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    let dash = |c: char| {
        matches!(c, '-' | '_' | '\u{2013}' | '\u{2014}' | '\u{2015}' | '\u{2501}' | '\u{2500}' | '=' | '*' | '~')
    };
    line.chars().all(dash) && (line.chars().nth(1).is_some() || matches!(line, "\u{2014}" | "\u{2013}"))
}

/// Whether a line closes a mail whose further lines are `below`, nearest last.
pub(super) fn is_closing(line: &str, below: &[&str]) -> bool {
    let line = bare(line);
    if is_formula(line) {
        return below.iter().rev().take(2).any(|next| is_name(next));
    }
    if is_longer(line, LONGEST) {
        return false;
    }
    let named_below = below.last().is_some_and(|next| is_name(next) || is_signed(next));
    if named_below && is_common_in_two_languages(line) {
        return true;
    }
    if !CLOSINGS.may_begin(line) && !THANKS.may_begin(line) {
        return false;
    }
    let lower = lowered(line);
    if let Some(length) = CLOSINGS.at_start(&lower) {
        let behind = behind(line, &lower, length);
        return closes(behind) || named_below && behind.split_whitespace().count() <= 4 && !behind.contains('?');
    }
    let Some(length) = THANKS.at_start(&lower) else { return false };
    let behind = behind(line, &lower, length);
    let words = behind.split_whitespace().count();
    if words == 0 { named_below } else { is_name_behind(behind) || named_below && words <= 6 && !behind.contains('?') }
}

/// Whether a line is a closing or thanks and nothing else: it says nothing of who wrote it.
pub(super) fn is_common(line: &str) -> bool {
    let lower = lowered(bare(line));
    let found = CLOSINGS.at_start(&lower).or_else(|| THANKS.at_start(&lower));
    found.is_some_and(|length| !behind(&lower, &lower, length).contains(char::is_alphanumeric))
}

/// `Diolch / Thanks,`: the same said twice, of which one at least is known.
fn is_common_in_two_languages(line: &str) -> bool {
    if !line.contains(['/', '|']) {
        return false;
    }
    let pieces: Vec<&str> = line.split(['/', '|']).map(str::trim).collect();
    let short = |piece: &&str| (1..=4).contains(&piece.split_whitespace().count());
    (2..=3).contains(&pieces.len()) && pieces.iter().all(short) && pieces.iter().any(|piece| is_common(piece))
}

/// `Je vous prie d'agréer, Madame, …`: a sentence that does nothing but close.
fn is_formula(line: &str) -> bool {
    FORMULAS.may_begin(line) && !is_longer(line, 2 * LONGEST) && FORMULAS.at_start(&lowered(line)).is_some()
}

/// What a line says behind a closing of `length` bytes in its lower-case form.
fn behind<'a>(line: &'a str, lower: &str, length: usize) -> &'a str {
    let letters = lower.get(..length).map_or(0, |phrase| phrase.chars().count());
    let at = line.char_indices().nth(letters).map_or(line.len(), |(at, _)| at);
    line.get(at..).unwrap_or("").trim()
}

/// Nothing, punctuation, an emoji, or a name.
fn closes(behind: &str) -> bool {
    !behind.chars().any(char::is_alphanumeric) || is_name_behind(behind)
}

fn is_name_behind(behind: &str) -> bool {
    let name = behind.trim_start_matches(|c: char| !c.is_alphanumeric());
    let set_off = behind.starts_with([',', '-', '\u{2013}', '/', '.', '!', '\u{ff0c}']) || name.len() == behind.len();
    set_off && name.split_whitespace().count() <= 3 && is_name(name)
}

/// One to five words, each begun with a capital or in a script without them, free of digits and of what sentences need.
pub(super) fn is_name(line: &str) -> bool {
    let name = bare(line).trim_end_matches(['.', ',', '!']).trim();
    let name = name.split([',', '|', '/', '(']).next().unwrap_or(name).trim();
    if is_longer(name, LONGEST_NAME) {
        return false;
    }
    let words = count_words(name);
    let plain = |c: char| {
        c.is_alphabetic() || c.is_whitespace() || is_mark(c) || matches!(c, '.' | '-' | '\'' | '\u{2019}' | '&' | '"')
    };
    let titled = |word: &str| {
        let first = word.chars().find(|c| c.is_alphabetic());
        first.is_none_or(|c| !c.is_lowercase())
            || matches!(
                word,
                "van"
                    | "von"
                    | "de"
                    | "der"
                    | "den"
                    | "da"
                    | "di"
                    | "du"
                    | "la"
                    | "le"
                    | "el"
                    | "al"
                    | "bin"
                    | "dos"
                    | "y"
                    | "und"
                    | "and"
                    | "ter"
                    | "te"
                    | "af"
                    | "zu"
            )
    };
    (1..=MOST_WORDS_OF_NAME).contains(&words)
        && name.chars().all(plain)
        && name.split_whitespace().all(titled)
        && !is_caseless_sentence(name)
}

/// In scripts without capitals and spaces a long run of letters is a sentence.
fn is_caseless_sentence(name: &str) -> bool {
    let letters = name
        .chars()
        .filter(|c| matches!(c, '\u{e00}'..='\u{eff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
        .count();
    letters > 14
}

/// Accents and vowel signs that stand as characters of their own.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{981}'..='\u{983}' | '\u{9bc}'..='\u{9cd}' | '\u{e31}'..='\u{e4e}' | '\u{200c}' | '\u{200d}')
}

/// A name in the ways people sign carelessly: `roman`, `JD`, `Bob :)`.
fn is_signed(line: &str) -> bool {
    let line = bare(line);
    let letters = line.trim_matches(|c: char| !c.is_alphanumeric());
    !letters.contains(' ')
        && letters.chars().count() <= 12
        && letters.chars().all(char::is_alphabetic)
        && !letters.is_empty()
}

/// `-Ann`, `- ann`, `/Ann`, `~ Ann`: a name behind a mark.
pub(super) fn is_dashed_name(line: &str) -> bool {
    let line = bare(line);
    let Some(name) = line.strip_prefix(['-', '/', '~', '\u{2013}', '\u{2014}']) else { return false };
    let name = name.trim();
    name.split_whitespace().count() <= 3 && !name.starts_with(['-', '/', '>']) && (is_name(name) || is_signed(name))
}

/// A phone or fax number, an address of any kind, a page, a title line with bars.
pub(super) fn is_contact(line: &str) -> bool {
    let line = bare(line);
    let signs = Signs::of(line);
    let addressed = || signs.has(Signs::AT) && line.split_whitespace().any(|word| word.contains('@') && word.len() > 3);
    let numbered = || signs.has(Signs::DIGIT) && (is_phone(line) || is_extension(line));
    addressed() || holds_page(line, signs) || signs.has(Signs::COLON) && is_labelled(line) || numbered()
}

/// Whether a page is named: `www.acme.example`, `https://acme.example`.
fn holds_page(line: &str, signs: Signs) -> bool {
    let www = |(dot, _): (usize, &str)| {
        let before = dot.checked_sub(3).and_then(|at| line.as_bytes().get(at..dot));
        before.is_some_and(|before| before.eq_ignore_ascii_case(b"www"))
    };
    signs.has(Signs::COLON) && line.contains("://") || signs.has(Signs::STOP) && line.match_indices('.').any(www)
}

/// Six digits or more, and little besides.
fn is_phone(line: &str) -> bool {
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    (6..=32).contains(&digits)
        && line.chars().filter(|c| c.is_alphabetic()).count() <= digits + 12
        && !line.contains(['?', '$', '\u{20ac}'])
}

/// A way to reach somebody before a colon.
fn is_labelled(line: &str) -> bool {
    const LABELS: [&str; 21] = [
        "tel", "phone", "mobile", "mob", "fax", "skype", "web", "email", "e-mail", "m", "t", "f", "p", "e", "w", "tél",
        "cell", "direct", "office", "twitter", "linkedin",
    ];
    let label = line.split_once(':').map_or("", |(label, _)| label.trim());
    LABELS.iter().any(|known| label.eq_ignore_ascii_case(known))
}

/// What stands between the pieces of a card.
const BARS: [char; 3] = ['|', '\u{2022}', '\u{b7}'];

/// A card on one line: `Ann Li | Head of Sales | +32 2 555 01 02`.
pub(super) fn is_barred_card(line: &str) -> bool {
    if is_longer(line, 2 * LONGEST) || !line.contains(BARS) {
        return false;
    }
    let mut pieces = line.split(BARS).map(str::trim).filter(|piece| !piece.is_empty());
    let named = pieces.next().is_some_and(|first| is_name(first) && first.contains(' '));
    named && pieces.clone().nth(1).is_some() && pieces.any(is_contact)
}

/// A number inside the house: `x5-4412`, `ext. 4412`, `3-5512`.
fn is_extension(line: &str) -> bool {
    let label = line.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | ' ' | '.'));
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let labelled = matches!(label.to_ascii_lowercase().as_str(), "x" | "ext" | "extn" | "extension" | "ext.");
    (3..=6).contains(&digits) && labelled || digits == 5 && label.is_empty() && line.contains('-')
}

/// Short, and no sentence: what may stand between a closing and the end.
pub(super) fn is_line_of_signature(line: &str) -> bool {
    let line = bare(line);
    // What is seen soonest comes first.
    !is_longer(line, 2 * LONGEST) && (is_no_sentence(line) || is_contact(line) || is_sent_from(line))
}

fn is_no_sentence(line: &str) -> bool {
    if is_longer(line, LONGEST) {
        return false;
    }
    let words = count_words(line);
    let asks = line.ends_with(['?', '\u{ff1f}', '\u{61f}']);
    let ends = line.ends_with(['!', ':', ';', '\u{3002}']) || line.ends_with('.') && !sentence::ends_abbreviated(line);
    let is_caseless = |c: &char| matches!(c, '\u{e00}'..='\u{eff}' | '\u{2e80}'..='\u{9fff}');
    let caseless = !line.is_ascii() && line.chars().filter(is_caseless).count() > 24;
    let is_item = line.starts_with(['*', '\u{2022}']) || line.starts_with("- ") && words > 4;
    let is_sentence = asks || caseless || ends && words > 5;
    words <= MOST_WORDS && !is_sentence && !is_item
}

/// The line of a phone's mail program, rather than a sentence that begins like one.
pub(super) fn is_sent_from(line: &str) -> bool {
    let line = &without_link(bare(line));
    let line = line.trim();
    if line.is_empty() || is_longer(line, LONGEST) {
        return false;
    }
    let lower = lowered(line);
    if !SENT_FROM.inside(&lower) || !DEVICES.inside(&lower) {
        return false;
    }
    let words = line.split_whitespace().count();
    let breaks_off = line.contains(", ") || line.contains(['?', ':', ';']);
    if SENT_FROM.at_start(&lower).is_none() {
        return words <= 5 && !breaks_off;
    }
    let first = line.chars().find(|c| c.is_alphabetic());
    let capital = first.is_some_and(|c| !c.is_lowercase() || lower.starts_with(['i', 'I']));
    words <= 14 && (!breaks_off || words <= 7) && capital
}

/// The line without its first address in brackets: `Outlook<https://…>`, `[Proton Mail](https://…)`.
fn without_link(line: &str) -> Cow<'_, str> {
    if !line.contains("http") {
        return Cow::Borrowed(line);
    }
    let link = |open: char, close: char| {
        let (before, rest) = line.split_once(open)?;
        let (inside, behind) = rest.split_once(close)?;
        inside.contains("http").then(|| format!("{before}{behind}"))
    };
    link('<', '>').or_else(|| link('(', ')')).or_else(|| link('[', ']')).map_or(Cow::Borrowed(line), Cow::Owned)
}

/// A row of signs that draws a frame: `+-----+`, `/======\\`, `.oOo.`'s kin.
pub(super) fn is_ornament(line: &str) -> bool {
    let line = line.trim();
    let is_letter = |c: char| c.is_alphanumeric() && !matches!(c, 'o' | 'O' | '0');
    !line.contains(is_letter) && is_longer(line, 9)
}

/// Whether a line holds a mail address or a page.
pub(super) fn is_reachable(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let address =
        lower.split_whitespace().any(|word| word.split_once('@').is_some_and(|(_, domain)| domain.contains('.')));
    address || lower.contains("www.") || lower.contains("://")
}

/// Whether a text has more characters than that.
fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().nth(most).is_some()
}

/// Without the marks of emphasis, comment signs and invisible characters around it.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '*'))
}
