//! The parser of expressions. The language is a subset of the expressions of many other languages,
//! so that a stranger can recompute a statement with a few lines of their own.
//!
//! ```text
//! either     = both ("or" both)*
//! both       = negation ("and" negation)*
//! negation   = "not" negation | comparison
//! comparison = sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
//! sum        = product (("+" | "-") product)*
//! product    = atom (("*" | "/") atom)*
//! atom       = name | "0" | "1" | name "(" either ("," either)* ")" | "(" either ")"
//! ```
//!
//! Numbers other than 0 and 1 are figures: they have a name, a basis and a source.

use std::iter::Peekable;
use std::str::CharIndices;

/// The deepest nesting of brackets, calls and `not`.
const DEPTH_MOST: usize = 24;
const LENGTH_MOST: usize = 2_000;

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// An expression as written (syntax tree). Names are not looked up yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    Name(String),
    Zero,
    One,
    Not(Box<Written>),
    Two(Operator, Box<Written>, Box<Written>),
    Call(String, Vec<Written>),
}

/// A syntax error and its position in characters, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {why}")]
pub struct NotAnExpression {
    pub at: usize,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ","];

const COMPARISONS: &[(&str, Operator)] = &[
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// Parses a whole text as one expression.
pub fn parse(text: &str) -> Result<Written, NotAnExpression> {
    if text.len() > LENGTH_MOST {
        return Err(NotAnExpression { at: LENGTH_MOST, why: format!("longer than {LENGTH_MOST} characters") });
    }
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, next: 0, end: text.chars().count() + 1 };
    let read = reader.either(0)?;
    match reader.peek() {
        None => Ok(read),
        Some(token) => Err(reader.wrong(format!("{} does not belong here", shown(token)))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{word}`"),
        Token::Sign(sign) => format!("`{sign}`"),
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, NotAnExpression> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    let place = |byte: usize| text[..byte].chars().count() + 1;
    while let Some((byte, letter)) = rest.next() {
        if letter.is_whitespace() {
            continue;
        }
        if letter.is_ascii_alphanumeric() || letter == '_' {
            let word = word_from(letter, &mut rest);
            found.push((place(byte), Token::Word(word)));
            continue;
        }
        let Some(sign) = SIGNS.iter().find(|sign| text[byte..].starts_with(**sign)) else {
            return Err(NotAnExpression { at: place(byte), why: format!("`{letter}` is not part of the language") });
        };
        if sign.len() == 2 {
            rest.next();
        }
        found.push((place(byte), Token::Sign(sign)));
    }
    Ok(found)
}

fn word_from(first: char, rest: &mut Peekable<CharIndices<'_>>) -> String {
    let mut word = String::from(first);
    while let Some((_, letter)) = rest.next_if(|(_, letter)| letter.is_ascii_alphanumeric() || *letter == '_') {
        word.push(letter);
    }
    word
}

struct Reader<'a> {
    tokens: &'a [(usize, Token)],
    next: usize,
    end: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn wrong(&self, why: String) -> NotAnExpression {
        NotAnExpression { at: self.tokens.get(self.next).map_or(self.end, |(at, _)| *at), why }
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next == word);
        self.next += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Result<(), NotAnExpression> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.wrong(format!("`{sign}` is expected"))) }
    }

    fn either(&mut self, depth: usize) -> Result<Written, NotAnExpression> {
        let mut left = self.both(depth)?;
        while self.take_word("or") {
            left = two(Operator::Or, left, self.both(depth)?);
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Written, NotAnExpression> {
        let mut left = self.negation(depth)?;
        while self.take_word("and") {
            left = two(Operator::And, left, self.negation(depth)?);
        }
        Ok(left)
    }

    fn negation(&mut self, depth: usize) -> Result<Written, NotAnExpression> {
        if depth > DEPTH_MOST {
            return Err(self.wrong(format!("nested deeper than {DEPTH_MOST}")));
        }
        if self.take_word("not") {
            return Ok(Written::Not(Box::new(self.negation(depth + 1)?)));
        }
        let left = self.sum(depth)?;
        for (sign, operator) in COMPARISONS {
            if self.take_sign(sign) {
                return Ok(two(*operator, left, self.sum(depth)?));
            }
        }
        Ok(left)
    }

    fn sum(&mut self, depth: usize) -> Result<Written, NotAnExpression> {
        let mut left = self.product(depth)?;
        loop {
            if self.take_sign("+") {
                left = two(Operator::Add, left, self.product(depth)?);
            } else if self.take_sign("-") {
                left = two(Operator::Subtract, left, self.product(depth)?);
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self, depth: usize) -> Result<Written, NotAnExpression> {
        let mut left = self.atom(depth)?;
        loop {
            if self.take_sign("*") {
                left = two(Operator::Multiply, left, self.atom(depth)?);
            } else if self.take_sign("/") {
                left = two(Operator::Divide, left, self.atom(depth)?);
            } else {
                return Ok(left);
            }
        }
    }

    fn atom(&mut self, depth: usize) -> Result<Written, NotAnExpression> {
        if self.take_sign("(") {
            let inside = self.either(depth + 1)?;
            self.need(")")?;
            return Ok(inside);
        }
        let Some(Token::Word(word)) = self.peek() else {
            let found = self.peek().map_or("the end".to_owned(), shown);
            return Err(self.wrong(format!("a name is expected, not {found}")));
        };
        let word = word.clone();
        match word.as_str() {
            "and" | "or" | "not" => return Err(self.wrong(format!("a name is expected, not `{word}`"))),
            "0" | "1" => {
                self.next += 1;
                return Ok(if word == "0" { Written::Zero } else { Written::One });
            }
            _ if word.starts_with(|letter: char| letter.is_ascii_digit()) => {
                let why = format!("`{word}`: numbers other than 0 and 1 are figures with a name and a source");
                return Err(self.wrong(why));
            }
            _ => self.next += 1,
        }
        if !self.take_sign("(") {
            return Ok(Written::Name(word));
        }
        let mut given = vec![self.either(depth + 1)?];
        while self.take_sign(",") {
            given.push(self.either(depth + 1)?);
        }
        self.need(")")?;
        Ok(Written::Call(word, given))
    }
}

fn two(operator: Operator, left: Written, right: Written) -> Written {
    Written::Two(operator, Box::new(left), Box::new(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_bind_before_sums_and_comparisons_before_and() {
        let name = |text: &str| Written::Name(text.to_owned());
        let product = two(Operator::Multiply, name("b"), name("c"));
        let left = two(Operator::LessOrEqual, two(Operator::Add, name("a"), product), name("d"));
        assert_eq!(parse("a + b * c <= d and e").unwrap(), two(Operator::And, left, name("e")));
        assert_eq!(
            parse("a - b - c").unwrap(),
            two(Operator::Subtract, two(Operator::Subtract, name("a"), name("b")), name("c"))
        );
    }

    #[test]
    fn what_is_not_an_expression_is_named_with_its_place() {
        let why = |text: &str| parse(text).unwrap_err();
        assert_eq!(why("").at, 1);
        assert_eq!(why("a +").at, 4);
        assert_eq!(why("a b").at, 3);
        assert_eq!(why("a < b < c").at, 7);
        assert!(why("a * 40").why.contains("figures"));
        assert!(why("a ^ b").why.contains('^'));
        assert!(why("ä").why.contains('ä'));
        assert!(why("min(a,").why.contains("the end"));
        assert!(why("(a").why.contains(')'));
        assert!(why("and").why.contains("name"));
        assert!(why(&"(".repeat(1_000)).why.contains("deeper"));
        assert!(why(&"not ".repeat(400)).why.contains("deeper"));
        assert!(why(&"a+".repeat(2_000)).why.contains("longer"));
        assert!(parse(&format!("a{}", "+a".repeat(900))).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[a-c01<>=!+*/(), andortmi-]{0,60}|.{0,40}") {
            let _ = parse(&text);
        }
    }
}
