//! Bytes go in, text and the encoding they were in come out (PEP 263).

use encoding_rs::mem::{decode_latin1, encode_latin1_lossy, is_str_latin1};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// How a file's text is stored on disk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// ISO 8859-1, which the encoding standard of the web takes for windows-1252.
    Latin1,
    /// Any other that maps ASCII to itself and keeps no state between characters.
    Other(&'static encoding_rs::Encoding),
}

/// Why a file can't be decoded and written back.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// No encoding is declared and the bytes are not UTF-8.
    #[error("not UTF-8 (first bad byte at offset {0}); declare its encoding in the first two lines (PEP 263)")]
    NotUtf8(usize),
    /// The declared encoding has no decoder here.
    #[error("declares the encoding `{0}`, which cascade-fix can't decode")]
    Unknown(String),
    /// A byte order mark of UTF-8 and a declaration of something else: Python refuses that too.
    #[error("has a UTF-8 byte order mark, but declares the encoding `{0}`")]
    BomMismatch(String),
    /// The bytes do not fit the declared encoding, or would not be written back as they were.
    #[error("its bytes do not fit the declared encoding `{0}`")]
    Mismatch(String),
    /// No Python reads it, and the parser would not survive it.
    #[error("has more levels of indentation than Python allows")]
    TooManyLevels,
    /// Its syntax tree would take gigabytes.
    #[error("has more than {} MiB of Python, which takes too much memory", .0 >> 20)]
    TooLong(usize),
    /// The JSON of a notebook is malformed, or another's.
    #[error("is no notebook: {0}")]
    NoNotebook(String),
    /// The kernel of a notebook runs another language.
    #[error("is a notebook in {0}, not in Python")]
    OtherLanguage(String),
    /// A changed text does not fit the encoding.
    #[error("the new text has a character that `{0}` lacks")]
    Unencodable(&'static str),
}

impl Encoding {
    /// The length of the byte order mark, in bytes.
    pub fn bom_len(self) -> usize {
        if self == Encoding::Utf8Bom { BOM.len() } else { 0 }
    }

    fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => "UTF-8",
            Encoding::Latin1 => "ISO-8859-1",
            Encoding::Other(encoding) => encoding.name(),
        }
    }

    /// Whether a text is on disk as it is in memory, behind the byte order mark.
    pub fn is_utf8(self) -> bool {
        matches!(self, Encoding::Utf8 | Encoding::Utf8Bom)
    }

    /// The length of a text on disk, in bytes.
    pub fn encoded_len(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => text.len(),
            Encoding::Latin1 => text.chars().count(),
            Encoding::Other(encoding) => encoding.encode(text).0.len(),
        }
    }

    /// The bytes of a text on disk, the byte order mark included.
    ///
    /// # Errors
    /// The text has a character that the encoding lacks.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, DecodeError> {
        match self {
            Encoding::Utf8 => Ok(text.as_bytes().to_vec()),
            Encoding::Utf8Bom => Ok([BOM, text.as_bytes()].concat()),
            Encoding::Latin1 if is_str_latin1(text) => Ok(encode_latin1_lossy(text).into_owned()),
            Encoding::Latin1 => Err(DecodeError::Unencodable(self.name())),
            Encoding::Other(encoding) => match encoding.encode(text) {
                (bytes, _, false) => Ok(bytes.into_owned()),
                _ => Err(DecodeError::Unencodable(self.name())),
            },
        }
    }
}

/// Decodes the bytes of a file.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode(mut bytes: Vec<u8>) -> Result<(String, Encoding), DecodeError> {
    let declared = declared_encoding(&bytes);
    if bytes.starts_with(BOM) {
        match declared {
            Some(name) if !is_utf8(&name) => return Err(DecodeError::BomMismatch(name)),
            _ => bytes.drain(..BOM.len()),
        };
        return utf8(bytes).map(|text| (text, Encoding::Utf8Bom));
    }
    match declared {
        Some(name) if !is_utf8(&name) => decode_declared(&bytes, name),
        _ => utf8(bytes).map(|text| (text, Encoding::Utf8)),
    }
}

/// Decodes the bytes of a file that is UTF-8 whatever it says.
///
/// # Errors
/// It is not.
pub fn decode_utf8(mut bytes: Vec<u8>) -> Result<(String, Encoding), DecodeError> {
    let encoding = if bytes.starts_with(BOM) { Encoding::Utf8Bom } else { Encoding::Utf8 };
    bytes.drain(..encoding.bom_len());
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, encoding)),
        Err(_) => Err(DecodeError::NoNotebook("it is not UTF-8".to_owned())),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, DecodeError> {
    String::from_utf8(bytes).map_err(|error| DecodeError::NotUtf8(error.utf8_error().valid_up_to()))
}

fn decode_declared(bytes: &[u8], name: String) -> Result<(String, Encoding), DecodeError> {
    let Some(encoding) = lookup(&name) else {
        return Err(DecodeError::Unknown(name));
    };
    let text = match encoding {
        Encoding::Other(encoding) => {
            encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
        }
        _ if is_ascii(&name) && !bytes.is_ascii() => None,
        _ => Some(decode_latin1(bytes).into_owned()),
    };
    match text {
        Some(text) if encoding.encode(&text).as_deref() == Ok(bytes) => Ok((text, encoding)),
        _ => Err(DecodeError::Mismatch(name)),
    }
}

/// The name in a `coding: NAME` comment of the first two lines, normalised as Python's tokenizer does.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes.strip_prefix(BOM).unwrap_or(bytes);
    for _ in 0..2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest[..end].trim_ascii();
        let ending = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = rest.get(end + ending..).unwrap_or_default();
        match (line.first(), coding_in(line)) {
            (Some(b'#'), Some(name)) => return Some(name.to_ascii_lowercase().replace('_', "-")),
            (Some(b'#') | None, _) => {}
            _ => return None,
        }
    }
    None
}

fn coding_in(comment: &[u8]) -> Option<String> {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&comment[from..], b"coding") {
        from += at + b"coding".len();
        let Some(rest) = comment[from..].strip_prefix(b":").or(comment[from..].strip_prefix(b"=")) else {
            continue;
        };
        let name: Vec<u8> = rest
            .trim_ascii_start()
            .iter()
            .copied()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            .collect();
        if !name.is_empty() {
            return String::from_utf8(name).ok();
        }
    }
    None
}

fn is_utf8(name: &str) -> bool {
    matches!(name, "utf-8" | "utf8" | "u8" | "cp65001") || name.starts_with("utf-8-")
}

fn is_ascii(name: &str) -> bool {
    matches!(name, "ascii" | "us-ascii" | "646")
}

/// Python's codec names, in terms of the web's labels.
fn lookup(name: &str) -> Option<Encoding> {
    const LATIN1: [&str; 7] = ["latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso-latin-1", "l1", "cp819"];
    let is_latin1 =
        LATIN1.iter().any(|alias| name == *alias || name.strip_prefix(alias).is_some_and(|rest| rest.starts_with("-")));
    if is_latin1 || is_ascii(name) {
        return Some(Encoding::Latin1);
    }
    let label = match name {
        "cp932" | "ms932" | "mskanji" | "ms-kanji" | "sjis" => "shift_jis",
        "cp936" | "gb18030-2000" => "gbk",
        "cp949" | "uhc" => "euc-kr",
        "cp950" => "big5",
        "mac-roman" | "macroman" => "macintosh",
        "mac-cyrillic" | "maccyrillic" => "x-mac-cyrillic",
        "latin-2" => "latin2",
        "eucjp" | "ujis" => "euc-jp",
        "euckr" => "euc-kr",
        other => other,
    };
    encoding_rs::Encoding::for_label(label.as_bytes())
        .or_else(|| encoding_rs::Encoding::for_label(label.replace("windows-", "cp").as_bytes()))
        .filter(|encoding| encoding.is_ascii_compatible() && !is_stateful(encoding))
        .map(Encoding::Other)
}

fn is_stateful(encoding: &'static encoding_rs::Encoding) -> bool {
    encoding == encoding_rs::ISO_2022_JP
        || encoding == encoding_rs::REPLACEMENT
        || encoding == encoding_rs::X_USER_DEFINED
}
