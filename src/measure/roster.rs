//! Who the numbers in entries are.

use std::collections::HashMap;

use crate::contacts::{ContactId, CustomerId};

/// A customer's number in a [`Roster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerNo(pub u32);

/// A person's number in a [`Roster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonNo(pub u32);

/// The customers and people of a record.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    customers: Vec<Organisation>,
    by_id: HashMap<CustomerId, CustomerNo>,
    people: Vec<Someone>,
}

/// A customer as measures see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Organisation {
    id: CustomerId,
    cadence_days: Option<u32>,
    contacts: u32,
}

/// A person as measures see them: a contact with whatever addresses, somebody at a customer's domain, or a colleague.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Someone {
    /// The known person; `None` for whoever is in no contact list.
    pub contact: Option<ContactId>,
    /// Their customer; `None` for colleagues and strangers.
    pub customer: Option<CustomerNo>,
    /// Whether it is one of us.
    pub team: bool,
    /// The name they gave themselves when last seen.
    pub name: Option<String>,
    /// The address they were last seen with.
    pub address: Option<String>,
}

impl Roster {
    /// The number of a customer, a new one if it has none yet.
    pub fn customer(&mut self, id: &CustomerId) -> CustomerNo {
        if let Some(number) = self.by_id.get(id) {
            return *number;
        }
        let number = CustomerNo(u32::try_from(self.customers.len()).unwrap_or(u32::MAX));
        self.customers.push(Organisation { id: id.clone(), cadence_days: None, contacts: 0 });
        self.by_id.insert(id.clone(), number);
        number
    }

    /// Says how often a customer is to be in touch, in days, and how many contacts of theirs are known.
    pub fn describe(&mut self, number: CustomerNo, cadence_days: Option<u32>, contacts: u32) {
        if let Some(customer) = self.customers.get_mut(number.0 as usize) {
            (customer.cadence_days, customer.contacts) = (cadence_days, contacts);
        }
    }

    /// Adds a person; gives their number.
    pub fn add(&mut self, someone: Someone) -> PersonNo {
        self.people.push(someone);
        PersonNo(u32::try_from(self.people.len() - 1).unwrap_or(u32::MAX))
    }

    /// Says anew who a number is.
    pub fn describe_person(&mut self, number: PersonNo, someone: Someone) {
        if let Some(person) = self.people.get_mut(number.0 as usize) {
            *person = someone;
        }
    }

    /// Who a number is; `None` for a number of another roster.
    pub fn person(&self, number: PersonNo) -> Option<&Someone> {
        self.people.get(number.0 as usize)
    }

    /// How many people there are: their numbers count from 0.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// The id of a customer.
    pub fn id(&self, number: CustomerNo) -> Option<&CustomerId> {
        self.customers.get(number.0 as usize).map(|customer| &customer.id)
    }

    /// The number of a customer, if it is on record.
    pub fn find(&self, id: &CustomerId) -> Option<CustomerNo> {
        self.by_id.get(id).copied()
    }

    /// Every customer, by number.
    pub fn customers(&self) -> impl Iterator<Item = (CustomerNo, &CustomerId)> {
        (0..).map(CustomerNo).zip(self.customers.iter().map(|customer| &customer.id))
    }

    /// How often a customer is to be in touch, in days, where somebody said so.
    pub fn cadence_days(&self, number: CustomerNo) -> Option<u32> {
        self.customers.get(number.0 as usize).and_then(|customer| customer.cadence_days)
    }

    /// How many contacts of a customer are known.
    pub fn contacts(&self, number: CustomerNo) -> u32 {
        self.customers.get(number.0 as usize).map_or(0, |customer| customer.contacts)
    }
}
