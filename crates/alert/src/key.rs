//! Keys of deliveries.

use bellwether_model::{AlertId, DeliveryKey, DeliveryKind, ReceiverId};
use sha2::{Digest, Sha256};

/// 64 bits in the key would meet by chance among some billions of messages; 128 never.
const DIGEST_BYTES: usize = 16;

/// The key of a message: what it tells, the how-manieth time, and to whom. Receivers use it to
/// recognise a repeat, so it is made of `a-z 0-9 :` only; a full stop is reserved by signature
/// schemes that join an id, a time and a body by it.
pub(crate) fn delivery_key(
    alert: &AlertId,
    occurrence: u32,
    kind: DeliveryKind,
    receiver: &ReceiverId,
) -> DeliveryKey {
    let mut hash = hashed([alert.as_str(), kind.as_str(), receiver.as_str()]);
    hash.update(occurrence.to_be_bytes());
    let digest = short(hash);
    DeliveryKey::new(format!("{}:{occurrence}:{digest}", kind.as_str()))
}

/// A digest of some texts, as it stands in keys.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    short(hashed(parts))
}

fn hashed<'a>(parts: impl IntoIterator<Item = &'a str>) -> Sha256 {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps `ab` + `c` apart from `a` + `bc`: an id of an import may hold any text.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash
}

fn short(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .take(DIGEST_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_pinned_and_plain() {
        let key = |alert: &str, occurrence, kind, receiver: &str| {
            delivery_key(
                &AlertId::new(alert),
                occurrence,
                kind,
                &ReceiverId::new(receiver),
            )
        };
        let firing = key("a-b-1", 1, DeliveryKind::Firing, "chat");
        // Receivers keep keys over upgrades of ours: a change here repeats old messages.
        assert_eq!(firing.as_str(), "firing:1:9aaa65f12b843a325ad716206ab8b8bd");
        assert_ne!(firing, key("a-b-1", 2, DeliveryKind::Firing, "chat"));
        assert_ne!(firing, key("a-b-1", 1, DeliveryKind::Resolved, "chat"));
        assert_ne!(firing, key("a-b-1", 1, DeliveryKind::Firing, "other"));
        assert_ne!(
            key("ab", 1, DeliveryKind::Firing, "c"),
            key("a", 1, DeliveryKind::Firing, "bc")
        );
        let hostile = key("a.選舉\n", 1, DeliveryKind::Firing, "x.y");
        assert!(
            hostile
                .as_str()
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b':'),
            "{hostile}"
        );
    }
}
