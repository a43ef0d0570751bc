use super::super::{Above, find as by_shape};
use super::*;

/// Plays the mails of one author in their order, as the record meets them; gives the text of the last.
fn last(author: &str, mails: &[&str]) -> String {
    let mut earlier = Latest::default();
    for (day, mail) in mails.iter().enumerate() {
        let lines: Vec<&str> = mail.lines().collect();
        let shown = by_shape(&lines, Some(author), Above::Nothing).map_or(lines.len(), |(at, _)| at);
        let text = lines[..shown].join("\n").trim_end().to_owned();
        let learned = find(&text, Some(author), &earlier).map_or(shown, |learned| learned.line);
        let part = |lines: &[&str]| Untrusted::new(lines.join("\n").trim());
        let sent = Moment::from_header(&format!("{} Mar 2026 10:00:00 +0100", day + 1)).unwrap();
        earlier.alike.push(Earlier { text: part(&lines[..learned]), signature: Some(part(&lines[learned..])), sent });
    }
    earlier.alike.pop().unwrap().text.raw().to_owned()
}

/// Mails of Ann Li that end alike.
fn ending(ending: &str, mails: usize) -> Vec<String> {
    const WORDS: [&str; 5] = [
        "The crane comes on Friday.",
        "Fine by me, Tom.",
        "Hi Mia,\n\nthe second pallet was short of three crates.",
        "It rains here, so we start a day later.",
        "Good news: the permit is there.",
    ];
    WORDS.iter().take(mails).map(|words| format!("{words}{ending}")).collect()
}

/// After how many mails that end alike the ending is taken off, if it is within five.
fn taken_off_after(lines: &str) -> Option<usize> {
    (1..=5).find(|mails| {
        let all = ending(lines, *mails);
        let text = last("Ann Li", &all.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(text == all[mails - 1].trim_end() || all[mails - 1].starts_with(&text), "{text}");
        !text.contains(lines.trim().lines().next().unwrap())
    })
}

#[test]
fn lines_that_come_again_below_other_words_are_a_signature() {
    for (lines, mails) in [
        ("\n\nthe yellow gate, hall 4\ncrates & more\nann, mostly", 3),
        ("\n\nAnn Li\nAcme Foods\nWe bring fresh fruit to every school in this town and the next.", 3),
        ("\n\nAnn\nfruit & crates\nthe yellow gate\nopen when the lights are on\nwww.acme.example", 2),
        ("\n\nann from the yellow gate", 3),
        ("\n\nQuality since 1890\nMo-Fr 9:00-17:00, Sa 9:00-12:00", 3),
        ("\n\n~~~~~~~~~~~~~~~~\nthe yellow gate\ncrates & more", 3),
        ("\n\nMed hjerteligste hilser fra kaia\nAnn Li\nAcme Foods\nÅpent hver dag unntatt mandag, også i ferien.", 3),
        ("\n\nAnn Li\nHave you seen our new catalogue?\nwww.acme.example/news", 3),
        ("\n\nAnna Banana", 4),
    ] {
        assert_eq!(taken_off_after(lines), Some(mails), "{lines}");
    }
}

#[test]
fn what_comes_again_and_is_said_again_stays() {
    for lines in [
        "\n\nCan you confirm this by phone?",
        "\n\nPlease confirm that you received this.",
        "\n\nDo let me know whether that works for you.",
        "\n\nWe look forward to your visit and to the next order.",
        "\n\nThanks",
        "\n\nThanks!",
        "\n\nok",
        "\n\nPlease send the invoice to billing@acme.example",
        "\n\nCan you confirm this?\nAnd the day?",
        "\n\nPlease deliver to:\n\nHall 4, gate B\nthe yellow door",
        "\n\n- two crates\n- one pallet",
        "\n\nBlockers: none\nNext: same as before",
        " Please call me.",
        "\n\nOur office is closed until the third of January, as every year.\nMail is read all the same, but with some delay.",
    ] {
        assert_eq!(taken_off_after(lines), None, "{lines}");
    }
}

#[test]
fn the_last_words_of_two_mails_may_agree_by_chance() {
    assert_eq!(
        last("Ann Li", &["One crate came.\n\nSee attached", "Two came.\n\nSee attached"]),
        "Two came.\n\nSee attached"
    );
    let approved =
        ["Invoice 12\n\nApproved", "The plan\n\nNot yet", "Invoice 14\n\nApproved", "Invoice 15\n\nApproved"];
    assert_eq!(last("Ann Li", &approved), approved[3]);
    let orders =
        ["3 pears\n1 apple\nHall 4, gate B", "9 plums\n1 apple\nHall 4, gate B", "7 figs\n1 apple\nHall 4, gate B"];
    assert_eq!(last("Ann Li", &orders), orders[2]);
}

#[test]
fn a_mail_sent_again_proves_nothing() {
    let mail = "The crane comes.\n\nthe yellow gate\ncrates & more";
    assert_eq!(last("Ann Li", &[mail; 5]), mail);
    let forms = ["Weekly figures\n\nnone\nnone", "Weekly figures\n\nnone\nnone", "Weekly figures\n\nnone\nnone"];
    assert_eq!(last("Ann Li", &forms), forms[2]);
}

#[test]
fn a_mail_that_is_nothing_else_keeps_its_words() {
    let ending = "the yellow gate\ncrates & more";
    let mails = [format!("One.\n\n{ending}"), format!("Two.\n\n{ending}"), format!("Three.\n\n{ending}")];
    let mut mails: Vec<&str> = mails.iter().map(String::as_str).collect();
    assert_eq!(last("Ann Li", &mails), "Three.");
    mails.push(ending);
    assert_eq!(last("Ann Li", &mails), ending);
}

#[test]
fn a_signature_that_one_mail_showed_by_its_shape_is_known_in_the_next() {
    let shown = "It is done.\n\n-- \nann at the yellow gate\ncrates & more\nWhere else would you go, if not here?";
    for (next, text) in [
        (
            "I will be late.\n\nann at the yellow gate\ncrates & more\nWhere else would you go, if not here?",
            "I will be late.",
        ),
        (
            "I will be late.\nann at the yellow gate\ncrates & more\nWhere else would you go, if not here?",
            "I will be late.",
        ),
        ("I will be late.\n\nann at the yellow gate\ncrates & more", "I will be late."),
        ("Where?\n\ncrates & more", "Where?\n\ncrates & more"),
        (
            "We deliver to:\n\nann at the yellow gate\ncrates & more",
            "We deliver to:\n\nann at the yellow gate\ncrates & more",
        ),
    ] {
        assert_eq!(last("", &[shown, next]), text);
    }
    let phone = "Done.\n\nCheers\nBobby";
    assert_eq!(last("", &[phone, "Will do, thanks for asking.\n\nBobby"]), "Will do, thanks for asking.");
}

#[test]
fn a_number_asked_for_is_an_answer() {
    let card = "It is done.\n\n-- \nAnn Li\n+32 2 555 01 02\nann@acme.example";
    for answer in ["Sure, it is this one.\n\n+32 2 555 01 02", "Sure.\n\n+32 2 555 01 02\nann@acme.example"] {
        assert_eq!(last("", &[card, answer]), answer);
    }
}

#[test]
fn programs_that_wrap_or_mark_the_lines_differently_do_not_hide_them() {
    let mails = [
        "One.\n\nthe yellow gate, hall 4\ncrates & more, every day of the week but Sunday",
        "Two.\n\n*the yellow gate, hall 4*\n\ncrates & more, every day\nof the week but Sunday",
        "Three.\n\nThe Yellow Gate, Hall 4\ncrates & more, every day of the week but Sunday",
    ];
    assert_eq!(last("Ann Li", &mails), "Three.");
}

#[test]
fn the_rule_names_the_newest_day() {
    let mail = |text: &str, day: u8| Earlier {
        text: Untrusted::new(format!("{text}\n\nthe yellow gate\ncrates & more")),
        signature: None,
        sent: Moment::from_header(&format!("{day} Mar 2026 23:30:00 -0500")).unwrap(),
    };
    let earlier = Latest { alike: vec![mail("Two.", 4), mail("One.", 1)], others: 0 };
    let found = find("Three.\n\nthe yellow gate\ncrates & more", None, &earlier).unwrap();
    assert_eq!((found.line, found.rule.as_str()), (2, "learned: the same lines ended the mail of 2026-03-04"));
}

#[test]
fn hostile_repetition_stays_linear() {
    for line in ["a\n", "ann\n\n", "a ", "\n", "?", "1\n"] {
        let long = line.repeat(400_000 / line.len());
        let earlier: Vec<Earlier> = (0..12)
            .map(|n| Earlier {
                text: Untrusted::new(format!("{n}\n{long}")),
                signature: Some(Untrusted::new(&long)),
                sent: Moment::from_header("1 Mar 2026 10:00:00 +0100").unwrap(),
            })
            .collect();
        let began = std::time::Instant::now();
        find(&format!("now\n{long}"), Some("Ann Li"), &Latest { alike: earlier, others: 0 });
        assert!(began.elapsed().as_secs() < 5, "{line:?}: {:?}", began.elapsed());
    }
}
