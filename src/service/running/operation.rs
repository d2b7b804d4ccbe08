//! What an operation of the interface declares about itself: who may use it, whether it moves money, which
//! refusals it can end with. A command declares this in its constants, a read in a constant beside it; the route
//! table names both, and the description of the interface (OpenAPI) is derived from them.

use crate::service::running::runner::Command;
use domain::base::permission::Permission;

/// The constants of a command, as data. The runner reads these instead of a type parameter, so that it is compiled
/// once and not once for each command.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    pub name: &'static str,
    pub permission: Permission,
    pub refusals: &'static [&'static str],
    pub moves_money: bool,
    pub stops_with_money: bool,
    pub warns: bool,
    pub rehearses: bool,
}

impl Declaration {
    pub const fn of<C: Command>() -> Declaration {
        Declaration {
            name: C::NAME,
            permission: C::PERMISSION,
            refusals: C::REFUSALS,
            moves_money: C::MOVES_MONEY,
            stops_with_money: C::STOPS_WITH_MONEY,
            warns: C::WARNS,
            rehearses: C::MOVES_MONEY || C::STOPS_WITH_MONEY || C::ENDS_A_FILE,
        }
    }

    /// Whether a command that declares this may be refused with this code.
    pub fn allows(&self, code: &str) -> bool {
        let money = if self.stops_with_money { EVERY_MONEY_COMMAND } else { &[] };
        [self.refusals, EVERY_COMMAND, money].iter().any(|list| list.contains(&code))
    }
}

/// Refusals any command can end with.
pub const EVERY_COMMAND: &[&str] = &["not_permitted", "idempotency_key_reused", "not_as_logged"];

/// Refusals that any command which moves money can end with too.
pub const EVERY_MONEY_COMMAND: &[&str] = &["money_stopped"];

/// The effect of an operation on the stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It shows something.
    Reads,
    /// It answers a question that has a body, and stores nothing.
    Asks,
    /// It changes something.
    Changes,
}

/// One operation of the interface.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub effect: Effect,
    /// The permission it takes; none for an operation that needs no access token.
    pub permission: Option<Permission>,
    /// The name of its command, which is its operation id too.
    pub command: Option<&'static str>,
    /// The refusals it can end with, besides those of every command.
    pub refusals: &'static [&'static str],
    /// Whether it can move money between accounts: its answer then has `balances`.
    pub moves_money: bool,
    /// Whether it is refused while an integrity control is red.
    pub stops_with_money: bool,
    /// Whether its answer may have `warnings`.
    pub warns: bool,
    /// Whether it can be rehearsed with `Dry-Run: true`: it runs one command, which moves money or ends a file.
    pub rehearses: bool,
}

impl Operation {
    /// The operation of one command. Where a request runs several commands, the service function declares how it
    /// differs from the one that answers: `Operation { refusals: …, ..Operation::of::<Last>() }`.
    pub const fn of<C: Command>() -> Operation {
        Operation {
            effect: Effect::Changes,
            permission: Some(C::PERMISSION),
            command: Some(C::NAME),
            refusals: C::REFUSALS,
            moves_money: C::MOVES_MONEY,
            stops_with_money: C::STOPS_WITH_MONEY,
            warns: C::WARNS,
            rehearses: Declaration::of::<C>().rehearses,
        }
    }

    /// A read by people who hold a permission.
    pub const fn reads(permission: Permission) -> Operation {
        Operation { permission: Some(permission), ..Operation::open() }
    }

    /// A read by everybody, without an access token.
    pub const fn open() -> Operation {
        Operation {
            effect: Effect::Reads,
            permission: None,
            command: None,
            refusals: &[],
            moves_money: false,
            stops_with_money: false,
            warns: false,
            rehearses: false,
        }
    }

    /// A question with a body: nothing is stored.
    pub const fn asks(permission: Permission, refusals: &'static [&'static str]) -> Operation {
        Operation { effect: Effect::Asks, refusals, ..Operation::reads(permission) }
    }

    /// What its command declares; `None` for a read.
    pub fn declaration(&self) -> Option<Declaration> {
        let Operation { refusals, moves_money, stops_with_money, warns, rehearses, .. } = *self;
        let (name, permission) = (self.command?, self.permission?);
        Some(Declaration { name, permission, refusals, moves_money, stops_with_money, warns, rehearses })
    }

    pub fn is_open(&self) -> bool {
        self.permission.is_none()
    }

    /// Whether it takes the version that was seen (`If-Match`).
    pub fn takes_version(&self) -> bool {
        self.refusals.contains(&"stale_version")
    }

    /// Everything it can be refused with, besides the refusals of every command.
    pub fn all_refusals(&self) -> Vec<&'static str> {
        let money = if self.stops_with_money { EVERY_MONEY_COMMAND } else { &[] };
        self.refusals.iter().chain(money).copied().collect()
    }
}
