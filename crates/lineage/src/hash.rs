//! Numbers that stand for text: the same on every machine and in every run.

/// Spreads the bits of a number (the finaliser of MurmurHash3, Appleby 2011).
#[inline]
pub(crate) fn mix(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    value ^= value >> 33;
    value = value.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    value ^ (value >> 33)
}

/// A number for a text (FNV-1a with its bits spread).
#[inline]
pub(crate) fn of(text: &str) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in text.as_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    }
    mix(hash)
}

/// A number for one after the other: the order counts.
#[inline]
pub(crate) fn then(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23).wrapping_add(second))
}

/// What is kept of a number.
#[inline]
pub(crate) fn short(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// For maps whose keys are numbers that nobody chooses.
pub(crate) type BuildMix = std::hash::BuildHasherDefault<Mixer>;

/// Spreads one number.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mixer(u64);

impl std::hash::Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = then(self.0, number);
    }
}
