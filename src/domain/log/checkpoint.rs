//! Checkpoints of the audit log: its length and root hash, as a text that the service signs (C2SP
//! `tlog-checkpoint` in a C2SP `signed-note`). Somebody who stores one elsewhere can prove later
//! that no earlier entry was changed.

use crate::base::calendar::Timestamp;
use crate::log::merkle::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The signature type of the note format: Ed25519.
const ED25519: u8 = 1;
const SIGNATURES_MOST: usize = 16;
const NOTE_BYTES_MOST: usize = 65_536;

/// A checkpoint as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptCheckpoint {
    /// The number of entries of the audit log that it covers.
    pub size: i64,
    /// Root of the tree over them, 64 hexadecimal digits.
    pub root: String,
    /// The signed note.
    pub note: String,
    pub signed_at: Timestamp,
}

/// The content of a checkpoint: the origin (name) of the log, its size and its root hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }
}

/// The reason why a text is not a valid checkpoint or key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotANote(pub(crate) &'static str);

impl Checkpoint {
    fn of_text(text: &str) -> Result<Checkpoint, NotANote> {
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        let (Some(origin), Some(size), Some(root)) = (origin, size, root) else {
            return Err(NotANote("a checkpoint has an origin, a size and a root, a line each"));
        };
        let plain = size == "0" || (!size.starts_with('0') && size.bytes().all(|byte| byte.is_ascii_digit()));
        let size = size.parse().ok().filter(|_| plain).ok_or(NotANote("the size is a whole number"))?;
        let root = BASE64.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        let root = root.ok_or(NotANote("the root is 32 bytes in Base64"))?;
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }
}

/// One signature under a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    pub name: String,
    pub key_id: [u8; 4],
    pub signature: Vec<u8>,
}

/// A checkpoint with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    pub checkpoint: Checkpoint,
    /// The signed text, including further lines.
    pub text: String,
    pub signatures: Vec<NoteSignature>,
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|one| writeln!(f, "{one}"))
    }
}

/// The signature line of a note, without its line end.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> = self.key_id.iter().chain(&self.signature).copied().collect();
        write!(f, "\u{2014} {} {}", self.name, BASE64.encode(bytes))
    }
}

impl FromStr for SignedCheckpoint {
    type Err = NotANote;

    fn from_str(note: &str) -> Result<Self, NotANote> {
        if note.len() > NOTE_BYTES_MOST {
            return Err(NotANote("a note is a short text without control characters"));
        }
        Self::stored(note)
    }
}

impl SignedCheckpoint {
    /// Reads a note of our own, which may be long.
    pub fn stored(note: &str) -> Result<Self, NotANote> {
        if note.chars().any(|one| one < ' ' && one != '\n') {
            return Err(NotANote("a note is a short text without control characters"));
        }
        let (text, signatures) =
            note.rsplit_once("\n\n").ok_or(NotANote("a note has signatures behind an empty line"))?;
        let text = format!("{text}\n");
        let lines = signatures.strip_suffix('\n').ok_or(NotANote("the last line of a note ends as every line"))?;
        let signatures = lines.split('\n').map(signature).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MOST {
            return Err(NotANote("a note has at most 16 signatures"));
        }
        Ok(SignedCheckpoint { checkpoint: Checkpoint::of_text(&text)?, text, signatures })
    }
}

fn signature(line: &str) -> Result<NoteSignature, NotANote> {
    let bad = NotANote("a line of a signature is a dash, a name and Base64");
    let (name, encoded) = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).ok_or(bad.clone())?;
    let bytes = BASE64.decode(encoded).ok().filter(|_| is_key_name(name)).ok_or(bad.clone())?;
    let (key_id, signature) = bytes.split_first_chunk::<4>().ok_or(bad)?;
    Ok(NoteSignature { name: name.to_owned(), key_id: *key_id, signature: signature.to_vec() })
}

/// Whether a text is a valid key name, and so a valid origin of a log.
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|one| one == '+' || one.is_whitespace() || one.is_control())
}

/// The verifier key of a log: its name and its public key, by which a signature is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    pub public: [u8; 32],
}

impl VerifierKey {
    /// The key id: the first four bytes of SHA-256 over name, type and key.
    pub fn id(&self) -> [u8; 4] {
        let digest: Hash = Sha256::new_with_prefix(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.public)
            .finalize()
            .into();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

/// Written `<name>+<key id>+<type and key in Base64>`.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = [ED25519].iter().chain(&self.public).copied().collect();
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id()), BASE64.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NotANote;

    fn from_str(line: &str) -> Result<Self, NotANote> {
        let bad = NotANote("a key is a name, its id and the Ed25519 key in Base64, with + between them");
        let mut parts = line.trim_end_matches('\n').splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad);
        };
        let bytes = BASE64.decode(encoded).ok().filter(|bytes| bytes.first() == Some(&ED25519));
        let public = bytes.and_then(|bytes| bytes.get(1..)?.try_into().ok()).ok_or(bad.clone())?;
        let key = VerifierKey { name: name.to_owned(), public };
        let named = is_key_name(name) && id == format!("{:08x}", u32::from_be_bytes(key.id()));
        if named { Ok(key) } else { Err(bad) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const NOTE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

    #[test]
    fn the_example_of_the_specification_reads_and_writes() {
        let note: SignedCheckpoint = NOTE.parse().unwrap();
        assert_eq!(
            (note.checkpoint.origin.as_str(), note.checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(note.text, note.checkpoint.to_string());
        assert_eq!((note.signatures.len(), note.signatures[0].signature.len()), (1, 64));
        assert_eq!(note.signatures[0].key_id, [0x03, 0x3d, 0xe0, 0xae]);
        assert_eq!(note.to_string(), NOTE);
        // Further lines are signed with the rest and retained.
        let longer = NOTE.replacen("q2I=\n", "q2I=\nmore\n", 1);
        let read: SignedCheckpoint = longer.parse().unwrap();
        assert_eq!((read.to_string(), read.checkpoint), (longer, note.checkpoint));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let head = NOTE.split("\n\n").next().unwrap();
        for wrong in [
            String::new(),
            head.to_owned(),
            format!("{head}\n\n"),
            NOTE.trim_end().to_owned(),
            NOTE.replacen("20852163", "020852163", 1),
            NOTE.replacen("20852163", "+20852163", 1),
            NOTE.replacen("20852163", "-1", 1),
            NOTE.replacen("20852163", "18446744073709551616", 1),
            NOTE.replacen("CsUY", "CsU", 1),
            NOTE.replacen('\u{2014}', "-", 1),
            NOTE.replacen("Az3g", "Az3", 1),
            NOTE.replacen("20852163\n", "20852163\r\n", 1),
            format!("{NOTE}\u{2014} a+b AAAAAAAA\n"),
        ] {
            assert!(wrong.parse::<SignedCheckpoint>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_says_its_name_and_id() {
        // A key of the tests of golang.org/x/mod/sumdb/note.
        let line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: VerifierKey = line.parse().unwrap();
        assert_eq!((key.name.as_str(), key.to_string()), ("PeterNeumann", line.to_owned()));
        for wrong in [
            "",
            "PeterNeumann",
            "PeterNeumann+c74f20a3",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy1w==",
        ] {
            assert!(wrong.parse::<VerifierKey>().is_err(), "{wrong}");
        }
        for (name, good) in
            [("example.com/log", true), ("a b", false), ("a+b", false), ("", false), ("a\u{a0}b", false)]
        {
            assert_eq!(is_key_name(name), good, "{name}");
        }
    }
}
