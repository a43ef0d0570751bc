//! How a lean row packs what it holds: some thirty bytes for most mails.
//!
//! One byte of flags, then numbers of as many bytes as they need (LEB128): signals, words, conversation, author; the
//! heading in eight bytes; then three lists, each with its length in bytes before its numbers: customers, To, Cc.

use crate::measure::Signals;
use crate::understand::{Automation, Kind};

/// What a lean row holds; people and customers by their numbers in `someone` and `customer_number`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Facts {
    pub(in crate::store) scalars: Scalars,
    pub(in crate::store) customers: Vec<u64>,
    pub(in crate::store) to: Vec<u64>,
    pub(in crate::store) cc: Vec<u64>,
}

/// What every row has one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Scalars {
    pub(in crate::store) inbound: bool,
    pub(in crate::store) interleaved: bool,
    pub(in crate::store) kind: Kind,
    pub(in crate::store) automation: Automation,
    pub(in crate::store) signals: Signals,
    pub(in crate::store) words: u32,
    pub(in crate::store) conversation: i64,
    /// A number of `someone`, counted from 1; 0 for nobody.
    pub(in crate::store) author: u64,
    pub(in crate::store) heading: u64,
}

/// A row as it lies there: the lists are still packed, as most of them were seen before.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Packed<'b> {
    pub(in crate::store) scalars: Scalars,
    pub(in crate::store) customers: &'b [u8],
    pub(in crate::store) to: &'b [u8],
    pub(in crate::store) cc: &'b [u8],
}

const KINDS: [Kind; 3] = [Kind::Email, Kind::Note, Kind::Meeting];
const AUTOMATIONS: [Automation; 5] =
    [Automation::None, Automation::AutoReply, Automation::Bounce, Automation::Bulk, Automation::Calendar];

impl Facts {
    pub(in crate::store) fn pack(&self) -> Vec<u8> {
        let Scalars { inbound, interleaved, kind, automation, signals, words, conversation, author, heading } =
            self.scalars;
        let place = |found: Option<usize>| found.unwrap_or_default() as u8;
        let kind = place(KINDS.iter().position(|one| *one == kind));
        let automation = place(AUTOMATIONS.iter().position(|one| *one == automation));
        let mut packed = vec![u8::from(inbound) | u8::from(interleaved) << 1 | kind << 2 | automation << 4];
        for number in [u64::from(signals.bits()), u64::from(words), conversation.cast_unsigned(), author] {
            add(&mut packed, number);
        }
        packed.extend(heading.to_le_bytes());
        for list in [&self.customers, &self.to, &self.cc] {
            let mut numbers = Vec::new();
            list.iter().for_each(|number| add(&mut numbers, *number));
            add(&mut packed, numbers.len() as u64);
            packed.extend(numbers);
        }
        packed
    }
}

impl<'b> Packed<'b> {
    /// `None` for bytes that [`Facts::pack`] did not make.
    pub(in crate::store) fn read(mut bytes: &'b [u8]) -> Option<Packed<'b>> {
        let from = &mut bytes;
        let (flags, rest) = from.split_first()?;
        *from = rest;
        let signals = Signals::from_bits(u32::try_from(take(from)?).ok()?);
        let words = u32::try_from(take(from)?).ok()?;
        let conversation = take(from)?.cast_signed();
        let author = take(from)?;
        let (heading, rest) = from.split_first_chunk::<8>()?;
        *from = rest;
        let scalars = Scalars {
            inbound: flags & 1 != 0,
            interleaved: flags & 2 != 0,
            kind: *KINDS.get(usize::from(flags >> 2 & 3))?,
            automation: *AUTOMATIONS.get(usize::from(flags >> 4))?,
            signals,
            words,
            conversation,
            author,
            heading: u64::from_le_bytes(*heading),
        };
        Some(Packed { scalars, customers: list(from)?, to: list(from)?, cc: list(from)? })
    }
}

/// The numbers of a packed list, in their order.
pub(in crate::store) fn numbers(mut list: &[u8]) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || take(&mut list))
}

/// The one number of a packed list that has no more.
pub(in crate::store) fn alone(mut list: &[u8]) -> Option<u64> {
    take(&mut list).filter(|_| list.is_empty())
}

fn list<'b>(from: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(take(from)?).ok()?;
    let (list, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(list)
}

fn add(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn take(from: &mut &[u8]) -> Option<u64> {
    // Most have one byte.
    if let Some((byte, rest)) = from.split_first().filter(|(byte, _)| **byte < 0x80) {
        *from = rest;
        return Some(u64::from(*byte));
    }
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::understand::SignalKind;

    fn facts() -> impl Strategy<Value = Facts> {
        let lists = || proptest::collection::vec(any::<u64>(), 0..20);
        let numbers = (any::<u32>(), any::<u32>(), any::<i64>(), any::<u64>(), any::<u64>());
        (any::<(bool, bool)>(), 0..3usize, 0..5usize, numbers, lists(), lists(), lists()).prop_map(
            |(bools, kind, automation, (signals, words, conversation, author, heading), customers, to, cc)| Facts {
                scalars: Scalars {
                    inbound: bools.0,
                    interleaved: bools.1,
                    kind: KINDS[kind],
                    automation: AUTOMATIONS[automation],
                    signals: Signals::from_bits(signals),
                    words,
                    conversation,
                    author,
                    heading,
                },
                customers,
                to,
                cc,
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_packed_is_read(facts in facts()) {
            let bytes = facts.pack();
            let packed = Packed::read(&bytes).unwrap();
            prop_assert_eq!(packed.scalars, facts.scalars);
            prop_assert_eq!(numbers(packed.customers).collect::<Vec<_>>(), facts.customers);
            let only = facts.to.first().copied().filter(|_| facts.to.len() == 1);
            prop_assert_eq!(alone(packed.to), only);
            prop_assert_eq!(numbers(packed.to).collect::<Vec<_>>(), facts.to);
            prop_assert_eq!(numbers(packed.cc).collect::<Vec<_>>(), facts.cc);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(packed) = Packed::read(&bytes) {
                _ = numbers(packed.to).count();
            }
        }
    }

    #[test]
    fn the_order_of_signal_kinds_is_kept() {
        let bits = |kind| Signals::default().with(kind).bits();
        assert_eq!(
            (bits(SignalKind::Ask), bits(SignalKind::Money), bits(SignalKind::Acknowledgement)),
            (1, 512, 16384)
        );
    }
}
