//! Answers to reports: who is heeded, how often, and which of two holds.

use jiff::Timestamp;
use jiff::civil::date;

use crate::interaction::{Answer, Disposition, Interaction, Outcome};
use crate::mail::{Domain, MessageId, Untrusted};
use crate::measure::Closed;
use crate::store::sample::*;
use crate::store::{Answered, Came, Decision, Settling, Store, Unheeded};
use crate::understand::{Command, Signal, SignalKind};

/// A record with three issues (1, 2, 3) and a report that was mailed; gives the report's identifier.
fn reported() -> (tempfile::TempDir, Store, MessageId) {
    let (dir, mut store) = temporary();
    for nth in 1..=3 {
        let issue =
            Signal { signal: SignalKind::Issue, sentence: Untrusted::new(format!("Crane {nth} is stuck.")), due: None };
        let text = format!("Crane {nth} is stuck.");
        record(&mut store, Interaction { signals: vec![issue], ..mail(&format!("<{nth}@x>"), nth, &text, &text) });
    }
    let to = [address("me@us.example")];
    store.queue_letters(date(2026, 11, 20), &to, &Domain::parse("us.example").unwrap(), at(100)).unwrap();
    let report = store.letters_due(at(101)).unwrap().remove(0).message_id;
    (dir, store, report)
}

fn answer(report: &MessageId, said: i64, orders: &[Command]) -> Answer {
    let mail = MessageId::parse(&format!("<answer-{said}@us.example>"));
    Answer { report: report.clone(), mail, said: at(said), orders: orders.to_vec() }
}

/// Settles an answer at an instant, as a mail of its own.
fn heed(store: &mut Store, answer: &Answer, now: Timestamp) -> Vec<(i64, Came)> {
    let disposition = Disposition { answer: Some(answer.clone()), ..disposed(Outcome::SetAside, Vec::new()) };
    let settlement = settlement(deliver(store), disposition);
    let settled = store.settle(&[settlement], now).unwrap().remove(0);
    settled.answered.into_iter().map(|Answered { number, came }| (number, came)).collect()
}

fn closed(store: &Store, number: i64) -> Option<Closed> {
    store.matter(number).unwrap().unwrap().matter.closed
}

#[test]
fn an_answer_closes_puts_off_and_opens_and_the_next_report_tells() {
    let (_dir, mut store, report) = reported();
    let orders = [Command::Done(1), Command::Dismiss(2), Command::Later(3, date(2026, 12, 1)), Command::Done(99)];
    let came = heed(&mut store, &answer(&report, 200, &orders), at(210));
    assert_eq!(came, [(1, Came::Decided), (2, Came::Decided), (3, Came::Decided), (99, Came::Unknown)]);
    assert_eq!((closed(&store, 1), closed(&store, 2)), (Some(Closed::Done), Some(Closed::Dismissed)));
    assert_eq!(store.matter(3).unwrap().unwrap().matter.not_before, Some(date(2026, 12, 1)));
    assert_eq!(heed(&mut store, &answer(&report, 300, &[Command::Reopen(1)]), at(310)), [(1, Came::Decided)]);
    assert_eq!(closed(&store, 1), None);
    let told: Vec<_> = store.settled_between(at(210), at(310)).unwrap();
    let told: Vec<_> = told.iter().map(|Settling { decision, matter, .. }| (matter.matter.number, *decision)).collect();
    assert_eq!(
        told,
        [
            (1, Decision::Closed(Closed::Done)),
            (2, Decision::Closed(Closed::Dismissed)),
            (3, Decision::Later(date(2026, 12, 1)))
        ]
    );
    assert_eq!(store.unheeded_between(at(210), at(211)).unwrap(), [Unheeded { number: 99, older: false }]);
    assert_eq!(store.unheeded_between(at(211), at(900)).unwrap(), []);
}

#[test]
fn the_same_answer_by_another_way_changes_nothing_more() {
    let (_dir, mut store, report) = reported();
    let said = answer(&report, 200, &[Command::Done(1), Command::Done(99)]);
    heed(&mut store, &said, at(210));
    store.reopen_matter(1, at(220)).unwrap();
    assert_eq!(heed(&mut store, &said, at(230)), [(1, Came::Older), (99, Came::Unknown)]);
    assert_eq!(closed(&store, 1), None, "somebody opened it again since");
    let repeated = answer(&report, 240, &[Command::Done(2)]);
    heed(&mut store, &repeated, at(250));
    assert_eq!(heed(&mut store, &repeated, at(260)), [(2, Came::Already)]);
    assert_eq!(store.settled_between(at(250), at(900)).unwrap().len(), 1);
    let once = store.unheeded_between(at(0), at(900)).unwrap();
    assert_eq!(once, [Unheeded { number: 1, older: true }, Unheeded { number: 99, older: false }]);
}

#[test]
fn an_old_answer_that_is_read_late_undoes_nothing_and_a_newer_one_does() {
    let (_dir, mut store, report) = reported();
    store.close_matter(1, Closed::Done, at(300)).unwrap();
    assert_eq!(heed(&mut store, &answer(&report, 250, &[Command::Reopen(1)]), at(400)), [(1, Came::Older)]);
    assert_eq!(closed(&store, 1), Some(Closed::Done));
    assert_eq!(heed(&mut store, &answer(&report, 350, &[Command::Reopen(1)]), at(410)), [(1, Came::Decided)]);
    // Said between the two, and read after both.
    assert_eq!(heed(&mut store, &answer(&report, 320, &[Command::Dismiss(1)]), at(420)), [(1, Came::Older)]);
    assert_eq!(closed(&store, 1), None);
}

#[test]
fn a_clock_that_runs_ahead_outvotes_nobody() {
    let (_dir, mut store, report) = reported();
    heed(&mut store, &answer(&report, 100_000, &[Command::Done(1)]), at(210));
    assert_eq!(heed(&mut store, &answer(&report, 220, &[Command::Reopen(1)]), at(230)), [(1, Came::Decided)]);
}

#[test]
fn what_answers_no_report_of_this_record_is_not_heeded() {
    let (_dir, mut store, _) = reported();
    let (_other, _theirs, foreign) = reported();
    assert_eq!(heed(&mut store, &answer(&foreign, 200, &[Command::Done(1), Command::Done(99)]), at(210)), []);
    assert_eq!(closed(&store, 1), None);
    assert_eq!(store.unheeded_between(at(0), at(900)).unwrap(), []);
}

#[test]
fn what_answers_decide_is_known_to_reports_of_days_that_end_later() {
    let (_dir, mut store, report) = reported();
    heed(&mut store, &answer(&report, 200, &[Command::Done(1)]), at(400));
    let state = |until: i64| store.record_as_of(at(until), None).unwrap().matters[0].closed;
    assert_eq!((state(300), state(500)), (None, Some(Closed::Done)), "a report written before stays as it was");
}
