use super::*;

/// Plain text as lines, quote marks counted.
fn lines(text: &str) -> Vec<Line> {
    text.lines()
        .map(|text| {
            let rest = text.trim_start_matches(['>', ' ']);
            let quoted = text.starts_with('>');
            let start = if quoted { (text.len() - rest.len()).min(200) } else { 0 };
            let depth = if quoted { text[..start].matches('>').count() } else { 0 };
            Line { text: text.to_owned(), depth: depth as u8, start: start as u16, ..Line::default() }
        })
        .collect()
}

fn told(block: &Block) -> String {
    let person = |p: &Participant| {
        let name = p.name.as_ref().map_or("-", |n| n.raw()).to_owned();
        format!("{name} <{}>", p.address.as_ref().map_or("-", |a| a.as_str()))
    };
    let people: Vec<String> = block.recipients.iter().map(|p| format!("{} {}", p.role.as_str(), person(p))).collect();
    format!(
        "{}-{} {} | {} | {} | {}",
        block.start,
        block.end,
        person(block.author.as_ref().unwrap()),
        block.sent(None).map_or("no date".to_owned(), |(m, _)| m.to_string()),
        block.subject.as_deref().unwrap_or("no subject"),
        people.join(", ")
    )
}

#[track_caller]
fn shape(text: &str, expected: &[&str]) {
    let found: Vec<String> = find_all(&lines(text)).iter().map(told).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_quoted_block_is_read_behind_its_marks() {
    shape(
        "See below.\n\n> Anfang der weitergeleiteten Nachricht:\n>\n> Von: Ann Li <ann@acme.example>\n> Betreff: Plan\n> Datum: 26. Oktober 2021 um 14:25:08 OESZ\n> An: bo@us.example\n>\n> Hello",
        &["2-8 Ann Li <ann@acme.example> | 2021-10-26T14:25:08+03:00 | Plan | to - <bo@us.example>"],
    );
}

#[test]
fn labels_in_bold_and_folded_lists_are_read() {
    shape(
        "*From:* Ann Li <ann@acme.example>\n*Sent:* Monday, 1 August 2022 11:11 pm\n*To:* Bo Roe <bo@us.example>;\nCy Poe <cy@us.example>\n*Subject:* Plan\n\nHello",
        &[
            "0-5 Ann Li <ann@acme.example> | 2022-08-01T23:11:00+00:00 | Plan | to Bo Roe <bo@us.example>, to Cy Poe <cy@us.example>",
        ],
    );
}

#[test]
fn header_lines_glued_into_one_are_split_at_their_labels() {
    shape(
        "   ----- Doorgestuurd bericht ----- Van: Ann Li <ann@acme.example>Aan: \"bo@us.example\" <bo@us.example>Verzonden: dinsdag 2 november 2021 09:26:50 CETOnderwerp: Plan B\n Hello",
        &["0-1 Ann Li <ann@acme.example> | 2021-11-02T09:26:50+01:00 | Plan B | to - <bo@us.example>"],
    );
}

#[test]
fn a_language_in_no_table_is_read_by_its_shape() {
    shape(
        "-------- Zorbo grunik --------\nPlim: Hello there\nZut: Wed, 3 Nov 2021 15:51:30 +0100\nKwa: Ann Li <ann@acme.example>\nVoor: bo@us.example\n\nWords",
        &["0-5 Ann Li <ann@acme.example> | 2021-11-03T15:51:30+01:00 | Hello there | to - <bo@us.example>"],
    );
}

#[test]
fn notes_blocks_without_an_author_label_are_read() {
    shape(
        "---------------------- Forwarded by Bo Roe/HOU/OURS on 03/21/2000 \n01:24 PM ---------------------------\n\n\nAnn Li\n03/16/2000 07:06 AM\nTo: Bo Roe/HOU/OURS@OURS\ncc:  \nSubject: Maps\n\nHello",
        &["0-9 Ann Li <-> | 2000-03-16T07:06:00+00:00 | Maps | to Bo Roe <->"],
    );
    shape(
        "\"Ann Li\" <ann@acme.example> on 10/20/2000 03:42:30 PM\nPlease respond to ann@acme.example\nTo: bo@us.example\ncc:  \nSubject: Maps\n\nHello",
        &["0-5 Ann Li <ann@acme.example> | 2000-10-20T15:42:30+00:00 | Maps | to - <bo@us.example>"],
    );
    shape(
        "\tFrom:  Ann Li                           03/26/2001 01:44 PM\n\t\n\nTo: Bo Roe/HOU/OURS@OURS\ncc: \nSubject: Maps\n\nHello",
        &["0-6 Ann Li <-> | 2001-03-26T13:44:00+00:00 | Maps | to Bo Roe <->"],
    );
}

#[test]
fn outlook_names_without_addresses_are_read() {
    shape(
        "-----Original Message-----\nFrom: \tLi, Ann  \nSent:\tThursday, October 25, 2001 10:21 AM\nTo:\tRoe, Bo P.\nSubject:\tRE: Plan\n\nHello",
        &["0-5 Li, Ann <-> | 2001-10-25T10:21:00+00:00 | RE: Plan | to Roe, Bo P. <->"],
    );
}

#[test]
fn nested_blocks_are_all_found() {
    let text = "---------- Forwarded message ---------\nFrom: Ann <a@x.example>\nDate: Wed, 3 Nov 2021 15:51:30 +0100\nSubject: One\nTo: <bo@us.example>\n\nHello\n\n---------- Forwarded message ---------\nFrom: Cy <c@y.example>\nDate: Tue, 2 Nov 2021 15:51:30 +0100\nSubject: Two\nTo: <a@x.example>\n\nDeep";
    let found = find_all(&lines(text));
    assert_eq!(found.iter().map(|b| b.subject.as_deref().unwrap()).collect::<Vec<_>>(), ["One", "Two"]);
}

#[test]
fn ordinary_words_with_colons_are_no_block() {
    for text in [
        "From: London\nTo: Paris\nDate: 26/10/2021 14:25\n\nYour trip",
        "Name: Ann Li\nEmail: ann@acme.example\nPhone: 123\nDate: 26 Oct 2021 14:25\n\nMessage: hello",
        "Date: Tuesday\nTime: 14:25\nWhere: here\nSubject: lunch",
        "From: 3pm\nTo: 5pm\nSubject: the room\n",
        "Dear Ann,\n\nfrom: the heart\nto: the point\n",
        "Note: see https://x.example\nWarning: hot\nTip: cold",
    ] {
        assert_eq!(find_all(&lines(text)), [], "{text}");
    }
}

#[test]
fn a_hostile_run_of_labels_costs_little() {
    let text = "From: a@b.example\n".repeat(20_000);
    let glued = "From: ".repeat(900);
    let commas = format!("From: {}\nTo: x@y.example\nSubject: z\n", "a,".repeat(50_000));
    let strange = "Aa: 1 May 2021 a@b.example\n".repeat(20_000);
    let wordy = "From: a@b.example To: b@c.example Cc: c@d.example x\n".repeat(5_000);
    let started = std::time::Instant::now();
    let programs = "X-A: 1\n".repeat(20_000);
    let stacked = "To\na@b.example\ncc\n".repeat(7_000);
    let table = format!("{}\n\n", "          Ann   To").repeat(7_000);
    for text in [text, glued, commas, strange, wordy, programs, stacked, table] {
        find_all(&lines(&text));
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// Every label of every language in four layouts of clients, with a date that any of them writes.
#[test]
fn every_language_of_the_table_is_read_in_every_layout() {
    type Labels = std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<String>>>;
    let languages: Labels = toml::from_str(include_str!("../labels.toml")).unwrap();
    let mut wrong = Vec::new();
    for (language, labels) in &languages {
        let variants = |kind: &str| labels.get(kind).cloned().unwrap_or_default();
        let first = |kind: &str| variants(kind).first().cloned().unwrap_or("Cc".into());
        let kinds = ["from", "to", "subject", "date", "cc"];
        let varied = kinds.iter().flat_map(|kind| variants(kind).into_iter().map(move |label| (*kind, label)));
        for (kind, label) in varied {
            let of = |wanted: &str| if wanted == kind { label.clone() } else { first(wanted) };
            let (f, t, s, d, c) = (of("from"), of("to"), of("subject"), of("date"), of("cc"));
            let (author, other, copied) = ("Ann Li <ann@acme.example>", "bo@us.example", "cy@us.example");
            let date = "2026-10-06 09:31";
            // Glued labels cannot be told from the words before them when they are short or not capital.
            let short = |l: &String| l.chars().count() < 3 || l.chars().next().is_some_and(|c| c.is_ascii_lowercase());
            let glued =
                if [&f, &t, &s, &d, &c].into_iter().any(|l| l.is_ascii() && short(l) && l != "Cc") { " " } else { "" };
            for text in [
                format!("{f}: {author}\n{d}: {date}\n{t}: {other}\n{c}: {copied}\n{s}: Plan\n\nWords"),
                format!("---- x ----\n{s}: Plan\n{d}: {date}\n{f}: {author}\n{t}: {other}\n{c}: {copied}\n\nWords"),
                format!(
                    "  ----- x y ----- {f}: {author}{glued}{t}: \"{other}\" <{other}>{glued}{c}: <{copied}>{glued}{d}: {date} GMT{glued}{s}: Plan\n Words"
                ),
                format!(
                    "> *{f} :* {author}\n> *{s} :* Plan\n> *{d} :* {date}\n> *{t} :* {other}\n> *{c} :* {copied}\n>\n> Words"
                ),
            ] {
                let found = find_all(&lines(&text)).first().map(told).unwrap_or_default();
                let (_, told) = found.split_once(' ').unwrap_or_default();
                let expected = "Ann Li <ann@acme.example> | 2026-10-06T09:31:00+00:00 | Plan | to - <bo@us.example>, cc - <cy@us.example>";
                if told != expected {
                    wrong.push(format!("{language} {kind} {label}: {told}\n{text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

proptest::proptest! {
    #[test]
    fn any_lines_are_read_without_panic(text in "((From|To|Von|日付|Date|>|-----|[a-z@.<>,;:0-9/ \t]{0,12}|\\PC{0,6}):?\n?){0,40}") {
        for block in find_all(&lines(&text)) {
            block.sent(None);
        }
        attributed::find(&lines(&text));
        crate::understand::people::read(&text, Role::To);
        crate::understand::when::read(&text, None);
    }
}
