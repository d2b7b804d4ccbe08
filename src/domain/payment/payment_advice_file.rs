//! The file formats of a payment advice: CSV with one record on each line, and XML in the shape of
//! the treasury's payment request. The bytes are generated once, from the advised payments, and
//! stored.
//!
//! CSV: `HDR` (MsgId, CreDtTm, NbOfTxs, CtrlSum, Src, Dest, PmtInfId, ReqdExctnDt), a `PMT` for each
//! payment (EndToEndId, CtreAmt, BrnchId, BBAN, CPSMSId, Purp/Cd, FrmDt, ToDt, Rem), and `TRL`
//! (NbOfTxs, CtrlSum). Amounts are rupees with two decimals.

use crate::base::field::starts_a_formula;
use crate::payment::payment_advice::{AdviceContent, AdvisedPayment};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// The recipient of every file.
const DESTINATION: &str = "PFMS";

/// The payee code that the treasury's own system assigns; this service does not store any yet.
const NO_PAYEE_CODE: &str = "";

/// Escapes a cell so that no spreadsheet evaluates it as a formula.
fn inert(text: &str) -> String {
    if starts_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The advice as CSV; the error is that of the writer.
pub fn csv(advice: &AdviceContent, payments: &[AdvisedPayment]) -> Result<String, String> {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut write = |record: &[&str]| {
        let cells: Vec<String> = record.iter().map(|cell| inert(cell)).collect();
        writer.write_record(&cells).map_err(|error| error.to_string())
    };
    let (count, total) = (advice.payment_count.to_string(), advice.control_total_paise.in_rupees());
    write(&[
        "HDR",
        &advice.message_id,
        &advice.made_at.to_string(),
        &count,
        &total,
        &advice.source_system,
        DESTINATION,
        &advice.batch_id,
        &advice.execute_on.to_string(),
    ])?;
    for payment in payments {
        write(&[
            "PMT",
            &payment.end_to_end_id,
            &payment.amount_paise.in_rupees(),
            &payment.ifsc,
            &payment.bank_account,
            NO_PAYEE_CODE,
            &payment.purpose,
            &payment.period_from.to_string(),
            &payment.period_to.to_string(),
            &payment.remark,
        ])?;
    }
    write(&["TRL", &count, &total])?;
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

type Xml = Writer<Vec<u8>>;

/// The advice as XML; the error is that of the writer.
pub fn xml(advice: &AdviceContent, payments: &[AdvisedPayment]) -> Result<String, String> {
    let bytes = write_xml(advice, payments).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn write_xml(advice: &AdviceContent, payments: &[AdvisedPayment]) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("DBTPaymentRequest").write_inner_content(|xml| {
        xml.create_element("GrpHdr").write_inner_content(|xml| {
            text(xml, "MsgId", &advice.message_id)?;
            text(xml, "CreDtTm", &advice.made_at.to_string())?;
            text(xml, "NbOfTxs", &advice.payment_count.to_string())?;
            text(xml, "CtrlSum", &advice.control_total_paise.in_rupees())?;
            text(xml, "Src", &advice.source_system)?;
            text(xml, "Dest", DESTINATION)
        })?;
        xml.create_element("PmtInf").write_inner_content(|xml| {
            text(xml, "PmtInfId", &advice.batch_id)?;
            text(xml, "ReqdExctnDt", &advice.execute_on.to_string())?;
            payments.iter().try_for_each(|one| payment(xml, one))
        })?;
        Ok(())
    })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn payment(xml: &mut Xml, payment: &AdvisedPayment) -> std::io::Result<()> {
    xml.create_element("CdtTrfTxInf").write_inner_content(|xml| {
        text(xml, "EndToEndId", &payment.end_to_end_id)?;
        text(xml, "CtreAmt", &payment.amount_paise.in_rupees())?;
        text(xml, "BrnchId", &payment.ifsc)?;
        text(xml, "BBAN", &payment.bank_account)?;
        text(xml, "CPSMSId", NO_PAYEE_CODE)?;
        xml.create_element("Purp").write_inner_content(|xml| text(xml, "Cd", &payment.purpose))?;
        text(xml, "FrmDt", &payment.period_from.to_string())?;
        text(xml, "ToDt", &payment.period_to.to_string())?;
        text(xml, "Rem", &payment.remark)
    })?;
    Ok(())
}

fn text(xml: &mut Xml, name: &str, value: &str) -> std::io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(value))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{PaymentAdviceId, UserId};
    use crate::base::money::Paise;
    use uuid::Uuid;

    fn advice() -> (AdviceContent, Vec<AdvisedPayment>) {
        let payment = AdvisedPayment {
            end_to_end_id: "S/2026-27/PAY/0001".into(),
            amount_paise: Paise(15_000),
            ifsc: "SBIN0012345".into(),
            bank_account: "310020456701".into(),
            purpose: "capital_subsidy".into(),
            period_from: "2026-04-01".parse().unwrap(),
            period_to: "2027-03-31".parse().unwrap(),
            remark: "=1+1 <&> \"two\"".into(),
        };
        let advice = AdviceContent {
            id: PaymentAdviceId(Uuid::nil()),
            message_id: "SDBTPAYREQ010520261".into(),
            batch_id: "CP0000010520261".into(),
            scheme_code: "s".into(),
            source_system: "0000".into(),
            execute_on: "2026-05-02".parse().unwrap(),
            payment_count: 1,
            control_total_paise: Paise(15_000),
            made_by: UserId(Uuid::nil()),
            made_at: "2026-05-01T06:30:00Z".parse().unwrap(),
        };
        (advice, vec![payment])
    }

    #[test]
    fn the_csv_has_header_payments_and_trailer_and_computes_nothing() {
        let (advice, payments) = advice();
        let expected = "HDR,SDBTPAYREQ010520261,2026-05-01T06:30:00.000000Z,1,150.00,0000,PFMS,CP0000010520261,2026-05-02\r\n\
            PMT,S/2026-27/PAY/0001,150.00,SBIN0012345,310020456701,,capital_subsidy,2026-04-01,2027-03-31,\"'=1+1 <&> \"\"two\"\"\"\r\n\
            TRL,1,150.00\r\n";
        assert_eq!(csv(&advice, &payments).unwrap(), expected);
    }

    #[test]
    fn the_xml_names_every_field_and_escapes_text() {
        let (advice, payments) = advice();
        let text = xml(&advice, &payments).unwrap();
        for part in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DBTPaymentRequest>",
            "<MsgId>SDBTPAYREQ010520261</MsgId>",
            "<CtrlSum>150.00</CtrlSum>",
            "<Dest>PFMS</Dest>",
            "<PmtInfId>CP0000010520261</PmtInfId>",
            "<EndToEndId>S/2026-27/PAY/0001</EndToEndId>",
            "<BBAN>310020456701</BBAN>",
            "<CPSMSId></CPSMSId>",
            "<Cd>capital_subsidy</Cd>",
            "<Rem>=1+1 &lt;&amp;&gt;",
            "</DBTPaymentRequest>\n",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
