//! HTML to lines.
