//! Arrow IPC: messages, in a file by its footer and in a stream one after the other.
//!
//! What a message says of sizes is held against the file before any memory is taken for it.

use super::extent::Extent;
use super::open::plain;
use arrow_array::RecordBatch;
use arrow_buffer::{Buffer, MutableBuffer};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, CompressionType, Message, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::SchemaRef;
use std::collections::HashMap;
use std::sync::Arc;

/// The first and last bytes of a file.
pub(crate) const MAGIC: &[u8; 6] = b"ARROW1";
/// What a message of a stream begins with.
pub(crate) const CONTINUATION: [u8; 4] = [0xff; 4];
/// Bytes behind the footer: its length and the magic ones.
const TAIL_BYTES: u64 = 10;
/// Longest metadata of a message; a schema of ten thousand columns takes a few megabytes.
const MAX_METADATA_BYTES: u64 = 256 << 20;
/// Most bytes of a batch when it is decompressed: it is held in memory whole.
const MAX_BATCH_BYTES: u64 = 4 << 30;

/// A file or stream whose schema is known.
#[derive(Clone)]
pub(crate) struct Ipc {
    pub(crate) schema: SchemaRef,
    pub(crate) metadata: HashMap<String, String>,
    /// How its buffers are compressed, as far as the first batch shows.
    pub(crate) compression: Option<CompressionType>,
    version: arrow_ipc::MetadataVersion,
    dictionaries: Arc<[Block]>,
    batches: Arc<[Block]>,
    /// Where the messages behind the schema begin, in a stream.
    stream: Option<u64>,
}

impl Ipc {
    pub(crate) fn open(extent: &Extent) -> Result<Self, String> {
        let mut magic = [0; MAGIC.len()];
        match extent.read_at(0, &mut magic) {
            Ok(()) if &magic == MAGIC => Self::file(extent),
            Ok(()) => Self::stream(extent),
            Err(_) if extent.len() == 0 => Err("the file is empty".to_owned()),
            Err(_) => Err(cut()),
        }
    }

    fn file(extent: &Extent) -> Result<Self, String> {
        let mut tail = [0; TAIL_BYTES as usize];
        let tail_at = extent.len().checked_sub(TAIL_BYTES).ok_or_else(cut)?;
        extent.read_at(tail_at, &mut tail).map_err(|_| cut())?;
        if &tail[4..] != MAGIC {
            return Err("the file does not end as an Arrow file does: it is cut".to_owned());
        }
        let len = read_footer_length(tail).map_err(|error| plain(&error))? as u64;
        let Some(at) = tail_at.checked_sub(len) else {
            return Err(format!(
                "its footer should have {len} bytes, more than the file"
            ));
        };
        let footer = extent.bytes_at(at, len).map_err(|_| cut())?;
        let footer = root_as_footer(&footer).map_err(|error| broken("footer", &error))?;
        let schema = footer
            .schema()
            .ok_or_else(|| "its footer has no schema".to_owned())?;
        if !schema.endianness().equals_to_target_endianness() {
            return Err("its numbers have the other byte order; write it anew".to_owned());
        }
        let schema = try_fb_to_schema(schema).map_err(|error| plain(&error))?;
        let mut metadata = HashMap::new();
        for pair in footer.custom_metadata().into_iter().flatten() {
            if let (Some(key), Some(value)) = (pair.key(), pair.value()) {
                metadata.insert(key.to_owned(), value.to_owned());
            }
        }
        let mut ipc = Ipc {
            schema: Arc::new(schema),
            metadata,
            compression: None,
            version: footer.version(),
            dictionaries: footer
                .dictionaries()
                .into_iter()
                .flatten()
                .copied()
                .collect(),
            batches: footer
                .recordBatches()
                .into_iter()
                .flatten()
                .copied()
                .collect(),
            stream: None,
        };
        if let Some(block) = ipc.batches.first() {
            ipc.compression = compression(extent, block)?;
        }
        Ok(ipc)
    }

    fn stream(extent: &Extent) -> Result<Self, String> {
        let none = || "the file does not begin as an Arrow file or stream does".to_owned();
        let block = message_at(extent, 0).map_err(|_| none())?;
        let (block, bytes) = block.ok_or_else(none)?;
        let message = parse(&bytes).map_err(|_| none())?;
        let schema = message.header_as_schema().ok_or_else(none)?;
        if !schema.endianness().equals_to_target_endianness() {
            return Err("its numbers have the other byte order; write it anew".to_owned());
        }
        let version = message.version();
        let schema = Arc::new(try_fb_to_schema(schema).map_err(|error| plain(&error))?);
        let mut ipc = Ipc {
            schema,
            metadata: HashMap::new(),
            compression: None,
            version,
            dictionaries: Arc::new([]),
            batches: Arc::new([]),
            stream: Some(end_of(&block)),
        };
        if let Ok(Some((next, _))) = message_at(extent, end_of(&block)) {
            ipc.compression = compression(extent, &next).unwrap_or_default();
        }
        Ok(ipc)
    }

    /// All batches, of some columns or of all, from the first on.
    pub(crate) fn batches(&self, extent: &Extent, columns: Option<&[usize]>) -> IpcBatches {
        let mut decoder = FileDecoder::new(Arc::clone(&self.schema), self.version);
        if let Some(columns) = columns {
            decoder = decoder.with_projection(columns.to_vec());
        }
        IpcBatches {
            extent: extent.clone(),
            decoder,
            dictionaries: Arc::clone(&self.dictionaries),
            batches: Arc::clone(&self.batches),
            next: 0,
            stream: self.stream,
        }
    }
}

/// The batches of a file or stream.
pub(crate) struct IpcBatches {
    extent: Extent,
    decoder: FileDecoder,
    dictionaries: Arc<[Block]>,
    batches: Arc<[Block]>,
    next: usize,
    stream: Option<u64>,
}

impl IpcBatches {
    fn advance(&mut self) -> Result<Option<RecordBatch>, String> {
        let Some(mut at) = self.stream else {
            if self.next == 0 {
                for block in self.dictionaries.iter() {
                    let bytes = block_at(&self.extent, block)?;
                    let read = self.decoder.read_dictionary(block, &bytes);
                    read.map_err(|error| plain(&error))?;
                }
            }
            let Some(block) = self.batches.get(self.next) else {
                return Ok(None);
            };
            self.next += 1;
            let bytes = block_at(&self.extent, block)?;
            let read = self.decoder.read_record_batch(block, &bytes);
            return read.map_err(|error| plain(&error));
        };
        while at < self.extent.len() {
            let Some((block, metadata)) = message_at(&self.extent, at)? else {
                break;
            };
            let kind = parse(&metadata)?.header_type();
            let bytes = block_at(&self.extent, &block)?;
            at = end_of(&block);
            self.stream = Some(at);
            if kind == MessageHeader::DictionaryBatch {
                let read = self.decoder.read_dictionary(&block, &bytes);
                read.map_err(|error| plain(&error))?;
                continue;
            }
            let read = self.decoder.read_record_batch(&block, &bytes);
            return read.map_err(|error| plain(&error));
        }
        self.stream = Some(self.extent.len());
        Ok(None)
    }
}

impl Iterator for IpcBatches {
    type Item = Result<RecordBatch, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

fn cut() -> String {
    "the file ends within a message: it is cut".to_owned()
}

fn broken(what: &str, error: &impl std::fmt::Display) -> String {
    format!("its {what} cannot be read: {}", plain(error))
}

fn end_of(block: &Block) -> u64 {
    // Both were found to lie within the file.
    (block.offset() + i64::from(block.metaDataLength()) + block.bodyLength()).cast_unsigned()
}

/// The message behind its length and the mark before it.
fn parse(bytes: &[u8]) -> Result<Message<'_>, String> {
    let skip = if bytes.starts_with(&CONTINUATION) {
        8
    } else {
        4
    };
    let message = bytes.get(skip..).ok_or_else(cut)?;
    root_as_message(message).map_err(|error| broken("message", &error))
}

/// The message at a place of a stream and its metadata; nothing at the end.
fn message_at(extent: &Extent, at: u64) -> Result<Option<(Block, Vec<u8>)>, String> {
    let mut word = [0; 4];
    let mut prefix = 4;
    extent.read_at(at, &mut word).map_err(|_| cut())?;
    if word == CONTINUATION {
        extent.read_at(at + 4, &mut word).map_err(|_| cut())?;
        prefix = 8;
    }
    let len = i32::from_le_bytes(word);
    if len == 0 {
        return Ok(None);
    }
    let len = u64::try_from(len).unwrap_or(u64::MAX);
    if len > MAX_METADATA_BYTES {
        return Err("a message of an impossible length".to_owned());
    }
    let bytes = extent.bytes_at(at, prefix + len).map_err(|_| cut())?;
    let body = parse(&bytes)?.bodyLength();
    let within = u64::try_from(body)
        .ok()
        .and_then(|body| (at + prefix + len).checked_add(body))
        .is_some_and(|end| end <= extent.len());
    if !within {
        return Err(cut());
    }
    let block = Block::new(at.cast_signed(), (prefix + len) as i32, body);
    Ok(Some((block, bytes)))
}

/// The metadata of a block, as far as it lies within the file.
fn metadata_of(extent: &Extent, block: &Block) -> Result<Vec<u8>, String> {
    let at = u64::try_from(block.offset()).map_err(|_| cut())?;
    let len = u64::try_from(block.metaDataLength()).map_err(|_| cut())?;
    let body = u64::try_from(block.bodyLength()).map_err(|_| cut())?;
    let end = at.checked_add(len).and_then(|end| end.checked_add(body));
    if end.is_none_or(|end| end > extent.len()) {
        return Err("a batch that lies beyond the end of the file".to_owned());
    }
    if !(8..=MAX_METADATA_BYTES).contains(&len) {
        return Err("a message of an impossible length".to_owned());
    }
    extent.bytes_at(at, len).map_err(|_| cut())
}

/// The batch of a message, that of a dictionary too; nothing if it has none.
fn batch_of<'m>(message: &Message<'m>) -> Option<arrow_ipc::RecordBatch<'m>> {
    match message.header_type() {
        MessageHeader::DictionaryBatch => message
            .header_as_dictionary_batch()
            .and_then(|dictionary| dictionary.data()),
        _ => message.header_as_record_batch(),
    }
}

fn compression(extent: &Extent, block: &Block) -> Result<Option<CompressionType>, String> {
    let metadata = metadata_of(extent, block)?;
    let message = parse(&metadata)?;
    Ok(batch_of(&message)
        .and_then(|batch| batch.compression())
        .map(|compression| compression.codec()))
}

/// The bytes of a block, whose buffers were found to lie within it and to be of a possible size.
fn block_at(extent: &Extent, block: &Block) -> Result<Buffer, String> {
    let metadata = metadata_of(extent, block)?;
    let message = parse(&metadata)?;
    let kinds = [MessageHeader::DictionaryBatch, MessageHeader::RecordBatch];
    if !kinds.contains(&message.header_type()) {
        return Err("a message that is no batch".to_owned());
    }
    let batch = batch_of(&message).ok_or_else(|| "a batch without data".to_owned())?;
    let body = block.bodyLength().cast_unsigned();
    if body > MAX_BATCH_BYTES {
        return Err(too_large());
    }
    let mut bytes = MutableBuffer::from_len_zeroed(metadata.len() + body as usize);
    let (start, rest) = bytes.as_slice_mut().split_at_mut(metadata.len());
    start.copy_from_slice(&metadata);
    let at = block.offset().cast_unsigned() + metadata.len() as u64;
    extent.read_at(at, rest).map_err(|_| cut())?;
    let compressed = batch.compression().is_some();
    let mut total = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let offset = usize::try_from(buffer.offset()).map_err(|_| cut())?;
        let len = usize::try_from(buffer.length()).map_err(|_| cut())?;
        let end = offset.checked_add(len).ok_or_else(cut)?;
        let held = rest.get(offset..end).ok_or_else(cut)?;
        let size = match held.first_chunk::<8>() {
            // A length of -1 says that a buffer is not compressed.
            Some(&size) if compressed => {
                u64::try_from(i64::from_le_bytes(size)).unwrap_or(len as u64)
            }
            _ => len as u64,
        };
        total = total.saturating_add(size);
    }
    if total > MAX_BATCH_BYTES {
        return Err(too_large());
    }
    Ok(bytes.into())
}

fn too_large() -> String {
    format!(
        "a batch of more than {} GiB; write it in smaller ones",
        MAX_BATCH_BYTES >> 30
    )
}
