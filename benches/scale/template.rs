//! Encoded objects with holes of a fixed length: 100,000 of them cost a copy and a few digits each.

/// What differs between two copies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fill {
    pub pod: u32,
    pub node: u32,
    pub owner: u32,
    /// Namespace, or pool of a node.
    pub group: u32,
    pub version: u32,
    /// Seconds since the epoch, for [`AT`].
    pub at: u64,
}

/// Eight digits.
pub const POD: &str = "@pod-nr@";
/// Six digits.
pub const NODE: &str = "@node@";
/// Six digits.
pub const OWNER: &str = "@ownr@";
/// Four digits.
pub const GROUP: &str = "@grp";
/// Ten digits.
pub const VERSION: &str = "@version@@";
pub const POD_UID: &str = "@pod-uid@---------------------------";
pub const NODE_UID: &str = "@node-uid@--------------------------";
pub const OWNER_UID: &str = "@owner-uid@-------------------------";
pub const EVENT_UID: &str = "@event-uid@-------------------------";
/// Stands for a time; real ones take five bytes too.
pub const AT: u64 = 4_000_000_001;

#[derive(Clone, Copy, Debug)]
enum Hole {
    Pod,
    Node,
    Owner,
    Group,
    Version,
    Uid(u16),
    At,
}

/// An encoded object and where its holes are.
#[derive(Debug)]
pub struct Template {
    bytes: Vec<u8>,
    holes: Vec<(usize, usize, Hole)>,
}

impl Template {
    pub fn new(bytes: Vec<u8>) -> Self {
        let marks: [(&[u8], Hole); 10] = [
            (POD.as_bytes(), Hole::Pod),
            (NODE.as_bytes(), Hole::Node),
            (OWNER.as_bytes(), Hole::Owner),
            (GROUP.as_bytes(), Hole::Group),
            (VERSION.as_bytes(), Hole::Version),
            (POD_UID.as_bytes(), Hole::Uid(1)),
            (NODE_UID.as_bytes(), Hole::Uid(2)),
            (OWNER_UID.as_bytes(), Hole::Uid(3)),
            (EVENT_UID.as_bytes(), Hole::Uid(4)),
            (&varint(AT), Hole::At),
        ];
        let holes = (0..bytes.len())
            .flat_map(|at| marks.iter().map(move |mark| (at, mark)))
            .filter(|(at, (mark, _))| bytes[*at..].starts_with(mark))
            .map(|(at, (mark, hole))| (at, mark.len(), *hole))
            .collect();
        Self { bytes, holes }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends one copy.
    pub fn stamp(&self, to: &mut Vec<u8>, fill: Fill) {
        let start = to.len();
        to.extend_from_slice(&self.bytes);
        for &(at, length, hole) in &self.holes {
            let hole_bytes = &mut to[start + at..start + at + length];
            match hole {
                Hole::Pod => digits(hole_bytes, fill.pod),
                Hole::Node => digits(hole_bytes, fill.node),
                Hole::Owner => digits(hole_bytes, fill.owner),
                Hole::Group => digits(hole_bytes, fill.group),
                Hole::Version => digits(hole_bytes, fill.version),
                Hole::At => hole_bytes.copy_from_slice(&varint(fill.at)),
                Hole::Uid(kind) => {
                    let number = if kind == 2 {
                        fill.node
                    } else if kind == 3 {
                        fill.owner
                    } else {
                        fill.pod
                    };
                    // Spread as real ones are; the multiplication can be undone, so no two are the same.
                    let spread = number.wrapping_mul(0x9e37_79b1);
                    let uid = format!("{spread:08x}-{kind:04x}-4000-8000-{number:012x}");
                    hole_bytes.copy_from_slice(uid.as_bytes());
                }
            }
        }
    }
}

/// The five bytes of a time between 1978 and 3058.
fn varint(value: u64) -> [u8; 5] {
    std::array::from_fn(|nth| {
        let [seven, ..] = (value >> (7 * nth) & 0x7f).to_le_bytes();
        if nth < 4 { seven | 0x80 } else { seven }
    })
}

fn digits(into: &mut [u8], mut number: u32) {
    for digit in into.iter_mut().rev() {
        let [ones, ..] = (number % 10).to_le_bytes();
        *digit = b'0' + ones;
        number /= 10;
    }
}
