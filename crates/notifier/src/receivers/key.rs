//! The key of a message in the forms that platforms want.

use bellwether_model::DeliveryKey;
use sha2::{Digest, Sha256};

/// 128 bits that are the same for every attempt of a message, or of a part of it.
fn bits(key: &DeliveryKey, part: usize) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(key.as_str().as_bytes());
    hash.update([0]);
    hash.update(part.to_be_bytes());
    let mut bits = [0; 16];
    for (to, from) in bits.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    bits
}

/// As 32 hexadecimal digits.
pub(super) fn hex(key: &DeliveryKey, part: usize) -> String {
    bits(key, part)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// As a UUID of version 8 (RFC 9562, 5.8: what its maker likes).
pub(super) fn uuid(key: &DeliveryKey) -> String {
    let mut bits = bits(key, 0);
    bits[6] = bits[6] & 0x0f | 0x80;
    bits[8] = bits[8] & 0x3f | 0x80;
    let hex: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_for_the_same_and_have_the_form() {
        let key = DeliveryKey::new("firing:1:ab");
        assert_eq!(uuid(&key), uuid(&key));
        assert_ne!(hex(&key, 0), hex(&key, 1));
        let uuid = uuid(&key);
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'8');
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}
