//! A small treasury for tests: a process of its own that reads a payment advice and writes the file that
//! the treasury returns. It is written from the description of the files and shares no code with the
//! service.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// The first argument that makes this binary a treasury.
const PLAY: &str = "--play-treasury";

/// The treasury's behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Succeeds,
    /// Every second payment fails.
    FailsSome,
    AcceptsOnly,
    /// Sends no results at all.
    Silent,
    FailsAfterSuccess,
    /// Succeeds, and answers in reverse order.
    Reverses,
    /// Succeeds, and its file is truncated.
    Truncates,
    /// Succeeds, and the count in its trailer or header is one too high.
    Miscounts,
    /// Reports both success and failure of the first payment.
    Contradicts,
    /// Pays one paisa too much.
    Overpays,
    /// Gives the second payment the UTR of the first, in another spelling.
    RepeatsUtr,
}

const MOODS: [Mood; 11] = [
    Mood::Succeeds,
    Mood::FailsSome,
    Mood::AcceptsOnly,
    Mood::Silent,
    Mood::FailsAfterSuccess,
    Mood::Reverses,
    Mood::Truncates,
    Mood::Miscounts,
    Mood::Contradicts,
    Mood::Overpays,
    Mood::RepeatsUtr,
];

/// Runs a treasury of that mood, which answers an advice (CSV or XML, in the same format) under a
/// message id as paid on a day. Starts a process and waits for it.
pub fn answers(mood: Mood, advice: &str, message_id: &str, paid_on: &str) -> Vec<u8> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([PLAY, &format!("{mood:?}"), message_id, paid_on])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(advice.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "the treasury failed");
    output.stdout
}

/// The treasury's own `main`; returns `false` when this process is not a treasury.
pub fn plays() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, play, mood, message_id, paid_on] = arguments.as_slice() else { return false };
    if play != PLAY {
        return false;
    }
    let mood = MOODS.into_iter().find(|known| format!("{known:?}") == *mood).unwrap();
    let mut advice = String::new();
    std::io::stdin().read_to_string(&mut advice).unwrap();
    let file = play_mood(mood, &advice, message_id, paid_on);
    std::io::stdout().write_all(file.as_bytes()).unwrap();
    true
}

/// One answer: number of the payment, status, UTR, day, paise, reason.
struct Line {
    number: String,
    status: &'static str,
    utr: String,
    paid_on: String,
    paise: i64,
    reason: &'static str,
}

/// The numbers and amounts of an advice, read by the names of its fields alone.
fn asked(advice: &str) -> Vec<(String, i64)> {
    let paise = |rupees: &str| rupees.replace('.', "").parse::<i64>().unwrap();
    if advice.starts_with("<?xml") {
        let part = |text: &str, name: &str| {
            let rest = text.split(&format!("<{name}>")).nth(1).unwrap();
            rest.split(&format!("</{name}>")).next().unwrap().to_owned()
        };
        let payments = advice.split("<CdtTrfTxInf>").skip(1);
        return payments.map(|one| (part(one, "EndToEndId"), paise(&part(one, "CtreAmt")))).collect();
    }
    let payments = advice.lines().filter(|line| line.starts_with("PMT,"));
    payments
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[1].to_owned(), paise(cells[2]))
        })
        .collect()
}

fn play_mood(mood: Mood, advice: &str, message_id: &str, paid_on: &str) -> String {
    if mood == Mood::Silent {
        return String::new();
    }
    let mut lines: Vec<Line> = Vec::new();
    for (index, (number, paise)) in asked(advice).into_iter().enumerate() {
        let utr: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let success = Line { number, status: "Success", utr, paid_on: paid_on.to_owned(), paise, reason: "" };
        let failure = |number: &str, status, reason| Line {
            number: number.to_owned(),
            status,
            utr: String::new(),
            paid_on: String::new(),
            paise,
            reason,
        };
        match mood {
            Mood::AcceptsOnly => lines.push(failure(&success.number, "ACCEPTED", "")),
            Mood::FailsSome if index % 2 == 1 => lines.push(failure(&success.number, "Failed", "account, closed")),
            Mood::FailsAfterSuccess => lines.push(failure(&success.number, "Failed after success", "returned")),
            Mood::Contradicts if index == 0 => {
                lines.push(failure(&success.number, "Failed", "account closed"));
                lines.push(success);
            }
            Mood::Overpays => lines.push(Line { paise: paise + 1, ..success }),
            Mood::RepeatsUtr if index == 1 => {
                let utr = format!(" {}", lines[0].utr.to_lowercase().replace("pay", "-pay/"));
                lines.push(Line { utr, ..success });
            }
            _ => lines.push(success),
        }
    }
    if mood == Mood::Reverses {
        lines.reverse();
    }
    let count = lines.len() + usize::from(mood == Mood::Miscounts);
    let mut file =
        if advice.starts_with("<?xml") { xml(&lines, message_id, count) } else { csv(&lines, message_id, count) };
    if mood == Mood::Truncates {
        file.truncate(file.len() * 2 / 3);
    }
    file
}

fn rupees(paise: i64) -> String {
    format!("{}.{:02}", paise / 100, paise % 100)
}

fn csv(lines: &[Line], message_id: &str, count: usize) -> String {
    let total = rupees(lines.iter().map(|line| line.paise).sum());
    let mut file = format!("HDR,{message_id},,{},{total}\r\n", lines.len());
    for line in lines {
        let amount = rupees(line.paise);
        file += &format!(
            "LIN,{},{},{},{},{amount},\"{}\"\r\n",
            line.number, line.status, line.utr, line.paid_on, line.reason
        );
    }
    file + &format!("TRL,{count},{total}\r\n")
}

fn xml(lines: &[Line], message_id: &str, count: usize) -> String {
    let total = rupees(lines.iter().map(|line| line.paise).sum());
    let mut file = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DBTPaymentResponse><GrpHdr><MsgId>{message_id}</MsgId>\
         <CreDtTm>2026-07-01T10:00:00Z</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum><Src>PFMS</Src></GrpHdr>\n"
    );
    for line in lines {
        file += &format!("<TxInfAndSts><EndToEndId>{}</EndToEndId><Sts>{}</Sts>", line.number, line.status);
        for (name, value) in [("UTR", &*line.utr), ("PdDt", &*line.paid_on), ("Rsn", line.reason)] {
            if !value.is_empty() {
                file += &format!("<{name}>{value}</{name}>");
            }
        }
        file += &format!("<CtreAmt>{}</CtreAmt></TxInfAndSts>\n", rupees(line.paise));
    }
    file + "</DBTPaymentResponse>\n"
}
