//! The words of one exchange: all of them, the newly written ones, and the signature.

use crate::mail::{Body, Line, Mail, Untrusted};

use super::Evidence;

/// What one author's mail holds below its headers.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Everything.
    pub body: String,
    /// Only the new words.
    pub text: String,
    /// The signature.
    pub signature: Option<Untrusted>,
    /// How new and old were told apart.
    pub evidence: Vec<Evidence>,
}

/// The words of a whole mail.
pub fn of_mail(mail: &Mail) -> Words {
    let shown = [&mail.plain, &mail.html].into_iter().flatten().find(|body| has_words(&body.lines));
    let empty = Body::default();
    of_lines(&shown.unwrap_or(&empty).lines)
}

/// The words of some lines of a mail, such as those below a forward's header block.
pub fn of_lines(lines: &[Line]) -> Words {
    let body = text(lines);
    Words { text: body.clone(), body, ..Words::default() }
}

/// Whether anything but white space stands there.
pub fn has_words(lines: &[Line]) -> bool {
    lines.iter().any(|line| !is_blank(line))
}

/// Whether a line says nothing.
pub fn is_blank(line: &Line) -> bool {
    line.words().chars().all(|c| c.is_whitespace() || super::plain::is_invisible(c))
}

/// The lines as text, without blank lines around them.
pub fn text(lines: &[Line]) -> String {
    let first = lines.iter().position(|line| !is_blank(line)).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !is_blank(line)).map_or(first, |at| at + 1);
    let kept = lines.get(first..last).unwrap_or_default();
    let text = kept.iter().map(|line| line.text.trim_end()).collect::<Vec<_>>().join("\n");
    text.trim_start_matches('\u{feff}').to_owned()
}

/// A line with `levels` quote marks taken off.
pub fn unquoted(line: &Line, levels: u8) -> Line {
    let mut rest = line.text.as_str();
    for _ in 0..levels.min(line.depth) {
        let Some(behind) = rest.trim_start().strip_prefix('>') else { break };
        rest = behind;
    }
    let rest = if levels > 0 && line.depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest };
    let removed = line.text.len() - rest.len();
    Line {
        text: rest.to_owned(),
        depth: line.depth.saturating_sub(levels),
        start: line.start.saturating_sub(u16::try_from(removed).unwrap_or(u16::MAX)),
        marks: line.marks,
    }
}
