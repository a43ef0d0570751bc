//! What the record knows besides mails of people, and the content words of single mails.

use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Outcome, Person};
use crate::mail::{MessageId, Role, Untrusted};
use crate::measure::{Left, Mentioned, Said, Wording};
use crate::store::Store;
use crate::store::sample::*;
use crate::understand::{Automation, Direction, FailedRecipient, Kind, Signal, SignalKind, content_words};

fn bounce(id: &str, minutes: i64, of: &str) -> Interaction {
    let failed = |address_of: &str| FailedRecipient {
        address: address(address_of),
        permanent: true,
        status: Some("5.1.1".into()),
    };
    Interaction {
        automation: Automation::Bounce,
        failed: vec![failed(of), failed("nobody@nowhere.example")],
        ..strangers("mailer-daemon@us.example", mail(id, minutes, "Undelivered", "It did not arrive."))
    }
}

fn to_ann(id: &str, minutes: i64, text: &str) -> Interaction {
    Interaction {
        direction: Direction::Outbound,
        author: Some(me(Role::From)),
        recipients: vec![ann(Role::To)],
        ..mail(id, minutes, "Re: Plan", text)
    }
}

#[test]
fn a_bounce_tells_whom_on_record_it_did_not_reach_from_its_instant_on() {
    let (_dir, mut store) = temporary();
    record(&mut store, to_ann("<1@us>", 0, "The plan"));
    let bounced = settle(&mut store, Outcome::SetAside, bounce("<2@us>", 5, "ANN@acme.example")).interactions[0];
    let known = store.record_as_of(at(6), None).unwrap();
    let [only] = known.undelivered.as_slice() else { panic!("{:?}", known.undelivered) };
    assert_eq!(
        (only.interaction, only.at, only.permanent, only.status.as_deref()),
        (bounced, at(5), true, Some("5.1.1"))
    );
    assert_eq!(known.roster.person(only.person).unwrap().address.as_deref(), Some("ann@acme.example"));
    assert_eq!(store.record_as_of(at(5), None).unwrap().undelivered, []);
    assert_eq!(store.record_as_of(at(6), Some(1)).unwrap().undelivered, [], "the watermark hides it");
}

#[test]
fn an_automatic_answer_tells_who_left_and_who_follows() {
    let (_dir, mut store) = temporary();
    let gone = Interaction {
        automation: Automation::AutoReply,
        left: Some(vec![address("bo@acme.example"), address("cy@acme.example")]),
        ..mail("<1@x>", 5, "Away", "Ann has left. Ask Bo.")
    };
    let id = settle(&mut store, Outcome::SetAside, gone.clone()).interactions[0];
    assert_eq!(store.get(id).unwrap().interaction.left, gone.left);
    let known = store.record_as_of(at(6), None).unwrap();
    let person = known.entries[0].author.unwrap();
    let successors = vec!["bo@acme.example".to_owned(), "cy@acme.example".to_owned()];
    assert_eq!(known.left, [Left { interaction: id, at: at(5), person, successors }]);
    assert_eq!(store.record_as_of(at(5), None).unwrap().left, []);
    store.forget(&address("bo@acme.example"), at(9)).unwrap();
    assert_eq!(store.record_as_of(at(6), None).unwrap().left[0].successors, ["cy@acme.example"]);
}

fn mentioned(store: &Store, watermark: Option<i64>) -> Vec<(u32, u32)> {
    let counts = store.record_as_of(at(900), watermark).unwrap().mentioned;
    counts.into_iter().map(|Mentioned { ids, unseen, .. }| (ids, unseen)).collect()
}

#[test]
fn mails_that_others_mention_count_once_and_are_seen_from_when_they_came() {
    let (_dir, mut store) = temporary();
    let naming = |id: &str, minutes, ids: &str| Interaction {
        conversation: MessageId::parse_all(ids),
        ..mail(id, minutes, &format!("Plan {id}"), &format!("Words of {id}"))
    };
    assert_eq!(mentioned(&store, None), []);
    record(&mut store, naming("<1@x>", 0, ""));
    record(&mut store, naming("<2@x>", 1, "<1@x>"));
    record(&mut store, naming("<3@x>", 2, "<1@x> <8@x> <9@x>"));
    assert_eq!(mentioned(&store, None), [(3, 2)]);
    let away = Interaction { automation: Automation::AutoReply, ..naming("<4@x>", 3, "<7@x>") };
    settle(&mut store, Outcome::SetAside, away);
    assert_eq!(mentioned(&store, None), [(3, 2)], "only what people write names mails");
    let before = store.max_sequence().unwrap();
    // It comes to us in the end, although from nobody known.
    settle(&mut store, Outcome::Unmatched, strangers("zoe@quinn.example", naming("<8@x>", 4, "")));
    assert_eq!(mentioned(&store, None), [(3, 1)]);
    assert_eq!(mentioned(&store, Some(before)), [(3, 2)], "as of an earlier watermark it had not come");
    let zeta = Interaction { customers: vec![CustomerId("zeta".into())], ..naming("<5@x>", 5, "<9@x>") };
    record(&mut store, zeta);
    assert_eq!(mentioned(&store, None), [(3, 1), (1, 1)]);
}

#[test]
fn a_colleagues_internal_mail_came_to_us_as_well() {
    let (_dir, mut store) = temporary();
    let internal = Interaction {
        direction: Direction::Internal,
        author: Some(me(Role::From)),
        customers: vec![],
        ..mail("<1@us>", 0, "Lunch", "Shall we?")
    };
    settle(&mut store, Outcome::SetAside, internal);
    record(
        &mut store,
        Interaction { conversation: MessageId::parse_all("<1@us>"), ..mail("<2@x>", 1, "Re: Lunch", "Yes") },
    );
    assert_eq!(mentioned(&store, None), [(1, 0)]);
}

#[test]
fn words_are_those_of_the_mail_its_sentences_and_the_lines_it_answers() {
    let (_dir, mut store) = temporary();
    let asks = |sentence: &str| Signal { signal: SignalKind::Ask, sentence: Untrusted::new(sentence), due: None };
    let thanks = Signal { signal: SignalKind::Thanks, ..asks("Many thanks for the crane.") };
    let asked = Interaction {
        signals: vec![asks("Where is the yellow crane?"), thanks, asks("When does it arrive?")],
        ..mail("<1@x>", 0, "Crane", "Where is the yellow crane? Many thanks for the crane. When does it arrive?")
    };
    let asked = record(&mut store, asked);
    let answered = Interaction {
        interleaved: true,
        answered: vec![Untrusted::new("When does it arrive?"), Untrusted::new("the yellow one")],
        ..to_ann("<2@us>", 1, "The elephant stands in the harbour.")
    };
    let answered = record(&mut store, answered);
    let words = store.words();
    let questions = words.questions(asked);
    assert_eq!(questions.iter().map(|q| q.position).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(questions[0].words, content_words::of("Where is the yellow crane?"));
    assert_eq!(words.sentence(asked, 1), content_words::of("Many thanks for the crane."));
    let said = Said {
        text: content_words::of("The elephant stands in the harbour."),
        quoted: content_words::of("When does it arrive? the yellow one"),
    };
    assert_eq!(words.said(answered), said);
    assert!(!words.said(asked).text.is_empty(), "theirs are read where they stand");
    assert!(words.said(9999).text.is_empty() && words.sentence(asked, 9).is_empty());
    words.finish().unwrap();
    assert!(store.record_as_of(at(9), None).unwrap().entries[1].interleaved);
    assert!(store.get(answered).unwrap().interaction.interleaved);
}

#[test]
fn a_sentence_that_says_several_things_is_kept_once_and_told_with_each() {
    let (_dir, mut store) = temporary();
    let says = |signal, sentence: &str| Signal { signal, sentence: Untrusted::new(sentence), due: None };
    let signals = vec![
        says(SignalKind::Thanks, "Thanks, the crane is stuck, can you call?"),
        says(SignalKind::Issue, "Thanks, the crane is stuck, can you call?"),
        says(SignalKind::Ask, "Thanks, the crane is stuck, can you call?"),
        says(SignalKind::Ask, "When?"),
        says(SignalKind::Thanks, "Thanks, the crane is stuck, can you call?"),
    ];
    let first = record(&mut store, Interaction { signals: signals.clone(), ..mail("<1@x>", 0, "Crane", "Stuck") });
    let nothing_before = vec![says(SignalKind::Ask, ""), says(SignalKind::Issue, "It is stuck.")];
    let other = Interaction { signals: nothing_before.clone(), ..mail("<2@x>", 1, "Crane", "Still stuck") };
    let second = record(&mut store, other);
    assert_eq!(store.get(first).unwrap().interaction.signals, signals);
    assert_eq!(store.get(second).unwrap().interaction.signals, nothing_before);
    assert_eq!(store.words().sentence(first, 2), content_words::of(signals[2].sentence.raw()));
    let told = store.matters(&[SignalKind::Issue], false).unwrap();
    assert!(told.iter().any(|told| told.sentence == signals[1].sentence), "{told:?}");
    let kept = "SELECT count(*) FROM signal WHERE interaction = ?1 AND sentence <> ''";
    assert_eq!(store.conn.query_row(kept, [first], |row| row.get::<_, i64>(0)).unwrap(), 3);
}

#[test]
fn what_stands_in_the_new_text_is_kept_there_alone_and_told_whole() {
    let (_dir, mut store) = temporary();
    let says = |signal, sentence: &str| Signal { signal, sentence: Untrusted::new(sentence), due: None };
    let text = "Grüße! Où est la grue ? Merci.\n\nOù est la grue ? Merci.";
    let signals = vec![
        says(SignalKind::Ask, "Où est la grue ?"),
        says(SignalKind::Thanks, "Merci."),
        says(SignalKind::Ask, "Où est la grue ?"),
        says(SignalKind::Thanks, "Merci."),
        says(SignalKind::Issue, "Elle est cassée."),
        says(SignalKind::Closer, text),
    ];
    for (number, body) in ["", text, &format!("{text}\n\nAnn Li\nAcme"), "Autre chose"].iter().enumerate() {
        let whole = Interaction {
            body: Untrusted::new(*body),
            signals: signals.clone(),
            ..mail(&format!("<{number}@x>"), number as i64, &format!("Grue {number}"), text)
        };
        let id = record(&mut store, whole.clone());
        let told = store.get(id).unwrap().interaction;
        assert_eq!((told.body, told.text, told.signals), (whole.body, whole.text, whole.signals));
        assert_eq!(store.words().sentence(id, 2), content_words::of("Où est la grue ?"));
    }
    let sentences = "SELECT group_concat(DISTINCT sentence) FROM signal";
    assert_eq!(store.conn.query_row(sentences, [], |row| row.get::<_, String>(0)).unwrap(), ",Elle est cassée.");
    let bodies = "SELECT group_concat(body, '|') FROM interaction";
    let kept = store.conn.query_row(bodies, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(kept, "|\n\nAnn Li\nAcme|Autre chose");
}

#[test]
fn no_word_is_kept_where_none_may_be_and_what_is_blanked_takes_its_words_along() {
    let (_dir, mut store) = temporary();
    let kept =
        |store: &Store| store.conn.query_row("SELECT count(*) FROM content", [], |row| row.get::<_, i64>(0)).unwrap();
    for private in [
        Interaction { body: Untrusted::default(), ..to_ann("<1@us>", 0, "") },
        Interaction { kind: Kind::Note, ..to_ann("<2@us>", 1, "Ann called about the harbour") },
        mail("<3@x>", 2, "Plan", "Theirs are not kept twice"),
    ] {
        record(&mut store, private);
    }
    assert_eq!(kept(&store), 0);
    let bo = Person { customer: Some(CustomerId("acme".into())), ..someone(Role::To, "Bo", "bo@acme.example") };
    let naming = Interaction {
        recipients: vec![bo, ann(Role::Cc)],
        answered: vec![Untrusted::new("Bring the zeppelin")],
        ..to_ann("<4@us>", 3, "Dear Bo, ann@acme.example brings the harbour")
    };
    let id = record(&mut store, naming);
    assert_eq!((kept(&store), store.words().said(id).quoted.len()), (1, 2));
    store.forget(&address("ann@acme.example"), at(9)).unwrap();
    assert_eq!(kept(&store), 0);
    assert_eq!(
        store.words().said(id),
        Said { text: content_words::of("Dear Bo, [erased] brings the harbour"), quoted: vec![] }
    );
}
