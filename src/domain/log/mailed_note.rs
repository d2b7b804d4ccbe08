//! A checkpoint as an e-mail: the text of the mail, and how to parse the checkpoint back from a
//! saved mail.

use crate::base::calendar::Timestamp;
use crate::log::checkpoint::{Checkpoint, NotANote, SignedCheckpoint};

/// Forwarded mails are searched to this depth.
const DEEPEST: usize = 4;
const DASH: &str = "\u{2014} ";

/// The record that a checkpoint was mailed; it contains no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailing {
    /// The number of entries of the log that the checkpoint covers.
    pub size: i64,
    pub witness: String,
    pub mailed_at: Timestamp,
}

/// The subject of the mail.
pub fn subject(checkpoint: &Checkpoint) -> String {
    format!("Checkpoint of {}: {} entries", checkpoint.origin, checkpoint.size)
}

/// The text of the mail: two lines for the reader, and the signed note.
pub fn body(note: &SignedCheckpoint) -> String {
    format!(
        "The first {} entries of the audit log {}, signed: nothing of them can be changed unseen while this is kept.\n\
         Keep this mail, out of the reach of who runs that service; `magnet-scheme verify --against <this mail>` holds \
         the log against it.\n\n{note}",
        note.checkpoint.size, note.checkpoint.origin
    )
}

/// Finds the checkpoint in a saved file: the note alone, a text that contains the note, or a saved
/// mail.
pub fn checkpoint_in(kept: &[u8]) -> Result<SignedCheckpoint, NotANote> {
    let mut found = Vec::new();
    let text = std::str::from_utf8(kept);
    if let Ok(text) = text {
        // Two notes, one after the other, also parse as one note, which nobody signed.
        if let Ok(note) = text.parse::<SignedCheckpoint>()
            && !note.text.contains("\n\n")
        {
            return Ok(note);
        }
        found = notes_in(text);
    }
    look_into(kept, DEEPEST, &mut found);
    found.dedup();
    match &found[..] {
        [] => Err(NotANote("there is no signed checkpoint in it")),
        [one] => Ok(one.clone()),
        _ => Err(NotANote("there is more than one signed checkpoint in it: cut out one")),
    }
}

/// Searches the parts of a mail for notes, whatever their transfer encoding.
fn look_into(mail: &[u8], depth: usize, found: &mut Vec<SignedCheckpoint>) {
    let Ok(mail) = mailparse::parse_mail(mail) else { return };
    for part in mail.parts().filter(|part| part.subparts.is_empty()) {
        if part.ctype.mimetype == "message/rfc822" && depth > 0 {
            look_into(&part.get_body_raw().unwrap_or_default(), depth - 1, found);
        } else if let Ok(text) = part.get_body() {
            found.extend(notes_in(&text));
        }
    }
}

/// Every note of a text: lines, an empty line, and lines of signatures. Mail programs change line
/// ends; any other change makes the signature invalid.
fn notes_in(text: &str) -> Vec<SignedCheckpoint> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let paragraphs: Vec<&[&str]> = lines.split(|line| line.is_empty()).collect();
    let note = |pair: &[&[&str]]| {
        let [said, below] = pair else { return None };
        let signatures: Vec<&str> = below.iter().copied().take_while(|line| line.starts_with(DASH)).collect();
        format!("{}\n\n{}\n", said.join("\n"), signatures.join("\n")).parse().ok()
    };
    paragraphs.windows(2).filter_map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

    fn note() -> SignedCheckpoint {
        NOTE.parse().unwrap()
    }

    #[test]
    fn a_note_is_found_in_what_was_kept_of_it() {
        let body = body(&note());
        assert!(body.ends_with(NOTE) && body.lines().nth(2) == Some(""), "{body}");
        let head = "From: a@b.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n";
        let eight = format!(
            "{head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
            body.replace('\n', "\r\n")
        );
        let quoted = body.replace('=', "=3D").replace('\u{2014}', "=E2=80=94").replace("f/Xa", "f=\r\n/Xa");
        let quoted = format!(
            "{head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}"
        );
        let forwarded = format!(
            "{head}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nlook\r\n--x\r\n\
             Content-Type: message/rfc822\r\n\r\n{quoted}\r\n--x--\r\n"
        );
        let footer = format!("{body}\nSent by a list\n-- \nsomebody\n");
        for kept in [NOTE, &body, &NOTE.replace('\n', "\r\n"), NOTE.trim_end(), &eight, &quoted, &forwarded, &footer] {
            assert_eq!(checkpoint_in(kept.as_bytes()), Ok(note()), "{kept}");
        }
    }

    #[test]
    fn where_no_note_or_more_than_one_stands_none_is_taken() {
        let other = NOTE.replace("20852163", "20852164");
        let says =
            |kept: &str, why: &str| assert!(checkpoint_in(kept.as_bytes()).unwrap_err().0.contains(why), "{kept}");
        says("", "no signed checkpoint");
        says("nonsense", "no signed checkpoint");
        says(&NOTE.replace("\n\n", "\n"), "no signed checkpoint");
        says(&NOTE.replace('\u{2014}', "-"), "no signed checkpoint");
        says(&format!("{NOTE}\n{other}"), "more than one");
        assert!(checkpoint_in(&[0xff, 0xfe, b'\n']).is_err());
    }
}
