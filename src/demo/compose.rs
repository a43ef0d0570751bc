//! Scenes to mails: the bytes a server would hold, with the headers each way in leaves.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::SampleMail;
use super::cast::{Cast, Who};
use super::clients::{self, Original};
use super::story::{Mistake, Scene};

const CAPTURE: &str = "log@northlight.example";
const SERVER: &str = "mx.northlight.example";

/// Composes every scene as seen on `today`.
pub fn compose(scenes: &[Scene], cast: &Cast, today: Date, zone: &TimeZone) -> Result<Vec<SampleMail>, Mistake> {
    let stage = Stage { named: scenes.iter().map(|s| (s.name.as_str(), s)).collect(), cast, today, zone };
    scenes.iter().map(|scene| stage.mail(scene)).collect()
}

struct Stage<'a> {
    named: BTreeMap<&'a str, &'a Scene>,
    cast: &'a Cast,
    today: Date,
    zone: &'a TimeZone,
}

impl Stage<'_> {
    fn mail(&self, scene: &Scene) -> Result<SampleMail, Mistake> {
        let sent = self.sent(scene)?;
        let (bytes, arrived) = match scene.way.as_str() {
            "forward" | "forward-html" | "forward-nested" => self.forward(scene, &sent)?,
            "attached" => self.attached(scene, &sent)?,
            "bounce" => (self.bounce(scene, &sent)?, sent),
            "unreadable" => (b"\x00\x17\xfe\xffPK\x03\x04 torn in transit\r\n\x00\x00\x9d\x8c".to_vec(), sent),
            _ => (self.plain(scene, &sent)?, sent),
        };
        Ok(SampleMail { name: String::new(), arrived: arrived.timestamp(), bytes })
    }

    fn sent(&self, scene: &Scene) -> Result<Zoned, Mistake> {
        let day = self.today.checked_add(jiff::Span::new().days(scene.day));
        let day = day.map_err(|e| Mistake(format!("{}: {e}", scene.name)))?;
        day.to_datetime(scene.time).to_zoned(self.zone.clone()).map_err(|e| Mistake(format!("{}: {e}", scene.name)))
    }

    fn people(&self, scene: &Scene, field: &str) -> Result<Vec<Who>, Mistake> {
        scene.list(field).into_iter().map(|key| self.cast.who(key)).collect()
    }

    fn from(&self, scene: &Scene) -> Result<Who, Mistake> {
        self.cast.who(scene.field("from").unwrap_or_default())
    }

    /// What the mail's author sent: the words, and below them the quote of an earlier scene.
    fn text(&self, scene: &Scene) -> Result<String, Mistake> {
        let mut text = format!("{}\n", scene.own_words());
        let from = self.from(scene)?;
        if from.team && scene.way != "note" {
            text += &format!("\n-- \n{}\nNorthlight, Ghent\n", from.name);
        }
        if let Some(name) = scene.field("quotes") {
            let earlier = self.named.get(name).ok_or_else(|| Mistake(format!("no scene is called {name}")))?;
            let (author, to, sent) = (self.from(earlier)?, self.people(earlier, "to")?, self.sent(earlier)?);
            let words = earlier.own_words();
            let subject = earlier.field("subject").unwrap_or_default();
            text +=
                &format!("\n{}", clients::quoted(&Original { from: &author, to: &to, sent: &sent, subject, words }));
        }
        Ok(text)
    }

    /// Every way in that needs no carrier around it.
    fn plain(&self, scene: &Scene, sent: &Zoned) -> Result<Vec<u8>, Mistake> {
        let from = self.from(scene)?;
        let mut to = self.people(scene, "to")?;
        let mut cc = self.people(scene, "cc")?;
        let mut extra = Vec::new();
        match scene.way.as_str() {
            "cc" => cc.push(self.cast.who("log")?),
            "note" => to.push(self.cast.who("log")?),
            "newsletter" => {
                to.push(self.cast.who("log")?);
                extra.push("List-Id: Freight Weekly <weekly.freight-weekly.example>".to_owned());
                extra.push("List-Unsubscribe: <mailto:leave@freight-weekly.example>".to_owned());
                extra.push("Precedence: bulk".to_owned());
            }
            "notification" => {
                to.push(self.cast.who("log")?);
                extra.push("Auto-Submitted: auto-generated".to_owned());
            }
            "autoreply" => extra.push("Auto-Submitted: auto-replied".to_owned()),
            "redirect" => {
                let by = to.first().cloned().ok_or_else(|| Mistake(format!("{}: redirected to nobody", scene.name)))?;
                extra.push(format!("Resent-From: {}", header_address(&by)));
                extra.push(format!("Resent-To: {CAPTURE}"));
                extra.push(format!("Resent-Date: {}", rfc5322(sent)));
                extra.push(format!("Resent-Message-ID: <resent-{}@northlight.example>", scene.name));
            }
            _ => {}
        }
        let verdict = if scene.way == "forged" { "fail" } else { "pass" };
        let id = message_id(&scene.name, &from);
        let mut mail = Head::new(&from, sent, scene.field("subject").unwrap_or_default(), &id, verdict);
        mail.people("To", &to).people("Cc", &cc).lines(&extra);
        if let Some(name) = scene.field("quotes") {
            let earlier = self.named.get(name).ok_or_else(|| Mistake(format!("no scene is called {name}")))?;
            mail.answers(&message_id(name, &self.from(earlier)?));
        }
        let text = self.text(scene)?;
        Ok(match (scene.field("file"), scene.way.as_str()) {
            (_, "meeting") => mail.with_parts(&text, &self.invitation(scene, &from, &to, sent)?),
            (Some(file), _) => mail.with_parts(&text, &file_part(file)),
            (None, _) => mail.with_text(&text),
        })
    }

    /// A colleague's carrier with the original inline. Returns when the carrier arrived as well.
    fn forward(&self, scene: &Scene, sent: &Zoned) -> Result<(Vec<u8>, Zoned), Mistake> {
        let (by, later) = self.forwarder(scene, sent)?;
        let (from, to) = (self.from(scene)?, self.people(scene, "to")?);
        let subject = scene.field("subject").unwrap_or_default();
        let words = scene.own_words();
        let original = Original { from: &from, to: &to, sent, subject, words };
        let mut block = clients::forwarded(&scene.client, &original);
        if scene.way == "forward-nested" {
            let colleague = to.first().cloned().unwrap_or_else(|| by.clone());
            let between = sent.checked_add(jiff::Span::new().minutes(30)).unwrap_or_else(|_| sent.clone());
            let subject = format!("Fwd: {subject}");
            let receivers = [by.clone()];
            let outer = Original { from: &colleague, to: &receivers, sent: &between, subject: &subject, words: &block };
            block = clients::forwarded(&scene.client, &outer);
        }
        let head_subject = format!("{}{subject}", clients::prefix(&scene.client));
        let mut mail = Head::new(&by, &later, &head_subject, &message_id(&format!("fwd-{}", scene.name), &by), "pass");
        mail.people("To", &[self.cast.who("log")?]);
        let text = format!("{}\n\n{block}", scene.words);
        let bytes = match scene.way.as_str() {
            "forward-html" => mail.with_html(&outlook_page(&scene.words, &original)),
            _ => mail.with_text(text.trim_start()),
        };
        Ok((bytes, later))
    }

    /// A colleague's carrier with the original attached.
    fn attached(&self, scene: &Scene, sent: &Zoned) -> Result<(Vec<u8>, Zoned), Mistake> {
        let (by, later) = self.forwarder(scene, sent)?;
        let inner = Scene { way: "in".into(), ..scene.clone() };
        let inner = self.plain(&inner, sent)?;
        let inner = String::from_utf8(inner).map_err(|e| Mistake(e.to_string()))?;
        let part = format!("Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n{inner}");
        let subject = format!("Fwd: {}", scene.field("subject").unwrap_or_default());
        let mut mail = Head::new(&by, &later, &subject, &message_id(&format!("fwd-{}", scene.name), &by), "pass");
        mail.people("To", &[self.cast.who("log")?]);
        Ok((mail.with_parts(&format!("{}\n", scene.words), &part), later))
    }

    /// Who forwarded a scene, and when: `by: jonas +42`, in minutes.
    fn forwarder(&self, scene: &Scene, sent: &Zoned) -> Result<(Who, Zoned), Mistake> {
        let mistake = || Mistake(format!("{}: `by` names a colleague and +minutes", scene.name));
        let (who, minutes) = scene.field("by").and_then(|v| v.split_once(" +")).ok_or_else(mistake)?;
        let minutes: i64 = minutes.parse().map_err(|_| mistake())?;
        let later = sent.checked_add(jiff::Span::new().minutes(minutes)).map_err(|_| mistake())?;
        Ok((self.cast.who(who)?, later))
    }

    /// A delivery report (RFC 3464) for a mail of ours.
    fn bounce(&self, scene: &Scene, sent: &Zoned) -> Result<Vec<u8>, Mistake> {
        let failed = scene.field("failed").unwrap_or_default();
        let daemon =
            Who { name: "Mail Delivery System".into(), address: format!("MAILER-DAEMON@{SERVER}"), team: false };
        let mut mail =
            Head::new(&daemon, sent, "Undelivered Mail Returned to Sender", &message_id(&scene.name, &daemon), "none");
        mail.people("To", &[self.cast.who("log")?]).lines(&["Auto-Submitted: auto-replied".to_owned()]);
        let text = format!("I could not deliver your mail to\n\n<{failed}>: 550 5.1.1 unknown user\n");
        let report = format!(
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {SERVER}\r\n\r\nFinal-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        );
        Ok(mail.with_report(&text, &report))
    }

    /// An invitation (RFC 5545, RFC 5546) as a calendar part.
    fn invitation(&self, scene: &Scene, from: &Who, to: &[Who], sent: &Zoned) -> Result<String, Mistake> {
        let mistake = || Mistake(format!("{}: `starts` is a day and a time", scene.name));
        let (day, time) = scene.field("starts").and_then(|v| v.split_once(' ')).ok_or_else(mistake)?;
        let day = self.today.checked_add(jiff::Span::new().days(day.parse::<i64>().map_err(|_| mistake())?));
        let time: jiff::civil::Time = time.parse().map_err(|_| mistake())?;
        let start = day.ok().and_then(|d| d.to_datetime(time).to_zoned(self.zone.clone()).ok()).ok_or_else(mistake)?;
        let start = start.with_time_zone(TimeZone::UTC);
        let attendees: String = to.iter().map(|w| format!("ATTENDEE;CN={}:mailto:{}\r\n", w.name, w.address)).collect();
        Ok(format!(
            "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Northlight//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{}@northlight.example\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDURATION:PT1H\r\nSUMMARY:{}\r\nLOCATION:{}\r\nORGANIZER;CN={}:mailto:{}\r\n{attendees}END:VEVENT\r\nEND:VCALENDAR\r\n",
            scene.name,
            sent.with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ"),
            start.strftime("%Y%m%dT%H%M%SZ"),
            scene.field("subject").unwrap_or_default(),
            scene.field("place").unwrap_or_default().replace(',', "\\,"),
            from.name,
            from.address,
        ))
    }
}

fn message_id(name: &str, author: &Who) -> String {
    format!("<{name}@{}>", author.domain())
}

fn rfc5322(at: &Zoned) -> String {
    at.strftime("%a, %-d %b %Y %H:%M:%S %z").to_string()
}

/// A header block under construction.
struct Head(String);

impl Head {
    fn new(from: &Who, at: &Zoned, subject: &str, id: &str, dmarc: &str) -> Head {
        let (date, domain) = (rfc5322(at), from.domain());
        Head(format!(
            "Return-Path: <{}>\r\nAuthentication-Results: {SERVER}; dmarc={dmarc} header.from={domain}\r\nReceived: from mail.{domain} by {SERVER} with ESMTPS; {date}\r\nFrom: {}\r\nDate: {date}\r\nSubject: {}\r\nMessage-ID: {id}\r\nMIME-Version: 1.0\r\n",
            from.address,
            header_address(from),
            encoded(subject),
        ))
    }

    fn people(&mut self, field: &str, who: &[Who]) -> &mut Head {
        if !who.is_empty() {
            let list = who.iter().map(header_address).collect::<Vec<_>>().join(",\r\n ");
            self.0 += &format!("{field}: {list}\r\n");
        }
        self
    }

    fn lines(&mut self, lines: &[String]) -> &mut Head {
        for line in lines {
            self.0 += &format!("{line}\r\n");
        }
        self
    }

    fn answers(&mut self, id: &str) {
        self.0 += &format!("In-Reply-To: {id}\r\nReferences: {id}\r\n");
    }

    fn with_text(self, text: &str) -> Vec<u8> {
        format!("{}{}", self.0, part("plain", text)).into_bytes()
    }

    fn with_html(self, html: &str) -> Vec<u8> {
        format!("{}{}", self.0, part("html", html)).into_bytes()
    }

    fn with_parts(self, text: &str, other: &str) -> Vec<u8> {
        self.multipart("mixed", text, other)
    }

    fn with_report(self, text: &str, report: &str) -> Vec<u8> {
        self.multipart("report; report-type=delivery-status", text, report)
    }

    fn multipart(self, kind: &str, text: &str, other: &str) -> Vec<u8> {
        let text = part("plain", text);
        // A boundary must not occur in what it divides, such as an attached mail with parts of its own.
        let line = if other.contains("=_part") { "=_outer" } else { "=_part" };
        format!(
            "{}Content-Type: multipart/{kind}; boundary=\"{line}\"\r\n\r\n--{line}\r\n{text}\r\n--{line}\r\n{other}\r\n--{line}--\r\n",
            self.0
        )
        .into_bytes()
    }
}

fn part(kind: &str, text: &str) -> String {
    let text = text.replace('\n', "\r\n");
    format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}")
}

fn file_part(name: &str) -> String {
    format!(
        "Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\nU2FtcGxlCg==\r\n"
    )
}

fn header_address(who: &Who) -> String {
    match who.name.is_empty() {
        true => who.address.clone(),
        false if who.name.is_ascii() => format!("\"{}\" <{}>", who.name, who.address),
        false => format!("{} <{}>", encoded(&who.name), who.address),
    }
}

/// An encoded word (RFC 2047, 4.2) for words that need one.
fn encoded(words: &str) -> String {
    if words.is_ascii() {
        return words.to_owned();
    }
    let q: String = words
        .bytes()
        .map(|b| match b {
            b' ' => "_".to_owned(),
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("={b:02X}"),
        })
        .collect();
    format!("=?utf-8?q?{q}?=")
}

/// The way Outlook writes a forward as HTML.
fn outlook_page(comment: &str, original: &Original) -> String {
    let escape = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines = |s: &str| escape(s).replace('\n', "<br>\n");
    let to = original.to.iter().map(Who::shown).collect::<Vec<_>>().join("; ");
    format!(
        "<html><body><div>{}</div><hr tabindex=\"-1\" style=\"display:inline-block;width:98%\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\"><b>From:</b> {}<br><b>Sent:</b> {}<br><b>To:</b> {}<br><b>Subject:</b> {}</font></div><div>{}</div></body></html>",
        lines(comment),
        escape(&original.from.shown()),
        original.sent.strftime("%A, %B %-d, %Y %-I:%M %p"),
        escape(&to),
        escape(original.subject),
        lines(original.words),
    )
}
