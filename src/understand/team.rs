//! Who belongs to us. Membership is by listed address or exact domain, never by name.

use crate::mail::{Address, Mail, Participant, Role};

use super::Team;

impl Team {
    /// Whether an address is one of our people's, `+tag` or not.
    pub fn has(&self, address: &Address) -> bool {
        !self.is_capture(address)
            && (is_listed(&self.addresses, address) || self.domains.iter().any(|domain| *domain == address.domain()))
    }

    /// Whether an address only exists to record, `+tag` or not.
    pub fn is_capture(&self, address: &Address) -> bool {
        is_listed(&self.capture_addresses, address)
    }

    /// Whether a participant is one of our people.
    pub fn has_person(&self, person: &Participant) -> bool {
        person.address.as_ref().is_some_and(|address| self.has(address))
    }

    /// Whether a participant is a capture address.
    pub fn is_recorder(&self, person: &Participant) -> bool {
        person.address.as_ref().is_some_and(|address| self.is_capture(address))
    }

    /// Those written to, in the order they were named, without capture addresses.
    pub fn written_to<'a>(&'a self, people: &'a [Participant]) -> impl Iterator<Item = &'a Participant> + 'a {
        people
            .iter()
            .filter(|p| matches!(p.role, Role::To | Role::Cc | Role::Bcc | Role::Attendee))
            .filter(|p| !self.is_recorder(p))
    }

    /// Whether a capture address stands in To, Cc or Bcc.
    pub fn sees_itself(&self, mail: &Mail) -> bool {
        let written = mail.participants.iter().filter(|p| matches!(p.role, Role::To | Role::Cc | Role::Bcc));
        written.into_iter().any(|p| self.is_recorder(p))
    }
}

fn is_listed(list: &[Address], address: &Address) -> bool {
    let same = |wanted: &Address| list.iter().any(|one| one.key() == wanted.key());
    same(address) || address.without_tag().is_some_and(|base| same(&base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Domain;

    #[test]
    fn membership_is_by_address_or_exact_domain() {
        let address = |text: &str| Address::parse(text).unwrap();
        let team = Team {
            addresses: vec![address("me@us.example")],
            domains: vec![Domain::parse("ours.example").unwrap()],
            capture_addresses: vec![address("log@ours.example")],
            assume: false,
        };
        assert!(team.has(&address("ME@us.example")) && team.has(&address("me+x@us.example")));
        assert!(team.has(&address("anyone@ours.example")));
        assert!(!team.has(&address("you@us.example")) && !team.has(&address("a@sub.ours.example")));
        assert!(team.is_capture(&address("log+acme@ours.example")) && !team.has(&address("log@ours.example")));
    }
}
