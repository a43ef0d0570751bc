//! mbox files, mail by mail (RFC 4155, and what its relatives mboxrd, mboxo, mboxcl and mboxcl2 do).
//!
//! A mail begins with a `From ` line that stands after an empty line and ends in a date; the same words without a date
//! are somebody's sentence. Quoted `>From ` lines lose one `>`. A `Content-Length` is believed only if a `From ` line
//! or the end of the file stands where it leads: then the body is taken as it is.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::KEPT;

/// The longest line that is looked at as a `From ` line, in bytes.
pub const LONGEST_FROM: u64 = 1024;

/// One mail of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its bytes, without the `From ` line and the empty line before the next.
    pub bytes: Vec<u8>,
    /// Its size in bytes; more than `bytes` when it is too large to be held.
    pub size: u64,
    /// The time of the `From ` line, taken as UTC as the RFC says.
    pub arrived: Option<Timestamp>,
}

impl Mail {
    fn push(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        if self.bytes.len() as u64 <= KEPT {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// The empty line before the next `From ` belongs to the file, not to the mail.
    fn drop_empty_last_line(&mut self) {
        let end = if self.bytes.ends_with(b"\n\r\n") { 2 } else { usize::from(self.bytes.ends_with(b"\n\n")) };
        self.bytes.truncate(self.bytes.len() - end);
        self.size -= end as u64;
    }
}

/// Reads an mbox from its beginning.
pub struct Reader<R> {
    input: R,
    position: u64,
    /// The `From ` line that was read and whose mail was not.
    begun: Option<Vec<u8>>,
}

impl<R: BufRead + Seek> Reader<R> {
    /// At the beginning of the file.
    pub fn new(input: R) -> Reader<R> {
        Reader { input, position: 0, begun: None }
    }

    /// How many bytes were read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next mail; `None` at the end. What stands before the first `From ` line is no mail.
    pub fn next_mail(&mut self) -> io::Result<Option<Mail>> {
        let from = match self.begun.take() {
            Some(line) => line,
            None => match self.first_from()? {
                Some(line) => line,
                None => return Ok(None),
            },
        };
        let arrived = date_of(&from);
        let mut mail = Mail { bytes: Vec::new(), size: 0, arrived };
        let length = self.headers(&mut mail)?;
        match length {
            Some(length) if self.is_end_of_mail(length)? => self.take_exactly(length, &mut mail)?,
            _ => self.take_until_from(&mut mail)?,
        }
        Ok(Some(mail))
    }

    fn first_from(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        while self.line(&mut line)? {
            if is_from_line(&line) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// Reads to the empty line after the headers, or to the next mail if there is none; tells the `Content-Length`.
    fn headers(&mut self, mail: &mut Mail) -> io::Result<Option<u64>> {
        let mut length = None;
        let mut line = Vec::new();
        while self.line(&mut line)? {
            let stripped = trim_end(&line);
            if let Some(value) = value_of(stripped, "content-length:") {
                length = value.trim().parse().ok();
            }
            let end = stripped.is_empty();
            mail.push(&line);
            if end {
                return Ok(length);
            }
        }
        Ok(None)
    }

    /// Whether a mail ends after so many bytes from here. Comes back to here.
    fn is_end_of_mail(&mut self, length: u64) -> io::Result<bool> {
        let Ok(offset) = i64::try_from(length) else { return Ok(false) };
        let size = self.input.seek(SeekFrom::End(0))?;
        self.input.seek(SeekFrom::Start(self.position))?;
        let Some(end) = self.position.checked_add(length).filter(|&end| end <= size) else { return Ok(false) };
        self.input.seek_relative(offset)?;
        let mut next = Vec::new();
        (&mut self.input).take(7).read_to_end(&mut next)?;
        self.input.seek(SeekFrom::Start(self.position))?;
        let next = next.strip_prefix(b"\r").unwrap_or(&next);
        let next = next.strip_prefix(b"\n").unwrap_or(next);
        Ok(end == size || next.starts_with(b"From ") || next.is_empty())
    }

    fn take_exactly(&mut self, length: u64, mail: &mut Mail) -> io::Result<()> {
        (&mut self.input).take(length.min(KEPT)).read_to_end(&mut mail.bytes)?;
        mail.size += length;
        self.position += length;
        self.input.seek(SeekFrom::Start(self.position))?;
        self.begun = self.first_from()?;
        Ok(())
    }

    fn take_until_from(&mut self, mail: &mut Mail) -> io::Result<()> {
        let mut line = Vec::new();
        let mut after_empty = true;
        while self.line(&mut line)? {
            if after_empty && is_from_line(&line) {
                self.begun = Some(line);
                break;
            }
            after_empty = trim_end(&line).is_empty();
            let quotes = line.iter().take_while(|&&b| b == b'>').count();
            let quoted = quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "));
            mail.push(line.get(usize::from(quoted)..).unwrap_or_default());
        }
        mail.drop_empty_last_line();
        Ok(())
    }

    /// The next line with its end, or a piece of it when it is endless.
    fn line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        let read = (&mut self.input).take(KEPT).read_until(b'\n', line)?;
        self.position += read as u64;
        Ok(read > 0)
    }
}

/// Whether a line begins a mail: `From `, somebody, and a date with a time and a year.
pub fn is_from_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") && line.len() as u64 <= LONGEST_FROM && date_of(line).is_some()
}

/// `From ann@acme.example Thu Nov 19 09:12:00 2026`, with or without a zone before or after the year.
fn date_of(line: &[u8]) -> Option<Timestamp> {
    let line = String::from_utf8_lossy(line);
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let time = words
        .iter()
        .rposition(|word| word.split(':').count() >= 2 && word.starts_with(|c: char| c.is_ascii_digit()))?;
    let (month, day) = (words.get(time.checked_sub(2)?)?, words.get(time - 1)?);
    let year =
        words.get(time + 1..)?.iter().find(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))?;
    let clock = words.get(time)?;
    let clock = if clock.split(':').count() == 2 { format!("{clock}:00") } else { (*clock).to_owned() };
    let civil = DateTime::strptime("%b %d %H:%M:%S %Y", format!("{month} {day} {clock} {year}")).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn value_of<'a>(line: &'a [u8], name: &str) -> Option<&'a str> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name.as_bytes()).then(|| std::str::from_utf8(value).ok())?
}

fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn mails(file: &str) -> Vec<String> {
        let mut reader = Reader::new(Cursor::new(file.as_bytes()));
        let mut mails = Vec::new();
        while let Some(mail) = reader.next_mail().unwrap() {
            mails.push(String::from_utf8(mail.bytes).unwrap());
        }
        mails
    }

    #[test]
    fn mails_begin_at_from_lines_with_a_date_after_an_empty_line() {
        let file = "From a@x.example Thu Nov 19 09:12:00 2026\nSubject: 1\n\nFrom now on\n\nFrom here we go\nFrom b Thu Nov 19 09:12:00 2026\n\n\
                    From b@x.example Fri Nov  5 09:12 2026 +0100\nSubject: 2\n\nEnd\n";
        let expected =
            ["Subject: 1\n\nFrom now on\n\nFrom here we go\nFrom b Thu Nov 19 09:12:00 2026\n", "Subject: 2\n\nEnd\n"];
        assert_eq!(mails(file), expected);
    }

    #[test]
    fn quoted_from_lines_lose_one_quote() {
        let file = "From a Thu Nov 19 09:12:00 2026\n\n>From me\n>>From you\n> From him\n";
        assert_eq!(mails(file), ["\nFrom me\n>From you\n> From him\n"]);
    }

    #[test]
    fn a_content_length_that_leads_to_the_next_mail_is_believed() {
        let body = "x\n\nFrom c Thu Nov 19 09:12:00 2026\n>From kept\n";
        let file = format!(
            "From a Thu Nov 19 09:12:00 2026\nContent-Length: {}\n\n{body}\nFrom b Thu Nov 19 09:12:00 2026\n\nlast\n",
            body.len()
        );
        assert_eq!(mails(&file), [format!("Content-Length: {}\n\n{body}", body.len()), "\nlast\n".into()]);
    }

    #[test]
    fn a_content_length_that_leads_nowhere_is_not() {
        for length in ["3", "99999", "18446744073709551615", "x"] {
            let file = format!(
                "From a Thu Nov 19 09:12:00 2026\nContent-Length: {length}\n\nwords\n\nFrom b Thu Nov 19 09:12:00 2026\n\nlast\n"
            );
            assert_eq!(mails(&file).len(), 2, "{length}");
        }
    }

    #[test]
    fn the_time_of_the_from_line_is_utc() {
        let time = |line: &str| date_of(line.as_bytes()).map(|t| t.to_string());
        assert_eq!(time("From a@b Thu Nov 19 09:12:00 2026").as_deref(), Some("2026-11-19T09:12:00Z"));
        assert_eq!(time("From a@b Thu Nov  9 09:12:00 +0100 2026").as_deref(), Some("2026-11-09T09:12:00Z"));
        assert_eq!(time("From now on at 10:30 we meet"), None);
    }

    #[test]
    fn line_ends_of_both_kinds_are_kept() {
        let file =
            "From a Thu Nov 19 09:12:00 2026\r\nA: b\r\n\r\nx\r\n\r\nFrom b Thu Nov 19 09:12:00 2026\r\n\r\ny\r\n";
        assert_eq!(mails(file), ["A: b\r\n\r\nx\r\n", "\r\ny\r\n"]);
    }

    #[test]
    fn what_is_no_mbox_has_no_mails() {
        for file in ["", "\n\n", "From", "hello\nFrom here\n"] {
            assert!(mails(file).is_empty());
        }
    }
}
