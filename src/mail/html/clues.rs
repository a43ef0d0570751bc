//! What a tag's attributes say about the lines inside it.
//!
//! Classes and ids are compared by what clients have in common: prefixes that
//! Exchange (`x_`), Hotmail (`ecx`) and Yahoo (`ydp…`) put before other
//! clients' names are looked through, and anything named a signature is one.

use std::sync::LazyLock;

use super::names::Names;
use super::tag::Tag;
use crate::mail::text::Marks;

/// The clues of one start tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Clues {
    pub marks: Marks,
    pub hidden: bool,
    /// The letters' size is stated: `Some(true)` if it is nothing.
    pub tiny: Option<bool>,
    pub bold: bool,
    /// The letters' colour is stated: `Some(true)` if it is neither black nor grey.
    pub coloured: Option<bool>,
    /// A `border-top` drawn as a separator stands above it.
    pub rule: bool,
    /// A block quote that only indents.
    pub indent: bool,
    /// `Some(false)`: the paragraph has no margin.
    pub margin: Option<bool>,
    pub preformatted: Option<bool>,
}

/// Class, id or name endings and what they mark. An ending, because prefixes are other clients'.
const NAMES: &[(&str, Marks)] = &[
    ("gmail_quote", Marks::QUOTE),
    ("gmail_quote_container", Marks::QUOTE),
    ("yahoo_quoted", Marks::QUOTE),
    ("yahooquoted", Marks::QUOTE),
    ("protonmail_quote", Marks::QUOTE),
    ("tutanota_quote", Marks::QUOTE),
    ("zmail_extra", Marks::QUOTE),
    ("nylas-quote", Marks::QUOTE),
    ("front-blockquote", Marks::QUOTE),
    ("history_container", Marks::QUOTE),
    ("messagereplysection", Marks::QUOTE),
    ("olk_src_body_section", Marks::QUOTE),
    ("mail-editor-reference-message-container", Marks::QUOTE),
    ("bloop_original_html", Marks::QUOTE),
    ("__quoted_text__", Marks::QUOTE),
    ("hs_reply", Marks::QUOTE),
    ("gmail_attr", Marks::ATTRIBUTION),
    ("moz-cite-prefix", Marks::ATTRIBUTION),
    ("airmail_on", Marks::ATTRIBUTION),
    ("reply-intro", Marks::ATTRIBUTION),
    ("divrplyfwdmsg", Marks::HEADER_BLOCK),
    ("outlookmessageheader", Marks::HEADER_BLOCK),
    ("moz-email-headers-table", Marks::HEADER_BLOCK),
    ("moz-forward-container", Marks::FORWARD),
    ("signature", Marks::SIGNATURE),
    ("signature_block", Marks::SIGNATURE),
    ("signature-block", Marks::SIGNATURE),
    ("messagesignaturesection", Marks::SIGNATURE),
    ("__sig_pre__", Marks::SIGNATURE),
    ("__sig_post__", Marks::SIGNATURE),
    ("bloop_sign", Marks::SIGNATURE),
    ("mail-signature-container", Marks::SIGNATURE),
];

/// Ids of empty elements behind which the quoted mail begins.
const SEPARATORS: &[&str] = &["appendonsend", "zwchr", "stopspelling", "skydriveplaceholder"];

/// Whether a page's source names anything that marks a line as quoted or as a quote's head: a block quote, or one of
/// [`NAMES`], wherever it stands.
pub(super) fn may_mark(page: &str) -> bool {
    static QUOTING: LazyLock<Names> = LazyLock::new(|| Names::of(quoting()));
    QUOTING.end_a_word(page.as_bytes())
}

/// What marks a line as quoted or as a quote's head.
fn quoting() -> impl Iterator<Item = &'static [u8]> {
    let names = NAMES.iter().filter(|(_, marks)| *marks != Marks::SIGNATURE).map(|(name, _)| *name);
    names.chain(["blockquote"]).map(str::as_bytes)
}

pub(super) fn read(tag: &Tag) -> Clues {
    let mut clues = Clues::default();
    if tag.is_plain() {
        return clues;
    }
    for key in ["class", "id", "name", "data-marker"] {
        for name in tag.lower(key).unwrap_or_default().split_ascii_whitespace() {
            clues.rule |= SEPARATORS.iter().any(|known| name.ends_with(known));
            if name.ends_with("msonormal") || name.ends_with("msolistparagraph") {
                clues.margin = Some(false);
            }
            clues.indent |= name.ends_with("webkit-indent-blockquote");
            if let Some(marks) = known_name(name) {
                clues.marks = clues.marks.with(marks);
            }
        }
    }
    if tag.name() == b"blockquote" && (tag.lower("type").as_deref() == Some("cite") || tag.has("cite")) {
        clues.marks = clues.marks.with(Marks::CITE);
    }
    clues.hidden = tag.has("hidden");
    clues.coloured = tag.lower("color").filter(|_| tag.name() == b"font").map(|value| is_colour(&value));
    if let Some(style) = tag.lower("style") {
        read_style(&style, &mut clues);
    }
    if tag.name() == b"a" {
        clues.coloured = Some(false);
    }
    clues
}

fn known_name(name: &str) -> Option<Marks> {
    NAMES.iter().find(|(known, _)| ends_as_word(name, known)).map(|&(_, marks)| marks)
}

/// Whether `name` is `known`, or ends with it behind another client's prefix.
fn ends_as_word(name: &str, known: &str) -> bool {
    let Some(prefix) = name.strip_suffix(known) else { return false };
    prefix.is_empty()
        || prefix == "ecx"
        || prefix.starts_with("ydp")
        || prefix.ends_with(['_', '-'])
        || prefix == "applemail"
}

fn read_style(style: &str, clues: &mut Clues) {
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let (property, value) = (property.trim(), without_importance(value.trim()));
        match property {
            "display" => clues.hidden |= value == "none",
            "visibility" => clues.hidden |= value == "hidden",
            "mso-hide" => clues.hidden |= value == "all",
            "font-size" => clues.tiny = Some(is_nothing(value)),
            "max-height" | "opacity" => clues.hidden |= is_nothing(value),
            "font-weight" => clues.bold |= matches!(value, "bold" | "bolder" | "600" | "700" | "800" | "900"),
            "color" => clues.coloured = Some(is_colour(value)),
            "white-space" => clues.preformatted = Some(value.starts_with("pre") && value != "pre-line"),
            "border-top" => clues.rule |= value.contains("solid") && !value.starts_with('0'),
            "border" | "border-left" if value == "none" => clues.indent = true,
            "margin" | "margin-top" => clues.margin = Some(!is_nothing(value.split(' ').next().unwrap_or(value))),
            _ => {}
        }
    }
    // A left border is how a quote is drawn; `border:none` beside it says nothing.
    clues.indent &= !style.contains("border-left:") || style.contains("border-left:none");
}

fn without_importance(value: &str) -> &str {
    if value.ends_with('t') { value.trim_end_matches("!important").trim_end() } else { value }
}

/// Whether a colour is more than a shade of grey; what cannot be read is not.
fn is_colour(value: &str) -> bool {
    let named = ["red", "blue", "green", "navy", "purple", "maroon", "teal", "magenta", "fuchsia", "orange", "brown"];
    let channels: Vec<u8> = if let Some(hex) = value.strip_prefix('#') {
        let width = if hex.len() == 3 { 1 } else { 2 };
        let digits = |at: usize| hex.get(at * width..(at + 1) * width).and_then(|d| u8::from_str_radix(d, 16).ok());
        (0..3).filter_map(digits).map(|d| if width == 1 { d * 17 } else { d }).collect()
    } else if let Some(inside) = value.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        inside.split(',').filter_map(|number| number.trim().parse().ok()).collect()
    } else {
        return named.iter().any(|name| value == *name || value.strip_prefix("dark") == Some(name));
    };
    let (most, least) = (channels.iter().max().copied().unwrap_or(0), channels.iter().min().copied().unwrap_or(0));
    channels.len() == 3 && most - least >= 64
}

/// A length or share of zero, whatever its unit.
fn is_nothing(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse::<f32>().is_ok_and(|n| n == 0.0)
}

/// The face of a picture that stands for an emoji; other pictures are not words.
pub(super) fn emoji(tag: &Tag) -> Option<String> {
    let alt = tag.written("alt")?;
    let pictorial = alt.chars().count() <= 8 && alt.chars().any(|c| c >= '\u{2190}') && !alt.is_empty();
    (pictorial && !alt.chars().any(char::is_alphanumeric)).then_some(alt)
}

/// The address that a link leads to: `href="mailto:ann@acme.example?subject=…"`, else one in its title.
pub(super) fn mailed(tag: &Tag) -> Option<String> {
    let written = |name| tag.written(name).map(|value| value.trim().to_owned());
    let behind_scheme = |href: String| {
        let scheme = href.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))?;
        let address = href.get(scheme.len()..)?.split('?').next()?.replace("%40", "@");
        Some(address).filter(|address| address.contains('@'))
    };
    let titled = || written("title").filter(|title| title.contains('@') && !title.contains(char::is_whitespace));
    written("href").and_then(behind_scheme).or_else(titled)
}
