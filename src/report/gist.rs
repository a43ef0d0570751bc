//! One honest line for an exchange: a sentence its author wrote, never one we made up.
//!
//! First choice is the sentence that wants something of a reader (an ask, a
//! promise, an issue), then one that brings news, then the first that says
//! anything at all: greetings, courtesies ([`courtesy`]) and bare thanks are
//! passed over unless there is nothing else. Without words the line says so, and names the files.

mod courtesy;

use unicode_segmentation::UnicodeSegmentation;

use crate::interaction::Interaction;
use crate::mail::{Attachment, Untrusted};
use crate::understand::SignalKind;

/// The most characters a line shows before it is cut at a word.
const LONGEST: usize = 160;

/// How much of a text is looked at for its first sentence, in bytes.
const BEGINNING: usize = 4_000;

/// Signals worth a line, most urgent first. Thanks and closers are not: they are found as words.
const TELLING: [SignalKind; 9] = [
    SignalKind::Ask,
    SignalKind::Promise,
    SignalKind::Issue,
    SignalKind::Correction,
    SignalKind::LeftCompany,
    SignalKind::Success,
    SignalKind::Solved,
    SignalKind::Congratulation,
    SignalKind::Money,
];

/// First words of greetings in the languages we meet, lower case.
const GREETINGS: [&str; 48] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "good",
    "greetings",
    "hallo",
    "guten",
    "liebe",
    "lieber",
    "liebes",
    "sehr",
    "moin",
    "servus",
    "grüezi",
    "bonjour",
    "bonsoir",
    "cher",
    "chère",
    "chers",
    "salut",
    "madame",
    "monsieur",
    "hola",
    "buenos",
    "buenas",
    "estimado",
    "estimada",
    "querido",
    "querida",
    "beste",
    "geachte",
    "goedemorgen",
    "goedemiddag",
    "goedenavond",
    "goedendag",
    "dag",
    "ciao",
    "buongiorno",
    "buonasera",
    "gentile",
    "salve",
    "caro",
    "cara",
    "olá",
    "bom",
    "boa",
    "prezado",
];

/// Words after which a full stop ends no sentence, lower case, without the stop.
const ABBREVIATIONS: [&str; 32] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "e.g", "i.e", "etc", "vs", "approx", "inc", "ltd", "co", "sr",
    "jr", "z.b", "d.h", "u.a", "bzw", "ca", "ggf", "str", "m", "mme", "mlle", "sra", "dott", "tel", "p.s",
];

/// The line for one exchange.
pub fn gist(interaction: &Interaction) -> Untrusted {
    let line = telling_sentence(interaction)
        .or_else(|| first_sentence(interaction.text.raw()))
        .unwrap_or_else(|| without_words(&interaction.attachments));
    Untrusted::new(cut(&line))
}

/// The sentence of the most urgent signal.
fn telling_sentence(interaction: &Interaction) -> Option<String> {
    TELLING.iter().find_map(|kind| {
        let said = interaction.signals.iter().filter(|s| s.signal == *kind);
        let mut told = said.map(|signal| {
            let sentence = one_line(signal.sentence.raw());
            without_greeting(without_mark(&sentence)).trim().to_owned()
        });
        told.find(|sentence| !sentence.is_empty() && !courtesy::is_one(sentence))
    })
}

/// The first sentence with content, else the first one there is.
fn first_sentence(text: &str) -> Option<String> {
    let sentences = sentences(beginning(text));
    let long = |s: &&String| s.split_whitespace().nth(2).is_some();
    let says_something = |s: &&String| long(s) && !courtesy::is_one(s);
    sentences.iter().find(says_something).or(sentences.iter().find(long)).or(sentences.first()).cloned()
}

/// What can be said of a mail without words.
fn without_words(files: &[Attachment]) -> String {
    let named = files.iter().filter_map(|f| f.name.as_ref()).map(|n| one_line(n.raw())).find(|n| !n.is_empty());
    match (files.len(), named) {
        (0, _) => "(no words kept)".into(),
        (1, Some(name)) => format!("(no words; a file: {name})"),
        (1, None) => "(no words; a file)".into(),
        (n, Some(name)) => format!("(no words; {n} files: {name}, …)"),
        (n, None) => format!("(no words; {n} files)"),
    }
}

/// At most [`LONGEST`] characters, cut behind a word where one ends in the last third, with an ellipsis.
pub fn cut(line: &str) -> String {
    // No character has less than a byte.
    if line.len() <= LONGEST {
        return line.to_owned();
    }
    let Some((end, _)) = line.grapheme_indices(true).nth(LONGEST) else { return line.to_owned() };
    let head = line.get(..end).unwrap_or(line);
    let word_end = head.rfind(char::is_whitespace).filter(|at| *at >= end / 3 * 2);
    let kept = head.get(..word_end.unwrap_or(end)).unwrap_or(head);
    format!("{}…", kept.trim_end().trim_end_matches([',', ';', ':', '-', '–']))
}

/// The sentences of a text: paragraphs and list items end one, and so does a mark with space behind it.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for paragraph in paragraphs(text) {
        let mut sentence = String::new();
        let mut words = without_greeting(paragraph.trim()).split_whitespace().peekable();
        while let Some(word) = words.next() {
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(word);
            let goes_on = word.ends_with('.') && words.peek().is_some_and(|next| next.starts_with(char::is_lowercase));
            if ends_sentence(word) && !goes_on {
                found.push(std::mem::take(&mut sentence));
            }
        }
        found.push(sentence);
    }
    found.retain(|s| s.chars().any(char::is_alphanumeric));
    found
}

/// Runs of lines that belong together, each on one line.
fn paragraphs(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in text.lines() {
        let line = one_line(line);
        let item = without_mark(&line).len() < line.len();
        if line.is_empty() || item || is_greeting(&line) {
            found.push(String::new());
        }
        if is_greeting(&line) {
            continue;
        }
        if let Some(last) = found.last_mut() {
            last.push_str(without_mark(&line));
            last.push(' ');
        }
    }
    found
}

/// A line without the mark of a list's item: `- `, `• `, `2) `, `b) `. `2. ` stays, which may be a day: `2. Mai`.
fn without_mark(line: &str) -> &str {
    let bare = line.trim_start_matches(['-', '*', '•', '–', '·']);
    let bare = if bare.starts_with(' ') { bare.trim_start() } else { line };
    let item = bare.split_once(") ").filter(|(mark, _)| {
        (1..=2).contains(&mark.len()) && mark.bytes().all(|b| b.is_ascii_digit())
            || mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_alphabetic())
    });
    item.map_or(bare, |(_, rest)| rest.trim_start())
}

/// Whether a word carries the end of a sentence. `3.`, `J.`, `Dr.` and `example.com` do not.
fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ')', '”', '’', '»']);
    let Some(bare) = word.strip_suffix('.') else { return word.ends_with(['?', '!', '…', '。', '？', '！']) };
    let bare = bare.trim_start_matches(['(', '"', '“']).to_lowercase();
    let initial = bare.chars().count() <= 1 && bare.chars().all(char::is_alphabetic);
    let ordinal = bare.chars().count() <= 2 && bare.chars().all(|c| c.is_ascii_digit());
    !(initial || ordinal || ABBREVIATIONS.contains(&bare.as_str()))
}

/// Whether a whole line only greets: "Hi Ann,", "Dear Mr Li", "Guten Morgen zusammen!".
fn is_greeting(line: &str) -> bool {
    let few_words = line.split_whitespace().nth(6).is_none();
    let sentence = line.ends_with(['.', '?']) && line.split_whitespace().nth(2).is_some();
    few_words && !sentence && greets(line) && without_greeting(line).trim().is_empty()
}

/// The line behind a greeting that ends in a comma, colon, mark or dash within its first words.
fn without_greeting(line: &str) -> &str {
    if !greets(line) {
        return line;
    }
    let end = line.char_indices().find(|(_, c)| matches!(c, ',' | '!' | ':' | '–' | '—'));
    match end {
        Some((at, mark)) if line.get(..at).is_some_and(|head| head.split_whitespace().nth(5).is_none()) => {
            line.get(at + mark.len_utf8()..).unwrap_or("").trim_start()
        }
        None if line.split_whitespace().nth(4).is_none() && !line.ends_with(['.', '?']) => "",
        _ => line,
    }
}

/// Whether a line begins as greetings do. "Good" alone does not: "Good news, we won" is no greeting.
fn greets(line: &str) -> bool {
    let mut words = line.split_whitespace().map(|w| w.trim_matches([',', '!', ':', '.']).to_lowercase());
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let of_the_day = ["morning", "afternoon", "evening", "day", "morgen", "tag", "abend", "dia", "tarde", "noite"];
    match first.as_str() {
        "good" | "guten" | "bom" | "boa" => of_the_day.contains(&second.as_str()),
        "sehr" => second.starts_with("geehrte"),
        "buenos" | "buenas" => ["días", "dias", "tardes", "noches", ""].contains(&second.as_str()),
        _ => GREETINGS.contains(&first.as_str()),
    }
}

/// All white space as single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As much of a text as is looked at.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(BEGINNING)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> String {
        first_sentence(text).unwrap_or_default()
    }

    #[test]
    fn the_first_sentence_with_content_is_taken() {
        let table = [
            ("Hi Ann,\n\nthe plan is ready. See below.", "the plan is ready."),
            ("Dear Mr Li\n\nWe moved the start to\nMonday. More soon.", "We moved the start to Monday."),
            ("Hi Ann, could you send the plan?\nThanks", "could you send the plan?"),
            ("Sehr geehrte Frau Dr. Huber,\nanbei das Angebot.", "anbei das Angebot."),
            ("Hello!\nThanks!\nThe parcel arrived at last.", "The parcel arrived at last."),
            ("Thanks!", "Thanks!"),
            (
                "Good morning all,\nDr. Li and J. Smith visit on 3. May at 9 a.m. or so. Fine?",
                "Dr. Li and J. Smith visit on 3. May at 9 a.m. or so.",
            ),
            ("Good news: we won the tender!", "Good news: we won the tender!"),
            ("- first point of three\n- second point", "first point of three"),
            ("a) first point of three\n12) second point", "first point of three"),
            ("2. Mai passt uns gut.", "2. Mai passt uns gut."),
            ("-5 degrees in the hall", "-5 degrees in the hall"),
            ("I hope you are well.\nThe parcel arrived at last.", "The parcel arrived at last."),
            ("I hope you are well.", "I hope you are well."),
            ("Dear customers are rare.", "Dear customers are rare."),
            ("see https://acme.example/a.b?c=d for more", "see https://acme.example/a.b?c=d for more"),
            ("おはよう。計画は？", "おはよう。計画は？"),
            ("...\n\n***", ""),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(first(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_is_cut_behind_a_word_and_never_within_a_character() {
        assert_eq!(cut("short"), "short");
        let long = "every word counts, ".repeat(20);
        let line = cut(&long);
        assert!(line.ends_with("counts…") || line.ends_with("every…") || line.ends_with("word…"), "{line}");
        assert!(line.graphemes(true).count() <= LONGEST + 1);
        let family = "👩‍👩‍👧".repeat(200);
        assert_eq!(cut(&family), format!("{}…", "👩‍👩‍👧".repeat(LONGEST)));
        assert_eq!(cut(&"x".repeat(160)), "x".repeat(160));
        assert_eq!(cut(&"x".repeat(161)), format!("{}…", "x".repeat(160)));
    }

    #[test]
    fn without_words_the_files_are_named() {
        let file = |name: Option<&str>| Attachment {
            name: name.map(Untrusted::new),
            media_type: "application/pdf".into(),
            bytes: 1,
        };
        assert_eq!(without_words(&[]), "(no words kept)");
        assert_eq!(without_words(&[file(Some("plan.pdf"))]), "(no words; a file: plan.pdf)");
        assert_eq!(without_words(&[file(None), file(Some("plan.pdf"))]), "(no words; 2 files: plan.pdf, …)");
        assert_eq!(without_words(&[file(None), file(None)]), "(no words; 2 files)");
    }
}
