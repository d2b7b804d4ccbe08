//! A JSON text as a tree whose members stay in their order and whose numbers stay as they are written, so that a
//! member can be added or replaced and everything else is the same text.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Deeper texts are left to the parser of the body, which refuses them.
const DEPTH_MOST: usize = 64;

/// One value of a JSON text.
pub enum Node<'t> {
    Object(Vec<(String, Node<'t>)>),
    List(Vec<Node<'t>>),
    /// Text, a number, true, false or null, as written.
    Plain(Cow<'t, str>),
}

/// The members of an object in their order.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;
            fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(InOrder)
    }
}

impl<'t> Node<'t> {
    /// Parses a text. Returns `None` if it is not JSON or too deep.
    pub fn parse(text: &'t str) -> Option<Node<'t>> {
        Node::of(text, 0)
    }

    fn of(text: &'t str, depth: usize) -> Option<Node<'t>> {
        if depth > DEPTH_MOST {
            return None;
        }
        let text = text.trim_ascii();
        Some(match text.as_bytes().first()? {
            b'{' => {
                let Members(members) = serde_json::from_str(text).ok()?;
                let member = |(name, value): (String, &'t RawValue)| Some((name, Node::of(value.get(), depth + 1)?));
                Node::Object(members.into_iter().map(member).collect::<Option<_>>()?)
            }
            b'[' => {
                let values: Vec<&'t RawValue> = serde_json::from_str(text).ok()?;
                Node::List(values.into_iter().map(|value| Node::of(value.get(), depth + 1)).collect::<Option<_>>()?)
            }
            _ => {
                serde_json::from_str::<&RawValue>(text).ok()?;
                Node::Plain(Cow::Borrowed(text))
            }
        })
    }

    /// A value that is not an object or a list of the text.
    pub fn plain(text: String) -> Node<'t> {
        Node::Plain(Cow::Owned(text))
    }

    /// The value if it is text.
    pub fn text(&self) -> Option<String> {
        match self {
            Node::Plain(raw) if raw.starts_with('"') => serde_json::from_str(raw).ok(),
            _ => None,
        }
    }

    /// The tree as a text without white space between its parts.
    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text);
        text
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Node::Plain(raw) => out.push_str(raw),
            Node::List(values) => {
                out.push('[');
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    value.write_to(out);
                }
                out.push(']');
            }
            Node::Object(members) => {
                out.push('{');
                for (place, (name, value)) in members.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    out.push_str(&serde_json::Value::from(name.as_str()).to_string());
                    out.push(':');
                    value.write_to(out);
                }
                out.push('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_out_as_it_went_in() {
        for text in [
            r#"{"z":1,"a":[{"b":"c\"d\u0000é"},[],{},null,true],"n":12345678901234567890123,"z":2}"#,
            r#""text""#,
            "[]",
            "-0",
        ] {
            assert_eq!(Node::parse(text).unwrap().write(), text);
        }
        assert_eq!(Node::parse(" { \"a\" : [ 1 , 2 ] } ").unwrap().write(), r#"{"a":[1,2]}"#);
    }

    #[test]
    fn what_is_not_json_is_no_tree() {
        for text in ["", "{", "{\"a\":}", "[1,]", "nul", "{\"a\":1}x", &"[".repeat(5_000)] {
            assert!(Node::parse(text).is_none(), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert!(Node::parse(&deep).is_none(), "a deep text is left to the parser of the body");
    }
}
