//! touchbase.toml(5), made of `config/touchbase.toml`: what stands above a key there is said of it here.

use std::mem::take;

use clap_mangen::roff::{Roff, bold, italic, roman};

use super::{page as titled, see_also};
use crate::config::SAMPLE;

const DESCRIPTION: [&str; 3] = [
    "What touchbase watches, who its people are and when it reports: one file in TOML, installed as \
     /etc/touchbase/touchbase.toml. A key that is not known is refused, and every problem is told at once, with its \
     line and what to write instead.",
    "What touchbase reads (contacts, passwords, certificates) lies beside this file. What it writes (record, reports) \
     lies in the state directory that systemd gives (/var/lib/touchbase for a file in /etc/touchbase), or else beside \
     this file.",
    "The service reads it as the user touchbase, and again at a reload (systemctl reload touchbase). `touchbase check` \
     says whether all of it works.",
];

/// A line of the sample, without its marks.
#[derive(Debug, PartialEq, Eq)]
enum Line<'t> {
    Blank,
    /// `# words`
    Words(&'t str),
    /// `[section]`
    Section(&'t str),
    /// `##[section]`: an example, up to the next empty line.
    Example(&'t str),
    /// A key with its value, and what is said beside it.
    Key {
        standing: &'static str,
        key: &'t str,
        value: &'t str,
        beside: &'t str,
    },
}

pub(super) fn page() -> String {
    let mut roff = titled("touchbase.toml", "5", "configuration of touchbase");
    roff.control("SH", ["DESCRIPTION"]);
    for (at, words) in DESCRIPTION.into_iter().enumerate() {
        paragraph(&mut roff, vec![words], at == 0);
    }
    let mut sections: Vec<&str> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    let mut in_example = false;
    // What stands above the first section is for whoever edits the file.
    for line in SAMPLE.lines().map(read).skip_while(|line| !matches!(line, Line::Section(_))) {
        match line {
            Line::Words(text) => words.push(text),
            Line::Section(name) | Line::Example(name) => {
                let is_new = !sections.contains(&name);
                if is_new {
                    roff.control("SH", [name]);
                    sections.push(name);
                }
                paragraph(&mut roff, take(&mut words), is_new);
                in_example = matches!(line, Line::Example(_));
                if in_example {
                    roff.control("PP", []);
                    roff.control("EX", []);
                    roff.text([roman(name)]);
                }
            }
            Line::Key { key, value, .. } if in_example => {
                roff.text([roman(format!("{key} = {value}"))]);
            }
            Line::Key { standing, key, value, beside } => {
                roff.control("TP", []);
                roff.text([bold(key)]);
                let beside = sentence(beside);
                let said = Some(beside.as_str()).filter(|beside| !beside.is_empty());
                if tell(&mut roff, said.into_iter().chain(take(&mut words))) {
                    roff.control("br", []);
                }
                roff.text([roman(format!("{standing}: ")), italic(value)]);
            }
            Line::Blank => {
                if take(&mut in_example) {
                    roff.control("EE", []);
                }
                paragraph(&mut roff, take(&mut words), false);
            }
        }
    }
    see_also(&mut roff, ["touchbase", "touchbase-check"].into_iter().map(|name| (name.to_owned(), "1")));
    roff.render()
}

fn read(line: &str) -> Line<'_> {
    let bare = line.trim_start_matches('#');
    match (line.len() - bare.len(), bare) {
        (0, "") => Line::Blank,
        (0, section) if section.starts_with('[') => Line::Section(section),
        (2, section) if section.starts_with('[') => Line::Example(section),
        (marks, key) if key.starts_with(|c: char| c.is_ascii_lowercase()) => {
            let (key, rest) = key.split_once(" = ").unwrap_or((key, ""));
            let (value, beside) = rest.split_once(" # ").unwrap_or((rest, ""));
            // The five lines to change are numbered.
            let beside = beside.split_once(": ").map_or(beside, |(_, said)| said);
            let standing = match marks {
                0 => "In the sample",
                1 => "Default",
                _ => "Example",
            };
            Line::Key { standing, key, value: value.trim_end(), beside }
        }
        (_, words) => Line::Words(words.strip_prefix(' ').unwrap_or(words)),
    }
}

/// A paragraph, if there are words; a heading begins one by itself.
fn paragraph(roff: &mut Roff, words: Vec<&str>, below_a_heading: bool) {
    if !below_a_heading && !words.is_empty() {
        roff.control("PP", []);
    }
    tell(roff, words.into_iter());
}

/// Words said beside a value as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// Words as running text; an entry of a list, which is set in, gets a line of its own. Whether there were any.
fn tell<'t>(roff: &mut Roff, words: impl Iterator<Item = &'t str>) -> bool {
    let mut any = false;
    for line in words {
        let entry = line.strip_prefix("  ").filter(|entry| !entry.starts_with(' '));
        match entry.and_then(|entry| entry.split_once("  ")) {
            Some((term, meaning)) => {
                roff.control("br", []);
                roff.text([bold(term), roman(format!(": {}", meaning.trim_start()))]);
            }
            None => {
                roff.text([roman(line.trim_start())]);
            }
        }
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_marks() {
        assert_eq!(read(""), Line::Blank);
        assert_eq!(read("# Our people."), Line::Words("Our people."));
        assert_eq!(read("[[mailbox]]"), Line::Section("[[mailbox]]"));
        assert_eq!(read("##[report.mail]"), Line::Example("[report.mail]"));
        let key = |standing, key, value, beside| Line::Key { standing, key, value, beside };
        assert_eq!(read("#port = 993"), key("Default", "port", "993", ""));
        assert_eq!(read("##since = \"2026-01-01\""), key("Example", "since", "\"2026-01-01\"", ""));
        let host = "host = \"imap.us.example\"     # 2: your server";
        assert_eq!(read(host), key("In the sample", "host", "\"imap.us.example\"", "your server"));
    }

    #[test]
    fn every_key_of_the_sample_is_on_the_page() {
        let page = page();
        for line in SAMPLE.lines() {
            if let Line::Key { key, value, .. } = read(line) {
                let key = key.replace('-', "\\-");
                let found = page.contains(&format!("\\fB{key}\\fR\n")) || page.contains(&format!("{key} = "));
                assert!(found, "{key} = {value}");
            }
        }
    }
}
