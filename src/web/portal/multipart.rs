//! A form with files as browsers send it (multipart/form-data, RFC 7578), taken apart piece by piece, so that a file is
//! never in memory as a whole.

/// The longest head of one part.
const HEAD_BYTES_MOST: usize = 8_192;

/// The body is not what its head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What comes next in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Begins(Head),
    /// A piece of its content.
    Content(Vec<u8>),
    /// The part is whole.
    Ends,
    /// The body is whole.
    Over,
}

/// The head of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The name of the field.
    pub name: String,
    /// `Some` for a file; empty if none was chosen.
    pub file_name: Option<String>,
    /// In lower case, without parameters.
    pub media_type: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    BeforeFirst,
    BehindDelimiter,
    InHead,
    InContent,
    Over,
}

/// Takes a body apart. Bytes are pushed in as they come, and events taken out until more bytes are needed.
pub struct Splitter {
    delimiter: Vec<u8>,
    buffer: Vec<u8>,
    place: Place,
}

impl Splitter {
    /// For a body with this `Content-Type`; `None` if that is not the type of a form with files.
    pub fn of(content_type: &str) -> Option<Splitter> {
        let (kind, parameters) = content_type.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameters.split(';').find_map(|one| {
            let (name, value) = one.split_once('=')?;
            name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
        });
        let boundary = boundary.filter(|text| (1..=70).contains(&text.len()))?;
        let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
        // The first delimiter has no line end before it.
        Some(Splitter { delimiter, buffer: b"\r\n".to_vec(), place: Place::BeforeFirst })
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// What comes next; `None` until more bytes are pushed in.
    pub fn event(&mut self) -> Result<Option<Event>, Malformed> {
        loop {
            let moved = match self.place {
                Place::Over => return Ok(None),
                Place::BeforeFirst => self.before_first(),
                Place::BehindDelimiter => match self.behind_delimiter()? {
                    Some(Event::Over) => return Ok(Some(Event::Over)),
                    found => found.is_some(),
                },
                Place::InHead => return self.head(),
                Place::InContent => return Ok(self.content()),
            };
            if !moved {
                return Ok(None);
            }
        }
    }

    fn before_first(&mut self) -> bool {
        match find(&self.buffer, &self.delimiter) {
            Some(start) => {
                self.buffer.drain(..start + self.delimiter.len());
                self.place = Place::BehindDelimiter;
                true
            }
            None => {
                let kept = self.buffer.len().min(self.delimiter.len() - 1);
                self.buffer.drain(..self.buffer.len() - kept);
                false
            }
        }
    }

    /// Behind a delimiter stands the end of the body or the head of a part.
    fn behind_delimiter(&mut self) -> Result<Option<Event>, Malformed> {
        if self.buffer.len() < 2 {
            return Ok(None);
        }
        let two: Vec<u8> = self.buffer.drain(..2).collect();
        match two.as_slice() {
            b"--" => {
                self.place = Place::Over;
                Ok(Some(Event::Over))
            }
            b"\r\n" => {
                self.place = Place::InHead;
                Ok(Some(Event::Ends))
            }
            _ => Err(Malformed),
        }
    }

    fn head(&mut self) -> Result<Option<Event>, Malformed> {
        match find(&self.buffer, b"\r\n\r\n") {
            Some(end) if end <= HEAD_BYTES_MOST => {
                let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                self.place = Place::InContent;
                Ok(Some(Event::Begins(Head::parse(&head).ok_or(Malformed)?)))
            }
            None if self.buffer.len() <= HEAD_BYTES_MOST => Ok(None),
            _ => Err(Malformed),
        }
    }

    fn content(&mut self) -> Option<Event> {
        match find(&self.buffer, &self.delimiter) {
            Some(0) => {
                self.buffer.drain(..self.delimiter.len());
                self.place = Place::BehindDelimiter;
                Some(Event::Ends)
            }
            Some(start) => Some(Event::Content(self.buffer.drain(..start).collect())),
            None => {
                // The end of the buffer may be the beginning of a delimiter.
                let sure = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
                (sure > 0).then(|| Event::Content(self.buffer.drain(..sure).collect()))
            }
        }
    }
}

/// The first place of a text that is not empty.
fn find(within: &[u8], text: &[u8]) -> Option<usize> {
    let first = text.first()?;
    let mut from = 0;
    loop {
        let start = from + within.get(from..)?.iter().position(|byte| byte == first)?;
        let found = within.get(start..start + text.len())? == text;
        if found {
            return Some(start);
        }
        from = start + 1;
    }
}

impl Head {
    fn parse(head: &[u8]) -> Option<Head> {
        let text = std::str::from_utf8(head).ok()?;
        let mut parsed = Head::default();
        let mut named = false;
        for line in text.split("\r\n").filter(|line| !line.is_empty()) {
            let (field, value) = line.split_once(':')?;
            if field.eq_ignore_ascii_case("content-disposition") {
                let rest = value.trim().strip_prefix("form-data")?;
                for (name, text) in parameters(rest)? {
                    match name.as_str() {
                        "name" => {
                            named = true;
                            parsed.name = text;
                        }
                        "filename" => parsed.file_name = Some(text),
                        _ => {}
                    }
                }
            } else if field.eq_ignore_ascii_case("content-type") {
                parsed.media_type = value.split(';').next().unwrap_or_default().trim().to_lowercase();
            }
        }
        named.then_some(parsed)
    }
}

/// The parameters of a header: `; name="a"; filename="b.pdf"`. Browsers write a quotation mark as `%22`, other
/// programs as `\"`.
fn parameters(text: &str) -> Option<Vec<(String, String)>> {
    let (mut rest, mut found) = (text.trim(), Vec::new());
    while let Some(next) = rest.strip_prefix(';') {
        let (name, value) = next.split_once('=')?;
        let (value, behind) = match value.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.char_indices().find(|(place, letter)| {
                    *letter == '"' && quoted.get(..*place).is_some_and(|before| !before.ends_with('\\'))
                })?;
                (quoted.get(..end.0)?, quoted.get(end.0 + 1..)?)
            }
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        let value = value.replace("\\\"", "\"").replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        found.push((name.trim().to_lowercase(), value));
        rest = behind.trim_start();
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Part = (Head, Vec<u8>);

    fn written(parts: &[Part], boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", head.name).bytes());
            if let Some(name) = &head.file_name {
                body.extend(format!("; filename=\"{}\"", name.replace('"', "%22")).bytes());
                body.extend(format!("\r\nContent-Type: {}", head.media_type).bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        body
    }

    /// What a splitter finds in a body that comes in pieces of these sizes.
    fn split(body: &[u8], boundary: &str, sizes: &[usize]) -> Result<Vec<Part>, Malformed> {
        let mut splitter = Splitter::of(&format!("multipart/form-data; boundary={boundary}")).ok_or(Malformed)?;
        let (mut parts, mut rest, mut over): (Vec<Part>, _, _) = (Vec::new(), body, false);
        let mut sizes = sizes.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
            splitter.push(&rest[..size]);
            rest = &rest[size..];
            while let Some(event) = splitter.event()? {
                match event {
                    Event::Begins(head) => parts.push((head, Vec::new())),
                    Event::Content(bytes) => parts.last_mut().unwrap().1.extend(bytes),
                    Event::Ends => {}
                    Event::Over => over = true,
                }
            }
        }
        if over { Ok(parts) } else { Err(Malformed) }
    }

    fn field(name: &str, text: &str) -> Part {
        (Head { name: name.to_owned(), ..Head::default() }, text.as_bytes().to_vec())
    }

    fn file(name: &str, content: &[u8]) -> Part {
        let head = Head {
            name: "documents".to_owned(),
            file_name: Some(name.to_owned()),
            media_type: "application/pdf".to_owned(),
        };
        (head, content.to_vec())
    }

    #[test]
    fn fields_and_files_are_taken_apart() {
        let parts = [
            field("seal", "x"),
            field("/text", "two\r\nlines"),
            file("नमूना \"1\".pdf", b"%PDF-\r\n--not the end\r\n-"),
            file("", b""),
        ];
        assert_eq!(split(&written(&parts, "b"), "b", &[1_000]).unwrap(), parts);
        assert_eq!(split(&written(&parts, "b"), "b", &[1]).unwrap(), parts);
        assert_eq!(split(&written(&[], "b"), "b", &[3]).unwrap(), []);
    }

    #[test]
    fn heads_are_read_as_programs_write_them() {
        let head = |text: &str| Head::parse(format!("{text}\r\n\r\n").as_bytes());
        let plain = head("content-disposition: form-data; name=a; filename=b.pdf\r\nContent-Type: Text/CSV; charset=x")
            .unwrap();
        assert_eq!(
            (plain.name.as_str(), plain.file_name.as_deref(), plain.media_type.as_str()),
            ("a", Some("b.pdf"), "text/csv")
        );
        let quoted = head("Content-Disposition: form-data; name=\"a;b=c\"; filename=\"x\\\"y;.pdf\"").unwrap();
        assert_eq!((quoted.name.as_str(), quoted.file_name.as_deref()), ("a;b=c", Some("x\"y;.pdf")));
        for bad in [
            "",
            "Content-Type: text/csv",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data; name=\"a",
        ] {
            assert_eq!(head(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_no_form_with_files_is_refused() {
        for bad in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/plain; boundary=b",
            "multipart/mixed; boundary=b",
        ] {
            assert!(Splitter::of(bad).is_none(), "{bad}");
        }
        let whole = written(&[field("a", "b")], "b");
        assert!(split(&whole[..whole.len() - 6], "b", &[7]).is_err(), "it broke off");
        assert!(split(b"--b\r\n\r\n\r\nx\r\n--b--\r\n", "b", &[7]).is_err(), "a part without a name");
        assert!(split(b"--bXX", "b", &[7]).is_err());
        let long = [b"--b\r\n".as_slice(), &[b'x'; 10_000]].concat();
        assert!(split(&long, "b", &[700]).is_err());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_the_body_comes(
            contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..4),
            sizes in proptest::collection::vec(1..50_usize, 1..5),
        ) {
            let boundary = "----boundary-that-is-not-in-them";
            let parts: Vec<Part> = contents.iter().map(|content| file("a.pdf", content)).collect();
            prop_assert_eq!(split(&written(&parts, boundary), boundary, &sizes), Ok(parts));
        }

        #[test]
        fn no_body_is_a_panic(body in proptest::collection::vec(any::<u8>(), 0..300), size in 1..20_usize) {
            let _ = split(&body, "b", &[size]);
            let text = [b"--b\r\n".as_slice(), &body].concat();
            let _ = split(&text, "b", &[size]);
        }
    }
}
