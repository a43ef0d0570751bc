//! Every measure's line as a reader sees it, open and settled, with too little and withheld.

use std::collections::BTreeMap;

use super::Telling;
use crate::contacts::{Contact, ContactId, Customer, CustomerId};
use crate::interaction::Interaction;
use crate::mail::{Moment, Untrusted};
use crate::measure::story::Story;
use crate::measure::{Findings, Roster};
use crate::report::day::{Measured, Relationship};
use crate::report::facts::Names;
use crate::report::tell::Teller;
use crate::understand::{Automation, Capture, Direction, Kind, Signal, SignalKind};

/// What is said of a story, with the sentences of some of its mails.
struct Told {
    story: Story,
    findings: Findings,
    teller: Teller,
    mails: BTreeMap<i64, Interaction>,
}

impl Told {
    fn of<S: AsRef<str>>(day: &str, mails: &[S]) -> Told {
        Told::with(Story::of(day, mails))
    }

    fn with(story: Story) -> Told {
        let teller = Teller { names: std::sync::Arc::new(Names::of(&customers())), zone: story.working.zone.clone() };
        Told { findings: story.findings(), story, teller, mails: BTreeMap::new() }
    }

    /// Gives a mail a sentence of a kind.
    fn saying(mut self, interaction: i64, kind: SignalKind, sentence: &str) -> Told {
        let mail = self.mails.entry(interaction).or_insert_with(|| mail(&self.story, interaction));
        mail.signals.push(Signal { signal: kind, sentence: Untrusted::new(sentence), due: None });
        self
    }

    fn telling<T>(&self, tell: impl FnOnce(&Telling<'_>, &Findings, &Roster) -> T) -> T {
        let quoted = self.mails.iter().map(|(id, mail)| (*id, mail)).collect();
        let roster = &self.story.record.roster;
        let telling =
            Telling { teller: &self.teller, roster, quoted: &quoted, day: self.story.day, hours_per_day: 8.0 };
        tell(&telling, &self.findings, roster)
    }

    fn relationships(&self) -> Vec<Relationship> {
        self.telling(|telling, findings, _| telling.relationships(findings))
    }

    fn measure(&self, key: &str) -> Measured {
        self.relationships()[0].measures[key].clone()
    }

    fn line(&self, key: &str) -> String {
        self.measure(key).text.raw().to_owned()
    }
}

fn customers() -> Vec<Customer> {
    let contact = |id: &str, name: &str| Contact {
        id: ContactId(id.into()),
        name: Some(name.into()),
        addresses: Vec::new(),
        role: None,
        phone: None,
        since: None,
        notes: None,
    };
    let customer = |id: &str, name: &str, contacts: Vec<Contact>| Customer {
        id: CustomerId(id.into()),
        name: name.into(),
        domains: Vec::new(),
        cadence_days: None,
        since: None,
        notes: None,
        contacts,
    };
    vec![
        customer("acme", "Acme", vec![contact("ann", "Ann Li"), contact("bea", "Bea Roth")]),
        customer("beta", "Beta", vec![contact("bob", "Bob Ray")]),
    ]
}

fn mail(story: &Story, interaction: i64) -> Interaction {
    let entry = story.record.entries.iter().find(|entry| entry.interaction == interaction).unwrap();
    Interaction {
        left: None,
        kind: Kind::Email,
        direction: if entry.inbound { Direction::Inbound } else { Direction::Outbound },
        capture: Capture::Bcc,
        message_id: None,
        occurred_at: Moment::new(entry.at, 3600),
        exact: true,
        subject: Untrusted::new("a subject"),
        author: None,
        recipients: Vec::new(),
        customers: Vec::new(),
        body: Untrusted::new(""),
        text: Untrusted::new("The words of that mail."),
        signature: None,
        comment: None,
        automation: Automation::None,
        conversation: Vec::new(),
        signals: Vec::new(),
        attachments: Vec::new(),
        interleaved: false,
        answered: Vec::new(),
        failed: Vec::new(),
    }
}

/// Three mails each way in a month, with so many words.
fn both_ways(month: &str, theirs: u32, ours: u32) -> Vec<String> {
    let pair = |day: u32| {
        [
            format!("{month}-0{day}T10:00 in ann@acme a w{theirs}"),
            format!("{month}-0{day}T11:00 out ann@acme a w{ours}"),
        ]
    };
    (1..=3).flat_map(pair).collect()
}

#[test]
fn who_writes_the_words() {
    let mails = [both_ways("07", 57, 43), both_ways("11", 38, 62)].concat();
    let told = Told::of("2026-11-20", &mails);
    assert_eq!(told.line("listening_share"), "Acme: they wrote 38 % of the words (n = 6); it was 57 %");
    let measured = told.measure("listening_share");
    assert_eq!((measured.value, measured.n, measured.flagged), (Some(0.38), 6, true));
    assert_eq!(measured.interactions, [7, 8, 9, 10, 11, 12]);
    let blind = Told::with(Story::of("2026-11-20", &mails).mentioned(10, 6));
    let withheld = blind.measure("listening_share");
    assert_eq!((withheld.value, withheld.flagged), (None, false));
    assert!(withheld.text.raw().contains("withheld"), "{}", withheld.text.raw());
    assert_eq!(blind.line("blind_spot"), "We see about 40 % of the Acme conversation (n = 10)");
    let little = Told::of("2026-11-20", &mails[..2]).line("listening_share");
    assert_eq!(little, "Acme, whose words: too little seen (n = 0, needs 3)");
}

#[test]
fn who_asks_and_who_speaks_of_money() {
    let mails = |what: &str, others: usize| -> Vec<String> {
        let mail = |n: usize| format!("11-{:02}T10:00 out bob@beta c{n} {}", n + 1, if n < others { "" } else { what });
        (0..8).map(mail).collect()
    };
    assert_eq!(
        Told::of("2026-11-20", &mails("ask", 2)).line("give_balance"),
        "Last 8 mails to Beta: 6 asked for something"
    );
    assert_eq!(
        Told::of("2026-11-20", &mails("", 8)).line("give_balance"),
        "Last 8 mails to Beta: none asked for anything"
    );
    let money = |others: usize| Told::of("2026-11-20", &mails("money", others)).line("money_only");
    assert_eq!(money(0), "Our last 8 mails to Beta were all about money");
    assert_eq!(money(5), "Our last 3 mails to Beta were all about money (n = 8)");
    assert_eq!(money(6), "2 of our last 8 mails to Beta were about money");
    assert_eq!(money(7), "One of our last 8 mails to Beta was about money");
    assert_eq!(money(8), "None of our last 8 mails to Beta was about money");
}

#[test]
fn what_they_heard_last() {
    let told = Told::of("2026-11-20", &["11-08T10:00 out ann@acme a dunning"]);
    assert_eq!(told.line("last_heard"), "Acme last heard from us 12 days ago: an invoice");
    let told = told.saying(1, SignalKind::Dunning, "invoice 4411\nis overdue");
    assert_eq!(told.line("last_heard"), "Acme last heard from us 12 days ago: 'invoice 4411 is overdue'");
    let measured = told.measure("last_heard");
    assert_eq!((measured.value, measured.flagged, measured.interactions), (Some(10.0), true, vec![1]));
}

#[test]
fn what_we_promised() {
    let mails = [
        "11-16T10:00 out ann@acme a promise=2026-11-20",
        "11-10T10:00 out bea@acme b promise=2026-11-12",
        "11-02T10:00 out ann@acme c promise=2026-11-04",
        "11-03T10:00 out ann@acme c",
        "11-16T10:00 out ann@acme d promise=2026-12-24",
    ];
    let told = Told::of("2026-11-20", &mails).saying(1, SignalKind::Promise, "We will send the draft by Friday.");
    let measured = told.measure("promises");
    assert_eq!(measured.text.raw(), "Acme: 1 of 2 promises kept, 1 overdue; 2 open");
    assert_eq!((measured.value, measured.n, measured.flagged), (Some(0.5), 4, true));
    let lines: Vec<&str> = measured.items.iter().map(|item| item.text.raw()).collect();
    assert_eq!(lines, ["Promised Bea Roth; overdue since 12 November", "Promised Ann Li; was due on Friday"]);
    let today = told.telling(|telling, findings, _| telling.promises(findings));
    let due: Vec<_> = today.iter().map(|p| (p.number, p.name.raw(), p.sentence.raw(), p.overdue)).collect();
    assert_eq!(due, [(2, "Bea Roth", "", true), (1, "Ann Li", "We will send the draft by Friday.", false)]);
    assert_eq!(today[1].since, "2026-11-16T10:00:00+01:00");
}

#[test]
fn a_promise_to_two_customers_stands_in_the_day_once() {
    let told = Told::of("2026-11-20", &["11-16T10:00 out ann@acme,bob@beta a promise=2026-11-20"]);
    assert_eq!(told.telling(|telling, findings, _| telling.promises(findings)).len(), 1);
    assert_eq!(told.relationships().len(), 2);
}

#[test]
fn who_corrected_us() {
    let told = Told::of("2026-11-20", &["11-19T16:00 in bea@acme a correction"]);
    let told = told.saying(1, SignalKind::Correction, "That is not our address.");
    let measured = told.measure("corrections");
    assert_eq!(measured.text.raw(), "Bea Roth corrected us; not yet thanked (9 h)");
    assert_eq!((measured.value, measured.n, measured.flagged), (Some(0.0), 1, true));
    let item = &measured.items[0];
    assert_eq!((item.number, item.open), (Some(1), true));
    assert_eq!(item.sentence.as_ref().map(Untrusted::raw), Some("That is not our address."));
    let thanked = ["11-19T16:00 in bea@acme a correction", "11-20T09:00 out bea@acme a thanks"];
    let measured = Told::of("2026-11-20", &thanked).measure("corrections");
    assert_eq!((measured.text.raw(), measured.flagged), ("Acme: 1 of 1 correction thanked for", false));
    assert_eq!(measured.items[0].text.raw(), "Bea Roth corrected us; thanked");
    let none = Told::of("2026-11-20", &["11-19T16:00 in bea@acme a"]).measure("corrections");
    assert_eq!((none.value, none.n), (None, 0));
    assert_eq!(none.text.raw(), "Acme: no correction of theirs in the last year, as far as we see (n = 0)");
}

#[test]
fn what_went_wrong() {
    let issue = "11-02T10:00 in ann@acme a issue";
    let line = |more: &[&str]| Told::of("2026-11-20", &[&[issue], more].concat()).line("issues");
    assert_eq!(
        line(&["11-12T10:00 out ann@acme a solved"]),
        "Solved 8 days ago at Acme; nobody asked if it still works"
    );
    assert_eq!(line(&[]), "Ann Li named a problem on 2 November; nobody has answered (15 working days)");
    assert_eq!(line(&["11-03T10:00 out ann@acme a"]), "Acme: 0 of 1 issue solved");
}

#[test]
fn what_went_well() {
    let told = Told::of("2026-11-20", &["11-17T10:00 in bob@beta a success"]);
    assert_eq!(told.line("successes"), "Bob Ray told us of a success on Tuesday; no congratulation yet");
    assert!(told.measure("successes").flagged);
    let cheered = ["11-17T10:00 in bob@beta a success", "11-17T11:00 out bob@beta a congratulates"];
    let measured = Told::of("2026-11-20", &cheered).measure("successes");
    assert_eq!((measured.text.raw(), measured.value), ("Beta: 1 of 1 success cheered", Some(1.0)));
}

#[test]
fn who_is_new() {
    let told = Told::of("2026-11-20", &["11-03T10:00 in ann@acme a cc=cyd?@acme"]);
    assert_eq!(told.line("arrivals"), "New at Acme: cyd, brought in by Ann Li on 3 November; not greeted");
    let arrivals = told.telling(|telling, findings, _| telling.arrivals(findings));
    assert_eq!(arrivals.len(), 1);
    assert_eq!((arrivals[0].address.as_str(), arrivals[0].welcomed), ("cyd@acme.example", false));
    assert_eq!(arrivals[0].introducer.as_ref().map(Untrusted::raw), Some("Ann Li"));
    let greeted = ["11-03T10:00 in cyd?@acme a", "11-03T11:00 out cyd?@acme a"];
    let told = Told::of("2026-11-20", &greeted);
    assert_eq!(told.line("arrivals"), "Acme: 1 person came, 1 greeted (n = 1)");
    assert!(told.telling(|telling, findings, _| telling.arrivals(findings))[0].welcomed);
}

#[test]
fn who_left() {
    let mut mails: Vec<String> = (0..10)
        .map(|n| format!("07-{:02}T10:00 in bea@acme a {}", n + 10, if n < 8 { "cc=ann@acme" } else { "" }))
        .collect();
    mails.extend((0..9).map(|n| format!("11-{:02}T10:00 out bea@acme a", n + 1)));
    let told = Told::of("2026-11-20", &mails);
    assert_eq!(told.line("departures"), "Ann Li has not been on the last 9 Acme mails (was on 80 %)");
    let mut story = Story::of("2026-11-20", &["06-01T10:00 in ann@acme a"]);
    story.left("11-17T10:00", "ann@acme", &["bea@acme.example"]);
    story.bounce("11-18T10:00", "bea@acme", "5.1.1");
    let told = Told::with(story);
    let departures = told.telling(|telling, findings, _| telling.departures(findings));
    let said: Vec<_> = departures.iter().map(|d| (d.sign, d.text.raw(), d.contact.as_deref(), d.farewell)).collect();
    let expected = [
        ("bounce", "A mail to Bea Roth came back on Wednesday: nobody is there any more", Some("bea"), false),
        ("auto-reply", "The mailbox of Ann Li answered on Tuesday that they have left", Some("ann"), false),
    ];
    assert_eq!(said, expected);
    assert_eq!(departures[1].successors, ["bea@acme.example"]);
}

#[test]
fn how_long_it_has_been_quiet() {
    let day = |day: &str| [format!("{day}T10:00 in ann@acme a"), format!("{day}T11:00 out ann@acme b")];
    let mails = ["09-12", "09-21", "09-30", "10-09", "10-18", "10-27"].map(day).concat();
    let told = Told::of("2026-11-20", &mails);
    assert_eq!(told.line("silence"), "Usually every 9 days with Acme; 24 days now (n = 5)");
    assert_eq!(told.measure("silence").value, Some(24.0));
}

#[test]
fn how_many_speak() {
    let mails: Vec<String> = (1..=10).map(|n| format!("11-{n:02}T10:00 in ann@acme a")).collect();
    assert_eq!(Told::of("2026-11-20", &mails).line("voices"), "At Acme 1.0 voices; our side silent (n = 10)");
}

#[test]
fn what_we_left_unanswered() {
    let mails = [
        "11-16T10:00 in ann@acme a asks=1/2/3",
        "11-16T11:00 out ann@acme a says=1+3",
        "11-12T10:00 in bea@acme b asks=4/5",
        "11-12T11:00 out bea@acme b says=4+5",
    ];
    let told = Told::of("2026-11-20", &mails).saying(1, SignalKind::Ask, "Does it ship?").saying(
        1,
        SignalKind::Ask,
        "Can Bea get a login?",
    );
    let measured = told.measure("answer_coverage");
    let line = "Ann Li asked 3 things on Monday; our reply touched 2. Missing: 'Can Bea get a login?' \
        In all, our replies to Acme took up 4 of 5 questions";
    assert_eq!(measured.text.raw(), line);
    assert_eq!((measured.value, measured.n, measured.flagged, measured.items.len()), (Some(0.8), 5, true, 1));
}

#[test]
fn the_year_is_short_where_there_was_little() {
    let young = Told::of("2026-11-20", &["11-16T10:00 in ann@acme a"]);
    assert_eq!(young.line("year"), "With Acme since 16 November 2026: 1 mail so far.");
    let old = Told::of("2026-11-20", &["2024-01-01T10:00 in ann@acme a", "11-16T10:00 in ann@acme a"]);
    assert_eq!(old.line("year"), "A quiet year with Acme: 1 mail. There is room for a call.");
    let mails = [vec!["2024-11-20T10:00 in ann@acme z".to_owned()], both_ways("11", 10, 10)].concat();
    let told = Told::of("2026-11-20", &mails);
    assert!(told.measure("year").flagged);
    let line = told.line("year");
    assert!(
        line.starts_with("Two years ago today, on 20 November 2024, the first mail with Acme was written."),
        "{line}"
    );
    assert!(line.contains("6 mails with Acme, 3 theirs and 3 ours; busiest in November 2026 (6)"), "{line}");
    assert!(line.contains("the longest silence lasted 711 days, until Ann Li broke it"), "{line}");
}

#[test]
fn who_deserves_attention_stands_first_and_the_rest_by_name() {
    let mails = ["11-17T10:00 in bob@beta a success", "11-17T10:00 in ann@acme b", "2024-01-01T10:00 in zoe@zeta c"];
    let told = Told::of("2026-11-20", &mails);
    let order: Vec<_> = told.relationships().into_iter().map(|told| told.customer.0).collect();
    assert_eq!(order, ["beta", "acme"], "who was silent for a year is not told of");
    for relationship in told.relationships() {
        assert_eq!(relationship.measures.len(), 15);
        assert_eq!(relationship.rhythm.len(), 26);
    }
}

#[test]
fn strangers_words_are_told_on_one_line_and_cut() {
    let told = Told::of("2026-11-20", &["11-08T10:00 out ann@acme a dunning"]);
    let told = told.saying(1, SignalKind::Dunning, &"so\n much <b>to</b> say ".repeat(100));
    let line = told.line("last_heard");
    assert!(!line.contains('\n') && line.chars().count() < 300, "{line}");
}
