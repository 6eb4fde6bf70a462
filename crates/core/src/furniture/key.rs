//! The first or last bytes of a form's text, whatever the case of its small letters.

/// What eight bytes must be, as far as the bits of `mask` go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Key {
    value: u64,
    mask: u64,
}

/// The bytes in which a character of a form stands in a line, for each a mask of the bits that do
/// not differ with case. Nothing if it may have another length, or be left out.
fn bytes_of(c: char) -> Option<([u8; 4], [u8; 4], usize)> {
    let mut bytes = [0; 4];
    let mut masks = [0xff; 4];
    let len = c.encode_utf8(&mut bytes).len();
    if !c.is_lowercase() {
        return (!matches!(c, ' ' | ':' | '\'' | '-')).then_some((bytes, masks, len));
    }
    // These are the lower case of one other character, of as many bytes; k of the kelvin sign too.
    let paired = matches!(c, 'a'..='z' | 'à'..='ä' | 'æ'..='þ' | 'а'..='џ');
    let mut upper = [0; 4];
    let c = c.to_uppercase().next().filter(|_| paired)?;
    c.encode_utf8(&mut upper);
    for ((mask, byte), upper) in masks.iter_mut().zip(bytes).zip(upper) {
        *mask = !(byte ^ upper);
    }
    Some((bytes, masks, len))
}

impl Key {
    /// The first bytes of a line that begins with the text.
    pub(super) fn front(text: &str) -> Self {
        let mut key = Self::default();
        let mut at = 0;
        for (number, c) in text.chars().enumerate() {
            // At the beginning each stands for itself.
            let itself = (number == 0 && c.is_ascii_punctuation()).then_some((
                [c as u8, 0, 0, 0],
                [0xff; 4],
                1,
            ));
            let Some((bytes, masks, len)) = itself.or_else(|| bytes_of(c)) else {
                break;
            };
            if at + len > 8 || c == 'k' {
                break;
            }
            for (byte, mask) in bytes.into_iter().zip(masks).take(len) {
                key.value |= u64::from(byte) << (8 * at);
                key.mask |= u64::from(mask) << (8 * at);
                at += 1;
            }
        }
        key
    }

    /// The last bytes of a line that ends with the text; the last is the highest.
    pub(super) fn back(text: &str) -> Self {
        let mut key = Self::default();
        let mut room = 8;
        // Before a colon there may be white space.
        let (chars, colon) = match text.strip_suffix(':') {
            Some(_) => ("", Some(([b':', 0, 0, 0], [0xff; 4], 1))),
            None => (text, None),
        };
        for known in colon
            .map(Some)
            .into_iter()
            .chain(chars.chars().rev().map(bytes_of))
        {
            let Some((bytes, masks, len)) = known.filter(|&(_, _, len)| len <= room) else {
                break;
            };
            for (byte, mask) in bytes.into_iter().zip(masks).take(len).rev() {
                room -= 1;
                key.value |= u64::from(byte) << (8 * room);
                key.mask |= u64::from(mask) << (8 * room);
            }
        }
        key
    }

    pub(super) fn fits(self, bytes: u64) -> bool {
        (bytes ^ self.value) & self.mask == 0
    }

    /// Whether the text says nothing of the bytes.
    pub(super) fn is_empty(self) -> bool {
        self.mask == 0
    }

    /// The bytes that can stand at place `at`, 0 to 7.
    pub(super) fn bytes_at(self, at: u32) -> impl Iterator<Item = u8> {
        let (value, mask) = (self.value >> (8 * at), self.mask >> (8 * at));
        let some = Self {
            value,
            mask: mask & 0xff,
        };
        (0..=u8::MAX).filter(move |&byte| some.fits(u64::from(byte)))
    }
}

/// The first eight bytes, the first lowest; zeros for those that are not there.
pub(super) fn front(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => (bytes.iter().rev()).fold(0, |all, &byte| all << 8 | u64::from(byte)),
    }
}

/// The last eight bytes, the last highest; zeros for those that are not there.
pub(super) fn back(bytes: &[u8]) -> u64 {
    match bytes.last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => front(bytes) << (8 * (8 - bytes.len() as u32) % 64),
    }
}
