use super::*;
use crate::mail::{Attachment, Body, Html};

fn kinds(mail: &Mail) -> Vec<&str> {
    mail.defects.iter().map(|d| d.kind.as_str()).collect()
}

fn words(body: &Option<Body>) -> String {
    let lines = body.iter().flat_map(|body| body.lines.iter().map(|line| line.text.clone()));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("|")
}

fn page(html: &Option<Html>) -> String {
    words(&html.as_ref().map(|html| html.body().clone()))
}

fn files(mail: &Mail) -> Vec<String> {
    mail.attachments.iter().map(|a| a.name.as_ref().map_or(String::new(), |name| name.raw().to_owned())).collect()
}

/// A complete header followed by MIME fields and a body.
fn mail_with(rest: &str) -> Mail {
    let header = "From: Ann <ann@acme.example>\nTo: me@us.example\nDate: Fri, 20 Nov 2026 09:12:00 +0100\nMessage-ID: <1@acme.example>\nSubject: Plan\n";
    parse(format!("{header}{rest}").replace('\n', "\r\n").as_bytes())
}

#[test]
fn a_plain_mail_is_read_whole() {
    let mail = mail_with("In-Reply-To: <0@us.example>\nReferences: <r@us.example>\n\nHello\nBob\n");
    assert_eq!(mail.message_id.as_ref().map(MessageId::as_str), Some("<1@acme.example>"));
    assert_eq!(mail.references.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["<r@us.example>", "<0@us.example>"]);
    assert_eq!(mail.date.map(|d| d.to_string()).as_deref(), Some("2026-11-20T09:12:00+01:00"));
    assert_eq!((mail.subject.raw(), mail.media_type.as_str()), ("Plan", "text/plain"));
    assert_eq!(mail.author().and_then(|a| a.address.as_ref()).map(|a| a.as_str()), Some("ann@acme.example"));
    assert_eq!((words(&mail.plain).as_str(), &mail.html, mail.defects.len()), ("Hello|Bob", &None, 0));
}

#[test]
fn what_a_header_lacks_or_doubles_is_named() {
    assert_eq!(kinds(&parse(b"")), ["no-date", "no-message-id", "no-from"]);
    let mail = parse(b"From: a@x.example\nFrom: b@y.example\nDate: 30 Feb 2026 10:00 GMT\nMessage-ID: <1@x>\nMessage-ID: <2@x>\nSubject: one\nSubject: two\n\n");
    assert_eq!(kinds(&mail), ["bad-date", "several-from", "several-message-id", "several-subject"]);
    assert_eq!((mail.message_id.as_ref().map(MessageId::as_str), mail.subject.raw()), (Some("<1@x>"), "one"));
    assert_eq!((mail.role(Role::From).count(), mail.author()), (2, None));
}

#[test]
fn a_name_that_looks_like_from_is_not_from() {
    let mail = parse(b"From: b@evil.example\nFr om: ceo@us.example\n\nx");
    assert_eq!(mail.author().and_then(|a| a.address.as_ref()).map(|a| a.as_str()), Some("b@evil.example"));
}

#[test]
fn somebody_without_a_valid_address_keeps_the_name() {
    let mail = mail_with("Cc: Bob <bob at home>, \"a@good.example\"@evil.example\n\n");
    let cc: Vec<_> = mail.role(Role::Cc).map(|p| (p.name.as_ref().map(Untrusted::raw), p.address.is_none())).collect();
    assert_eq!(cc, [(Some("Bob"), true), (Some("a@good.example@evil.example"), true)]);
    assert_eq!(kinds(&mail), ["odd-address"]);
}

#[test]
fn encoded_and_eight_bit_headers_are_decoded() {
    let mail = parse(b"Subject: =?utf-8?q?caf=C3=A9?= caf\xe9\nFrom: =?iso-8859-1?q?J=F6rg?= <j@x.example>\n\n");
    assert_eq!(mail.subject.raw(), "café café");
    assert_eq!(mail.author().and_then(|a| a.name.as_ref()).map(Untrusted::raw), Some("Jörg"));
}

#[test]
fn alternatives_give_one_of_each_form() {
    let mail = mail_with(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n",
    );
    assert_eq!(words(&mail.plain), "plain");
    assert!(page(&mail.html).contains("html") && !page(&mail.html).contains("plain"));
    assert!(mail.attachments.is_empty() && mail.defects.is_empty());
}

#[test]
fn parts_that_follow_one_another_are_joined_in_both_forms() {
    let mail = mail_with(
        "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n--a\n\nfooter\n--a--\n",
    );
    assert_eq!(words(&mail.plain), "plain|footer");
    assert!(page(&mail.html).contains("html") && page(&mail.html).ends_with("footer"));
}

#[test]
fn html_around_a_file_inside_an_alternative_is_complete() {
    let mail = mail_with(
        "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nall plain\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>before</p>\n--b\nContent-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n--b\nContent-Type: text/html\n\n<p>after</p>\n--b--\n--a--\n",
    );
    assert_eq!(words(&mail.plain), "all plain");
    assert!(page(&mail.html).contains("before") && page(&mail.html).contains("after"));
    let file = Attachment { name: Some(Untrusted::new("x.pdf")), media_type: "application/pdf".into(), bytes: 5 };
    assert_eq!(mail.attachments, [file]);
}

#[test]
fn plain_and_html_that_differ_are_one_text() {
    let two = |html: &str| {
        mail_with(&format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nthe words\n--b\nContent-Type: text/html\n\n{html}\n--b--\n"
        ))
    };
    let differ = two("<p>a footer</p>");
    assert!(page(&differ.html).contains("the words") && words(&differ.plain).contains("a footer"));
    let same = two("<p>the words</p>");
    assert_eq!(words(&same.plain), "the words");
}

#[test]
fn only_html_leaves_plain_empty() {
    let mail = mail_with("Content-Type: text/html; charset=utf-8\n\n<p>caf\u{e9}</p>\n");
    assert_eq!(mail.plain, None);
    assert!(page(&mail.html).contains("café"));
}

#[test]
fn named_and_attached_texts_are_files() {
    let mail = mail_with(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b\nContent-Disposition: attachment; filename=\"=?utf-8?q?n=C3=B6te.txt?=\"\n\nnote\n--b\nContent-Type: text/plain; name=log.txt\n\nlog\n--b\nContent-Disposition: inline\n\nmore\n--b--\n",
    );
    assert_eq!(words(&mail.plain), "words|more");
    assert_eq!(files(&mail), ["nöte.txt", "log.txt"]);
}

#[test]
fn of_related_parts_only_the_first_is_words() {
    let mail = mail_with(
        "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>page</p>\n--b\nContent-Type: text/html\nContent-ID: <frame>\n\n<p>frame</p>\n--b\nContent-Type: image/png\nContent-ID: <logo>\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n",
    );
    assert!(!page(&mail.html).contains("frame"));
    assert_eq!(mail.attachments.iter().map(|a| a.media_type.as_str()).collect::<Vec<_>>(), ["text/html", "image/png"]);
}

#[test]
fn transfer_encodings_and_charsets_are_undone() {
    let mail =
        mail_with("Content-Type: text/plain; charset=windows-1251\nContent-Transfer-Encoding: base64\n\nz/Do4uXy\n");
    assert_eq!(words(&mail.plain), "Привет");
    let mail = mail_with(
        "Content-Type: text/plain; charset=x-none\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =\n!\n",
    );
    assert_eq!((words(&mail.plain).as_str(), kinds(&mail)), ("café !", vec!["unknown-charset"]));
}

#[test]
fn a_page_without_declared_charset_may_name_it_itself() {
    let mail = parse(b"Content-Type: text/html\n\n<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>");
    assert!(page(&mail.html).contains("Привет"));
    assert_eq!(words(&parse(b"Subject: x\n\n\xef\xbb\xbfwords").plain), "words");
}

#[test]
fn attached_mails_are_read_the_same_way() {
    let mail = mail_with(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\n\nFrom: c@d.example\nSubject: one\n\none\n--b\nContent-Type: application/octet-stream; name=Two.EML\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogdHdvCgp0d28K\n--b--\n",
    );
    assert_eq!(words(&mail.plain), "see below");
    let attached: Vec<_> = mail.attached.iter().map(|m| (m.subject.raw(), words(&m.plain))).collect();
    assert_eq!(attached, [("one", "one".to_owned()), ("two", "two".to_owned())]);
    assert!(mail.attachments.is_empty());
}

#[test]
fn mails_within_mails_end_at_a_limit() {
    let deep = parse("Content-Type: message/rfc822\n\n".repeat(100_000).as_bytes());
    let depth = std::iter::successors(Some(&deep), |mail| mail.attached.first()).count();
    assert_eq!(depth, ATTACHED_DEPTH + 1);
    let many = format!("Content-Type: multipart/digest; boundary=b\n\n{}", "--b\n\nSubject: x\n\nx\n".repeat(300));
    let many = parse(many.as_bytes());
    assert_eq!((many.attached.len(), many.attachments.len()), (ATTACHED_COUNT, 100));
    assert!(kinds(&many).contains(&"attached-too-deep"));
}

#[test]
fn calendars_reports_and_winmail_are_told_apart() {
    let mail = mail_with(
        "Content-Type: multipart/report; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b\nContent-Type: application/ics; name=invite.ics\n\nBEGIN:VCALENDAR\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n\nxx\n--b--\n",
    );
    assert_eq!(mail.reports, [("message/delivery-status".to_owned(), "Status: 5.1.1".to_owned())]);
    assert_eq!(mail.calendars, ["BEGIN:VCALENDAR"]);
    assert_eq!((files(&mail), kinds(&mail)), (vec!["winmail.dat".to_owned()], vec!["winmail"]));
    assert_eq!(mail.media_type, "multipart/report");
}

#[test]
fn a_multipart_without_parts_is_text() {
    for kind in ["multipart/mixed; boundary=never", "multipart/alternative"] {
        let mail = mail_with(&format!("Content-Type: {kind}\n\nthe words\n"));
        assert_eq!((words(&mail.plain).as_str(), kinds(&mail)), ("the words", vec!["missing-boundary"]));
    }
}

#[test]
fn long_text_is_cut() {
    let mail = mail_with(&format!("\n{}", "lorem ipsum\n".repeat(400_000)));
    let kept: usize = mail.plain.iter().flat_map(|body| &body.lines).map(|line| line.text.len()).sum();
    assert!((800_000..=content::TEXT_LIMIT).contains(&kept), "{kept}");
    assert_eq!(kinds(&mail), ["text-cut"]);
}

#[test]
fn the_header_alone_can_be_read() {
    let mail = headers_only(b"From: a@x.example\nSubject: =?utf-8?q?=C3=A9?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b--\n");
    assert_eq!((mail.subject.raw(), mail.media_type.as_str()), ("é", "multipart/mixed"));
    assert_eq!(words(&mail.plain), "--b|words|--b--");
    assert!(kinds(&mail).contains(&"headers-only"));
}

/// A small generator, so that the same inputs come every time.
fn random(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap_or(0)
}

#[test]
fn mutated_and_random_bytes_are_always_a_mail() {
    let pieces: [&[u8]; 22] = [
        b"From: ",
        b"a@x.example",
        b"\r\n",
        b"\n",
        b"\n\n",
        b"Content-Type: multipart/",
        b"mixed; boundary=",
        b"b",
        b"--b",
        b"--",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Transfer-Encoding: base64\n",
        b"=?utf-8?q?",
        b"?=",
        b"=",
        b"\xff\xfe",
        b"\0",
        b"text/html; charset=",
        b"<p>",
        b"alternative; boundary=\"b\"",
        b"Date: 1 Jan 26 00:00",
        b"; name*0*=utf-8''%",
    ];
    let mut seed = 42;
    for _ in 0..8_000 {
        let mut bytes = Vec::new();
        for _ in 0..random(&mut seed) % 40 {
            bytes.extend_from_slice(pieces.get(random(&mut seed) % pieces.len()).copied().unwrap_or_default());
            if random(&mut seed).is_multiple_of(8) {
                bytes.push(u8::try_from(random(&mut seed) % 256).unwrap_or(0));
            }
        }
        let mail = parse(&bytes);
        assert_eq!(mail.bytes, u64::try_from(bytes.len()).unwrap());
        let _ = headers_only(&bytes);
    }
}
