//! What the engines call by different names, in questions that are written once for both. JSON
//! operators are the same: `json(column) ->> 'member'`.

/// A statement as this engine reads it: `each_of(json)` has a row for each element of a list,
/// `position_of(text, part)` is where a part begins, 0 when it is not there.
pub fn of_engine(text: &str, sqlite: bool) -> String {
    let (each, position) = if sqlite { ("json_each(", "instr(") } else { ("json_array_elements_text(", "strpos(") };
    text.replace("each_of(", each).replace("position_of(", position)
}
