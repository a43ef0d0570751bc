//! What the parts of a mail are: its words, its files, the mails and reports within.
//!
//! Words are chosen so that the plain and the HTML form each hold all that was
//! written: of alternatives one of each form, of parts that follow one another
//! all. What only exists in one form stands in both, if there are both at all.

use super::Budget;
use super::decode::{self, Encoding};
use super::mime::{Part, Tree};
use crate::mail::{Attachment, Body, Defect, Html, Mail, Untrusted};

/// Decoded bytes of one body, calendar or report that are kept.
pub const TEXT_LIMIT: usize = 1024 * 1024;
/// Calendars and reports of one mail that are kept, each.
const TEXT_PART_LIMIT: usize = 20;

/// What a leaf is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Plain,
    Html,
    Calendar,
    Report,
    Mail,
    File,
}

/// Fills the mail with what its parts hold.
pub fn fill(mail: &mut Mail, bytes: &[u8], tree: &Tree, depth: usize, budget: &mut Budget) {
    let mut reader = Reader { mail, bytes, tree, depth, budget };
    // The mail's own words first: what is attached may use up what text is kept.
    reader.words();
    for (index, part) in tree.parts.iter().enumerate().filter(|(_, part)| part.children.is_empty()) {
        reader.leaf(purpose(tree, index, part), part);
    }
}

fn purpose(tree: &Tree, index: usize, part: &Part) -> Purpose {
    let name = part.file_name().unwrap_or_default().to_ascii_lowercase();
    let is_file = part.disposition.value == "attachment" || !name.is_empty() && part.parent.is_some();
    match part.media_type() {
        "message/rfc822" | "message/global" => Purpose::Mail,
        "message/delivery-status"
        | "message/global-delivery-status"
        | "message/disposition-notification"
        | "message/feedback-report"
        | "text/rfc822-headers" => Purpose::Report,
        "text/calendar" | "application/ics" => Purpose::Calendar,
        _ if name.ends_with(".eml") => Purpose::Mail,
        _ if is_file || is_companion(tree, index, part) => Purpose::File,
        "text/html" | "application/xhtml+xml" => Purpose::Html,
        "text/plain" | "text/markdown" => Purpose::Plain,
        other if other.starts_with("text/") && part.parent.is_none() => Purpose::Plain,
        // A multipart that turned out to have no parts: what it holds is what was written.
        other if other.starts_with("multipart/") && other != "multipart/encrypted" => Purpose::Plain,
        _ => Purpose::File,
    }
}

/// Whether it belongs to a page rather than being it: in multipart/related, all but the first (RFC 2387, 3.2).
fn is_companion(tree: &Tree, index: usize, part: &Part) -> bool {
    let parent = part.parent.and_then(|parent| tree.parts.get(parent));
    parent.is_some_and(|parent| parent.media_type() == "multipart/related" && parent.children.first() != Some(&index))
}

/// Words in one or both forms, as indices of the parts that hold them.
#[derive(Default)]
struct Piece {
    plain: Vec<usize>,
    html: Vec<usize>,
}

/// The two forms of words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Html,
}

/// The parts of pieces in one form; with `complete`, words that lack it in the other.
fn in_form(pieces: &[Piece], form: Form, complete: bool) -> Vec<usize> {
    let of_piece = |piece: &Piece| {
        let (wanted, other) = match form {
            Form::Plain => (&piece.plain, &piece.html),
            Form::Html => (&piece.html, &piece.plain),
        };
        if wanted.is_empty() && complete { other.clone() } else { wanted.clone() }
    };
    pieces.iter().flat_map(of_piece).collect()
}

/// Gathers the words below a part, in order.
fn pieces(tree: &Tree, index: usize) -> Vec<Piece> {
    let Some(part) = tree.parts.get(index) else { return Vec::new() };
    if part.children.is_empty() {
        return match purpose(tree, index, part) {
            Purpose::Plain => vec![Piece { plain: vec![index], html: vec![] }],
            Purpose::Html => vec![Piece { plain: vec![], html: vec![index] }],
            _ => Vec::new(),
        };
    }
    let children = part.children.iter().map(|child| pieces(tree, *child));
    if part.media_type() == "multipart/alternative" { one_of_each(children) } else { children.flatten().collect() }
}

/// Of alternatives, which come in increasing faithfulness (RFC 2046, 5.1.4): the first plain and the last HTML.
fn one_of_each(alternatives: impl Iterator<Item = Vec<Piece>>) -> Vec<Piece> {
    let mut chosen = Piece::default();
    for pieces in alternatives {
        if pieces.iter().any(|piece| !piece.html.is_empty()) {
            chosen.html = in_form(&pieces, Form::Html, true);
        }
        if chosen.plain.is_empty() && pieces.iter().any(|piece| !piece.plain.is_empty()) {
            chosen.plain = in_form(&pieces, Form::Plain, true);
        }
    }
    if chosen.plain.is_empty() && chosen.html.is_empty() { Vec::new() } else { vec![chosen] }
}

struct Reader<'a> {
    mail: &'a mut Mail,
    bytes: &'a [u8],
    tree: &'a Tree,
    depth: usize,
    budget: &'a mut Budget,
}

impl Reader<'_> {
    fn leaf(&mut self, purpose: Purpose, part: &Part) {
        if part.is_multipart() && purpose == Purpose::Plain {
            self.note("missing-boundary", "a multipart has no parts; all of it is read as text");
        }
        match purpose {
            Purpose::Plain | Purpose::Html => {}
            Purpose::Calendar if self.mail.calendars.len() < TEXT_PART_LIMIT => {
                let text = self.text(part, TEXT_LIMIT);
                if !self.mail.calendars.contains(&text) {
                    self.mail.calendars.push(text);
                }
            }
            Purpose::Report if self.mail.reports.len() < TEXT_PART_LIMIT => {
                let text = self.text(part, TEXT_LIMIT);
                self.mail.reports.push((part.media_type().to_owned(), text));
            }
            Purpose::Mail => self.attached(part),
            _ => self.file(part),
        }
    }

    fn file(&mut self, part: &Part) {
        let name = part.file_name();
        match part.media_type() {
            "application/ms-tnef" | "application/vnd.ms-tnef" => self.winmail(),
            _ if name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat")) => self.winmail(),
            "application/pgp-encrypted" => self.note("encrypted", "the words are encrypted"),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                self.note("encrypted", "the words are encrypted or wrapped in a signature");
            }
            _ => {}
        }
        self.mail.attachments.push(Attachment {
            name: name.map(Untrusted::new),
            media_type: part.media_type().to_owned(),
            bytes: part
                .encoding
                .size_of(part.left_out)
                .saturating_add(part.encoding.decoded_size(part.bytes(self.bytes))),
        });
    }

    fn winmail(&mut self) {
        self.note("winmail", "parts of the mail are wrapped in winmail.dat, which is not read");
    }

    fn attached(&mut self, part: &Part) {
        if !self.budget.take_mail(self.depth) {
            self.note("attached-too-deep", "attached mails beyond the limit of depth or number were not read");
            return self.file(part);
        }
        let raw = part.bytes(self.bytes);
        let mail = match part.encoding {
            Encoding::None => super::mail(raw, self.depth + 1, self.budget),
            encoding => super::mail(&encoding.decode(raw), self.depth + 1, self.budget),
        };
        self.mail.attached.push(mail);
    }

    fn words(&mut self) {
        let pieces = pieces(self.tree, 0);
        let in_both_forms = pieces.iter().any(|piece| !piece.plain.is_empty() && !piece.html.is_empty());
        self.mail.plain = self.body(&in_form(&pieces, Form::Plain, in_both_forms));
        self.mail.html = self.html(&in_form(&pieces, Form::Html, in_both_forms));
        if let (false, Some(plain), Some(html)) = (in_both_forms, &self.mail.plain, &self.mail.html)
            && !says_the_same(plain, html.body())
        {
            let all = self.body(&in_form(&pieces, Form::Plain, true));
            (self.mail.plain, self.mail.html) = (all.clone(), all.map(Html::of));
        }
    }

    /// The parts' words one after another; none when there are no parts.
    fn body(&mut self, parts: &[usize]) -> Option<Body> {
        self.html(parts).map(Html::into_body)
    }

    /// The same, not yet rendered.
    fn html(&mut self, parts: &[usize]) -> Option<Html> {
        let mut html: Option<Html> = None;
        let mut room = TEXT_LIMIT;
        for part in parts.iter().filter_map(|index| self.tree.parts.get(*index)) {
            let words = self.text(part, room);
            room = room.saturating_sub(words.len());
            let html = html.get_or_insert_default();
            if part.media_type() == "text/html" {
                html.push_page(words);
            } else {
                html.push_text(words, flowed(part));
            }
        }
        html
    }

    /// A part's text, at most `limit` bytes of it.
    fn text(&mut self, part: &Part, limit: usize) -> String {
        let limit = limit.min(self.budget.text);
        // Every charset may need more bytes than UTF-8 does; UTF-32 twice as many is the worst in use.
        let raw = part.encoding.decode_start(part.bytes(self.bytes), limit.saturating_mul(2).saturating_add(4));
        let declared = part.content_type.get("charset").map(str::to_owned);
        let charset = declared.or_else(|| (part.media_type() == "text/html").then(|| decode::charset_of_page(&raw))?);
        let (mut words, known) = decode::text(&raw, charset.as_deref());
        if words.starts_with('\u{feff}') {
            words.remove(0);
        }
        if !known {
            self.note("unknown-charset", "a text names a charset that is not known; it was guessed");
        }
        if words.len() > limit {
            let end = (0..=limit).rev().find(|at| words.is_char_boundary(*at)).unwrap_or(0);
            words.truncate(end);
            self.note("text-cut", "the text is longer than what is read of it");
        }
        self.budget.text = self.budget.text.saturating_sub(words.len());
        words
    }

    fn note(&mut self, kind: &str, detail: &str) {
        super::note(&mut self.mail.defects, Defect::new(kind, detail));
    }
}

/// Whether HTML begins as plain text does: some programs send both forms without calling them alternatives.
fn says_the_same(plain: &Body, html: &Body) -> bool {
    let letters = |body: &Body, count: usize| -> String {
        let chars = body.lines.iter().flat_map(|line| line.text.chars());
        chars.filter(|c| c.is_alphanumeric()).take(count).collect()
    };
    letters(html, 2_000).contains(&letters(plain, 60))
}

/// `format=flowed` and its `delsp` (RFC 3676, 4).
fn flowed(part: &Part) -> Option<bool> {
    let is =
        |name: &str, value: &str| part.content_type.get(name).is_some_and(|v| v.trim().eq_ignore_ascii_case(value));
    is("format", "flowed").then(|| is("delsp", "yes"))
}
