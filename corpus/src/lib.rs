//! Feeds of any size with the truth about their copies.
