//! One exchange is one interaction, however often and by whatever way it comes.

use crate::interaction::{Interaction, Outcome, Person};
use crate::mail::{MessageId, Participant, Role, Untrusted};
use crate::mailbox::{Mailbox, Uid, UidValidity};
use crate::store::sample::*;
use crate::understand::{Automation, Capture, Kind};

const PLAN: &str = "Here is the delivery plan that we talked about on Monday.";

/// The same mail as a colleague's inline forward tells it: no id, the minute only, no zone.
fn forwarded(mail: &Interaction, minutes: i64) -> Interaction {
    let mut occurred_at = mail.occurred_at;
    occurred_at.timestamp = at(minutes);
    Interaction {
        capture: Capture::Forward,
        message_id: None,
        occurred_at,
        exact: false,
        comment: Some(Untrusted::new("Can you look at this?")),
        ..mail.clone()
    }
}

#[test]
fn settling_twice_is_an_answer() {
    let (_dir, mut store) = temporary();
    let one = settlement(deliver(&mut store), disposed(Outcome::Recorded, vec![mail("<1@x>", 0, "Plan", PLAN)]));
    let first = store.settle(std::slice::from_ref(&one), at(1)).unwrap().remove(0);
    let second = store.settle(&[one], at(2)).unwrap().remove(0);
    assert!(!first.already && second.already);
    assert_eq!((second.outcome, &second.interactions), (Outcome::Recorded, &first.interactions));
    assert_eq!(store.status().unwrap().interactions[&Outcome::Recorded], 1);
}

#[test]
fn the_same_bytes_in_another_folder_or_epoch_lead_to_the_same_interactions() {
    let (_dir, mut store) = temporary();
    // Without author, id and words there is nothing but the bytes to know it by.
    let nameless = Interaction { author: None, message_id: None, ..mail("<1@x>", 0, "", "") };
    let sent = Mailbox { folder: "Sent".into(), ..mailbox() };
    let other = Mailbox { name: "mia".into(), ..mailbox() };
    let mut ids = Vec::new();
    for place in [mailbox(), sent, other] {
        let delivery = deliver_to(&mut store, &place);
        let mut one = settlement(delivery, disposed(Outcome::Recorded, vec![nameless.clone()]));
        one.digest = [9; 32];
        ids.push(store.settle(&[one], at(1)).unwrap().remove(0).interactions[0]);
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2], "another mailbox may read the same bytes differently");
}

#[test]
fn a_new_epoch_records_nothing_twice() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", PLAN));
    let again = store.open_epoch(&mailbox(), UidValidity(2), None, at(9)).unwrap();
    let delivery = store.enumerate(again.epoch, &[listed(1)], Some(Uid(2)), at(9)).unwrap()[0].id;
    let again = settlement(delivery, disposed(Outcome::Recorded, vec![mail("<1@x>", 0, "Plan", PLAN)]));
    let settled = store.settle(&[again], at(9)).unwrap().remove(0);
    assert_eq!((settled.interactions, settled.duplicates, settled.already), (vec![id], 1, false));
}

#[test]
fn a_reused_message_id_with_other_words_or_another_author_is_another_exchange() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", PLAN));
    assert_ne!(record(&mut store, mail("<1@x>", 5, "Plan", "Something quite different, and not short.")), id);
    let impostor = strangers("zoe@evil.example", mail("<1@x>", 0, "Plan", PLAN));
    assert_ne!(settle(&mut store, Outcome::Unmatched, impostor).interactions, [id]);
}

#[test]
fn the_same_words_under_another_message_id_are_found_by_author_and_minute() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", PLAN));
    assert_eq!(record(&mut store, mail("<list-1@y>", 0, "Re: Plan", PLAN)), id);
    assert_ne!(record(&mut store, mail("<2@x>", 1, "Plan", PLAN)), id, "a minute later it was sent again");
    assert_ne!(record(&mut store, mail("<3@x>", 0, "Other plan", PLAN)), id);
}

#[test]
fn a_forward_without_a_zone_is_found_at_every_offset_in_use_and_at_no_other() {
    for (apart, same) in [(0, true), (60, true), (-345, true), (840, true), (-840, true), (7, false), (855, false)] {
        let (_dir, mut store) = temporary();
        let original = mail("<1@x>", 0, "Plan", PLAN);
        let id = record(&mut store, original.clone());
        let found = record(&mut store, forwarded(&original, apart));
        assert_eq!(found == id, same, "{apart} minutes apart");
    }
}

#[test]
fn two_exact_times_an_hour_apart_are_two_exchanges() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", PLAN));
    assert_ne!(record(&mut store, mail("<2@x>", 60, "Plan", PLAN)), id);
}

#[test]
fn without_words_no_zone_is_guessed() {
    let (_dir, mut store) = temporary();
    let original = mail("<1@x>", 0, "Plan", "");
    let id = record(&mut store, original.clone());
    assert_ne!(record(&mut store, forwarded(&original, 60)), id);
    assert_eq!(record(&mut store, forwarded(&original, 0)), id);
}

#[test]
fn a_signature_recognised_only_once_makes_no_second_exchange() {
    let (_dir, mut store) = temporary();
    let id = record(&mut store, mail("<1@x>", 0, "Plan", "The plan is attached, see you on Tuesday."));
    let longer = mail("<1@x>", 0, "Plan", "The plan is attached, see you\n> on Tuesday.\nAnn Li, Acme Works");
    assert_eq!(record(&mut store, longer), id);
    assert_ne!(record(&mut store, mail("<1@x>", 0, "Plan", "The plan")), id, "too little to be sure");
}

#[test]
fn an_original_found_after_its_forward_fills_in_what_the_forward_did_not_know() {
    let (_dir, mut store) = temporary();
    let mut original = mail("<1@x>", 0, "Plan", PLAN);
    original.recipients.push(someone(Role::Cc, "Bo Berg", "bo@acme.example"));
    original.conversation = MessageId::parse_all("<root@x>");
    let mut forward = forwarded(&original, 60);
    forward.conversation.clear();
    forward.recipients = vec![someone(Role::To, "Mia", "")];
    let id = record(&mut store, forward);
    assert_eq!(record(&mut store, original.clone()), id);
    let found = store.get(id).unwrap().interaction;
    assert_eq!((found.message_id, found.exact), (original.message_id, true));
    assert_eq!((found.occurred_at, found.capture), (original.occurred_at, Capture::Forward));
    assert_eq!(found.comment.unwrap().raw(), "Can you look at this?");
    assert_eq!(found.conversation, original.conversation);
    let people: Vec<_> = found.recipients.iter().map(|p| p.participant.address.as_ref().unwrap().as_str()).collect();
    assert_eq!(people, ["me@us.example", "bo@acme.example"], "the name got its address, nobody is doubled");
}

#[test]
fn merging_in_any_order_and_number_leaves_the_same_people_and_comments() {
    let (_dir, mut store) = temporary();
    let original = mail("<1@x>", 0, "Plan", PLAN);
    let other = Interaction { comment: Some(Untrusted::new("Urgent!")), ..forwarded(&original, 0) };
    let id = record(&mut store, forwarded(&original, 0));
    for again in [&original, &other, &other, &original] {
        assert_eq!(record(&mut store, again.clone()), id);
    }
    let found = store.get(id).unwrap().interaction;
    assert_eq!(found.comment.unwrap().raw(), "Can you look at this?\n\nUrgent!");
    assert_eq!(found.recipients.len(), 1);
    assert_eq!(found.customers.len(), 1);
}

#[test]
fn a_forward_that_names_its_author_without_address_is_found_by_the_contact() {
    let (_dir, mut store) = temporary();
    let original = mail("<1@x>", 0, "Plan", PLAN);
    let id = record(&mut store, original.clone());
    let ann = ann(Role::From);
    let nameless = Person { participant: Participant { address: None, ..ann.participant.clone() }, ..ann };
    let forward = Interaction { author: Some(nameless), ..forwarded(&original, 0) };
    assert_eq!(record(&mut store, forward), id);
}

#[test]
fn one_mail_that_attaches_an_exchange_twice_reports_it_once() {
    let (_dir, mut store) = temporary();
    let one = mail("<1@x>", 0, "Plan", PLAN);
    let two = mail("<2@x>", 9, "Bill", "Here is the bill for the delivery of last week.");
    let both = disposed(Outcome::Recorded, vec![one.clone(), two, one]);
    let batch = vec![settlement(deliver(&mut store), both)];
    let settled = store.settle(&batch, at(1)).unwrap().remove(0);
    assert_eq!((settled.interactions.len(), settled.duplicates), (2, 1));
}

#[test]
fn a_meeting_that_is_moved_is_another_interaction_and_the_same_invitation_is_not() {
    let (_dir, mut store) = temporary();
    let meeting = |id| Interaction { kind: Kind::Meeting, ..mail(id, 0, "Review", "Let us meet in the blue room.") };
    let id = record(&mut store, meeting("<uid-1@x>"));
    assert_eq!(record(&mut store, meeting("<uid-1@x>")), id);
    assert_ne!(record(&mut store, meeting("<uid-1-update@x>")), id);
}

#[test]
fn a_note_sent_twice_is_one_note() {
    let (_dir, mut store) = temporary();
    let note = |id| Interaction {
        kind: Kind::Note,
        author: Some(me(Role::From)),
        recipients: vec![],
        ..mail(id, 0, "@acme call", "Talked to Ann on the phone, all is well.")
    };
    let id = record(&mut store, note("<n1@us>"));
    assert_eq!(record(&mut store, note("<n1-again@us>")), id);
}

#[test]
fn an_exchange_without_anything_to_know_it_by_is_always_new() {
    let (_dir, mut store) = temporary();
    let nameless = Interaction { author: None, message_id: None, ..mail("<1@x>", 0, "", "") };
    let id = record(&mut store, nameless.clone());
    assert_ne!(record(&mut store, nameless), id);
}

#[test]
fn what_was_unmatched_and_comes_again_with_a_customer_is_recorded_once() {
    let (_dir, mut store) = temporary();
    let unknown = strangers("ann@acme.example", mail("<1@x>", 0, "Plan", PLAN));
    let first = settle(&mut store, Outcome::Unmatched, unknown);
    assert_eq!((first.outcome, store.max_sequence().unwrap()), (Outcome::Unmatched, 0));
    let second = settle(&mut store, Outcome::Recorded, mail("<1@x>", 0, "Plan", PLAN));
    assert_eq!((second.outcome, &second.interactions), (Outcome::Recorded, &first.interactions));
    assert_eq!(store.get(second.interactions[0]).unwrap().outcome, Outcome::Recorded);
    assert_eq!(store.max_sequence().unwrap(), 1);
    assert_eq!(store.status().unwrap().deliveries[&Outcome::Recorded], 2);
}

#[test]
fn what_is_set_aside_is_kept_only_for_measures_and_without_words_if_no_customer_is_on_it() {
    let (_dir, mut store) = temporary();
    let bulk = Interaction { automation: Automation::Bulk, ..mail("<1@x>", 0, "News", "Buy!") };
    assert!(settle(&mut store, Outcome::SetAside, bulk).interactions.is_empty());
    let away = Interaction { automation: Automation::AutoReply, ..mail("<2@x>", 0, "Away", "I am away.") };
    let known = settle(&mut store, Outcome::SetAside, away.clone()).interactions[0];
    assert_eq!(store.get(known).unwrap().interaction.text.raw(), "I am away.");
    let unknown = Interaction { message_id: None, ..strangers("zoe@quinn.example", away) };
    let unknown = settle(&mut store, Outcome::SetAside, unknown).interactions[0];
    let kept = store.get(unknown).unwrap().interaction;
    assert_eq!((kept.text.raw(), kept.body.raw(), kept.subject.raw()), ("", "", ""));
}
