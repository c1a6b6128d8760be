//! What a file is, by its first bytes. Names are not looked at: they lie, and members of a package may have none.

use memchr::memmem;

/// How many first bytes are looked at: a tar header is 512 bytes, UTF-16 without a mark wants a few lines.
pub(super) const HEAD: usize = 4096;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    /// Nothing in particular: text, or a binary file that a format will decline.
    Plain,
    /// One compressed stream.
    Packed(Codec),
    /// A tape archive.
    Tar,
    /// A zip archive.
    Zip,
    /// Known, and not read here; what it is, with its article.
    Foreign(&'static str),
    /// macOS puts these beside real files (`._access.log`); they hold attributes only.
    Shadow,
}

/// A way to compress one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Codec {
    pub fn name(self) -> &'static str {
        match self {
            Codec::Gzip => "gzip",
            Codec::Zstd => "zstd",
            Codec::Bzip2 => "bzip2",
            Codec::Xz => "xz",
        }
    }
}

/// Things that lie among logs and are none, or are packed in a way that no crate here unpacks.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"\x1f\x9d", "a file packed by compress (.Z)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 file"),
    (b"MSCF\0\0\0\0", "a cabinet archive"),
    (b"ElfFile\0", "a Windows event log"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
];

/// Recognizes the first bytes, [`HEAD`] of them or the whole file.
pub(super) fn recognize(head: &[u8]) -> Magic {
    match head {
        [0x1f, 0x8b, 8, ..] => Magic::Packed(Codec::Gzip),
        // A frame, or a skippable frame, with which pzstd begins.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Magic::Packed(Codec::Zstd),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Magic::Packed(Codec::Xz),
        // The level, and then the mark of a block or of the end: a text may well begin with "BZh".
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Magic::Packed(Codec::Bzip2),
        // A member, an empty archive, the mark of an archive that was meant to be split.
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, b'P', b'K', 3, 4, ..] => Magic::Zip,
        [0x00, 0x05, 0x16, 0x07, ..] => Magic::Shadow,
        _ if is_tar(head) => Magic::Tar,
        _ => match FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
            Some((_, what)) => Magic::Foreign(what),
            None => Magic::Plain,
        },
    }
}

/// A header whose checksum is right. Old archives carry no `ustar` mark, so the sum decides; text never has it, since
/// the field ends in a NUL or a space and the name is padded with NULs.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    if header[0] == 0 || memmem::find(&header[..100], b"\n").is_some() || !header[148..156].contains(&0) {
        return false;
    }
    let digits = header[148..156].trim_ascii_start();
    let end = digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
    let Some(told) = std::str::from_utf8(&digits[..end]).ok().and_then(|text| u32::from_str_radix(text, 8).ok()) else {
        return false;
    };
    let sum: u32 = header[..148].iter().chain(&header[156..]).map(|&b| u32::from(b)).sum::<u32>() + 8 * 32;
    told == sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain() {
        let cases: &[&[u8]] =
            &[b"", b"B", b"BZh9 is a name\n", b"PK\n", b"\x1f\x8b", b"1700000000.123 87 10.0.0.1 TCP_MISS/200"];
        for text in cases {
            assert_eq!(recognize(text), Magic::Plain, "{text:?}");
        }
        assert_eq!(recognize(&[0; 1024]), Magic::Plain);
    }
}
