//! Evidence: uploaded documents, stored under the digest of their content (content-addressed). The
//! name a person gives is only a label; it never becomes a path.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{EvidenceId, OrganisationId, UserId};
use crate::words;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// The kinds of file that are accepted.
    pub enum MediaType {
        Pdf = "application/pdf",
        Png = "image/png",
        Jpeg = "image/jpeg",
        Csv = "text/csv",
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

impl MediaType {
    /// The ending of the name of such a file.
    pub fn ending(self) -> &'static str {
        match self {
            MediaType::Pdf => "pdf",
            MediaType::Png => "png",
            MediaType::Jpeg => "jpg",
            MediaType::Csv => "csv",
            MediaType::Xlsx => "xlsx",
        }
    }

    /// Whether a name ends as one of such a file does.
    fn ends(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        ending == self.ending() || self == MediaType::Jpeg && ending == "jpeg"
    }

    /// Whether a name says nothing else about a file of this kind: it has its ending, or none. What follows on the last
    /// dot is an ending if it is short and has a letter, so that `Order No. 17` and `version 1.2` have none.
    pub fn fits(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.trim()).unwrap_or_default();
        let short = (1..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_ending = short && ending.bytes().any(|byte| byte.is_ascii_alphabetic());
        !is_ending || self.ends(name.trim())
    }

    /// Whether the first bytes of the content are those of this kind of file.
    pub fn matches(self, start: &[u8]) -> bool {
        match self {
            MediaType::Pdf => start.starts_with(b"%PDF-"),
            MediaType::Png => start.starts_with(b"\x89PNG\r\n\x1a\n"),
            MediaType::Jpeg => start.starts_with(b"\xff\xd8\xff"),
            MediaType::Xlsx => start.starts_with(b"PK\x03\x04"),
            // A CSV file is text: it has no NUL byte and does not start as an HTML page or a script
            // does.
            MediaType::Csv => {
                !start.is_empty() && !start.contains(&0) && !start.starts_with(b"<") && !start.starts_with(b"#!")
            }
        }
    }
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Evidence {
    pub id: EvidenceId,
    /// SHA-256 of the content, hexadecimal.
    pub digest: String,
    pub size_bytes: i64,
    pub media_type: MediaType,
    /// The name given by the uploader.
    pub file_name: String,
    /// The organisation it belongs to; none for the agency's own inspection records.
    pub organisation_id: Option<OrganisationId>,
    pub uploaded_by: UserId,
    pub uploaded_at: Timestamp,
}

impl Evidence {
    /// The name under which somebody stores the file: that of its upload, with the ending of its kind, so that a
    /// machine opens it with what is made for it.
    pub fn name_of_download(&self) -> String {
        let name = self.file_name.trim().trim_end_matches('.');
        if self.media_type.ends(name) { name.to_owned() } else { format!("{name}.{}", self.media_type.ending()) }
    }
}

/// Checks a label: one line that could not be mistaken for a path.
pub fn check_file_name(errors: &mut FieldErrors, pointer: &str, name: &str) {
    check_name(errors, pointer, name, 120);
    let path = name.contains(['/', '\\', '\0', ':']) || name.contains("..") || name.starts_with('.');
    errors.require(!path, pointer, FieldReason::FileName);
}

/// A list of evidence ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct EvidenceIds(pub Vec<EvidenceId>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        for bad in [
            "../../etc/passwd",
            "a/b.pdf",
            "c:\\x.pdf",
            ".htaccess",
            "x\u{202E}fdp.exe",
            "a\0.pdf",
            "",
            "=cmd.csv",
            "a\r\nb",
        ] {
            let mut errors = FieldErrors::new();
            check_file_name(&mut errors, "/file_name", bad);
            assert!(errors.finish().is_err(), "{bad:?}");
        }
        let mut errors = FieldErrors::new();
        check_file_name(&mut errors, "/file_name", "निरीक्षण report 3.pdf");
        assert!(errors.finish().is_ok());
    }

    #[test]
    fn a_download_has_the_ending_of_its_kind() {
        let name = |media_type, file_name: &str| {
            Evidence {
                id: EvidenceId(uuid::Uuid::nil()),
                digest: String::new(),
                size_bytes: 0,
                media_type,
                file_name: file_name.to_owned(),
                organisation_id: None,
                uploaded_by: UserId(uuid::Uuid::nil()),
                uploaded_at: "2026-05-01T06:30:00Z".parse().unwrap(),
            }
            .name_of_download()
        };
        assert_eq!(name(MediaType::Pdf, "निरीक्षण 3.PDF"), "निरीक्षण 3.PDF");
        assert_eq!(name(MediaType::Pdf, "report"), "report.pdf");
        assert_eq!(name(MediaType::Jpeg, "plate.jpeg"), "plate.jpeg");
        assert_eq!(name(MediaType::Csv, "page.html"), "page.html.csv", "nothing is opened as what it is not");
    }

    #[test]
    fn a_name_ends_as_the_kind_of_its_file_does() {
        for good in ["board.pdf", "board.PDF ", "board", "Order No. 17", "version 1.2", "निरीक्षण.रिपोर्ट", "a.exe.pdf"]
        {
            assert!(MediaType::Pdf.fits(good), "{good}");
        }
        for bad in ["a.exe", "a.pdf.exe", "page.html", "sheet.csv", "a.exe ", "photo.7z"] {
            assert!(!MediaType::Pdf.fits(bad), "{bad}");
        }
        assert!(MediaType::Jpeg.fits("plate.jpeg") && MediaType::Jpeg.fits("plate.JPG"));
    }

    #[test]
    fn content_must_be_what_it_says() {
        assert!(MediaType::Pdf.matches(b"%PDF-1.7 ..."));
        assert!(!MediaType::Pdf.matches(b"<html>"));
        assert!(!MediaType::Csv.matches(b"<script>"));
        assert!(!MediaType::Csv.matches(b""));
        assert!(!MediaType::Png.matches(b""));
    }
}
