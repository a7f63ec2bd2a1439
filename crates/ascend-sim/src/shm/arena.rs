//! Device memory: blocks cut from large segments, so that any block can be shared later and no block costs a descriptor.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::io::Errno;

use super::find::Id;
use super::mapping::Mapping;
use super::segment::Segment;

/// The kind of a device-memory segment, in its name.
pub(crate) const KIND: &str = "hbm";
/// Blocks begin and end on pages, 4 KiB or 64 KiB: that is what can be mapped by an importer.
pub(crate) fn page() -> u64 {
    rustix::param::page_size() as u64
}
/// The least size of a segment; address space only, pages are allocated block by block.
const CHUNK: u64 = 64 << 20;

/// A segment, and which parts of it are free.
#[derive(Debug)]
struct Chunk {
    id: Id,
    segment: Segment,
    mapping: Mapping,
    /// Free ranges: offset → length; never two that touch.
    free: Mutex<BTreeMap<u64, u64>>,
}

/// Allocated device memory; given back, and zeroed, when the last owner lets go.
#[derive(Debug)]
pub(crate) struct Block {
    chunk: Arc<Chunk>,
    offset: u64,
    span: u64,
}

/// The device memory of one device in this process.
#[derive(Default)]
pub(crate) struct Arena {
    chunks: Mutex<Vec<Arc<Chunk>>>,
}

impl Arena {
    /// Allocates at least `size` bytes of zeroes on a page boundary.
    pub(crate) fn allocate(&self, size: u64) -> Result<Block, Errno> {
        let span = size.checked_next_multiple_of(page()).ok_or(Errno::NOMEM)?;
        if span >= CHUNK && span > available() {
            return Err(Errno::NOMEM); // the kernel would promise it, and kill somebody later
        }
        let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let found = chunks.iter().find_map(|chunk| chunk.take(span).map(|offset| (Arc::clone(chunk), offset)));
        let (chunk, offset) = match found {
            Some(found) => found,
            None => {
                let chunk = Arc::new(Chunk::create(span.max(CHUNK))?);
                let offset = chunk.take(span).ok_or(Errno::NOMEM)?;
                chunks.push(Arc::clone(&chunk));
                (chunk, offset)
            }
        };
        drop(chunks);
        let block = Block { chunk, offset, span };
        block.chunk.segment.commit(offset, span)?; // on failure `block` gives the range back
        Ok(block)
    }
}

impl Arena {
    /// Whether an address is in one of its segments, allocated or not.
    pub(crate) fn holds(&self, address: usize) -> bool {
        let chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let inside = |chunk: &Arc<Chunk>| {
            address.checked_sub(chunk.mapping.address()).is_some_and(|offset| offset < chunk.mapping.length())
        };
        chunks.iter().any(inside)
    }
}

impl Chunk {
    fn create(size: u64) -> Result<Self, Errno> {
        let id = Id::fresh();
        let segment = Segment::create(&id.name(KIND), size)?;
        let mapping = segment.map(0, usize::try_from(size).map_err(|_| Errno::NOMEM)?)?;
        Ok(Self { id, segment, mapping, free: Mutex::new(BTreeMap::from([(0, size)])) })
    }

    /// Takes the first free range that is large enough.
    fn take(&self, span: u64) -> Option<u64> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let (offset, length) =
            free.iter().find(|(_, length)| **length >= span).map(|(offset, length)| (*offset, *length))?;
        free.remove(&offset);
        if length > span {
            free.insert(offset + span, length - span);
        }
        Some(offset)
    }

    /// Returns a range, joined with its neighbours.
    fn give_back(&self, mut offset: u64, mut span: u64) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, length)) = free.range(..offset).next_back().map(|(before, length)| (*before, *length))
            && before + length == offset
        {
            free.remove(&before);
            offset = before;
            span += length;
        }
        if let Some(length) = free.remove(&(offset + span)) {
            span += length;
        }
        free.insert(offset, span);
    }
}

impl Block {
    /// Where the block is in this process.
    pub(crate) fn address(&self) -> usize {
        self.chunk.mapping.address() + self.offset as usize
    }

    /// The segment that holds it.
    pub(crate) fn segment(&self) -> Id {
        self.chunk.id
    }

    /// Where in that segment it begins.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Its length, a multiple of the page size.
    pub(crate) const fn span(&self) -> u64 {
        self.span
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // Zeroed before anybody can get it again. If the kernel refuses, the range is lost rather than handed out dirty.
        if self.chunk.segment.discard(self.offset, self.span).is_ok() {
            self.chunk.give_back(self.offset, self.span);
        }
    }
}

/// Bytes that the machine can still give; everything, where the kernel does not tell.
pub(crate) fn available() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.map_or(u64::MAX, |kibibytes| kibibytes.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freed_ranges_join_and_are_used_again() {
        let arena = Arena::default();
        let blocks: Vec<Block> = (0..4).map(|_| arena.allocate(10).unwrap()).collect();
        assert_eq!(blocks.iter().map(Block::offset).collect::<Vec<_>>(), [0, page(), 2 * page(), 3 * page()]);
        drop(blocks);
        assert_eq!(arena.allocate(4 * page()).unwrap().offset(), 0);
        assert_eq!(arena.chunks.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_block_larger_than_a_chunk_gets_its_own() {
        let arena = Arena::default();
        assert_eq!(arena.allocate(CHUNK + 1).unwrap().span(), CHUNK + page());
    }

    #[test]
    fn absurd_sizes_are_refused_not_overflowed() {
        let arena = Arena::default();
        for size in [u64::MAX, u64::MAX - page(), 1 << 62] {
            assert!(arena.allocate(size).is_err(), "{size}");
        }
    }
}
