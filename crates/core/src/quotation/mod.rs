//! Direct speech: quotations in text, as spans of the original.
