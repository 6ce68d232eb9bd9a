//! Which addresses may be connected to.
//!
//! An address is refused by the first rule that names it. Networks that configuration allows lift
//! every rule but one: metadata services of clouds hand out credentials to whoever asks, and no feed
//! or receiver lives there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A metadata service of a cloud.
    Metadata,
    /// The machine itself.
    Loopback,
    /// No address at all, or "this network".
    Unspecified,
    /// RFC 1918.
    Private,
    /// The cable we are on.
    LinkLocal,
    /// RFC 4193, and site-local before it.
    UniqueLocal,
    /// RFC 6598: the inside of a carrier's translation.
    Shared,
    /// Many receivers at once.
    Multicast,
    /// Every receiver at once.
    Broadcast,
    /// Examples in documents.
    Documentation,
    /// Tests of equipment.
    Benchmark,
    /// Set aside by a standard; nothing public is there.
    Reserved,
    /// Something else than http or https.
    Scheme,
    /// The proxy that requests go through.
    Proxy,
}

impl Rule {
    /// The rule in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata services of clouds are never contacted",
            Self::Loopback => "loopback addresses are not contacted",
            Self::Unspecified => "the unspecified address is not contacted",
            Self::Private => "private addresses are not contacted",
            Self::LinkLocal => "link-local addresses are not contacted",
            Self::UniqueLocal => "unique local addresses are not contacted",
            Self::Shared => "shared addresses of carriers (100.64.0.0/10) are not contacted",
            Self::Multicast => "multicast addresses are not contacted",
            Self::Broadcast => "the broadcast address is not contacted",
            Self::Documentation => "documentation addresses are not contacted",
            Self::Benchmark => "benchmark addresses are not contacted",
            Self::Reserved => "reserved addresses are not contacted",
            Self::Scheme => "only http and https are spoken",
            Self::Proxy => "the proxy is the way to sources and none itself",
        }
    }

    /// Whether `allow_networks` can lift it.
    #[must_use]
    pub const fn can_be_allowed(self) -> bool {
        !matches!(self, Self::Metadata | Self::Scheme | Self::Proxy)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What configuration allows beside public addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    allowed: Vec<IpNet>,
}

impl AddressPolicy {
    /// Public addresses, and these networks.
    #[must_use]
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// This policy with more networks.
    #[must_use]
    pub fn and(&self, more: &[IpNet]) -> Self {
        let allowed = self.allowed.iter().chain(more).copied().collect();
        Self { allowed }
    }

    /// Checks one address; an IPv4 address inside an IPv6 one is unpacked and checked as well.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn check(&self, address: IpAddr) -> Result<(), Rule> {
        match address {
            IpAddr::V4(v4) => self.check_v4(v4),
            IpAddr::V6(v6) => self.check_v6(v6),
        }
    }

    fn check_v4(&self, address: Ipv4Addr) -> Result<(), Rule> {
        if METADATA_V4.contains(&address) {
            return Err(Rule::Metadata);
        }
        match rule_v4(address) {
            Some(rule) if !self.allows(IpAddr::V4(address)) => Err(rule),
            _ => Ok(()),
        }
    }

    fn check_v6(&self, address: Ipv6Addr) -> Result<(), Rule> {
        if METADATA_V6.contains(&address) {
            return Err(Rule::Metadata);
        }
        let is_allowed = self.allows(IpAddr::V6(address));
        for inner in embedded(address).into_iter().flatten() {
            match self.check_v4(inner) {
                Err(rule) if rule == Rule::Metadata || !is_allowed => return Err(rule),
                _ => {}
            }
        }
        match rule_v6(address) {
            Some(rule) if !is_allowed => Err(rule),
            _ => Ok(()),
        }
    }

    /// Whether configuration names the network of an address.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        self.allowed
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// AWS, GCP, Azure and most others; ECS tasks and EKS pods; Alibaba; Oracle; Azure's wire server,
/// which is a public address and yet only reaches the host underneath.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// AWS, EKS pods, GCP.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

fn rule_v4(address: Ipv4Addr) -> Option<Rule> {
    Some(match address.octets() {
        [0, ..] => Rule::Unspecified,
        [127, ..] => Rule::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Rule::Private,
        [169, 254, ..] => Rule::LinkLocal,
        [100, 64..=127, ..] => Rule::Shared,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Rule::Documentation,
        [198, 18..=19, ..] => Rule::Benchmark,
        [255, 255, 255, 255] => Rule::Broadcast,
        [224..=239, ..] => Rule::Multicast,
        [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => Rule::Reserved,
        _ => return None,
    })
}

fn rule_v6(address: Ipv6Addr) -> Option<Rule> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Rule::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Rule::Loopback,
        // Mapped and translated addresses are as good as the IPv4 address inside.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => return None,
        [0xfe80..=0xfebf, ..] => Rule::LinkLocal,
        [0xfec0..=0xfeff, ..] | [0xfc00..=0xfdff, ..] => Rule::UniqueLocal,
        [0xff00..=0xffff, ..] => Rule::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Rule::Documentation,
        [0x2001, 2, 0, ..] => Rule::Benchmark,
        // Orchid (RFC 4843, 7343): names of hosts that look like addresses.
        [0x2001, 0x10..=0x2f, ..] => Rule::Reserved,
        // The only block from which public addresses are given out.
        [0x2000..=0x3fff, ..] => return None,
        _ => Rule::Reserved,
    })
}

/// The IPv4 addresses that an IPv6 address stands for or leads to.
fn embedded(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let o = address.octets();
    let v4 = |at: usize| Some(Ipv4Addr::new(o[at], o[at + 1], o[at + 2], o[at + 3]));
    match address.segments() {
        // Unspecified and loopback have rules of their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None, None],
        // Compatible; mapped; translated (SIIT); NAT64.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..] => [v4(12), None],
        // 6to4.
        [0x2002, ..] => [v4(2), None],
        // Teredo: its server, and the client with every bit turned.
        [0x2001, 0, ..] => [v4(4), Some(Ipv4Addr::new(!o[12], !o[13], !o[14], !o[15]))],
        // ISATAP, behind any prefix.
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => [v4(12), None],
        _ => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allowed: &[&str], address: &str, expected: Result<(), Rule>) {
        let policy = AddressPolicy::new(allowed.iter().map(|n| n.parse().unwrap()).collect());
        assert_eq!(
            policy.check(address.parse().unwrap()),
            expected,
            "{address}"
        );
    }

    #[test]
    fn each_rule() {
        for (address, rule) in [
            ("169.254.169.254", Rule::Metadata),
            ("100.100.100.200", Rule::Metadata),
            ("fd00:ec2::254", Rule::Metadata),
            ("168.63.129.16", Rule::Metadata),
            ("::ffff:169.254.169.254", Rule::Metadata),
            ("64:ff9b::a9fe:a9fe", Rule::Metadata),
            ("2002:a9fe:a9fe::1", Rule::Metadata),
            ("2001:db8::5efe:a9fe:a9fe", Rule::Metadata),
            ("127.0.0.1", Rule::Loopback),
            ("::1", Rule::Loopback),
            ("::127.0.0.1", Rule::Loopback),
            ("::ffff:0:127.0.0.1", Rule::Loopback),
            ("2002:7f00:1::", Rule::Loopback),
            ("2001:0:0:0:0:0:80ff:fefe", Rule::Unspecified),
            ("2001:0:4136:e378:8000:63bf:80ff:fffe", Rule::Loopback),
            ("0.0.0.0", Rule::Unspecified),
            ("0.1.2.3", Rule::Unspecified),
            ("::", Rule::Unspecified),
            ("10.0.0.1", Rule::Private),
            ("172.31.255.255", Rule::Private),
            ("192.168.1.1", Rule::Private),
            ("::ffff:192.168.1.1", Rule::Private),
            ("169.254.0.1", Rule::LinkLocal),
            ("fe80::1", Rule::LinkLocal),
            ("fc00::1", Rule::UniqueLocal),
            ("fec0::1", Rule::UniqueLocal),
            ("100.64.0.1", Rule::Shared),
            ("100.127.255.255", Rule::Shared),
            ("224.0.0.1", Rule::Multicast),
            ("ff02::1", Rule::Multicast),
            ("255.255.255.255", Rule::Broadcast),
            ("192.0.2.1", Rule::Documentation),
            ("2001:db8::1", Rule::Documentation),
            ("3fff::1", Rule::Documentation),
            ("198.18.0.1", Rule::Benchmark),
            ("2001:2::1", Rule::Benchmark),
            ("240.0.0.1", Rule::Reserved),
            ("64:ff9b:1::1", Rule::Reserved),
            ("::8.8.8.8", Rule::Reserved),
            ("5f00::1", Rule::Reserved),
        ] {
            check(&[], address, Err(rule));
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ] {
            check(&[], public, Ok(()));
        }
    }

    #[test]
    fn allowed_networks_lift_every_rule_but_metadata() {
        check(&["127.0.0.0/8"], "127.0.0.1", Ok(()));
        check(&["127.0.0.0/8"], "::ffff:127.0.0.1", Ok(()));
        check(&["127.0.0.0/8"], "::1", Err(Rule::Loopback));
        check(&["127.0.0.0/8"], "10.0.0.1", Err(Rule::Private));
        let all = ["0.0.0.0/0", "::/0"];
        check(&all, "10.0.0.1", Ok(()));
        check(&all, "fd12::1", Ok(()));
        for metadata in [
            "169.254.169.254",
            "::ffff:a9fe:a9fe",
            "64:ff9b::a9fe:a9fe",
            "fd00:ec2::254",
            "::169.254.169.254",
            "100.100.100.200",
        ] {
            check(&all, metadata, Err(Rule::Metadata));
        }
    }
}
