//! The key that signs checkpoints of the audit log, and checking such signatures. It differs from the key of
//! the access tokens, and is created at the first start in the same folder; `log_key_change.rs` says when.

use crate::service::running::error::Error;
use crate::service::running::key_file;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use domain::base::calendar::Timestamp;
use domain::log::checkpoint::{Checkpoint, NoteSignature, SignedCheckpoint, VerifierKey};
use domain::log::cosignature::{WitnessKey, stated};
use std::path::Path;

/// Signs checkpoints under the name of the log.
pub struct LogKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

/// The file of the key in the data folder.
pub const KEY_FILE: &str = "log-key.p8";
/// Where an operator leaves the key that is to be replaced, so that it can sign for the next one.
pub(in crate::service) const KEY_BEFORE_FILE: &str = "log-key-before.p8";

impl LogKey {
    /// Reads the key from the folder, or creates it there (mode 0600).
    pub fn open(folder: &Path, origin: &str) -> Result<LogKey, Error> {
        Self::of(key_file::open(&folder.join(KEY_FILE))?.1, origin)
    }

    /// The same, but returns `None` if the folder has no key.
    pub fn find(folder: &Path, origin: &str) -> Result<Option<LogKey>, Error> {
        Self::find_in(&folder.join(KEY_FILE), origin)
    }

    /// The key in this file, if it is there.
    pub(in crate::service) fn find_in(file: &Path, origin: &str) -> Result<Option<LogKey>, Error> {
        key_file::find(file)?.map(|(_, pair)| Self::of(pair, origin)).transpose()
    }

    fn of(pair: Ed25519KeyPair, origin: &str) -> Result<LogKey, Error> {
        let public = pair.public_key().as_ref().try_into();
        let public = public.map_err(|_| Error::Internal("an Ed25519 key has 32 bytes".to_owned()))?;
        Ok(LogKey { pair, verifier: VerifierKey { name: origin.to_owned(), public } })
    }

    /// The public key with which others check signatures.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a checkpoint of the log.
    pub fn sign(&self, checkpoint: Checkpoint) -> SignedCheckpoint {
        let text = checkpoint.to_string();
        self.sign_note(checkpoint, text)
    }

    /// Signs a text that begins with a checkpoint.
    pub(in crate::service) fn sign_note(&self, checkpoint: Checkpoint, text: String) -> SignedCheckpoint {
        let signature = self.sign_text(&text);
        let name = self.verifier.name.clone();
        let signatures = vec![NoteSignature { name, key_id: self.verifier.id(), signature }];
        SignedCheckpoint { checkpoint, text, signatures }
    }

    /// Signs any other text.
    pub(in crate::service) fn sign_text(&self, text: &str) -> Vec<u8> {
        self.pair.sign(text.as_bytes()).as_ref().to_vec()
    }
}

/// Whether a text has this signature of a key.
pub(in crate::service) fn is_signature(text: &str, signature: &[u8], key: &VerifierKey) -> bool {
    UnparsedPublicKey::new(&ED25519, key.public).verify(text.as_bytes(), signature).is_ok()
}

/// Whether a checkpoint is signed with this key under the origin that it names itself: the origin in the settings may
/// have changed between two starts; the key may not.
pub(in crate::service) fn is_signed_with(note: &SignedCheckpoint, key: &VerifierKey) -> bool {
    is_signed_by(note, &VerifierKey { name: note.checkpoint.origin.clone(), public: key.public })
}

/// Whether a note is signed with this key: there must be at least one signature under its name and id, and all
/// of them must be valid.
pub fn is_signed_by(note: &SignedCheckpoint, key: &VerifierKey) -> bool {
    let ours = |one: &&NoteSignature| one.name == key.name && one.key_id == key.id();
    let public = UnparsedPublicKey::new(&ED25519, key.public);
    let good = |one: &NoteSignature| public.verify(note.text.as_bytes(), &one.signature).is_ok();
    let mut ours = note.signatures.iter().filter(ours).peekable();
    ours.peek().is_some() && ours.all(good)
}

/// When the witness of this key cosigned a note; `None` if it did not, or if its signature is invalid.
pub fn cosigned_at(note: &SignedCheckpoint, key: &WitnessKey) -> Option<Timestamp> {
    let (at, text, signature) = stated(note, key)?;
    let public = UnparsedPublicKey::new(&ED25519, key.public);
    public.verify(text.as_bytes(), &signature).is_ok().then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> SignedCheckpoint {
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa \
         Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
            .parse()
            .unwrap()
    }

    #[test]
    fn a_note_of_another_implementation_is_checked() {
        // From the tests of golang.org/x/mod/sumdb/note.
        let key: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let text =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, line).unwrap();
        let signature = NoteSignature {
            name: "PeterNeumann".to_owned(),
            key_id: bytes[..4].try_into().unwrap(),
            signature: bytes[4..].to_vec(),
        };
        let mut signed = SignedCheckpoint { text: text.to_owned(), signatures: vec![signature.clone()], ..note() };
        assert!(is_signed_by(&signed, &key));
        signed.signatures.push(NoteSignature { name: "somebody.else".to_owned(), ..signature.clone() });
        assert!(is_signed_by(&signed, &key), "signatures of strangers are passed over");
        signed.signatures.push(NoteSignature { signature: vec![0; 64], ..signature });
        assert!(!is_signed_by(&signed, &key), "but none of the known key may be bad");
        signed.signatures.clear();
        assert!(!is_signed_by(&signed, &key));
    }

    #[test]
    fn what_is_signed_reads_back_and_no_letter_can_change() {
        let folder = tempfile::tempdir().unwrap();
        let key = LogKey::open(folder.path(), "example.org/log").unwrap();
        assert!(LogKey::find(&folder.path().join("other"), "x").unwrap().is_none());
        let again = LogKey::find(folder.path(), "example.org/log").unwrap().unwrap();
        assert_eq!(again.verifier(), key.verifier());
        let signed = key.sign(Checkpoint { origin: "example.org/log".to_owned(), size: 7, root: [9; 32] });
        let read: SignedCheckpoint = signed.to_string().parse().unwrap();
        assert!(read == signed && is_signed_by(&read, key.verifier()));
        let other = signed.to_string().replacen("\n7\n", "\n8\n", 1).parse().unwrap();
        assert!(!is_signed_by(&other, key.verifier()));
        assert!(!is_signed_by(&note(), key.verifier()));
    }
}
