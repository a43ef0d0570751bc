//! What of the responses of servers good and odd is understood.

use super::*;
use proptest::prelude::*;

fn line(text: &str) -> Response {
    read(&[text.as_bytes()])
}

/// A response of lines that announce literals, and the literals.
fn read(pieces: &[&[u8]]) -> Response {
    let mut frame = Frame::default();
    let mut literal = None;
    for piece in pieces {
        match literal.take() {
            Some(size) => frame.literal(size as usize).extend_from_slice(piece),
            None => literal = frame.line(piece),
        }
    }
    Response::read(frame)
}

fn mail(text: &str) -> Fetched {
    match line(text) {
        Response::Fetch(mail) => *mail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fetch_tells_uid_size_date_and_body() {
    let before =
        b"* 12 FETCH (FLAGS (\\Seen $X) UID 42 RFC822.SIZE 5 INTERNALDATE \" 9-Nov-2026 09:12:00 +0100\" BODY[] {5}";
    let Response::Fetch(mail) = read(&[before, b"hello", b")"]) else { panic!("not a FETCH") };
    assert_eq!((mail.uid, mail.size, mail.body.as_deref()), (Some(42), Some(5), Some(&b"hello"[..])));
    assert_eq!(mail.arrived.map(|t| t.to_string()).as_deref(), Some("2026-11-09T08:12:00Z"));
}

#[test]
fn a_quoted_body_loses_its_escapes_a_literal_keeps_its_backslashes_and_a_nil_body_is_none() {
    assert_eq!(mail(r#"* 1 FETCH (UID 1 BODY[] "a\"b\\c")"#).body.as_deref(), Some(&b"a\"b\\c"[..]));
    assert_eq!(mail("* 1 FETCH (UID 1 BODY[] \"\")").body.as_deref(), Some(&b""[..]));
    assert_eq!(mail("* 1 FETCH (UID 1 BODY[] NIL)").body, None);
    assert_eq!(mail("* 1 FETCH (UID 1 BODY[]<0> \"beginning\")").body.as_deref(), Some(&b"beginning"[..]));
    assert_eq!(mail("* 1 FETCH (UID 1 BODY[HEADER] \"no\")").body, None);
    for bytes in [&br#"a\"b\\c"#[..], b"", b"\"", b"(UID 9 ) {3}\r\n"] {
        let before = format!("* 1 FETCH (UID 1 BODY[] {{{}}}", bytes.len());
        let Response::Fetch(mail) = read(&[before.as_bytes(), bytes, b" FLAGS ())"]) else { panic!("no FETCH") };
        assert_eq!((mail.uid, mail.body.as_deref()), (Some(1), Some(bytes)));
    }
}

#[test]
fn of_two_bodies_the_first_counts() {
    assert_eq!(mail("* 1 FETCH (BODY[] \"a\" UID 1 BODY[] \"b\")").body.as_deref(), Some(&b"a"[..]));
}

#[test]
fn a_uid_that_is_zero_too_large_or_contradicts_itself_is_none() {
    assert_eq!(mail("* 1 FETCH (UID 7 UID 7)").uid, Some(7));
    for odd in ["UID 0", "UID 4294967296", "UID -1", "UID 7 UID 8", "UID NIL", "UID", "FLAGS ()"] {
        assert_eq!(mail(&format!("* 1 FETCH ({odd})")).uid, None, "{odd}");
    }
}

#[test]
fn a_date_that_is_nil_or_none_costs_only_the_date() {
    for date in ["NIL", "nil", "\"\"", "\"yesterday\""] {
        let mail = mail(&format!("* 1 FETCH (UID 7 INTERNALDATE {date} RFC822.SIZE 5)"));
        assert_eq!((mail.uid, mail.size, mail.arrived, mail.unreadable), (Some(7), Some(5), None, false), "{date}");
    }
}

#[test]
fn a_fetch_that_cannot_be_read_is_told_from_one_that_did_not_come() {
    for odd in ["UID 7 X ((a) (b (c)))", "\0 UID 7", "UID 7 BODY[] hello there", "UID 7 BODY[] \"cut"] {
        let mail = mail(&format!("* 1 FETCH ({odd})"));
        assert_eq!((mail.uid, mail.unreadable, mail.body), (Some(7), true, None), "{odd}");
    }
}

#[test]
fn codes_and_words_of_any_language_are_read() {
    let Response::Tagged { tag, outcome } = line("A7 OK [UIDNEXT 5]Übersicht") else { panic!("not tagged") };
    assert_eq!((tag.as_str(), outcome.code, outcome.text.as_str()), ("A7", Some(Code::UidNext(5)), "Übersicht"));
    let Response::Status(bye) = line("* BYE [ALERT]é…") else { panic!("not a status") };
    assert_eq!((bye.verdict, bye.code), (Verdict::Bye, Some(Code::Other("ALERT".into()))));
    let Response::Tagged { outcome, .. } = line("A7 NO [OVERQUOTA (x)] too\0much") else { panic!("not tagged") };
    assert_eq!((outcome.code, outcome.text.as_str()), (Some(Code::Other("OVERQUOTA (x)".into())), "too much"));
    assert!(matches!(line("+ [ALERT]é"), Response::Continue(_)));
    assert_eq!(line("+"), Response::Continue(String::new()));
    assert_eq!(line("+ eyJzdGF0dXMiOiI0MDAifQ=="), Response::Continue("eyJzdGF0dXMiOiI0MDAifQ==".into()));
}

#[test]
fn what_makes_the_library_panic_is_survived() {
    assert_eq!(line("A7 NO [BADCHARSET (\"a]b\")]é"), Response::Other);
    assert_eq!(read(&[b"* METADATA \"\" (/x \"\xff\")"]), Response::Other);
}

#[test]
fn what_a_server_can_do_is_read_with_and_without_its_revision() {
    let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let both = [
        ("IMAP4rev1 auth=plain Idle", ["IMAP4REV1", "AUTH=PLAIN", "IDLE"]),
        ("IMAP4rev2 AUTH=PLAIN IDLE", ["IMAP4REV2", "AUTH=PLAIN", "IDLE"]),
    ];
    for (said, expected) in both {
        assert_eq!(line(&format!("* CAPABILITY {said}")), Response::Capability(names(&expected)));
        let Response::Status(outcome) = line(&format!("* OK [CAPABILITY {said}] hi")) else { panic!("no status") };
        assert_eq!(outcome.code, Some(Code::Capability(names(&expected))));
    }
}

/// The responses that make async-imap's own stream close the connection.
#[test]
fn what_is_not_known_is_skipped() {
    for text in [
        "* ESEARCH (TAG \"A1\") UID COUNT 5",
        "* NAMESPACE NIL NIL NIL",
        "* NAMESPACE ((\"\" \"/\")) NIL NIL",
        "* LANGUAGE (EN)",
        "* XYZZY",
        "* X",
        "* STATUS box (SIZE 5 MESSAGES 1)",
        "* STATUS box (MAILBOXID (abc))",
        "* LIST () \"/\" box (\"CHILDINFO\" (\"SUBSCRIBED\"))",
        "* ENABLED CONDSTORE",
        "* VANISHED 1:5",
        "* \0",
        "*",
        "",
        "* 1",
        "* 1 X",
        "* 4294967296 EXISTS",
        "* NOTHING",
        "A1",
        "A1 MAYBE",
    ] {
        assert_eq!(line(text), Response::Other, "{text}");
    }
    assert_eq!(line("* 23 exists"), Response::Exists(23));
    assert_eq!(line("* 23 EXPUNGE "), Response::Expunge);
}

#[test]
fn a_search_that_cannot_be_read_does_not_look_like_one_that_found_nothing() {
    assert_eq!(line("* SEARCH"), Response::Search(Some(vec![])));
    assert_eq!(line("* SEARCH 1 2 3 "), Response::Search(Some(vec![1, 2, 3])));
    assert_eq!(line("* SEARCH 1 2 x 3"), Response::Search(None));
    assert_eq!(line("* SEARCH 4294967296"), Response::Search(None));
}

#[test]
fn a_folder_has_attributes_and_a_name_quoted_or_not() {
    let expect =
        |name: &str| Response::List(Folder { attributes: vec!["\\sent".into(), "\\x".into()], name: name.into() });
    assert_eq!(line(r#"* LIST (\Sent \X) "/" "Sent \"x\"""#), expect("Sent \"x\""));
    assert_eq!(line(r"* LIST (\Sent \X) NIL Sent"), expect("Sent"));
    assert_eq!(read(&[b"* LIST (\\Sent \\X) \"\\\\\" {5}", b"a\\\\\"b", b""]), expect("a\\\\\"b"));
    let Response::List(folder) = line("* LIST (\\NoInferiors \\Noselect) \"/\" inbox") else { panic!("no LIST") };
    assert_eq!(
        (folder.attributes, folder.name),
        (vec!["\\noinferiors".into(), "\\noselect".into()], b"INBOX".to_vec())
    );
}

#[test]
fn lists_nested_a_million_deep_are_not_followed() {
    let mail = mail(&format!("* 1 FETCH (UID 5 BODYSTRUCTURE {}", "(".repeat(1_000_000)));
    assert_eq!((mail.uid, mail.unreadable), (Some(5), true));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(text in proptest::collection::vec(any::<u8>(), 0..200), body in proptest::collection::vec(any::<u8>(), 0..20)) {
        read(&[&text]);
        let before = [&b"* 1 FETCH ("[..], &text, format!(" BODY[] {{{}}}", body.len()).as_bytes()].concat();
        read(&[&before, &body, b")"]);
    }

    #[test]
    fn a_body_comes_as_it_was_sent(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let before = format!("* 1 FETCH (UID 3 BODY[] {{{}}}", body.len());
        let Response::Fetch(mail) = read(&[before.as_bytes(), &body, b")"]) else { panic!("not a FETCH") };
        prop_assert_eq!(mail.body, Some(body));
    }
}
