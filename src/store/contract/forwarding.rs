//! Requests to forward mail here: told once, forgotten with whose mail it is.

use crate::interaction::{Disposition, Outcome};
use crate::store::Store;
use crate::store::sample::*;
use crate::understand::ForwardingRequest;

fn asked(store: &mut Store, code: &str) {
    let request = ForwardingRequest { account: Some(address("Mara@us.example")), code: code.into(), link: None };
    let disposition = Disposition { forwarding_request: Some(request), ..disposed(Outcome::SetAside, vec![]) };
    let settlement = settlement(deliver(store), disposition);
    store.settle(&[settlement], at(500)).unwrap();
}

fn codes(store: &Store) -> Vec<String> {
    let requests = store.forwarding_requests(at(0), at(10)).unwrap();
    requests.into_iter().map(|r| r.request.code).collect()
}

#[test]
fn a_request_is_told_once_however_often_it_is_delivered() {
    let (_dir, mut store) = temporary();
    asked(&mut store, "111111");
    asked(&mut store, "222222");
    asked(&mut store, "111111");
    assert_eq!(codes(&store), ["111111", "222222"]);
    let later = store.forwarding_requests(at(3), at(10)).unwrap();
    assert!(later.is_empty(), "the third delivery repeats the first");
}

#[test]
fn a_request_is_forgotten_with_the_person_whose_mail_it_is() {
    let (_dir, mut store) = temporary();
    asked(&mut store, "111111");
    store.forget(&address("mara@us.example"), at(600)).unwrap();
    assert!(codes(&store).is_empty());
}
