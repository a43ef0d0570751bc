use super::*;

const ANN: &str = "From: Ann <ann@us.example>";

fn judged(header: &str) -> Verdict {
    let policy = Policy { authentication_results: vec!["mx.us.example".into(), "relay.us.example".into()] };
    let bytes = format!("{}\r\n\r\nwords\r\n", header.trim_end().replace('\n', "\r\n"));
    judge(&crate::mail::parse(bytes.as_bytes()), false, &policy)
}

/// The cases of a file: verdict, title, header.
fn cases(file: &str) -> Vec<(String, String, String)> {
    let mut cases: Vec<(String, String, String)> = Vec::new();
    for line in file.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match (line.strip_prefix("== ").and_then(|l| l.split_once(' ')), cases.last_mut()) {
            (Some((verdict, title)), _) => cases.push((verdict.into(), title.into(), String::new())),
            (None, Some(case)) => {
                case.2.push_str(line);
                case.2.push('\n');
            }
            (None, None) => panic!("{line}"),
        }
    }
    for case in &mut cases {
        if !case.2.contains("From: ") {
            case.2.push_str(ANN);
        }
    }
    cases
}

#[test]
fn every_case_of_the_results_matrix_is_judged_as_written() {
    let cases = cases(include_str!("tests/results.txt"));
    assert!(cases.len() >= 60, "{}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .map(|(expected, title, header)| (expected, title, judged(header)))
        .filter(|(expected, _, verdict)| *expected != verdict.authenticated.as_str())
        .map(|(expected, title, verdict)| format!("{expected} expected: {title}: {verdict:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_value_of_the_from_matrix_is_read_as_written() {
    let lines: Vec<&str> = include_str!("tests/from.txt").lines().filter(|l| !l.starts_with('#')).collect();
    assert!(lines.len() >= 40, "{}", lines.len());
    for line in lines {
        let (value, expected) = line.rsplit_once(" | ").unwrap();
        let value = value.replace("\\0", "\0").replace("\\r", "\r");
        let told = match author::mailbox(&value) {
            Ok(address) => address.to_string(),
            Err(author::Flaw::NotOne) => "not-one".to_owned(),
            Err(author::Flaw::Unclear) => "unclear".to_owned(),
            Err(other) => format!("{other:?}"),
        };
        assert_eq!(told, expected, "{value:?}");
    }
}

#[test]
fn a_mail_with_no_or_two_or_disguised_authors_is_never_believed() {
    let stamp = "Authentication-Results: mx.us.example; dmarc=pass header.from=us.example\n";
    let table = [
        ("Subject: x", Authenticated::Unknown),
        ("From: ann@us.example\nFrom: bo@evil.example", Authenticated::Fail),
        ("From: bo@evil.example\nFrom: ann@us.example", Authenticated::Fail),
        ("From: ann@us.example\nFROM: ann@us.example", Authenticated::Fail),
        ("From: ann@us.example, bo@us.example", Authenticated::Unknown),
        ("From:", Authenticated::Unknown),
        ("From: undisclosed:;", Authenticated::Unknown),
    ];
    for (header, expected) in table {
        assert_eq!(judged(&format!("{stamp}{header}")).authenticated, expected, "{header}");
    }
    for header in ["Fr om: ann@us.example\nFrom: bo@evil.example", "From : ann@us.example\nFrom: bo@evil.example"] {
        assert_ne!(judged(&format!("{stamp}{header}")).authenticated, Authenticated::Pass, "{header}");
    }
}

#[test]
fn two_readers_who_disagree_make_it_a_fail() {
    let mut mail = crate::mail::parse(b"From: bo@evil.example\r\n\r\n");
    for participant in &mut mail.participants {
        participant.address = crate::mail::Address::parse("ann@us.example");
    }
    let verdict = judge(&mail, false, &Policy::default());
    assert_eq!(verdict.authenticated, Authenticated::Fail, "{verdict:?}");
}

#[test]
fn without_a_policy_nobody_vouches() {
    let mail = crate::mail::parse(
        format!("Authentication-Results: x; dmarc=pass header.from=us.example\r\n{ANN}\r\n\r\n").as_bytes(),
    );
    let verdict = judge(&mail, false, &Policy::default());
    assert_eq!(
        (verdict.authenticated, verdict.reason.as_str()),
        (Authenticated::Unknown, "nobody is configured to vouch")
    );
}

#[test]
fn the_own_sent_folder_vouches_for_itself() {
    let mail = crate::mail::parse(format!("{ANN}\r\n\r\n").as_bytes());
    assert_eq!(judge(&mail, true, &Policy::default()).authenticated, Authenticated::Pass);
}

#[test]
fn the_verdict_names_the_server_as_it_is_configured() {
    let verdict = judged(&format!("Authentication-Results: MX.us.EXAMPLE; dmarc=pass header.from=us.example\n{ANN}"));
    assert_eq!(verdict.by.as_deref(), Some("mx.us.example"));
    assert_eq!(judged(ANN).by, None);
}

#[test]
fn a_hostile_header_costs_no_more_than_its_length() {
    let begun = std::time::Instant::now();
    let hostile = [
        "(".repeat(60_000),
        "mx.us.example; ".to_owned() + &"dmarc=pass header.from=us.example;".repeat(1_500),
        "mx.us.example; dkim=pass ".to_owned() + &"header.d=us.example ".repeat(3_000),
        "\"".repeat(60_000),
        "mx.us.example; ".to_owned() + &"=".repeat(60_000),
    ];
    for value in hostile {
        judged(&format!("Authentication-Results: {value}\nReceived: {value}\n{ANN}"));
        let _ = author::mailbox(&value);
    }
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
