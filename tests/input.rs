//! The room `input`, seen from outside: real files in a folder of their own, packed by the same crates that unpack them.

use std::ffi::OsString;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use flate2::Compression;
use proptest::prelude::*;
use tempfile::TempDir;
use umbrascope::input::{
    Encoding, Flow, Kind, Limits, Loss, LossKind, Options, Origin, Source, discover, read, read_from,
};

// ---- packing ----------------------------------------------------------------------------------------------------

fn gz(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zst(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 3).unwrap()
}

fn bz2(data: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn xz(data: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 3);
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, data) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mtime(1_700_000_000);
        header.set_mode(0o644);
        // The builder refuses hostile names.
        let field = &mut header.as_old_mut().name;
        if name.len() < field.len() {
            field[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *data).unwrap();
        } else {
            builder.append_data(&mut header, name, *data).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

fn zip_options() -> zip::write::SimpleFileOptions {
    zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in members {
        writer.start_file(*name, zip_options()).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A zip whose members' lengths stand behind them, as cloud services send it.
fn zip_streamed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, data) in members {
        writer.start_file(*name, zip_options()).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Lines that do not compress to nothing.
fn lines(count: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut text = Vec::new();
    for n in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        writeln!(text, "{n} 192.0.2.{} GET https://www.dropbox.com/{:x}", state >> 56, state >> 8).unwrap();
    }
    text
}

// ---- reading ----------------------------------------------------------------------------------------------------

#[derive(Debug, PartialEq, Clone)]
struct Seen {
    path: String,
    data: Vec<u8>,
    modified: Option<i64>,
    compressed: bool,
    encoding: Encoding,
    failed: bool,
}

fn collect(into: &mut Vec<Seen>, block: usize) -> impl FnMut(umbrascope::input::Stream<'_>) -> Flow {
    move |stream| {
        let mut data = Vec::new();
        let mut buf = vec![0; block];
        let failed = loop {
            match stream.reader.read(&mut buf) {
                Ok(0) => break false,
                Ok(n) => data.extend_from_slice(&buf[..n]),
                Err(error) => {
                    let loss = Loss::of(&error).expect("a stream's errors are losses");
                    assert_eq!(loss.path, stream.path);
                    assert_eq!(loss.at, data.len() as u64);
                    assert_eq!(stream.reader.read(&mut buf).unwrap(), 0);
                    break true;
                }
            }
        };
        let (modified, compressed, encoding) = (stream.modified, stream.compressed, stream.encoding);
        into.push(Seen { path: stream.path, data, modified, compressed, encoding, failed });
        Flow::Continue
    }
}

fn find(path: &Path) -> Source {
    let found = discover(&[path.as_os_str().to_owned()], &Options::default());
    assert_eq!(found.troubles, []);
    assert_eq!(found.sources.len(), 1);
    found.sources[0].clone()
}

/// Reads bytes as a file of this name; paths in the result are relative to the folder.
fn read_file(name: &str, bytes: &[u8], limits: &Limits) -> (Vec<Seen>, Vec<Loss>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let mut seen = Vec::new();
    let mut losses = read(&find(&path), limits, &mut collect(&mut seen, 1 << 20));
    let prefix = format!("{}/", folder.path().display());
    for path in seen.iter_mut().map(|seen| &mut seen.path).chain(losses.iter_mut().map(|loss| &mut loss.path)) {
        *path = path.strip_prefix(&prefix).unwrap().to_owned();
    }
    (seen, losses)
}

/// Reads bytes as they come from standard input.
fn read_bytes(bytes: &[u8], limits: &Limits) -> (Vec<Seen>, Vec<Loss>) {
    let mut seen = Vec::new();
    let losses = read_from("stdin", &mut &bytes[..], limits, &mut collect(&mut seen, 4096));
    (seen, losses)
}

/// One road after the other: a file of a telling name, one of a misleading name, and standard input.
#[track_caller]
fn check(bytes: &[u8], expected: &[(&str, &[u8])], kinds: &[LossKind]) {
    let limits = Limits::default();
    let roads = [
        ("a", read_file("a", bytes, &limits)),
        ("a.log.zip", read_file("a.log.zip", bytes, &limits)),
        ("stdin", read_bytes(bytes, &limits)),
    ];
    for (name, (seen, losses)) in roads {
        let got: Vec<(&str, &[u8])> = seen.iter().map(|seen| (seen.path.as_str(), &seen.data[..])).collect();
        let expected: Vec<(String, &[u8])> =
            expected.iter().map(|(member, data)| (format!("{name}{member}"), *data)).collect();
        let sizes = |list: &[(String, &[u8])]| list.iter().map(|(p, d)| (p.clone(), d.len())).collect::<Vec<_>>();
        let got: Vec<(String, &[u8])> = got.into_iter().map(|(path, data)| (path.to_owned(), data)).collect();
        assert_eq!(sizes(&got), sizes(&expected), "{name}: {losses:?}");
        assert!(got == expected, "{name}: other bytes");
        assert_eq!(losses.iter().map(|loss| loss.kind).collect::<Vec<_>>(), kinds, "{name}: {losses:?}");
        for loss in &losses {
            assert!(!loss.reason.is_empty() && !loss.reason.ends_with('.') && !loss.hint.is_empty(), "{loss}");
        }
    }
}

// ---- packages ---------------------------------------------------------------------------------------------------

#[test]
fn every_packing() {
    let text = lines(20_000);
    check(&text, &[("", &text)], &[]);
    for pack in [gz, zst, bz2, xz] {
        check(&pack(&text), &[("", &text)], &[]);
        check(&pack(b""), &[("", b"")], &[]);
        let tar = tar(&[("proxy/access.log", &text), ("empty", b""), ("dns.log", b"one\n")]);
        let members: &[(&str, &[u8])] = &[(":proxy/access.log", &text), (":empty", b""), (":dns.log", b"one\n")];
        check(&pack(&tar), members, &[]);
        check(&tar, members, &[]);
        check(
            &zip(&[("inner/a.log.gz", &pack(&text)), ("b.log", b"b\n")]),
            &[(":inner/a.log.gz", &text), (":b.log", b"b\n")],
            &[],
        );
        check(
            &zip_streamed(&[("inner/a.log.gz", &pack(&text)), ("b.log", b"b\n")]),
            &[(":inner/a.log.gz", &text), (":b.log", b"b\n")],
            &[],
        );
    }
}

#[test]
fn lengths_in_64_bits() {
    let text = lines(3000);
    let members: [(&str, &[u8]); 3] = [("a", &text), ("empty", b""), ("b", b"b\n")];
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, data) in members {
        writer.start_file(name, zip_options().large_file(true)).unwrap();
        writer.write_all(data).unwrap();
    }
    let whole = writer.finish().unwrap().into_inner();
    check(&whole, &[(":a", &text), (":empty", b""), (":b", b"b\n")], &[]);
}

#[test]
fn nothing_and_little() {
    check(b"", &[("", b"")], &[]);
    check(b"x", &[("", b"x")], &[]);
    check(b"\n", &[("", b"\n")], &[]);
    check(&zip(&[]), &[], &[]);
}

#[test]
fn members_of_a_compressed_stream() {
    let (a, b) = (lines(3000), lines(5));
    let whole = [&a[..], &b, &a].concat();
    for pack in [gz, zst, bz2, xz] {
        let members = [pack(&a), pack(&b), pack(b""), pack(&a)].concat();
        check(&members, &[("", &whole)], &[]);
    }
    // pzstd begins with a frame to be skipped.
    let skippable = [&b"\x50\x2a\x4d\x18\x04\0\0\0abcd"[..], &zst(&a)].concat();
    check(&skippable, &[("", &a)], &[]);
    // bgzip writes tens of thousands of members.
    let many: Vec<u8> = a.chunks(100).flat_map(gz).collect();
    check(&many, &[("", &a)], &[]);
}

#[test]
fn padding_is_no_loss_and_rubbish_is() {
    let text = lines(100);
    for pack in [gz, bz2, xz] {
        check(&[pack(&text), vec![0; 700_000]].concat(), &[("", &text)], &[]);
        check(&[pack(&text), vec![0; 512], pack(&text)].concat(), &[("", &[&text[..], &text].concat())], &[]);
    }
    check(&[gz(&text), b"more lines, not packed\n".to_vec()].concat(), &[("", &text)], &[LossKind::Trailing]);
    for pack in [gz, zst, bz2, xz] {
        let rubbish = [pack(&text), b"more lines, not packed, and a few more\n".to_vec()].concat();
        check(&rubbish, &[("", &text)], &[LossKind::Trailing]);
    }
    check(&[gz(&text), vec![0; 512], b"\x1f\x8bno".to_vec()].concat(), &[("", &text)], &[LossKind::Trailing]);
}

#[test]
fn a_cut_file_is_read_up_to_the_cut() {
    let text = lines(20_000);
    for (pack, slack) in [(gz as fn(&[u8]) -> Vec<u8>, 70_000), (zst, 400_000), (bz2, 100_000), (xz, 100_000)] {
        let packed = pack(&text);
        let cut = &packed[..packed.len() * 3 / 4];
        let (seen, losses) = read_file("access.log", cut, &Limits::default());
        assert!(text.starts_with(&seen[0].data) && seen[0].failed);
        assert!(seen[0].data.len() + slack > text.len() * 3 / 4, "{} of {}", seen[0].data.len(), text.len());
        assert_eq!(losses.len(), 1);
        assert_eq!(losses[0].kind, LossKind::Cut, "{losses:?}");
        assert_eq!(losses[0].at, seen[0].data.len() as u64);
        assert_eq!(losses[0].raw, cut.len() as u64);
    }
    // All but the checksum.
    let packed = gz(&text);
    check(&packed[..packed.len() - 4], &[("", &text)], &[LossKind::Cut]);
    // Between two members nothing is missing.
    check(&packed, &[("", &text)], &[]);
}

#[test]
fn a_flushed_block_survives_the_cut() {
    // A log that is still being written: everything that was flushed is there.
    let text = lines(1000);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&text).unwrap();
    encoder.flush().unwrap();
    check(encoder.get_ref(), &[("", &text)], &[LossKind::Cut]);
}

#[test]
fn damage_in_the_middle() {
    let text = lines(20_000);
    for pack in [gz, zst, bz2, xz] {
        let mut packed = pack(&text);
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xff);
        let (seen, losses) = read_file("access.log", &packed, &Limits::default());
        assert_eq!(losses.len(), 1, "{losses:?}");
        assert_eq!(losses[0].kind, LossKind::Corrupt, "{losses:?}");
        assert!(seen[0].data.len() >= text.len() / 4, "{}", seen[0].data.len());
        let sure = text.len() * 2 / 5;
        let sure = sure.min(seen[0].data.len());
        assert!(seen[0].data[..sure] == text[..sure]);
        // Within a buffer of the damage.
        let raw = losses[0].raw as usize;
        assert!(raw + (256 << 10) >= middle && raw <= packed.len(), "{raw} of {}, damaged at {middle}", packed.len());
    }
    let mut packed = gz(&text);
    let crc = packed.len() - 8;
    packed[crc] ^= 1;
    check(&packed, &[("", &text)], &[LossKind::Corrupt]);
}

#[test]
fn a_broken_member_leaves_the_others_alone() {
    let text = lines(2000);
    let packed = gz(&text);
    let mut broken = packed.clone();
    broken.truncate(packed.len() - 8);
    let members: &[(&str, &[u8])] = &[("a.gz", &broken), ("b.gz", &packed)];
    let expected: &[(&str, &[u8])] = &[(":a.gz", &text), (":b.gz", &text)];
    check(&tar(members), expected, &[LossKind::Cut]);
    check(&gz(&tar(members)), expected, &[LossKind::Cut]);
    check(&zip(members), expected, &[LossKind::Cut]);
    check(&zip_streamed(members), expected, &[LossKind::Cut]);
    // A wrong checksum in the zip itself.
    for mut whole in [zip(&[("a", &text), ("b", &text)]), zip_streamed(&[("a", &text), ("b", &text)])] {
        let at = whole.windows(4).position(|mark| mark == b"PK\x07\x08").unwrap_or(10) + 4;
        whole[at] ^= 0xff;
        let directory = whole.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
        whole[directory + 16] ^= 0xff;
        check(&whole, &[(":a", &text), (":b", &text)], &[LossKind::Corrupt]);
    }
}

#[test]
fn a_cut_archive_is_one_loss() {
    let text = lines(5000);
    let members: &[(&str, &[u8])] = &[("a", &text), ("b", &text), ("c", &text)];
    for whole in [tar(members), gz(&tar(members)), xz(&tar(members)), zip(members), zip_streamed(members)] {
        let cut = &whole[..whole.len() / 2];
        for (seen, losses) in [read_file("x", cut, &Limits::default()), read_bytes(cut, &Limits::default())] {
            assert_eq!(losses.len(), 1, "{losses:?}");
            assert_eq!(losses[0].kind, LossKind::Cut, "{losses:?}");
            assert!(seen[0].data == text || seen.len() == 1);
            assert!(seen.iter().all(|seen| text.starts_with(&seen.data)));
        }
    }
    // The directory alone is missing: all members are read.
    let whole = zip(members);
    let directory = whole.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
    let (seen, losses) = read_file("x", &whole[..directory], &Limits::default());
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.data == text && !seen.failed));
    assert_eq!(losses.len(), 1);
}

#[test]
fn visitors_may_leave_early() {
    let text = lines(5000);
    let members: &[(&str, &[u8])] = &[("a", &text), ("b", &text), ("c", b"c\n")];
    for whole in [tar(members), gz(&tar(members)), zip(members), zip_streamed(members)] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, &whole).unwrap();
        let source = find(&path);
        for stop in [false, true] {
            let mut heads = Vec::new();
            let mut visit = |stream: umbrascope::input::Stream<'_>| {
                let mut head = [0; 2];
                stream.reader.read_exact(&mut head).unwrap();
                heads.push(head);
                if stop && heads.len() == 2 { Flow::Stop } else { Flow::Continue }
            };
            let losses = if stop {
                read(&source, &Limits::default(), &mut visit)
            } else {
                read_from("x", &mut &whole[..], &Limits::default(), &mut visit)
            };
            assert_eq!(losses, []);
            assert_eq!(heads.len(), if stop { 2 } else { 3 });
        }
    }
}

#[test]
fn hostile_names_links_and_folders() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "passwd", "/etc/passwd").unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    builder.append_data(&mut header, "folder", &b""[..]).unwrap();
    let rest = tar(&[("../../etc/evil", b"x\n"), (&"n".repeat(300), b"long\n")]);
    let links = builder.into_inner().unwrap();
    let whole = [&links[..links.len() - 1024], &rest].concat();
    check(&whole, &[(":../../etc/evil", b"x\n"), (&format!(":{}", "n".repeat(300)), b"long\n")], &[]);

    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("folder", zip_options()).unwrap();
    writer.start_file("../../etc/evil", zip_options()).unwrap();
    writer.write_all(b"x\n").unwrap();
    writer.add_symlink("passwd", "/etc/passwd", zip_options()).unwrap();
    let whole = writer.finish().unwrap().into_inner();
    let (seen, losses) = read_file("z", &whole, &Limits::default());
    assert_eq!(losses, []);
    assert_eq!(seen.iter().map(|seen| seen.path.as_str()).collect::<Vec<_>>(), ["z:../../etc/evil"]);
}

#[test]
fn packages_in_packages() {
    let text = lines(50);
    // A support bundle: zip of tar.gz of gz.
    let inner = tar(&[("access.log.2.gz", &gz(&text))]);
    check(&zip(&[("bundle.tgz", &gz(&inner))]), &[(":bundle.tgz:access.log.2.gz", &text)], &[]);
    check(&zip(&[("in.zip", &zip(&[("a", &text)]))]), &[(":in.zip:a", &text)], &[]);
    check(&gz(&zip(&[("a", &text)])), &[(":a", &text)], &[]);
    check(&gz(&gz(&gz(&text))), &[("", &text)], &[]);
    check(&gz(&gz(&gz(&gz(&text)))), &[], &[LossKind::TooDeep]);
    let nest = |data: &[u8]| tar(&[("t", data)]);
    check(&nest(&nest(&nest(&nest(&text)))), &[], &[LossKind::TooDeep]);
}

#[test]
fn what_is_not_read_is_named() {
    for (bytes, word) in [
        (&b"7z\xbc\xaf\x27\x1c\0\x04rest"[..], "7-Zip"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"\x1f\x9d\x90abc", ".Z"),
        (b"SQLite format 3\0", "SQLite"),
    ] {
        let (seen, losses) = read_file("a.log", bytes, &Limits::default());
        assert_eq!(seen, []);
        assert!(losses[0].kind == LossKind::Unsupported && losses[0].reason.contains(word), "{losses:?}");
    }
    check(&zip(&[("[Content_Types].xml", b"<xml>"), ("xl/sheet1.xml", b"<xml>")]), &[], &[LossKind::Unsupported]);
    // macOS leaves these in every archive.
    check(&tar(&[("._a.log", b"\x00\x05\x16\x07\x00\x02"), ("a.log", b"a\n")]), &[(":a.log", b"a\n")], &[]);
}

#[test]
fn a_password_is_a_loss_of_that_member() {
    // By hand: the flag is all that is looked at, and the crate that unpacks is built without ciphers.
    let mut whole = zip(&[("secret", b"not really\n"), ("open", b"open\n")]);
    whole[6] |= 1;
    let directory = whole.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
    whole[directory + 8] |= 1;
    check(&whole, &[(":open", b"open\n")], &[LossKind::Encrypted]);
}

#[test]
fn bombs_are_stopped() {
    let zeros = vec![b'0'; 8 << 20];
    let strict = Limits { max_ratio: 100, ratio_after: 1 << 20, ..Limits::default() };
    let bombs = [
        gz(&zeros),
        bz2(&zeros),
        xz(&zeros),
        zst(&zeros),
        gz(&tar(&[("a", &zeros), ("b", b"b")])),
        zip(&[("a", &zeros), ("b", b"b")]),
        zip_streamed(&[("a", &zeros), ("b", b"b")]),
        gz(&gz(&zeros)),
    ];
    for bomb in &bombs {
        for (seen, losses) in [read_file("x", bomb, &strict), read_bytes(bomb, &strict)] {
            assert_eq!(losses.len(), 1, "{losses:?}");
            assert_eq!(losses[0].kind, LossKind::TooLarge);
            assert!(seen.len() == 1 && seen[0].data.len() < 3 << 20, "{} {}", seen.len(), seen[0].data.len());
        }
        let small = Limits { max_total: 5 << 20, ..Limits::default() };
        let (seen, losses) = read_file("x", bomb, &small);
        assert_eq!(losses[0].kind, LossKind::TooLarge);
        assert!(seen[0].data.len() <= 5 << 20 && seen[0].data.len() > 3 << 20);
    }
    // Many small members are one large whole.
    let part = vec![b'0'; 1 << 20];
    let members: Vec<(String, &[u8])> = (0..20).map(|n| (format!("m{n}"), &part[..])).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, data)| (name.as_str(), *data)).collect();
    let (seen, losses) = read_file("x", &zip(&members), &Limits { max_total: 5 << 20, ..Limits::default() });
    assert!(seen.len() == 6 && losses.len() == 1 && losses[0].kind == LossKind::TooLarge, "{losses:?}");
    // Plain text has no limit.
    let (seen, losses) = read_file("x", &zeros, &Limits { max_total: 1, ..strict });
    assert!(seen[0].data == zeros && losses.is_empty());
}

#[test]
fn memory_is_limited() {
    let text = lines(200_000);
    let options = liblzma::stream::LzmaOptions::new_preset(9).unwrap();
    let mut filters = liblzma::stream::Filters::new();
    filters.lzma2(&options);
    let stream = liblzma::stream::Stream::new_stream_encoder(&filters, liblzma::stream::Check::Crc32).unwrap();
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(&text[..100_000]).unwrap();
    let packed = encoder.finish().unwrap();
    let poor = Limits { max_memory: 2 << 20, ..Limits::default() };
    let (_, losses) = read_file("x", &packed, &poor);
    assert_eq!(losses[0].kind, LossKind::TooLarge, "{losses:?}");
    assert_eq!(read_file("x", &packed, &Limits::default()).1, []);

    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(24).unwrap();
    encoder.write_all(&text).unwrap();
    let packed = encoder.finish().unwrap();
    let (_, losses) = read_file("x", &packed, &poor);
    assert_eq!(losses[0].kind, LossKind::TooLarge, "{losses:?}");
    let (seen, losses) = read_file("x", &packed, &Limits::default());
    assert!(losses.is_empty() && seen[0].data == text);

    // A tar whose member's name is as long as a log.
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_path("@LongLink").unwrap();
    let name = vec![b'n'; 16 << 20];
    header.set_size(name.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, &name[..]).unwrap();
    let whole = builder.into_inner().unwrap();
    check(&gz(&whole), &[], &[LossKind::Corrupt]);
}

#[test]
fn times() {
    let text = b"x\n";
    let modified = |bytes: &[u8]| read_file("x", bytes, &Limits::default()).0[0].modified;
    assert_eq!(modified(&tar(&[("a", text)])), Some(1_700_000_000));
    let mut encoder = flate2::GzBuilder::new().mtime(1_600_000_000).write(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    assert_eq!(modified(&encoder.finish().unwrap()), Some(1_600_000_000));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    for bytes in [&text[..], &gz(text)] {
        assert!((now - modified(bytes).unwrap()).abs() < 600);
    }
    let time = zip::DateTime::from_date_and_time(2024, 3, 1, 12, 30, 0).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", zip_options().last_modified_time(time)).unwrap();
    assert_eq!(modified(&writer.finish().unwrap().into_inner()), Some(1_709_296_200));
}

#[test]
fn progress_ends_at_the_length() {
    let text = lines(50_000);
    for bytes in [text.clone(), gz(&text), zst(&text), gz(&tar(&[("a", &text)]))] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, &bytes).unwrap();
        let mut last = 0;
        let losses = read(&find(&path), &Limits::default(), &mut |stream| {
            let mut block = vec![0; 64 << 10];
            while stream.reader.read(&mut block).unwrap() > 0 {
                let now = stream.progress.load(std::sync::atomic::Ordering::Relaxed);
                assert!(now >= last);
                last = now;
            }
            assert!(stream.compressed != (bytes == text));
            Flow::Continue
        });
        assert_eq!(losses, []);
        // The padding behind a tar's members need not be read.
        assert!(last <= bytes.len() as u64 && last + 20_000 > bytes.len() as u64, "{last} of {}", bytes.len());
    }
}

// ---- text -------------------------------------------------------------------------------------------------------

#[test]
fn encodings() {
    let text = format!("Zürich\t日本 🦀\r\n{}", String::from_utf8(lines(3000)).unwrap());
    let bytes = text.as_bytes();
    let marked = |mark: &[u8], data: Vec<u8>| [mark, &data].concat();
    let cases = [
        (bytes.to_vec(), Encoding::Utf8),
        (marked(b"\xef\xbb\xbf", bytes.to_vec()), Encoding::Utf8Bom),
        (marked(b"\xff\xfe", utf16(&text, u16::to_le_bytes)), Encoding::Utf16Le),
        (marked(b"\xfe\xff", utf16(&text, u16::to_be_bytes)), Encoding::Utf16Be),
        (utf16(&text, u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(&text, u16::to_be_bytes), Encoding::Utf16Be),
    ];
    for (encoded, encoding) in cases {
        check(&encoded, &[("", bytes)], &[]);
        check(&gz(&encoded), &[("", bytes)], &[]);
        check(&zip(&[("a", &encoded)]), &[(":a", bytes)], &[]);
        assert_eq!(read_file("x", &encoded, &Limits::default()).0[0].encoding, encoding);
        for block in [1, 3, 4, 7] {
            let mut seen = Vec::new();
            let losses = read_from("x", &mut &encoded[..], &Limits::default(), &mut collect(&mut seen, block));
            assert!(seen[0].data == bytes && losses.is_empty());
        }
    }
    // A mark alone, a mark in the middle, bytes that are no text.
    check(b"\xef\xbb\xbf", &[("", b"")], &[]);
    check(b"\xff\xfe", &[("", b"")], &[]);
    check(b"a\xef\xbb\xbfb", &[("", b"a\xef\xbb\xbfb")], &[]);
    check(b"caf\xe9 \xff\n", &[("", b"caf\xe9 \xff\n")], &[]);
    // UTF-16 that is cut in the middle of a character.
    check(b"\xff\xfea\0b", &[("", "a\u{fffd}".as_bytes())], &[]);
    // UTF-16 in a cut gzip.
    let packed = gz(&utf16(&text, u16::to_le_bytes));
    let (seen, losses) = read_file("x", &packed[..packed.len() - 4], &Limits::default());
    assert!(seen[0].data == bytes && losses.len() == 1 && losses[0].kind == LossKind::Cut);
}

// ---- discovery --------------------------------------------------------------------------------------------------

fn folder(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    folder
}

/// Discovers paths below a folder and returns them relative to it, named ones with a star.
fn found(folder: &TempDir, paths: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let paths: Vec<OsString> = paths
        .iter()
        .map(|path| if *path == "-" { "-".into() } else { folder.path().join(path).into_os_string() })
        .collect();
    let found = discover(&paths, &Options::default());
    let relative = |path: &str| {
        path.strip_prefix(folder.path().to_str().unwrap()).unwrap_or(path).trim_start_matches('/').to_owned()
    };
    let sources = found.sources.iter().map(|source| {
        let star = if source.origin == Origin::Named { "*" } else { "" };
        format!("{}{star}", relative(&source.display))
    });
    let troubles = found.troubles.iter().map(|trouble| format!("{}: {}", relative(&trouble.path), trouble.reason));
    let passed = found.passed_over.iter().map(|p| format!("{}: {}", relative(p.path.to_str().unwrap()), p.reason));
    (sources.collect(), troubles.collect(), passed.collect())
}

#[test]
fn folders_are_read_in_order() {
    let folder = folder(&["b/2.log", "b/10.log", "a.log", "b.log", ".hidden/x", ".gitignore", "b/c/empty", "Z"]);
    fs::write(folder.path().join(".gitignore"), "*.log\n").unwrap();
    let (sources, troubles, passed) = found(&folder, &["."]);
    let names: Vec<&str> = sources.iter().map(|name| name.trim_start_matches("./")).collect();
    assert_eq!(names, [".gitignore", ".hidden/x", "Z", "a.log", "b/10.log", "b/2.log", "b/c/empty", "b.log"]);
    assert!(troubles.is_empty() && passed.is_empty());
    assert_eq!(found(&folder, &["b"]).0, ["b/10.log", "b/2.log", "b/c/empty"]);
}

#[test]
fn a_file_is_read_once() {
    let folder = folder(&["a.log", "b/c.log"]);
    for paths in [&["a.log", "b/../a.log", "", "a.log"][..], &["", "b/../a.log", "a.log"]] {
        assert_eq!(found(&folder, paths).0, ["a.log*", "b/c.log"]);
    }
    let (sources, ..) = found(&folder, &["b", "-", "a.log", "-"]);
    assert_eq!(sources, ["stdin*", "a.log*", "b/c.log"]);
}

#[test]
fn what_is_missing_is_told() {
    let folder = folder(&["a.log"]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let (sources, troubles, _) = found(&folder, &["b.log", "*.txt", "empty", "[a", "a.log"]);
    assert_eq!(sources, ["a.log*"]);
    assert_eq!(
        troubles,
        [
            "b.log: there is no such file or folder",
            "*.txt: no file has such a name",
            "empty: the folder holds no files",
            "[a: the pattern cannot be read: unclosed character class; missing ']'",
        ]
    );
}

#[test]
fn patterns() {
    let folder = folder(&["a.log", "b.log", "b.txt", "s/c.log", "s/t/d.log", "odd[1].log", "odd1.log"]);
    let check = |pattern: &str, expected: &[&str]| assert_eq!(found(&folder, &[pattern]).0, expected, "{pattern}");
    check("*.log", &["a.log*", "b.log*", "odd1.log*", "odd[1].log*"]);
    check("?.log", &["a.log*", "b.log*"]);
    check("{a,s/c}.log", &["a.log*", "s/c.log*"]);
    check("**/*.log", &["a.log*", "b.log*", "odd1.log*", "odd[1].log*", "s/c.log*", "s/t/d.log*"]);
    check("s/*/d.log", &["s/t/d.log*"]);
    check("[b-c].*", &["b.log*", "b.txt*"]);
    // A folder that matches is read as a whole, as if a shell had listed it.
    check("s*", &["s/c.log", "s/t/d.log"]);
    // A file that has the very name wins.
    check("odd[1].log", &["odd[1].log*"]);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_sockets() {
    use std::os::unix::fs::symlink;
    let folder = folder(&["real/a.log"]);
    let path = folder.path();
    symlink(path.join("real"), path.join("real/loop")).unwrap();
    symlink(path.join("real/a.log"), path.join("link.log")).unwrap();
    symlink("nowhere", path.join("dangling")).unwrap();
    symlink(path.join("real"), path.join("folder")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path.join("socket")).unwrap();
    let (sources, troubles, passed) = found(&folder, &[""]);
    assert_eq!((sources, troubles), (vec!["real/a.log".to_owned()], vec![]));
    let expected =
        ["dangling: a link", "folder: a link", "link.log: a link", "real/loop: a link", "socket: a socket or a device"];
    assert_eq!(passed, expected);

    assert_eq!(found(&folder, &["folder"]).0, ["folder/a.log"]);
    assert_eq!(found(&folder, &["link.log"]).0, ["link.log*"]);
    assert_eq!(found(&folder, &["link.log", ""]).0, ["link.log*"]);
    assert_eq!(found(&folder, &["dangling"]).1, ["dangling: the link leads nowhere"]);
    assert_eq!(found(&folder, &["socket"]).1, ["socket: this is neither a file nor a folder nor a pipe"]);

    let all = discover(&[path.as_os_str().to_owned()], &Options { follow_links: true });
    assert_eq!(all.sources.len(), 1);
    assert_eq!(all.troubles, []);
    assert!(all.passed_over.iter().any(|passed| passed.reason == "a link to a folder around it"));
}

#[test]
fn a_file_that_went_away_is_a_loss() {
    let folder = folder(&["a.log"]);
    let source = find(&folder.path().join("a.log"));
    assert!(matches!(source.kind, Kind::File { len: 5, modified: Some(_) }));
    fs::remove_file(&source.path).unwrap();
    let losses = read(&source, &Limits::default(), &mut |_| Flow::Continue);
    assert_eq!(losses[0].kind, LossKind::Unreadable);
}

// ---- properties -------------------------------------------------------------------------------------------------

/// Beginnings of everything that is recognized.
fn beginnings() -> Vec<Vec<u8>> {
    let text = lines(200);
    let members: &[(&str, &[u8])] = &[("a", &text), ("b.gz", &gz(&text))];
    let mut all = vec![gz(&text), zst(&text), bz2(&text), xz(&text), tar(members), zip(members), zip_streamed(members)];
    all.extend([utf16("\u{feff}abc\n", u16::to_le_bytes), utf16("abc\n", u16::to_be_bytes), gz(&tar(members))]);
    all.push(zip(&[("z", &zip_streamed(members))]));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        which in 0usize..11,
        keep in 0.0f64..1.0,
        tail in prop::collection::vec(any::<u8>(), 0..600),
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..4),
        block in 1usize..5000,
    ) {
        let mut bytes = beginnings().swap_remove(which);
        let from = bytes.len();
        for (place, byte) in flips {
            bytes[(place * from as f64) as usize] = byte;
        }
        bytes.truncate((keep * 1.3 * from as f64) as usize);
        bytes.extend_from_slice(&tail);
        let limits = Limits { max_total: 1 << 22, ..Limits::default() };
        let mut seen = Vec::new();
        let losses = read_from("x", &mut &bytes[..], &limits, &mut collect(&mut seen, block));
        prop_assert!(losses.len() <= 10);
        let failed = seen.iter().filter(|seen| seen.failed).count();
        prop_assert!(failed <= losses.len());
        read_file("x", &bytes, &limits);
    }

    #[test]
    fn any_bytes_are_a_stream(bytes in prop::collection::vec(any::<u8>(), 0..9000)) {
        let limits = Limits::default();
        let (file, losses) = read_file("x", &bytes, &limits);
        let (stdin, others) = read_bytes(&bytes, &limits);
        prop_assert_eq!(losses.len(), others.len());
        prop_assert_eq!(file.len(), stdin.len());
        for (a, b) in file.iter().zip(&stdin) {
            prop_assert!(a.data == b.data && a.encoding == b.encoding);
        }
    }
}
