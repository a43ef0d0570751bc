//! The wrappings of mail: base64, quoted-printable, encoded words, multiparts.

use std::fmt::Write as _;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A part: its header lines, each ended, and its body.
pub struct Part {
    pub head: String,
    pub body: Vec<u8>,
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &b| bits << 8 | u32::from(b)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

/// Base64 in lines of 76.
pub fn base64_lines(bytes: &[u8]) -> String {
    bytes.chunks(57).map(|line| base64(line) + "\n").collect()
}

/// Quoted-printable (RFC 2045, 6.7).
pub fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut column = 0;
    for &byte in bytes {
        if byte == b'\n' {
            text.push('\n');
            column = 0;
            continue;
        }
        if column > 70 {
            text.push_str("=\n");
            column = 0;
        }
        if byte.is_ascii_graphic() && byte != b'=' || byte == b' ' {
            text.push(char::from(byte));
            column += 1;
        } else {
            let _ = write!(text, "={byte:02X}");
            column += 3;
        }
    }
    text
}

/// A header's words, encoded when they need it (RFC 2047).
pub fn encoded_word(words: &str) -> String {
    if words.is_ascii() {
        return words.to_owned();
    }
    let letters: Vec<char> = words.chars().collect();
    let coded = letters.chunks(12).map(|run| base64(run.iter().collect::<String>().as_bytes()));
    coded.map(|run| format!("=?utf-8?B?{run}?=")).collect::<Vec<_>>().join("\n ")
}

/// Words as a part, in one of the ways programs send them; `way` is any number.
pub fn text(words: &str, subtype: &str, way: usize) -> Part {
    let latin: Option<Vec<u8>> = words.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let (charset, encoding, body) = match (way % 10, latin) {
        (0..2, Some(latin)) => ("iso-8859-1", "quoted-printable", quoted_printable(&latin).into_bytes()),
        (2, Some(latin)) => ("windows-1252", "8bit", latin),
        (3, _) => ("utf-8", "base64", base64_lines(words.as_bytes()).into_bytes()),
        (4..6, _) => ("utf-8", "8bit", words.as_bytes().to_vec()),
        _ => ("utf-8", "quoted-printable", quoted_printable(words.as_bytes()).into_bytes()),
    };
    Part {
        head: format!("Content-Type: text/{subtype}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n"),
        body,
    }
}

/// Several parts as one.
pub fn multipart(subtype: &str, number: u64, parts: Vec<Part>) -> Part {
    let boundary = format!("----=_Part_{number:x}_{subtype}");
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("\n--{boundary}\n{}\n", part.head).as_bytes());
        body.extend(part.body);
    }
    body.extend_from_slice(format!("\n--{boundary}--\n").as_bytes());
    Part { head: format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\n"), body }
}

/// Words as a page; a `fat` one has tables, pictures and styles as newsletters do.
pub fn page(words: &str, fat: usize) -> String {
    let mut page = String::from("<html><head><style>\n");
    for style in 0..if fat > 0 { 30 } else { 4 } {
        let _ = writeln!(page, ".c{style}{{padding:{style}px;color:#44{style:04x};border:0;line-height:120%}}");
    }
    page.push_str("</style></head><body>\n");
    for paragraph in words.split("\n\n") {
        let words = paragraph.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            page,
            "<p style=\"margin:0 0 12px 0;font-family:Arial,Helvetica,sans-serif;font-size:14px\">{words}</p>"
        );
    }
    for (row, words) in words.lines().cycle().take(fat).enumerate() {
        let _ = writeln!(
            page,
            "<table width=\"600\" cellpadding=\"0\" class=\"c{row}\"><tr><td align=\"left\"><a \
             href=\"https://click.example/t/{row:032x}?u=1\"><img src=\"https://img.example/{row:016x}.png\" \
             width=\"280\" alt=\"a picture\"></a></td><td>{words}</td></tr></table>"
        );
    }
    page + "</body></html>\n"
}
