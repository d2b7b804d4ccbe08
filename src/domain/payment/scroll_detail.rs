//! What a scroll differs in, as it is recorded beside the finding: a sentence in English with the values of the case.
//! The sentences stand here once, so that whoever shows one in another language can read its values back.

/// Every sentence with its code. What stands in braces is a value; none of them has a blank in it. A sentence that
/// begins like another one and says more stands before it.
const SENTENCES: &[(&str, &str)] = &[
    ("sanction_paid", "the sanction of {number} was paid by {other} already"),
    ("other_line", "another line of this scroll says otherwise"),
    ("twice_here", "this scroll says it twice"),
    ("came_in", "its UTR is that of money that came in"),
    ("other_payment", "its UTR settled {ours}, the line names {number}"),
    ("earlier_scroll", "an earlier scroll has this UTR for {number} and {amount}"),
    ("paid_before", "it was paid under UTR {utr} before"),
    ("account", "{number} was for account {ours}, the bank says {theirs}"),
    ("amount", "{number} was for {amount}, the bank says {said}"),
    ("no_sanction", "no sanction stood behind {number} on that day"),
    ("no_advice", "{number} stands in no payment advice"),
    ("other_utr", "{number} is recorded with UTR {utr}"),
    ("other_day", "{number} is recorded as paid on {day}"),
    ("status", "{number} is recorded as {status}"),
];

/// A sentence of the list with its values, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScrollDetail {
    pub code: &'static str,
    pub values: Vec<(&'static str, String)>,
}

impl ScrollDetail {
    /// The codes of all sentences.
    pub fn codes() -> Vec<&'static str> {
        SENTENCES.iter().map(|(code, _)| *code).collect()
    }

    /// The sentence of a code with its values.
    pub fn say(code: &str, values: &[(&str, &str)]) -> String {
        let found = SENTENCES.iter().find(|(known, _)| *known == code);
        let (mut rest, mut text) = (found.map_or("", |(_, sentence)| *sentence), String::new());
        while let Some((before, name, after)) = gap(rest) {
            let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
            text.push_str(before);
            text.push_str(value);
            rest = after;
        }
        text + rest
    }

    /// Reads a recorded sentence; `None` if it is none of the list.
    pub fn read(text: &str) -> Option<ScrollDetail> {
        let matched = |(code, sentence): &(&'static str, &'static str)| Some((*code, values_of(sentence, text)?));
        SENTENCES.iter().find_map(matched).map(|(code, values)| ScrollDetail { code, values })
    }
}

/// The first value of a sentence: what stands before it, its name, and what follows.
fn gap(sentence: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = sentence.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The values that a text has where a sentence has braces.
fn values_of(sentence: &'static str, text: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut sentence, mut rest, mut values) = (sentence, text, Vec::new());
    while let Some((before, name, following)) = gap(sentence) {
        rest = rest.strip_prefix(before)?;
        let (value, left) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
        // A value before a comma ends where the comma stands.
        let comma = following.starts_with(',') && value.ends_with(',');
        let value = if comma { value.strip_suffix(',')? } else { value };
        if value.is_empty() {
            return None;
        }
        values.push((name, value.to_owned()));
        rest = if comma { rest.strip_prefix(value)? } else { left };
        sentence = following;
    }
    (rest == sentence).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_read_back_as_itself() {
        for (code, sentence) in SENTENCES {
            let names = sentence.split('{').skip(1).filter_map(|part| part.split('}').next());
            let values: Vec<(&str, String)> =
                names.enumerate().map(|(place, name)| (name, format!("V/{place}-{name},7"))).collect();
            let given: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let text = ScrollDetail::say(code, &given);
            assert!(!text.contains('{'), "{text}");
            let read = ScrollDetail::read(&text).unwrap_or_else(|| panic!("'{text}' is not read"));
            assert_eq!((read.code, read.values), (*code, values), "{text}");
        }
    }

    #[test]
    fn what_is_no_sentence_of_the_list_is_not_read() {
        for other in [
            "",
            "the bank is closed",
            " stands in no payment advice",
            "P/1 stands in no payment advice today",
            "P 1 stands in no payment advice",
            "P/1 is recorded as paid once",
        ] {
            assert_eq!(ScrollDetail::read(other), None, "{other}");
        }
    }
}
