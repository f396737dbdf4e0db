//! A path goes in; the bytes of the file come out.

use std::io::Read;
use std::path::Path;

use crate::disk;

/// Reads a file into the buffer, which grows and stays; gives the bytes read. A file that comes to an end where its length says so is not
/// asked for more: a system call less for each.
pub fn read_into<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> std::io::Result<&'b [u8]> {
    let (mut file, length) = disk::open_with_length(path)?;
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize((filled * 2).max(64 * 1024), 0);
        }
        match file.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(&buffer[..filled]),
            Ok(more) => filled += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        // there was room for more
        if filled as u64 == length && filled < buffer.len() {
            return Ok(&buffer[..filled]);
        }
    }
}
