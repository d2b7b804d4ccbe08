//! Texts that rules say, apart from their language: a code, named arguments, and the English template that is
//! shown where no other language is asked for. One macro makes an enum of such texts.

use crate::base::argument::{Argument, Arguments, ToArgument};

/// One text of a list: its code, the names of its arguments, and the English template over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    pub code: &'static str,
    pub arguments: &'static [&'static str],
    /// The English text, with each argument in braces.
    pub english: &'static str,
}

/// A text as it is said once: which one of which list, with the values of its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The list that has the code, such as `refusal`.
    pub list: &'static str,
    pub code: &'static str,
    pub arguments: Arguments,
    /// The text in English.
    pub english: String,
}

/// In English.
impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english)
    }
}

impl ToArgument for Message {
    fn to_argument(&self, _: &str) -> Argument {
        self.clone().into()
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Argument {
        Argument::Message(Box::new(message))
    }
}

/// An enum of texts that share a list. Each variant has a code, an English template of its fields, and values
/// computed from the fields where the template needs them.
#[macro_export]
macro_rules! told {
    ($(#[$doc:meta])* $vis:vis enum $name:ident of $list:literal {
        $($(#[$variant_doc:meta])* $variant:ident $({ $($field:ident : $kind:ty),* $(,)? })?
            => $code:literal, $text:literal $(, $computed:ident = $value:expr)*;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        $vis enum $name {
            $($(#[$variant_doc])* #[doc = concat!("`", $text, "`")] #[error($text $(, $computed = $value)*)]
            $variant $({ $($field: $kind),* })?,)*
        }

        impl $name {
            /// The list of these texts.
            pub const LIST: &str = $list;
            /// Every code, in the order of declaration.
            pub const CODES: &[&str] = &[$($code),*];
            /// Every text, in the order of declaration.
            pub const TEMPLATES: &[$crate::base::told::Template] = &[$($crate::base::told::Template {
                code: $code,
                arguments: &[$($(stringify!($field),)*)? $(stringify!($computed)),*],
                english: $text,
            }),*];

            /// The stable code.
            pub fn code(&self) -> &'static str {
                match self {
                    $($crate::told!(@any $name $variant $({ $($field),* })?) => $code,)*
                }
            }

            /// The values that the text is about, by name.
            #[allow(clippy::too_many_lines)] // one arm for each text
            pub fn arguments(&self) -> $crate::base::argument::Arguments {
                #[allow(unused_imports)] // a list may have no arguments
                use $crate::base::argument::ToArgument as _;
                match self {
                    $($name::$variant $({ $($field),* })? => $crate::base::argument::Arguments(vec![
                        $($((stringify!($field), $field.to_argument(stringify!($field))),)*)?
                        $((stringify!($computed), ($value).to_argument(stringify!($computed))),)*
                    ]),)*
                }
            }

            /// The text apart from its language.
            pub fn message(&self) -> $crate::base::told::Message {
                $crate::base::told::Message {
                    list: $list,
                    code: self.code(),
                    arguments: self.arguments(),
                    english: self.to_string(),
                }
            }
        }

        impl $crate::base::argument::ToArgument for $name {
            fn to_argument(&self, _: &str) -> $crate::base::argument::Argument {
                self.message().into()
            }
        }
    };
    (@any $name:ident $variant:ident) => { $name::$variant };
    (@any $name:ident $variant:ident { $($field:ident),* }) => { $name::$variant { .. } };
}
