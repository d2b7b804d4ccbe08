//! The parser of treasury returns. It is strict: unexpected content is refused, not skipped.
//!
//! CSV: `HDR` (message id, message id of the advice or empty, NbOfTxs, CtrlSum), a `LIN` for each
//! answer (EndToEndId, status, UTR, day paid, amount, reason), and `TRL` (NbOfTxs, CtrlSum). XML:
//! `DBTPaymentResponse` with `GrpHdr` (MsgId, OrgnlMsgId, CreDtTm, NbOfTxs, CtrlSum, Src, Dest) and
//! a `TxInfAndSts` for each answer (EndToEndId, Sts, UTR, PdDt, CtreAmt, Rsn). Document types and
//! entity declarations are refused before they are processed.
//!
//! A bank scroll has the same formats and may also contain the account that was credited: as an
//! eighth cell of `LIN`, or as `BBAN`.

use crate::base::field_reason::FieldReason;
use crate::base::reason::Reason;
use crate::payment::payment_advice::FileFormat;
use crate::payment::treasury_return::{BadReturn, ReadLine, ReadReturn};
use crate::payment::treasury_return_csv::{push, read_csv};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Parses a return in either format.
pub fn read(format: FileFormat, text: &str) -> Result<ReadReturn, BadReturn> {
    read_with(format, text, false)
}

/// Parses a scroll in either format; its lines may contain an account.
pub fn read_scroll(format: FileFormat, text: &str) -> Result<ReadReturn, BadReturn> {
    read_with(format, text, true)
}

fn read_with(format: FileFormat, text: &str, accounts: bool) -> Result<ReadReturn, BadReturn> {
    match format {
        FileFormat::Csv => read_csv(text, accounts),
        FileFormat::Xml => XmlReading { accounts, ..XmlReading::default() }.read(text),
    }
}

pub(super) const ROOT: &str = "DBTPaymentResponse";
pub(super) const HEADER: [&str; 7] = ["MsgId", "OrgnlMsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "Src", "Dest"];
pub(super) const LINE: [&str; 7] = ["EndToEndId", "Sts", "UTR", "PdDt", "CtreAmt", "Rsn", ACCOUNT];
const ACCOUNT: &str = "BBAN";

/// The state of the XML parser: the open elements, and their content so far.
#[derive(Default)]
struct XmlReading {
    open: Vec<String>,
    text: String,
    header: Option<[Option<String>; 7]>,
    line: [Option<String>; 7],
    read: ReadReturn,
    closed: bool,
    /// Whether lines may contain an account.
    accounts: bool,
    /// The line on which the parser stands, less 1, and that on which the open answer begins.
    on: u64,
    began_on: u64,
}

fn wrong(reason: FieldReason) -> BadReturn {
    BadReturn::wrong("", reason)
}

impl XmlReading {
    fn read(mut self, text: &str) -> Result<ReadReturn, BadReturn> {
        let mut reader = Reader::from_str(text);
        let mut counted = 0;
        loop {
            let event = reader.read_event();
            let end = matches!(event, Ok(Event::Eof));
            // What is wrong with an element stands where the element begins.
            self.take(event).map_err(|bad| bad.on_line(self.on + 1))?;
            if end {
                return self.finish();
            }
            let until = usize::try_from(reader.buffer_position()).unwrap_or(text.len()).min(text.len());
            let passed = text.as_bytes().get(counted..until).unwrap_or_default();
            self.on += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
            counted = until;
        }
    }

    fn take(&mut self, event: Result<Event<'_>, quick_xml::Error>) -> Result<(), BadReturn> {
        match event {
            Ok(Event::Start(start)) => self.start(&start),
            Ok(Event::Empty(start)) => {
                self.start(&start)?;
                self.end()
            }
            Ok(Event::End(_)) => self.end(),
            Ok(Event::Text(part)) => self.add(&part.xml10_content()),
            Ok(Event::GeneralRef(name)) => self.add(entity(&name)?),
            Ok(Event::Decl(_) | Event::Comment(_) | Event::Eof) => Ok(()),
            Ok(Event::DocType(_)) => Err(wrong(FieldReason::DocumentType)),
            Ok(Event::PI(_)) => Err(wrong(FieldReason::Instructions)),
            Ok(Event::CData(_)) => Err(wrong(FieldReason::Cdata)),
            Err(quick_xml::Error::Syntax(_)) => Err(BadReturn::truncated(Reason::EndsInElement)),
            Err(_) => Err(wrong(FieldReason::NotXml)),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), BadReturn> {
        let name = start.name().as_ref().to_owned();
        if !start.attributes_raw().trim().is_empty() {
            return Err(wrong(FieldReason::Attributes { element: format!("{name:.40}") }));
        }
        let path: Vec<&str> = self.open.iter().map(String::as_str).collect();
        let expected = match path.as_slice() {
            [] => name == ROOT && !self.closed,
            [_] => (name == "GrpHdr" && self.header.is_none()) || (name == "TxInfAndSts" && self.header.is_some()),
            [_, "GrpHdr"] => HEADER.contains(&name.as_str()),
            [_, "TxInfAndSts"] => LINE.contains(&name.as_str()) && (self.accounts || name != ACCOUNT),
            _ => false,
        };
        if !expected && path.is_empty() {
            return Err(wrong(FieldReason::RootElement { root: ROOT.to_owned() }));
        }
        if !expected {
            let element = format!("{name:.40}");
            return Err(wrong(match path.as_slice() {
                [] => FieldReason::OtherRoot { element, root: ROOT.to_owned() },
                path => FieldReason::ElementUnexpected { element, path: path.join("/") },
            }));
        }
        if name == "TxInfAndSts" {
            self.began_on = self.on + 1;
        }
        if name == "GrpHdr" {
            self.header = Some(Default::default());
        }
        self.text.clear();
        self.open.push(name);
        Ok(())
    }

    /// Adds text. Only fields contain text; between them there may only be white space.
    fn add(&mut self, part: &str) -> Result<(), BadReturn> {
        if self.open.len() == 3 {
            self.text.push_str(part);
            return Ok(());
        }
        if part.trim().is_empty() { Ok(()) } else { Err(wrong(FieldReason::TextBetween)) }
    }

    fn end(&mut self) -> Result<(), BadReturn> {
        let Some(name) = self.open.pop() else { return Err(wrong(FieldReason::EndsUnbegun)) };
        match (self.open.len(), self.open.last().map(String::as_str)) {
            (0, _) => self.closed = true,
            (1, _) if name == "TxInfAndSts" => {
                let [end_to_end_id, status, utr, paid_on, amount, reason, account] =
                    std::mem::take(&mut self.line).map(Option::unwrap_or_default);
                let begins_on = self.began_on;
                let line = ReadLine { end_to_end_id, status, utr, paid_on, amount, reason, account, begins_on };
                push(&mut self.read, line)?;
            }
            (2, Some("GrpHdr")) => {
                let fields = self.header.get_or_insert_default();
                keep(&HEADER, fields, &name, std::mem::take(&mut self.text))?;
            }
            (2, _) => keep(&LINE, &mut self.line, &name, std::mem::take(&mut self.text))?,
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<ReadReturn, BadReturn> {
        if !self.open.is_empty() {
            return Err(BadReturn::truncated(Reason::EndsInElement));
        }
        let Some([message_id, advice, _, count, total, _, _]) = self.header else {
            return Err(wrong(FieldReason::RootElement { root: ROOT.to_owned() }));
        };
        self.read.message_id = message_id.unwrap_or_default();
        self.read.advice_message_id = advice.filter(|advice| !advice.is_empty());
        self.read.totals.push((count.unwrap_or_default(), total.unwrap_or_default()));
        Ok(self.read)
    }
}

/// Stores a field; refuses a field that is repeated.
fn keep(names: &[&str], fields: &mut [Option<String>], name: &str, text: String) -> Result<(), BadReturn> {
    let place = names.iter().position(|known| *known == name).and_then(|index| fields.get_mut(index));
    match place {
        Some(place) if place.is_none() => {
            *place = Some(text.trim().to_owned());
            Ok(())
        }
        _ => Err(wrong(FieldReason::ElementTwice { element: name.to_owned() })),
    }
}

/// The five predefined entities of XML; no other entity is accepted.
fn entity(name: &BytesRef<'_>) -> Result<&'static str, BadReturn> {
    match name.xml10_content().as_ref() {
        "amp" => Ok("&"),
        "lt" => Ok("<"),
        "gt" => Ok(">"),
        "quot" => Ok("\""),
        "apos" => Ok("'"),
        _ => Err(wrong(FieldReason::Entities)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Paise;
    use crate::payment::payment::PaymentStatus;

    const CSV: &str = "HDR,SCROLL-1,,2,350.00\r\n\
        LIN,S/PAY/0001,Success,sbin r52026-0501 00001,2026-05-01,150.00,\r\n\
        LIN,S/PAY/0002,Failed,,,200.00,\"account closed, twice\"\r\n\
        TRL,2,350.00\r\n";

    const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DBTPaymentResponse>\n <GrpHdr><MsgId>SCROLL-1</MsgId>\
        <OrgnlMsgId/><CreDtTm>2026-05-01T10:00:00Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>350.00</CtrlSum><Src>PFMS</Src><Dest>0000</Dest></GrpHdr>\n \
        <TxInfAndSts><EndToEndId>S/PAY/0001</EndToEndId><Sts>SUCCESS</Sts><UTR>SBINR52026050100001</UTR><PdDt>2026-05-01</PdDt><CtreAmt>150.00</CtreAmt></TxInfAndSts>\n \
        <TxInfAndSts><EndToEndId>S/PAY/0002</EndToEndId><Sts>failed</Sts><CtreAmt>200</CtreAmt><Rsn>account closed, twice</Rsn></TxInfAndSts>\n</DBTPaymentResponse>\n";

    fn truncated(format: FileFormat, text: &str) -> bool {
        let outcome = read(format, text).and_then(ReadReturn::check);
        matches!(outcome, Err(BadReturn::Truncated(_)))
    }

    #[test]
    fn both_forms_say_the_same() {
        let csv = read(FileFormat::Csv, CSV).and_then(ReadReturn::check).unwrap();
        assert_eq!(read(FileFormat::Xml, XML).and_then(ReadReturn::check).unwrap(), csv);
        assert_eq!((csv.control_total_paise, csv.lines.len()), (Paise(35_000), 2));
        assert_eq!(csv.lines[0].utr.as_deref(), Some("SBINR52026050100001"));
        assert_eq!(csv.lines[1].outcome, PaymentStatus::Failed);
        assert_eq!(csv.lines[1].reason.as_deref(), Some("account closed, twice"));
    }

    #[test]
    fn only_a_scroll_tells_accounts() {
        let csv = CSV.replace("150.00,\r\n", "150.00,,3100 20456701\r\n");
        let xml = XML.replace("<CtreAmt>150.00", "<BBAN>310020456701</BBAN><CtreAmt>150.00");
        for (format, text) in [(FileFormat::Csv, &csv), (FileFormat::Xml, &xml)] {
            assert!(matches!(read(format, text), Err(BadReturn::Wrong(_))), "{format}");
            let scroll = read_scroll(format, text).and_then(ReadReturn::check).unwrap();
            assert_eq!(scroll.lines[0].account.as_deref(), Some("310020456701"));
            assert_eq!(scroll.lines[1].account, None);
        }
        let plain = read(FileFormat::Csv, CSV).and_then(ReadReturn::check).unwrap();
        assert_eq!(read_scroll(FileFormat::Csv, CSV).and_then(ReadReturn::check).unwrap(), plain);
    }

    #[test]
    fn no_beginning_of_a_file_is_taken_for_the_file() {
        // All characters except the last line break or space are part of the file.
        for end in 1..CSV.len() - 2 {
            assert!(read(FileFormat::Csv, &CSV[..end]).and_then(ReadReturn::check).is_err(), "{end}");
        }
        for end in 1..XML.len() - 1 {
            assert!(read(FileFormat::Xml, &XML[..end]).and_then(ReadReturn::check).is_err(), "{end}");
        }
        assert!(truncated(FileFormat::Csv, &CSV[..CSV.len() - 14]));
        assert!(truncated(FileFormat::Csv, &CSV[..60]));
        assert!(truncated(FileFormat::Xml, &XML[..XML.len() - 5]));
        assert!(truncated(FileFormat::Csv, &CSV.replace("TRL,2,350.00", "TRL,3,350.00")));
        assert!(truncated(FileFormat::Csv, &CSV.replace("TRL,2,350.00", "TRL,2,350.01")));
        assert!(truncated(FileFormat::Csv, &CSV.replace("HDR,SCROLL-1,,2,350.00", "HDR,SCROLL-1,,2,150.00")));
        assert!(truncated(FileFormat::Xml, &XML.replace("<NbOfTxs>2", "<NbOfTxs>3")));
        assert!(truncated(FileFormat::Xml, &XML.replace("<CtrlSum>350", "<CtrlSum>351")));
    }

    #[test]
    fn what_is_wrong_stands_on_a_line_of_the_file() {
        let lines = |format, text: &str| -> Vec<(String, Option<u64>)> {
            let Err(BadReturn::Wrong(errors)) = read(format, text).and_then(ReadReturn::check) else {
                panic!("{text}");
            };
            errors.0.into_iter().map(|error| (error.pointer, error.line)).collect()
        };
        let at = |pointer: &str, line| vec![(pointer.to_owned(), Some(line))];
        let late = CSV.replace("Failed,,,200.00", "Failed,,2026-05-01,200.00");
        assert_eq!(lines(FileFormat::Csv, &late), at("/lines/1/paid_on", 3));
        assert_eq!(lines(FileFormat::Csv, &late.replace("\r\nLIN,S/PAY/0001", "\r\n\r\nLIN,S/PAY/0001"))[0].1, Some(4));
        assert_eq!(lines(FileFormat::Csv, &CSV.replace("HDR,SCROLL-1,", "HDR,")), at("/records/0", 1));
        let late = XML.replace("<Sts>failed</Sts>", "<Sts>failed</Sts>\n<PdDt>2026-05-01</PdDt>");
        assert_eq!(lines(FileFormat::Xml, &late), at("/lines/1/paid_on", 5));
        assert_eq!(lines(FileFormat::Xml, &XML.replace("<Rsn>", "<Nonsense>")), at("", 5));
        let root = read(FileFormat::Xml, "<a></a>");
        let Err(BadReturn::Wrong(errors)) = root else { panic!("{root:?}") };
        assert_eq!(errors.0[0].reason, FieldReason::RootElement { root: ROOT.to_owned() });
    }

    #[test]
    fn what_is_not_expected_is_refused() {
        let entity = XML.replace("<MsgId>SCROLL-1", "<MsgId>&x;");
        let declared = XML.replace(
            "<DBTPaymentResponse>\n",
            "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><DBTPaymentResponse>\n",
        );
        for text in [
            &*entity,
            &*declared,
            &*XML.replace("<Rsn>", "<Rsn a=\"1\">"),
            &*XML.replace("<Rsn>account closed, twice</Rsn>", "<Rsn><![CDATA[x]]></Rsn>"),
            &*XML.replace("<Rsn>", "<Rsn>one</Rsn><Rsn>"),
            &*XML.replace("<Rsn>", "<Rsn><b/>"),
            &*XML.replace("<OrgnlMsgId/>", "<Nonsense/>"),
            &*XML.replace("<OrgnlMsgId/>", "<?php x?>"),
            &*XML.replace("</DBTPaymentResponse>", "</DBTPaymentResponse><DBTPaymentResponse/>"),
            &*XML.replace("<Sts>failed", "<Sts>perhaps"),
            &*XML.replace("<Sts>failed", "<Sts>unknown"),
            &*XML.replace(">2026-05-01<", ">2026-02-30<"),
            &*XML.replace("<Sts>failed</Sts>", "<Sts>failed</Sts><UTR>SBINR52026050100001</UTR>"),
            &*format!("<DBTPaymentResponse>{}", "<GrpHdr>".repeat(10_000)),
            "<DBTPaymentResponse></DBTPaymentResponse>",
            "{}",
            "",
        ] {
            let refused = read(FileFormat::Xml, text).and_then(ReadReturn::check);
            assert!(matches!(refused, Err(BadReturn::Wrong(_))), "{refused:?}: {text:.200}");
        }
        for text in [
            "",
            "x",
            "LIN,S/PAY/0001,Success,,,1.00,\r\n",
            &*CSV.replace("TRL,2,350.00", "TRL,2,350.00\r\nLIN,S/PAY/0003,Failed,,,1.00,"),
            &*CSV.replace("TRL", "HDR,SCROLL-2,,0,0\r\nTRL"),
            &*CSV.replace("SCROLL-1", "=1+1"),
            &*CSV.replace("150.00", "-150.00"),
            "HDR,SCROLL-1,,0,0\r\nTRL,0,0\r\n",
        ] {
            let refused = read(FileFormat::Csv, text).and_then(ReadReturn::check);
            assert!(matches!(refused, Err(BadReturn::Wrong(_))), "{refused:?}: {text:.200}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_arrives_panics(text in "[HDRLINT<>/&;,\"\\n0-9a-zA-Z .]{0,200}") {
            let _ = (read(FileFormat::Csv, &text), read(FileFormat::Xml, &text));
        }
    }
}
