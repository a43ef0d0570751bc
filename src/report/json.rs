//! A report as JSON, written as it is walked: a tree of its values would take more room than all else.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

use crate::mail::{Untrusted, is_plain};

/// Writes the object of product.md, keys in its order, indented, with a line end. Strangers' words are as they wrote
/// them, only that what would hide or steer is visible.
///
/// # Errors
/// The writer's.
pub fn write_json(report: &impl Serialize, mut writer: impl Write) -> io::Result<()> {
    let visible = Visible { pretty: PrettyFormatter::new(), text: Vec::new(), escapes: false, in_key: false };
    report.serialize(&mut Serializer::with_formatter(&mut writer, visible))?;
    writer.write_all(b"\n")
}

/// The same as a text.
pub fn json(report: &impl Serialize) -> String {
    let mut written = Vec::new();
    // Our objects have keys that are words and numbers that are finite, and a vector takes everything.
    let outcome = write_json(report, &mut written);
    debug_assert!(outcome.is_ok(), "{outcome:?}");
    String::from_utf8(written).unwrap_or_default()
}

/// Indents, and neutralises every text that is a value. A text comes in pieces, each that needs an escape between two
/// that need none; it is put together again, as what hides or steers shows in what stands beside it.
struct Visible<'i> {
    pretty: PrettyFormatter<'i>,
    /// The text that is being told.
    text: Vec<u8>,
    /// Whether something of it has to be escaped.
    escapes: bool,
    /// Keys are ours.
    in_key: bool,
}

impl Formatter for Visible<'_> {
    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.text.clear();
        self.escapes = false;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.text.extend_from_slice(fragment.as_bytes());
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, _: &mut W, escaped: CharEscape) -> io::Result<()> {
        self.escapes = true;
        self.text.push(match escaped {
            CharEscape::Quote => b'"',
            CharEscape::ReverseSolidus => b'\\',
            CharEscape::Solidus => b'/',
            CharEscape::Backspace => b'\x08',
            CharEscape::FormFeed => b'\x0c',
            CharEscape::LineFeed => b'\n',
            CharEscape::CarriageReturn => b'\r',
            CharEscape::Tab => b'\t',
            CharEscape::AsciiControl(byte) => byte,
        });
        Ok(())
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let text = std::str::from_utf8(&self.text).unwrap_or_default();
        match self.in_key || is_plain(text) {
            true if !self.escapes => {
                writer.write_all(b"\"")?;
                writer.write_all(text.as_bytes())?;
                writer.write_all(b"\"")
            }
            true => Ok(serde_json::to_writer(writer, text)?),
            false => Ok(serde_json::to_writer(writer, &Untrusted::new(text).visible())?),
        }
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.in_key = true;
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json as object};

    use super::*;

    /// The straightforward way: a tree of values, each text of it neutralised.
    fn by_tree(value: &Value) -> String {
        fn make_visible(value: &mut Value) {
            match value {
                Value::String(text) => *text = Untrusted::new(std::mem::take(text)).visible(),
                Value::Array(values) => values.iter_mut().for_each(make_visible),
                Value::Object(fields) => fields.values_mut().for_each(make_visible),
                _ => {}
            }
        }
        let mut value = value.clone();
        make_visible(&mut value);
        format!("{value:#}\n")
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            any::<String>(),
            "[ -~]{0,12}",
            "[a\"\\\\\n\r\t\u{0}\u{8}\u{c}\u{1b}\u{300}\u{200d}\u{202e}é😀]{0,12}"
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let fields = proptest::collection::vec(("[a-z_]{1,6}", inner.clone()), 0..5);
            prop_oneof![
                proptest::collection::vec(inner, 0..5).prop_map(Value::from),
                fields.prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_as_it_is_walked_is_what_the_tree_would_say(value in value()) {
            prop_assert_eq!(json(&value), by_tree(&value));
        }
    }

    #[test]
    fn words_are_visible_and_keys_are_ours() {
        let told = json(&object!({"text": "a\u{202e}\"b\"\n", "list": [1, 2.5, null], "none": {}}));
        assert_eq!(told, by_tree(&object!({"text": "a\u{202e}\"b\"\n", "list": [1, 2.5, null], "none": {}})));
        assert!(told.contains(r#""text": "a\\u{202e}\"b\"\n""#), "{told}");
    }
}
