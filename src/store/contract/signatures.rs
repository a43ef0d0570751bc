//! How an author's mails end is remembered: lines that ended earlier ones are signature in the next.

use crate::interaction::{Interaction, Outcome};
use crate::mail::{Role, Untrusted};
use crate::store::Store;
use crate::store::sample::*;
use crate::understand::signature::learned::Latest;
use crate::understand::{Automation, Capture};

const ENDING: &str = "the yellow gate, hall 4\ncrates & more\nwe never close";

/// Mail number `n` of Ann, which ends as hers do.
fn signed(n: i64, words: &str) -> Interaction {
    mail(&format!("<{n}@x>"), n, &format!("Plan {n}"), &format!("{words}\n\n{ENDING}"))
}

fn text(store: &Store, id: i64) -> String {
    store.get(id).unwrap().interaction.text.raw().to_owned()
}

/// Records three mails of Ann in one batch; gives their numbers.
fn three(store: &mut Store) -> Vec<i64> {
    let mails = [signed(1, "The crane comes."), signed(2, "It is late."), signed(3, "Could you send another crane?")];
    let batch = mails.map(|mail| settlement(deliver(store), disposed(Outcome::Recorded, vec![mail])));
    store.settle(&batch, at(9)).unwrap().iter().map(|settled| settled.interactions[0]).collect()
}

#[test]
fn the_third_mail_of_one_batch_is_signed_as_the_first_two_ended() {
    let (_dir, mut store) = temporary();
    let ids = three(&mut store);
    assert_eq!(text(&store, ids[0]), format!("The crane comes.\n\n{ENDING}"), "what is recorded stays");
    let third = store.get(ids[2]).unwrap().interaction;
    assert_eq!(third.text.raw(), "Could you send another crane?");
    assert_eq!(third.signature.as_ref().map(Untrusted::raw), Some(ENDING));
    assert_eq!(third.body.raw(), format!("Could you send another crane?\n\n{ENDING}"));
    assert_eq!((third.signals.len(), store.search("yellow", 9).unwrap().len()), (1, 2));
}

#[test]
fn the_same_exchange_is_found_again_with_and_without_its_ending() {
    let (_dir, mut store) = temporary();
    let third = three(&mut store)[2];
    let whole = Interaction { message_id: None, ..signed(3, "Could you send another crane?") };
    let short = Interaction { text: Untrusted::new("Could you send another crane?"), ..whole.clone() };
    for again in [signed(3, "Could you send another crane?"), whole, short] {
        let forward = Interaction { capture: Capture::Forward, ..again };
        let settled = settle(&mut store, Outcome::Recorded, forward);
        assert_eq!((settled.interactions, settled.duplicates), (vec![third], 1));
    }
    assert_eq!(text(&store, third), "Could you send another crane?");
}

#[test]
fn a_short_mail_recorded_without_its_signature_is_found_again_with_it() {
    let (_dir, mut store) = temporary();
    three(&mut store);
    let shown = Interaction {
        message_id: None,
        text: Untrusted::new("Yes."),
        signature: Some(Untrusted::new(ENDING)),
        ..signed(4, "Yes.")
    };
    let id = record(&mut store, shown);
    let again = settle(&mut store, Outcome::Recorded, signed(4, "Yes."));
    assert_eq!((again.interactions, again.duplicates), (vec![id], 1));
    let later = settle(&mut store, Outcome::Recorded, signed(4, "Yes."));
    assert_eq!((later.interactions, later.duplicates), (vec![id], 1));
}

#[test]
fn only_the_same_authors_own_words_teach() {
    let (_dir, mut store) = temporary();
    three(&mut store);
    let zoe = |n| strangers("zoe@quinn.example", signed(n, "What does a crane cost?"));
    let first = settle(&mut store, Outcome::Unmatched, zoe(11)).interactions[0];
    assert!(text(&store, first).ends_with(ENDING), "somebody else's");
    let (_dir, mut store) = temporary();
    for n in 1..5 {
        let away = Interaction { automation: Automation::AutoReply, ..signed(n, &format!("Away, {n}.")) };
        settle(&mut store, Outcome::SetAside, away);
        let to_her = Interaction { author: Some(me(Role::From)), ..signed(n + 20, &format!("Hello, {n}.")) };
        settle(&mut store, Outcome::SetAside, to_her);
    }
    let id = record(&mut store, signed(9, "Back again."));
    assert!(text(&store, id).ends_with(ENDING), "no person wrote those");
}

#[test]
fn excerpts_are_left_alone() {
    let (_dir, mut store) = temporary();
    three(&mut store);
    let excerpt = Interaction { body: Untrusted::default(), ..signed(4, "The fourth.") };
    let id = record(&mut store, excerpt);
    assert!(text(&store, id).ends_with(ENDING));
}

#[test]
fn a_forgotten_author_teaches_nothing() {
    let (_dir, mut store) = temporary();
    three(&mut store);
    let ending = Untrusted::new(ENDING);
    let earlier = |store: &Store, address| store.earlier_mails(&address, &ending).unwrap();
    assert_eq!(earlier(&store, address("Ann@acme.example")).alike.len(), 3);
    store.forget(&address("ann@acme.example"), at(600)).unwrap();
    assert_eq!(earlier(&store, address("ann@acme.example")), Latest::default());
}

/// What is told of how mails end is what they say: asked after every transaction of every test.
pub(in crate::store) fn holds(store: &Store) {
    let sql = "SELECT interaction, last_letters FROM participant WHERE position = 0 AND last_letters <> -1 LIMIT 100";
    let mut statement = store.reader.conn.prepare(sql).unwrap();
    let told = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (id, kept) in told.map(|row: rusqlite::Result<(i64, i64)>| row.unwrap()) {
        assert_eq!(store.get(id).unwrap().interaction.last_letters().kept(), kept, "{id}");
    }
}

/// How mails end is told beside their author; what was recorded before that was, or was changed since, is read.
#[test]
fn mails_that_end_otherwise_are_counted_and_not_read() {
    let (_dir, mut store) = temporary();
    three(&mut store);
    let away = Interaction { automation: Automation::AutoReply, ..signed(5, "Away.") };
    settle(&mut store, Outcome::SetAside, away);
    let ann = address("ann@acme.example");
    let found = |store: &Store, text: &str| {
        let latest = store.earlier_mails(&ann, &Untrusted::new(text)).unwrap();
        (latest.alike.len(), latest.others)
    };
    assert_eq!(found(&store, "No.\nwe never close"), (3, 0));
    assert_eq!(found(&store, "We begin."), (0, 3));
    assert_eq!(found(&store, "We begin. Ok\nAnn"), (3, 0), "a line of three letters does not tell");
    store.reader.conn.execute("UPDATE interaction SET text = 'We begin.' WHERE id = 1", []).unwrap();
    assert_eq!(found(&store, "We begin."), (1, 2));
    store.reader.conn.execute("UPDATE participant SET last_letters = -1", []).unwrap();
    assert_eq!(found(&store, "We begin."), (3, 0), "the automatic answer is looked at and left out");
}
