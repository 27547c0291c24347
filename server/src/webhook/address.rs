//! Which addresses belong to everybody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks that are not on the public internet (IANA's special-purpose registry): first address, length of the prefix.
const V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared by a provider's customers (CGNAT)
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, and the metadata of clouds
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, broadcast
];

/// Of the global unicast block 2000::/3, what is not global after all.
const V6: [([u16; 8], u32); 5] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // protocol assignments, Teredo among them
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32), // documentation
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), // 6to4: holds an IPv4 address of any kind
    ([0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0], 48), // AS112
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
];

/// Whether `address` is one of the public internet. An IPv4 address in IPv6's clothes is judged as what it is.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !V4.iter().any(|(block, length)| {
            within(u128::from(u32::from(address)), u128::from(u32::from(Ipv4Addr::from(*block))), 32 - length)
        }),
        // All that is outside 2000::/3 is loopback, local, multicast, a translation of IPv4 (64:ff9b::/96), or not given.
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            let global = within(bits, u128::from(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0)), 128 - 3);
            global
                && !V6
                    .iter()
                    .any(|(block, length)| within(bits, u128::from(Ipv6Addr::from(*block)), 128 - length))
        }
    }
}

/// Whether the two agree but for the last `rest` bits.
pub(super) fn within(address: u128, block: u128, rest: u32) -> bool {
    address.checked_shr(rest).unwrap_or(0) == block.checked_shr(rest).unwrap_or(0)
}
