//! What every page has around its content: title, policy, style, footer.

use sha2::{Digest, Sha256};

use super::html::Html;

/// The one style sheet, inside every page, so that a page can be mailed or moved alone.
const STYLE: &str = include_str!("../templates/style.css");

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The title of the browser's tab.
    pub title: Html,
    /// The way to the report directory: empty, or `../`.
    pub root: &'static str,
    /// The style sheet.
    pub style: Html,
    /// The Content-Security-Policy.
    pub policy: String,
    /// Our version.
    pub version: String,
}

impl Frame {
    /// A frame with a title, for a page that reaches the report directory by `root`.
    pub fn new(title: Html, root: &'static str, version: &str) -> Frame {
        Frame { title, root, style: Html::ours(STYLE), policy: policy(), version: version.to_owned() }
    }
}

/// Nothing but our own style sheet, known by its hash (Content Security Policy Level 3, 2.3.1).
fn policy() -> String {
    let hash = base64(&Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// Base 64 with padding (RFC 4648, 4): the one place that needs it is a hash of 32 bytes.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |group, i| group << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for sextet in 0..4 {
            let value = (group >> (18 - 6 * sextet)) & 63;
            let letter = ALPHABET.get(value as usize).copied().map_or('=', char::from);
            text.push(if sextet <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_gives_the_test_vectors_of_rfc_4648() {
        let table =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in table {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn the_style_sheet_cannot_end_its_element_and_asks_for_nothing() {
        for forbidden in ["</", "url(", "@import", "http", "expression"] {
            assert!(!STYLE.contains(forbidden), "{forbidden}");
        }
    }
}
