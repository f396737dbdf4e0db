//! A path goes in; the bytes of the file come out.

use std::io::Read;
use std::path::Path;

use crate::disk;

/// Reads a file into the buffer, which grows and stays; gives the bytes read. The length is not asked for first: two system
/// calls less for each file.
pub fn read_into<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> std::io::Result<&'b [u8]> {
    let mut file = disk::open(path)?;
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize((filled * 2).max(64 * 1024), 0);
        }
        match file.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(&buffer[..filled]),
            Ok(length) => filled += length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
