//! Which element breaks the line, and how far.

use super::page::Gap;

/// What a tag does to the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Inline,
    Bold,
    Block,
    Paragraph,
    Quote,
    Ordered,
    Unordered,
    Item,
    Table,
    Row,
    Cell,
    Preformatted,
    Unseen,
}

impl Kind {
    pub fn of(name: &[u8]) -> Kind {
        match name {
            b"b" | b"strong" => Kind::Bold,
            b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Kind::Paragraph,
            b"blockquote" => Kind::Quote,
            b"ol" => Kind::Ordered,
            b"ul" | b"menu" | b"dir" => Kind::Unordered,
            b"li" => Kind::Item,
            b"table" => Kind::Table,
            b"tr" => Kind::Row,
            b"td" | b"th" => Kind::Cell,
            b"pre" | b"listing" => Kind::Preformatted,
            b"style" | b"script" | b"title" | b"template" | b"xml" | b"iframe" | b"noscript" | b"svg" | b"object" => {
                Kind::Unseen
            }
            b"div" | b"center" | b"address" | b"article" | b"aside" | b"section" | b"header" | b"footer" | b"main"
            | b"nav" | b"form" | b"fieldset" | b"figure" | b"dl" | b"dt" | b"dd" | b"body" | b"html" | b"tbody"
            | b"thead" | b"tfoot" | b"caption" | b"details" | b"summary" => Kind::Block,
            _ => Kind::Inline,
        }
    }

    pub fn is_inline(self) -> bool {
        matches!(self, Kind::Inline | Kind::Bold | Kind::Unseen)
    }

    /// Whether an end tag of other elements must not reach beyond it.
    pub fn fences(self) -> bool {
        matches!(self, Kind::Table | Kind::Row | Kind::Cell)
    }
}

/// Blocks stand on lines of their own; paragraphs apart as well, unless their style takes the margin away.
pub(super) fn gap_around(kind: Kind, margin: Option<bool>) -> Gap {
    match kind {
        _ if kind.is_inline() => Gap::None,
        Kind::Paragraph | Kind::Preformatted if margin != Some(false) => Gap::Blank,
        _ => Gap::Line,
    }
}
