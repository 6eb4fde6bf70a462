//! The feed generator as a command.

fn main() {}
