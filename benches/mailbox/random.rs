//! Numbers that are the same in every run (splitmix64).

/// A generator; two with the same seed give the same numbers.
pub struct Random(u64);

impl Random {
    /// From a seed and a number, such as a mail's place.
    pub fn of(seed: u64, number: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `from` until before `to`.
    pub fn within(&mut self, from: usize, to: usize) -> usize {
        from + (self.bits() % (to - from).max(1) as u64) as usize
    }

    /// Whether something of this likelihood happens.
    pub fn chance(&mut self, likely: f64) -> bool {
        self.unit() < likely
    }

    /// One of several.
    pub fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.within(0, of.len())]
    }

    /// Between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Many small values and few large ones (log-normal).
    pub fn skewed(&mut self, median: f64, spread: f64) -> f64 {
        let normal = (-2.0 * self.unit().max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        median * (normal * spread).exp()
    }
}
