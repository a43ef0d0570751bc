//! A story of mails, drawn by dice, and what must be on record once it is told.

use std::collections::BTreeMap;

/// Numbers that are the same for the same seed (xorshift64*, Vigna 2016).
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}

/// What must be on record in the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Oracle {
    /// How many mails came to each disposition.
    pub dispositions: BTreeMap<String, u64>,
    /// Subject and disposition of each interaction, and how often it may be there: once.
    pub interactions: BTreeMap<(String, String), u64>,
}

impl Oracle {
    /// One more mail came to this.
    pub fn mail(&mut self, disposition: &str) {
        *self.dispositions.entry(disposition.to_owned()).or_default() += 1;
    }

    /// One more interaction of this subject.
    pub fn interaction(&mut self, subject: &str, disposition: &str) {
        *self.interactions.entry((subject.to_owned(), disposition.to_owned())).or_default() += 1;
    }
}

fn mail(from: &str, number: usize, headers: &str, body: &str) -> Vec<u8> {
    let (minute, hour, day) = (number % 60, number / 60 % 24, 10 + number / 1440);
    format!(
        "{headers}From: {from}\r\nTo: me@us.example, log@us.example\r\nSubject: Mail {number}\r\n\
         Date: {day} Nov 2025 {hour:02}:{minute:02}:00 +0100\r\nMessage-ID: <{number}@test.example>\r\n{body}"
    )
    .into_bytes()
}

fn ordinary(number: usize) -> Vec<u8> {
    mail(
        "Ann Li <ann@acme.example>",
        number,
        "",
        &format!("\r\nThe words of mail {number}, which nobody else wrote.\r\n"),
    )
}

/// Mail `earlier`, forwarded by a colleague.
fn forward(number: usize, earlier: usize) -> Vec<u8> {
    let (minute, hour, day) = (earlier % 60, earlier / 60 % 24, 10 + earlier / 1440);
    let passed = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\r\n";
    let body = format!(
        "\r\n---------- Forwarded message ---------\r\nFrom: Ann Li <ann@acme.example>\r\n\
         Date: Nov {day}, 2025 at {hour:02}:{minute:02}\r\nSubject: Mail {earlier}\r\nTo: <me@us.example>\r\n\r\n\r\n\
         The words of mail {earlier}, which nobody else wrote.\r\n"
    );
    let mail = mail("Mia Eklund <me@us.example>", number, passed, &body);
    String::from_utf8_lossy(&mail).replace("To: me@us.example, log@us.example", "To: log@us.example").into_bytes()
}

/// Boundaries that never come, or mails within mails: both from a contact.
fn hostile(number: usize, nested: bool) -> Vec<u8> {
    let body = match nested {
        true => "Content-Type: message/rfc822\r\n\r\n".repeat(500) + "Subject: inside\r\n\r\nwords\r\n",
        false => {
            let part = |n: usize| format!("--b\r\nContent-Type: multipart/mixed; boundary=none{n}\r\n\r\n");
            let parts: String = (0..1_000).map(part).collect();
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}")
        }
    };
    mail("Bo Birch <bo@birch.example>", number, "MIME-Version: 1.0\r\n", &body)
}

/// So many mails in the order of their arrival, and what must come of them.
pub fn story(length: usize, dice: &mut Dice) -> (Vec<Vec<u8>>, Oracle) {
    let (mut mails, mut oracle, mut sent): (Vec<Vec<u8>>, Oracle, Vec<usize>) = Default::default();
    for number in 0..length {
        let subject = format!("Mail {number}");
        let kind = if sent.is_empty() { 99 } else { dice.below(100) };
        let earlier = |dice: &mut Dice, sent: &[usize]| sent[dice.below(sent.len() as u64) as usize];
        let mail = match kind {
            0..10 => {
                oracle.mail("recorded");
                ordinary(earlier(dice, &sent))
            }
            10..20 => {
                oracle.mail("recorded");
                forward(number, earlier(dice, &sent))
            }
            20..30 => {
                oracle.mail("unmatched");
                oracle.interaction(&subject, "unmatched");
                mail(&format!("Stranger <s{number}@elsewhere.example>"), number, "", "\r\nHello there.\r\n")
            }
            30..34 => {
                oracle.mail("set-aside");
                mail(
                    "News <news@weekly.example>",
                    number,
                    "Precedence: bulk\r\nList-Unsubscribe: <mailto:off@weekly.example>\r\n",
                    "\r\nBuy now.\r\n",
                )
            }
            34..38 => {
                oracle.mail("untrusted");
                mail("Mia Eklund <me@us.example>", number, "", "\r\nPay to my new account.\r\n")
            }
            38..40 => {
                oracle.mail("unreadable");
                vec![b'0' + (number % 10) as u8; 50]
            }
            40..42 => {
                oracle.mail("recorded");
                oracle.interaction(&subject, "recorded");
                hostile(number, number.is_multiple_of(2))
            }
            _ => {
                oracle.mail("recorded");
                oracle.interaction(&subject, "recorded");
                sent.push(number);
                ordinary(number)
            }
        };
        mails.push(mail);
    }
    (mails, oracle)
}
