//! What belongs together.

use crate::contacts::CustomerId;
use crate::interaction::{Interaction, Outcome};
use crate::mail::MessageId;
use crate::store::Store;
use crate::store::sample::*;

fn reply(id: &str, minutes: i64, subject: &str, references: &str) -> Interaction {
    Interaction {
        conversation: MessageId::parse_all(references),
        ..mail(id, minutes, subject, &format!("Words of {id}"))
    }
}

fn conversation(store: &Store, id: i64) -> i64 {
    store.get(id).unwrap().conversation_id
}

#[test]
fn references_join_whatever_the_subject_and_whatever_came_first() {
    let (_dir, mut store) = temporary();
    let reply_first = record(&mut store, reply("<2@x>", 5, "Re: Plan", "<1@x>"));
    let root = record(&mut store, reply("<1@x>", 0, "Plan (renamed)", ""));
    let third = record(&mut store, reply("<3@x>", 9, "Something else", "<unknown@x> <2@x>"));
    assert_eq!(conversation(&store, reply_first), conversation(&store, root));
    assert_eq!(conversation(&store, third), conversation(&store, root));
}

#[test]
fn a_reply_to_several_parents_joins_their_conversations_for_good() {
    let (_dir, mut store) = temporary();
    let a = record(&mut store, reply("<a@x>", 0, "Apples", ""));
    let b = record(&mut store, reply("<b@x>", 1, "Pears", ""));
    assert_ne!(conversation(&store, a), conversation(&store, b));
    let both = record(&mut store, reply("<c@x>", 2, "Fruit", "<a@x> <b@x>"));
    let later = record(&mut store, reply("<d@x>", 3, "Later", "<b@x>"));
    let all = [a, b, both, later].map(|id| conversation(&store, id));
    assert_eq!(all, [conversation(&store, a); 4]);
}

#[test]
fn a_stranger_who_names_two_conversations_does_not_join_them() {
    let (_dir, mut store) = temporary();
    let a = record(&mut store, reply("<a@x>", 0, "Apples", ""));
    let b = record(&mut store, reply("<b@x>", 1, "Pears", ""));
    let stranger = strangers("zoe@evil.example", reply("<z@z>", 2, "Hello", "<a@x> <b@x>"));
    settle(&mut store, Outcome::Unmatched, stranger);
    assert_ne!(conversation(&store, a), conversation(&store, b));
}

#[test]
fn without_references_the_base_subject_joins_for_half_a_year_and_one_customer() {
    let (_dir, mut store) = temporary();
    const DAY: i64 = 24 * 60;
    let first = record(&mut store, reply("<1@x>", 0, "Plan", ""));
    let near = record(&mut store, reply("<2@x>", 170 * DAY, "RE: Fwd:  plan", ""));
    let on = record(&mut store, reply("<3@x>", 340 * DAY, "AW: Plan", ""));
    let far = record(&mut store, reply("<4@x>", 600 * DAY, "Plan", ""));
    let beta = Interaction { customers: vec![CustomerId("beta".into())], ..reply("<5@x>", 0, "Plan", "") };
    let beta = record(&mut store, beta);
    let home = conversation(&store, first);
    assert_eq!([near, on].map(|id| conversation(&store, id)), [home; 2]);
    assert_ne!(conversation(&store, far), home);
    assert_ne!(conversation(&store, beta), home);
}

#[test]
fn mails_without_a_subject_do_not_belong_together() {
    let (_dir, mut store) = temporary();
    let one = record(&mut store, reply("<1@x>", 0, "Re:", ""));
    let two = record(&mut store, reply("<2@x>", 1, "", ""));
    assert_ne!(conversation(&store, one), conversation(&store, two));
}
