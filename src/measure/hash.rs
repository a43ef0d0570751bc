//! Tables by numbers that we gave out ourselves: no stranger chooses them, so that they need no defence, only spread.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A table by our own numbers.
pub type ByNumber<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// A set of our own numbers.
pub type Numbers<K> = HashSet<K, BuildHasherDefault<Spread>>;

/// Multiplies by an odd number and folds the product, which spreads neighbours over all bits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spread(u64);

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        let product = u128::from((self.0 ^ n).wrapping_add(GOLDEN)) * u128::from(GOLDEN);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::hash::{BuildHasher, Hash};

    #[test]
    fn neighbours_are_spread_over_the_bits_that_tables_use() {
        let hash = |n: i64| BuildHasherDefault::<Spread>::default().hash_one(n);
        let low: BTreeSet<u64> = (0..256).map(|n| hash(n) & 0xFF).collect();
        let high: BTreeSet<u64> = (0..256).map(|n| hash(n) >> 57).collect();
        assert!(low.len() > 140 && high.len() > 100, "{} {}", low.len(), high.len());
    }

    #[test]
    fn every_part_of_a_key_counts() {
        let hash = |key: (bool, u32, u64)| {
            let mut hasher = Spread::default();
            key.hash(&mut hasher);
            hasher.finish()
        };
        let keys = [(false, 0, 0), (true, 0, 0), (false, 1, 0), (false, 0, 1), (true, 1, 1)];
        assert_eq!(keys.map(hash).iter().collect::<BTreeSet<_>>().len(), 5);
    }
}
