//! The input, generated where none is given, and digests.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

use crate::Outcome;

/// Bytes that are generated one by one; what follows is the same with every page numbered.
const BLOCK: usize = 1 << 20;
const PAGE: usize = 4096;

/// Writes bytes of which no two pages are the same; always the same bytes.
pub(crate) fn generate(path: &Path, size: u64, interrupted: &AtomicBool) -> Outcome {
    let mut file = File::create(path)?;
    let mut block = Vec::with_capacity(BLOCK);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while block.len() < BLOCK {
        // xorshift64*, which no copy that goes astray reproduces by accident.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        block.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    let mut page_number = 0_u64;
    let mut left = size;
    while left > 0 {
        if interrupted.load(Ordering::Relaxed) {
            return Err("interrupted".into());
        }
        for page in block.chunks_exact_mut(PAGE) {
            page[..8].copy_from_slice(&page_number.to_le_bytes());
            page_number += 1;
        }
        let count = left.min(BLOCK as u64) as usize;
        file.write_all(&block[..count])?;
        left -= count as u64;
    }
    Ok(())
}

/// The input's length; refuses what cannot be handed over, and an output that would destroy the input.
pub(crate) fn check(input: &Path, output: &Path) -> Outcome<u64> {
    let about = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let metadata = std::fs::metadata(input).map_err(|error| about(input, error))?;
    if !metadata.is_file() {
        return Err(format!("{}: not a regular file", input.display()).into());
    }
    match std::fs::metadata(output) {
        Ok(other) if (other.dev(), other.ino()) == (metadata.dev(), metadata.ino()) => {
            Err(format!("{} is the input itself; writing it would destroy it", output.display()).into())
        }
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(about(output, error).into()),
        _ => Ok(metadata.len()),
    }
}

/// A file's SHA-256 in hexadecimal digits.
pub(crate) fn sha256(path: &Path) -> Outcome<String> {
    let mut file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            count => hasher.update(&buffer[..count]),
        }
    }
}
