//! Repair of mojibake: text decoded with the wrong character set.
