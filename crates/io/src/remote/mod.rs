//! Places that are no files: objects of S3, Google Cloud Storage and Azure, and pages of HTTP.
//!
//! An address enters, and what leaves is a [`Read`](std::io::Read) or a [`Write`](std::io::Write)
//! like that of a file. All that waits for a network does so in this room, on a runtime of one
//! thread that runs while someone waits (`line`): nothing outside knows of it.

mod address;
mod lengths;
mod line;
mod list;
mod read;
mod write;

pub(crate) use self::address::{Remote, is_remote};
pub(crate) use self::line::Fault;
pub(crate) use self::list::{Found, find};
pub(crate) use self::read::Reader;
pub(crate) use self::write::Upload;
