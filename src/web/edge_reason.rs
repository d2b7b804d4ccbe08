//! What is wrong with a request before any rule is asked: its headers, its address, its method, its body as a whole.
//! Each text is apart from its language, like those of the rules.

use domain::base::argument::Size;
use domain::told;

told! {
    /// What is wrong with a request.
    pub enum EdgeReason of "edge" {
        BrokeOff => "broke_off", "it broke off before its end";
        NoForm => "no_form", "this is not a form of these pages";
        NoPlace { pointer: String } => "no_place", "there is no place {pointer} in a form";
        TokenAndCookie => "token_and_cookie", "send an access token or the cookie of the pages, not both";
        DryRunValue => "dry_run_value", "Dry-Run is true or false, given once; nothing was done";
        KeyCharacters => "key_characters", "Idempotency-Key has characters that are not allowed";
        KeyLength { most: usize } => "key_length", "Idempotency-Key has at most {most} characters";
        IfMatch => "if_match", "If-Match is one version in quotes, such as \"3\"";
        NoNul => "no_nul", "an address has no NUL character";
        Address => "address", "the address cannot be read";
        Unreadable => "unreadable", "the request cannot be read";
        Methods { known: String } => "methods", "this path knows: {known}";
        SizeMost { most: Size } => "size_most", "at most {most} are accepted";
        TooLong => "too_long", "it is longer than is accepted";
        SendAs { kinds: String } => "send_as", "send it with Content-Type: {kinds}";
        HasBytes { count: usize } => "has_bytes", "the file has {count} bytes";
    }
}
