//! Formats, compression and files for wirefold.
