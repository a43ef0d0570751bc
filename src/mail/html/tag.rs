//! One start tag: its name, and those of its attributes that anything is read from.
//!
//! A mail's HTML is mostly attributes that say nothing here, so only these are kept, in buffers that the next
//! tag uses again.

/// The attributes that are read.
const READ: [&[u8]; 12] = [
    b"class",
    b"id",
    b"name",
    b"data-marker",
    b"type",
    b"cite",
    b"hidden",
    b"color",
    b"style",
    b"href",
    b"title",
    b"alt",
];

/// What is UTF-8, as it nearly always is, is checked fastest by the whole.
fn read(value: &[u8]) -> String {
    let read = std::str::from_utf8(value).map(str::to_owned);
    read.unwrap_or_else(|_| String::from_utf8_lossy(value).into_owned())
}

#[derive(Default)]
pub(super) struct Tag {
    name: Vec<u8>,
    /// By place in [`READ`]; `None` while the tag does not have it.
    values: [Option<Vec<u8>>; READ.len()],
    /// The attribute whose value comes next.
    at: Option<usize>,
}

impl Tag {
    /// Forgets the tag before.
    pub fn begin(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
        self.values = Default::default();
        self.at = None;
    }

    /// An attribute begins. Of several with one name the first counts (HTML standard, 13.2.5.33).
    pub fn attribute(&mut self, name: &[u8]) {
        self.at = READ.iter().position(|read| *read == name);
        if let Some(value) = self.at.and_then(|at| self.values.get_mut(at)) {
            if value.is_some() {
                self.at = None;
            } else {
                *value = Some(Vec::new());
            }
        }
    }

    /// Its value.
    pub fn value(&mut self, bytes: &[u8]) {
        let slot = self.at.and_then(|at| self.values.get_mut(at)).and_then(Option::as_mut);
        slot.into_iter().for_each(|value| value.extend_from_slice(bytes));
    }

    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Whether it has none of the attributes that are read.
    pub fn is_plain(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    pub fn has(&self, name: &str) -> bool {
        self.bytes(name).is_some()
    }

    /// An attribute as written.
    pub fn written(&self, name: &str) -> Option<String> {
        self.bytes(name).map(read)
    }

    /// An attribute in lower case.
    pub fn lower(&self, name: &str) -> Option<String> {
        self.bytes(name).map(|value| {
            let mut value = read(value);
            value.make_ascii_lowercase();
            value
        })
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        let at = READ.iter().position(|read| *read == name.as_bytes())?;
        self.values.get(at)?.as_deref()
    }
}
