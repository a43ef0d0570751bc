//! The author's display name, compared with what stands at the end of their mail.

/// The parts of a display name, in lower case.
pub(super) struct Author {
    parts: Vec<String>,
    /// No line that signs has more characters: four parts with spaces between them, or initials.
    longest: usize,
}

/// What stands between the words of a line that is a name.
const BETWEEN_WORDS: [char; 4] = [' ', ',', '.', '-'];
/// Words of a line that signs.
const MOST_WORDS: usize = 4;

impl Author {
    /// The parts of `Ann Li`, `Li, Ann` or `ann.li`; what stands in brackets is left out.
    pub fn of(name: &str) -> Author {
        let name = name.split(['(', '[', '<', '@']).next().unwrap_or(name);
        let parts = name.to_lowercase().split([' ', ',', '.', '-', '_', '"']).map(str::to_owned).collect::<Vec<_>>();
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let longest = parts.iter().map(|part| part.chars().count() + 1).max().unwrap_or(0) * MOST_WORDS;
        Author { longest: longest.max(parts.len() + 2), parts }
    }

    /// Whether the line is their name, a part of it, its short form (`Ken` of Kenneth), or their initials, and nothing else.
    pub fn signs(&self, line: &str) -> bool {
        let line = line.trim().trim_start_matches(['.', '*', '~', ' ']);
        let line = line.trim_end_matches(['.', ',', '!', '*', '~', ' ']);
        // Lower case has no fewer characters.
        if line.chars().nth(self.longest).is_some() {
            return false;
        }
        let line = line.to_lowercase();
        let named =
            !line.is_empty() && line.split(' ').count() <= MOST_WORDS && line.split(' ').all(|word| self.has(word));
        let short = line.chars().count() >= 3 && self.parts.iter().any(|part| part.starts_with(line.as_str()));
        named || short || self.has_initials(&line)
    }

    /// Whether the line is their whole name and nothing else.
    pub fn is_whole(&self, line: &str) -> bool {
        let line = line.trim().trim_end_matches(['.', ',', '!']);
        let words = line.split(BETWEEN_WORDS).filter(|word| !word.is_empty()).count();
        if words > self.parts.len() + 2 {
            return false;
        }
        // As a whole, like the name: a Greek sigma is another letter where it ends a word.
        let line = line.to_lowercase();
        let letters: usize = self.parts.iter().map(|part| part.chars().count()).sum();
        letters > 1 && self.parts.iter().all(|part| line.split(BETWEEN_WORDS).any(|word| word == part))
    }

    /// Whether the line begins with their whole name, set off by a sign: `Ann Li | Acme | 555-0101`.
    pub fn heads(&self, line: &str) -> bool {
        let mut pieces = line.splitn(2, ['|', ',', '/', '\u{2022}', '\u{b7}']);
        let head = pieces.next().unwrap_or("");
        let rest = pieces.next().unwrap_or("");
        let short = rest.chars().count() <= 100 && !rest.trim_end().ends_with(['.', '?', ':', '!']);
        self.parts.len() >= 2 && !rest.is_empty() && short && self.is_whole(head)
    }

    /// Whether their whole name stands somewhere in the line.
    pub fn is_in(&self, line: &str) -> bool {
        let line = line.to_lowercase();
        self.parts.len() >= 2 && self.parts.iter().all(|part| line.contains(part.as_str()))
    }

    /// Whether a part of their name is a word of the line.
    pub fn is_named_in(&self, line: &str) -> bool {
        let line = line.to_lowercase();
        let known = |part: &String| part.chars().count() >= 3 && words(&line).any(|word| word == part);
        self.parts.iter().any(known)
    }

    /// Whether the line is a mail address with a part of their name in it, and nothing else.
    pub fn owns_address(&self, line: &str) -> bool {
        let address = line.trim().trim_matches(['<', '>', '(', ')']).to_lowercase();
        let local = address.split_once('@').filter(|(_, domain)| domain.contains('.')).map_or("", |(local, _)| local);
        let known = |part: &String| part.chars().count() >= 3 && local.contains(part.as_str());
        !address.contains(char::is_whitespace) && self.parts.iter().any(known)
    }

    fn has(&self, word: &str) -> bool {
        word.chars().count() > 1 && self.parts.iter().any(|part| part == word)
    }

    /// `jd` for Jo Dent, with dots or without; also the first letter alone.
    fn has_initials(&self, line: &str) -> bool {
        let letters: String = line.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
        let initials: String = self.parts.iter().filter_map(|part| part.chars().next()).collect();
        let bare = letters.chars().count() + 2 >= line.chars().count();
        let first = initials.chars().next();
        let one = letters.chars().count() == 1 && letters.chars().next() == first;
        self.parts.len() >= 2 && !letters.is_empty() && bare && (letters == initials || one)
    }
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::Author;

    #[test]
    fn people_sign_with_their_name_a_part_of_it_or_initials() {
        let author = Author::of("Dent, Jo");
        for line in ["Jo", "Jo Dent", "dent", "J.D."] {
            assert!(author.signs(line) || Author::of("Jo Dent").signs(line), "{line}");
        }
        assert!(!author.signs("Joan") && !author.signs("X") && !author.signs(""));
    }

    #[test]
    fn a_line_is_headed_by_the_whole_name_only() {
        let author = Author::of("Jo Dent");
        assert!(author.heads("Jo Dent | Acme | 555-0101"));
        assert!(!author.heads("Jo Dent, who wrote the plan, will call you."));
        assert!(!author.heads("Jo | Acme"));
        assert!(author.is_whole("Jo Q. Dent") && !author.is_whole("Jo"));
        assert!(Author::of("Γ.Σ. Παπάς").is_whole("Γ.Σ. Παπάς"));
    }
}
