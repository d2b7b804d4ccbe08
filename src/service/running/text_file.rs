//! A file of text that a command takes in whole, and its name. The name is a person's own words, so it is stored beside
//! the audit log and not in it.

use crate::db::engine::transaction::ReadTx;
use crate::db::people::disclosures;
use crate::service::running::error::Error;
use crate::service::running::runner::Work;
use domain::base::evidence::check_file_name;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::people::disclosure::{DisclosedField, Disclosure};

/// A file of text as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// The name given by the sender; none where it was pasted, or sent by a program.
    pub name: Option<String>,
    pub content: Vec<u8>,
}

impl TextFile {
    /// A file without a name.
    pub fn unnamed(content: Vec<u8>) -> TextFile {
        TextFile { name: None, content }
    }

    /// The content, which must be text.
    pub fn into_text(self, pointer: &str) -> Result<String, Error> {
        String::from_utf8(self.content).map_err(|_| FieldErrors::one(pointer, FieldReason::NotUtf8).into())
    }

    /// Checks the name.
    pub(in crate::service) fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        if let Some(name) = &self.name {
            check_file_name(&mut errors, "/file", name);
        }
        errors.finish()
    }
}

/// Stores the name of a file that was taken in, beside the entry of the log.
pub(in crate::service) fn store_name(work: &mut Work<'_, '_>, name: Option<&str>) -> Result<(), Error> {
    name.map_or(Ok(()), |name| work.withhold(DisclosedField::FileName, name))
}

/// The name of the file from which a record was taken in, if it had one.
pub(in crate::service) fn name_of(tx: &mut ReadTx<'_>, subject: &str) -> Result<Option<String>, Error> {
    let named = disclosures::of_subject(tx, subject)?.into_iter().find(|one| one.field == DisclosedField::FileName);
    Ok(named.as_ref().map(Disclosure::value).transpose().map_err(Error::Internal)?.flatten())
}
