//! Text as phrases are compared: what people type in many ways made one.

use std::borrow::Cow;

use unicode_normalization::char::decompose_canonical;

/// Bytes that [`fold`] looks at together.
const BLOCK: usize = 16;

/// Text as phrases are compared: lower case; accents of Latin, Greek and Cyrillic letters, invisible
/// characters and repeated white space gone; typographic apostrophes and full-width forms made plain.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    // What is ASCII goes over a run at a time: of most languages' letters nearly all are.
    while let Some(c) = rest.chars().next() {
        let from = folded.len();
        if let Some((run, behind)) =
            rest.split_at_checked(plain(rest, folded.ends_with(' '))).filter(|split| !split.0.is_empty())
        {
            folded.push_str(run);
            folded.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
            rest = behind;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or("");
        match c {
            '\u{200B}'..='\u{200F}' | '\u{00AD}' | '\u{FEFF}' | '\u{2060}' => {}
            _ if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            _ if c.is_ascii() => folded.push(c),
            _ => fold_other(c, &mut folded),
        }
    }
    folded
}

/// The same, of a text that may be folded already.
pub fn folded(text: &str) -> Cow<'_, str> {
    let is_folded = plain(text, false) == text.len() && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) }
}

/// How many bytes a text begins with that only need to be made lower case: letters, signs and single spaces.
/// `spaced`: a space stands before it.
fn plain(text: &str, spaced: bool) -> usize {
    let bytes = text.as_bytes();
    let is_plain = |before: u8, byte: u8| byte.is_ascii_graphic() | ((byte == b' ') & (before != b' '));
    let mut before = if spaced { b' ' } else { b'.' };
    // Blocks without a branch within are looked at by the machine all at once.
    let blocks = bytes.chunks_exact(BLOCK).take_while(|block| {
        let first = block.first().is_some_and(|byte| is_plain(before, *byte));
        let next = block.iter().zip(block.iter().skip(1));
        let all = next.fold(first, |plain, (before, byte)| plain & is_plain(*before, *byte));
        before = if all { block.last().copied().unwrap_or(before) } else { before };
        all
    });
    let whole = BLOCK * blocks.count();
    let rest = bytes.get(whole..).unwrap_or_default().iter();
    whole + rest.take_while(|byte| is_plain(std::mem::replace(&mut before, **byte), **byte)).count()
}

fn fold_other(c: char, folded: &mut String) {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{00B4}' => folded.push('\''),
        'ß' => folded.push_str("ss"),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' => folded.push('d'),
        'ı' | 'İ' => folded.push('i'),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        '\u{0300}'..='\u{036F}' => {}
        '\u{FF01}'..='\u{FF5E}' => {
            let plain = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
            folded.push(plain.to_ascii_lowercase());
        }
        '\u{00C0}'..='\u{052F}' | '\u{1E00}'..='\u{1FFF}' => decompose_canonical(c, |part| {
            if !('\u{0300}'..='\u{036F}').contains(&part) {
                folded.extend(part.to_lowercase());
            }
        }),
        _ => folded.extend(c.to_lowercase()),
    }
}
