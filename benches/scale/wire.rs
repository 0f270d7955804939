//! Just enough of protobuf's wire format to write Kubernetes objects with all that real ones carry.

/// A message that is being written.
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn bytes(mut self, tag: u8, value: &[u8]) -> Self {
        self.key(tag, 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    pub fn text(self, tag: u8, value: &str) -> Self {
        self.bytes(tag, value.as_bytes())
    }

    pub fn message(self, tag: u8, value: &Self) -> Self {
        self.bytes(tag, &value.0)
    }

    pub fn messages(self, tag: u8, values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().fold(self, |message, value| message.message(tag, &value))
    }

    pub fn number(mut self, tag: u8, value: u64) -> Self {
        self.key(tag, 0);
        self.varint(value);
        self
    }

    /// An entry of a `map<string, string>`.
    pub fn entry(self, tag: u8, key: &str, value: &str) -> Self {
        self.message(tag, &Self::new().text(1, key).text(2, value))
    }

    /// An entry of a map of quantities.
    pub fn quantity(self, tag: u8, key: &str, value: &str) -> Self {
        self.message(tag, &Self::new().text(1, key).message(2, &Self::new().text(1, value)))
    }

    /// A `metav1.Time`.
    pub fn time(self, tag: u8, seconds: u64) -> Self {
        self.message(tag, &Self::new().number(1, seconds))
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    fn key(&mut self, tag: u8, wire_type: u64) {
        self.varint(u64::from(tag) << 3 | wire_type);
    }

    fn varint(&mut self, mut value: u64) {
        loop {
            let [seven, ..] = (value & 0x7f).to_le_bytes();
            value >>= 7;
            if value == 0 {
                return self.0.push(seven);
            }
            self.0.push(seven | 0x80);
        }
    }
}

/// A frame of a watch body: length, `WatchEvent`, `RawExtension`, `runtime.Unknown`, and the object in it.
pub fn frame(event: &str, api_version: &str, kind: &str, object: &Message) -> Vec<u8> {
    let type_meta = Message::new().text(1, api_version).text(2, kind);
    // Content encoding and type are sent empty.
    let unknown = Message::new().message(1, &type_meta).message(2, object).text(3, "").text(4, "");
    let raw = [b"k8s\0", unknown.0.as_slice()].concat();
    let event = Message::new().text(1, event).message(2, &Message::new().bytes(1, &raw)).finish();
    let [_, _, _, _, length @ ..] = (event.len() as u64).to_be_bytes();
    [&length, event.as_slice()].concat()
}
