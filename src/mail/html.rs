//! HTML to lines, as a person would see them.
//!
//! One pass over the tokens with a bounded stack of open elements: no tree, no
//! recursion, so that deep nesting and megabytes of `<` cost what their length
//! costs. What a reader would not see is dropped: style, script, comments,
//! hidden preheaders, pictures. What a client's HTML says about its lines
//! (a quote, a marked signature, a header block) is kept as [`Marks`].
//!
//! The only file that names `html5gum`.

mod clues;
mod forwards;
mod kind;
mod names;
mod page;
mod tag;
mod written;

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, Tokenizer};

use super::text::Body;
use kind::{Kind, gap_around};
use page::{Gap, Here, Page};
use tag::Tag;
pub use written::Html;

/// Browsers stop nesting at this depth as well; deeper tags become transparent.
const DEEPEST: usize = 512;

/// How far an inline end tag looks for its start, so that hostile nesting stays linear.
const INLINE_REACH: usize = 64;

/// Renders HTML to at most 1 MiB of lines; never fails, whatever the bytes.
///
/// Blocks, rows and `<br>` break lines, cells of one row are joined by a tab
/// ([`Marks::CELLS`]), list items begin with `- ` or their number, lines inside
/// block quotes with `> `. White space, non-breaking included, is collapsed
/// outside `<pre>`.
pub fn body(html: &str) -> Body {
    let mut renderer = Renderer::default();
    let mut emitter = CallbackEmitter::new(Reading { renderer: &mut renderer, tag: Tag::default() });
    emitter.naively_switch_states(true);
    // The tokenizer runs to the end, or to the first answer, which says that the page is full.
    let _ = Tokenizer::new_with_emitter(html, Unjudged(emitter)).next();
    renderer.page.finish()
}

/// Tokens without the errors of their author, of which every mail has some: looking for them takes a quarter of the time.
struct Unjudged<'r>(CallbackEmitter<Reading<'r>, Full>);

impl ForwardingEmitter for Unjudged<'_> {
    type Token = Full;

    fn inner(&mut self) -> &mut impl Emitter<Token = Full> {
        &mut self.0
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }
}

/// What the tokenizer tells, as it tells it.
struct Reading<'r> {
    renderer: &'r mut Renderer,
    tag: Tag,
}

impl Callback<Full, ()> for Reading<'_> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Full> {
        match event {
            CallbackEvent::OpenStartTag { name } => self.tag.begin(name),
            CallbackEvent::AttributeName { name } => self.tag.attribute(name),
            CallbackEvent::AttributeValue { value } => self.tag.value(value),
            CallbackEvent::CloseStartTag { .. } => self.renderer.open(&self.tag),
            CallbackEvent::EndTag { name } => self.renderer.close(name),
            CallbackEvent::String { value } if self.renderer.here.is_seen() => {
                // What is UTF-8, as it nearly always is, is checked fastest by the whole.
                match std::str::from_utf8(value) {
                    Ok(words) => self.renderer.page.text(words, self.renderer.here),
                    Err(_) => self.renderer.page.text(&String::from_utf8_lossy(value), self.renderer.here),
                }
            }
            _ => {}
        }
        self.renderer.page.is_full().then_some(Full)
    }
}

/// Nothing more is kept.
struct Full;

/// An open element, with what held before it began.
struct Open {
    name: Vec<u8>,
    kind: Kind,
    before: Here,
    /// The break behind it.
    after: Gap,
    /// Items of a list, cells of a row.
    children: u32,
}

#[derive(Default)]
struct Renderer {
    page: Page,
    here: Here,
    stack: Vec<Open>,
    /// Elements beyond [`DEEPEST`], whose end tags are still to come.
    beyond: usize,
}

impl Renderer {
    fn open(&mut self, tag: &Tag) {
        match tag.name() {
            b"br" | b"wbr" | b"hr" | b"img" | b"input" | b"meta" | b"link" | b"col" | b"area" | b"base" | b"embed"
            | b"source" | b"track" | b"param" | b"frame" => return self.void(tag),
            _ => {}
        }
        let kind = Kind::of(tag.name());
        let clues = clues::read(tag);
        if tag.name() == b"a" {
            self.page.begin_link(clues::mailed(tag));
        }
        self.close_implied(kind);
        let before = self.here;
        self.begin(kind, clues.margin);
        if clues.rule {
            self.page.rule();
        }
        self.here.marks = self.here.marks.with(clues.marks);
        self.here.hidden |= clues.hidden || kind == Kind::Unseen;
        self.here.tiny = clues.tiny.unwrap_or(before.tiny);
        self.here.coloured = clues.coloured.unwrap_or(before.coloured);
        self.here.bold |= clues.bold || kind == Kind::Bold;
        self.here.preformatted = clues.preformatted.unwrap_or(before.preformatted || kind == Kind::Preformatted);
        if kind == Kind::Quote && !clues.indent {
            self.here.depth = before.depth.saturating_add(1);
        }
        if self.stack.len() < DEEPEST {
            self.stack.push(Open {
                name: tag.name().to_vec(),
                kind,
                before,
                after: gap_around(kind, clues.margin),
                children: 0,
            });
        } else {
            self.here = before;
            self.beyond += 1;
        }
    }

    fn void(&mut self, tag: &Tag) {
        match tag.name() {
            _ if !self.here.is_seen() => {}
            b"br" => self.page.line_break(self.here),
            b"hr" => {
                self.page.gap(Gap::Line);
                self.page.rule();
            }
            b"img" => {
                if let Some(face) = clues::emoji(tag) {
                    self.page.text(&face, self.here);
                }
            }
            _ => {}
        }
    }

    /// Breaks the line as the element's beginning does.
    fn begin(&mut self, kind: Kind, margin: Option<bool>) {
        match kind {
            Kind::Cell => {
                let earlier = self.count_in(|kind| kind == Kind::Row, Kind::Table);
                self.page.cell(earlier > 1);
            }
            Kind::Item => {
                self.page.gap(Gap::Line);
                let number = self.count_in(|kind| matches!(kind, Kind::Ordered | Kind::Unordered), Kind::Table);
                let ordered = self.stack.iter().rev().find(|o| matches!(o.kind, Kind::Ordered | Kind::Unordered));
                let ordered = ordered.is_some_and(|o| o.kind == Kind::Ordered);
                self.page.bullet(if ordered { format!("{number}. ") } else { "- ".to_owned() });
            }
            _ => self.page.gap(gap_around(kind, margin)),
        }
    }

    /// Counts one more child of the nearest open element of that kind; 0 if there is none before a `fence`.
    fn count_in(&mut self, is_parent: impl Fn(Kind) -> bool, fence: Kind) -> u32 {
        for open in self.stack.iter_mut().rev() {
            if is_parent(open.kind) {
                open.children += 1;
                return open.children;
            }
            if open.kind == fence {
                break;
            }
        }
        0
    }

    /// Closes what HTML lets its authors leave open: `<p>`, `<li>`, `<td>`, `<tr>`.
    fn close_implied(&mut self, next: Kind) {
        let ends = |open: Kind| match next {
            Kind::Item => open == Kind::Item,
            Kind::Cell => open == Kind::Cell,
            Kind::Row => matches!(open, Kind::Row | Kind::Cell),
            _ => !next.is_inline() && open == Kind::Paragraph,
        };
        let passes = |open: Kind| match next {
            Kind::Item | Kind::Cell | Kind::Row => !matches!(open, Kind::Table | Kind::Ordered | Kind::Unordered),
            _ => open.is_inline(),
        };
        let mut found = None;
        for (index, open) in self.stack.iter().enumerate().rev().take(INLINE_REACH) {
            if ends(open.kind) {
                found = Some(index);
                if next != Kind::Row || open.kind == Kind::Row {
                    break;
                }
            } else if !passes(open.kind) {
                break;
            }
        }
        if let Some(index) = found {
            self.close_from(index);
        }
    }

    fn close(&mut self, name: &[u8]) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        if name == b"a" {
            self.page.end_link();
        }
        let kind = Kind::of(name);
        let reach = if kind.is_inline() { INLINE_REACH } else { DEEPEST };
        let tabular = kind.fences() || matches!(name, b"tbody" | b"thead" | b"tfoot" | b"body" | b"html");
        for (index, open) in self.stack.iter().enumerate().rev().take(reach) {
            if open.name == name {
                return self.close_from(index);
            }
            let barred = if kind.is_inline() { !open.kind.is_inline() } else { open.kind.fences() && !tabular };
            if barred {
                return;
            }
        }
    }

    /// Ends every element from `index` upwards.
    fn close_from(&mut self, index: usize) {
        for open in self.stack.drain(index..).rev() {
            self.here = open.before;
            self.page.gap(open.after);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::text::Marks;

    fn lines(html: &str) -> Vec<String> {
        body(html).lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn blocks_and_breaks_become_lines() {
        assert_eq!(lines("a<div>b<br>c</div><p>d</p>e"), ["a", "b", "c", "", "d", "", "e"]);
        assert_eq!(lines("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b"), ["a", "", "b"]);
        assert_eq!(lines("<div>a</div><div><br></div><div>b</div>"), ["a", "", "b"]);
    }

    #[test]
    fn white_space_is_collapsed_unless_preformatted() {
        assert_eq!(lines(" a \n  b&nbsp;&nbsp; c <b> d</b>"), ["a b c d"]);
        assert_eq!(lines("<pre>a\n  b</pre>"), ["a", "  b"]);
    }

    #[test]
    fn what_no_reader_sees_is_dropped() {
        let html = "<head><title>t</title><style>p{}</style></head><div style='display:none'>pre<p>header</div>\
                    <!-- c --><script>x()</script><img alt='logo' src=x><span style='font-size:0'>z</span>seen";
        assert_eq!(lines(html), ["seen"]);
        assert_eq!(lines("<td style='font-size:0px'><div style='font-size:14px'>seen</div></td>"), ["seen"]);
    }

    #[test]
    fn cells_of_a_row_share_a_line() {
        let page = body("<table><tr><td><p>From:</p></td><td>Ann</td></tr><tr><td>To:<td>Bo</table>after");
        let texts: Vec<&str> = page.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(texts, ["From:\tAnn", "To:\tBo", "after"]);
        assert!(page.lines[0].marks.has(Marks::CELLS) && !page.lines[2].marks.has(Marks::CELLS));
    }

    #[test]
    fn a_name_keeps_the_address_that_it_links_to() {
        let page = body(
            "<b>From:</b> <a href='MAILTO:Ann%40acme.example?subject=x'>Ann <i>Li</i></a>, <a href=mailto:b@x.example>b@x.example</a>",
        );
        assert_eq!(page.lines[0].text, "From: Ann Li, b@x.example");
        let links: Vec<_> = page.lines[0].links.iter().map(|l| (l.name.as_str(), l.address.as_str())).collect();
        assert_eq!(links, [("Ann Li", "Ann@acme.example")]);
    }

    #[test]
    fn lists_have_bullets_and_numbers() {
        assert_eq!(lines("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>"), ["- a", "- b", "1. c", "2. d"]);
    }

    #[test]
    fn block_quotes_are_written_as_quote_marks() {
        let page = body("a<blockquote type=cite>b<blockquote>c</blockquote></blockquote>d");
        let texts: Vec<(&str, u8)> = page.lines.iter().map(|l| (l.text.as_str(), l.depth)).collect();
        assert_eq!(texts, [("a", 0), ("> b", 1), ("> > c", 2), ("d", 0)]);
        assert!(page.lines[1].marks.has(Marks::CITE) && page.lines[2].words() == "c");
    }

    #[test]
    fn clients_structure_is_marked() {
        let marked = |html: &str, mark: Marks| body(html).lines.last().is_some_and(|line| line.marks.has(mark));
        assert!(marked("<div class='x_gmail_quote'>a", Marks::QUOTE));
        assert!(marked("<div class='ydp12yahoo_quoted'>a", Marks::QUOTE));
        assert!(marked("<div class=gmail_quote>---------- Forwarded message ---------<br>a", Marks::FORWARD));
        assert!(marked("<div id=divRplyFwdMsg>a", Marks::HEADER_BLOCK));
        assert!(marked("<div class=moz-cite-prefix>a", Marks::ATTRIBUTION));
        assert!(marked("<pre class=moz-signature>a", Marks::SIGNATURE));
        assert!(marked("<div id='ms-outlook-mobile-signature'>a", Marks::SIGNATURE));
        assert!(marked("a<hr>b", Marks::RULE));
        assert!(marked("a<div style='border:none;border-top:solid #E1E1E1 1.0pt'>b", Marks::RULE));
        assert!(marked("<b>From:</b> a", Marks::BOLD));
        assert!(!marked("a<div style='border:1px'>b", Marks::RULE));
    }

    #[test]
    fn hostile_markup_ends_within_bounds() {
        for piece in [
            "<",
            "<div>",
            "<blockquote>",
            "<b><div></b>",
            "<table><tr><td>",
            "<li>",
            "<br>",
            "&",
            "<!--",
            "</p>",
            "<pre>\n",
        ] {
            let page = body(&piece.repeat(300_000 / piece.len()));
            assert!(page.to_text().len() <= (1 << 20) + 2048, "{piece}");
        }
    }
}
