//! What takes long to read again from the log, as it was at a place in it: one file beside the derived
//! data, replaced as a whole.
//!
//! A file that is torn, of another version or ahead of the derived data counts as none: the log gives
//! the same again, only slower.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use bellwether_model::Seq;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Derived;
use crate::ArchiveError;

/// What a file begins with.
const MAGIC: &[u8; 16] = b"bellwether snap\n";

/// Beyond this it is none of ours.
const BYTES_MAX: u64 = 2 << 30;

/// Fast; most of what is kept is small numbers.
const LEVEL: i32 = 1;

/// Longer texts than this are no names of families and groups.
const TEXT_BYTES_MAX: usize = 64 << 10;

impl Derived {
    /// Keeps a value as it is at a place of the log, instead of what was kept. `version` is that of the
    /// value's meaning.
    ///
    /// # Errors
    /// Where the file cannot be written; what was kept stays.
    pub fn keep_snapshot<T: Serialize>(
        &self,
        seq: Seq,
        version: u32,
        value: &T,
    ) -> Result<(), ArchiveError> {
        let path = &self.snapshot;
        let part = path.with_extension("part");
        write(&part, seq, version, value)
            .and_then(|()| fs::rename(&part, path))
            .map_err(ArchiveError::disk("write", path))
    }

    /// What was kept and the place of the log it is of; `None` where there is none that can be used.
    #[must_use]
    pub fn snapshot<T: DeserializeOwned>(&self, version: u32) -> Option<(Seq, T)> {
        match read(&self.snapshot, version) {
            Ok(kept) => kept,
            Err(error) => {
                tracing::warn!(%error, "the snapshot cannot be used; the log is read instead");
                None
            }
        }
    }

    /// Forgets what was kept.
    pub(super) fn drop_snapshot(&self) {
        match fs::remove_file(&self.snapshot) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the snapshot cannot be deleted");
            }
            _ => {}
        }
    }
}

/// Hashes all that goes through it.
struct Hashed<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn write<T: Serialize>(path: &Path, seq: Seq, version: u32, value: &T) -> io::Result<()> {
    let mut out = Hashed {
        inner: BufWriter::new(File::create(path)?),
        hash: Sha256::new(),
    };
    out.write_all(MAGIC)?;
    out.write_all(&version.to_be_bytes())?;
    out.write_all(&seq.0.to_be_bytes())?;
    let packed = zstd::Encoder::new(&mut out, LEVEL)?;
    let packed = postcard::to_io(value, packed).map_err(io::Error::other)?;
    packed.finish()?;
    let digest = out.hash.finalize();
    let mut file = out.inner;
    file.write_all(&digest)?;
    file.into_inner().map_err(io::Error::other)?.sync_all()
}

fn read<T: DeserializeOwned>(path: &Path, version: u32) -> io::Result<Option<(Seq, T)>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let bytes = file.metadata()?.len();
    let head = MAGIC.len() as u64 + 4 + 8;
    let Some(content) = bytes.checked_sub(32).filter(|content| *content > head) else {
        return Err(io::Error::other("it is too short"));
    };
    if bytes > BYTES_MAX {
        return Err(io::Error::other("it is too long"));
    }
    let mut hash = Sha256::new();
    let mut file = BufReader::with_capacity(1 << 20, file);
    io::copy(&mut file.by_ref().take(content), &mut HashOnly(&mut hash))?;
    let mut digest = [0; 32];
    file.read_exact(&mut digest)?;
    if digest[..] != hash.finalize()[..] {
        return Err(io::Error::other("its digest is wrong"));
    }
    let mut file = BufReader::new(File::open(path)?.take(content));
    let mut magic = [0; MAGIC.len()];
    file.read_exact(&mut magic)?;
    let (mut kept_version, mut seq) = ([0; 4], [0; 8]);
    file.read_exact(&mut kept_version)?;
    file.read_exact(&mut seq)?;
    if magic != *MAGIC || u32::from_be_bytes(kept_version) != version {
        return Ok(None);
    }
    let mut scratch = vec![0; TEXT_BYTES_MAX];
    let unpacked = BufReader::new(zstd::Decoder::with_buffer(file)?);
    let (value, _) =
        postcard::from_io::<T, _>((unpacked, &mut scratch)).map_err(io::Error::other)?;
    Ok(Some((Seq(u64::from_be_bytes(seq)), value)))
}

struct HashOnly<'a>(&'a mut Sha256);

impl Write for HashOnly<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DataDir;

    type Value = (String, Vec<u32>);

    fn value() -> Value {
        ("選舉".to_owned(), (0..10_000).collect())
    }

    #[test]
    fn what_is_kept_is_found_again_and_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let derived = Derived::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        assert_eq!(derived.snapshot::<Value>(1), None);
        derived.keep_snapshot(Seq(7), 1, &value()).unwrap();
        assert_eq!(derived.snapshot(1), Some((Seq(7), value())));
        assert_eq!(derived.snapshot::<Value>(2), None, "another version");
        derived.keep_snapshot(Seq(9), 1, &value()).unwrap();
        assert_eq!(derived.snapshot::<Value>(1).unwrap().0, Seq(9));
        derived.drop_snapshot();
        assert_eq!(derived.snapshot::<Value>(1), None);
    }

    #[test]
    fn a_damaged_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let derived = Derived::open(&DataDir::open(folder.path()).unwrap()).unwrap();
        derived.keep_snapshot(Seq(7), 1, &value()).unwrap();
        let whole = fs::read(&derived.snapshot).unwrap();
        for at in [0, 17, 25, whole.len() / 2, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&derived.snapshot, damaged).unwrap();
            assert_eq!(derived.snapshot::<Value>(1), None, "byte {at}");
        }
        for length in [0, 10, 40, whole.len() - 1] {
            fs::write(&derived.snapshot, &whole[..length]).unwrap();
            assert_eq!(derived.snapshot::<Value>(1), None, "{length} bytes");
        }
    }
}
