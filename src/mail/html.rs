//! HTML to lines.

/// STUB until branch `words` is merged.
pub fn body(html: &str) -> super::Body {
    super::text::body(html, None)
}
