//! A command whose type is erased: its declaration as data, its use case as a boxed function. Only making one is
//! generic; everything that the runner does with it is compiled once.

use crate::db::engine::prefetch::Prefetch;
use crate::service::Found;
use crate::service::running::error::Error;
use crate::service::running::operation::Declaration;
use crate::service::running::runner::{Command, Done, Work};

type UseCase<A> = Box<dyn FnOnce(&mut Work<'_, '_>) -> Result<Done<A>, Error> + Send>;

/// A command that is ready to run and answers with an `A`.
pub(in crate::service) struct AnyCommand<A> {
    pub declaration: &'static Declaration,
    /// What it acts on, as known before it runs.
    pub subject: String,
    /// What it will look for.
    pub wants: Prefetch,
    /// Whether the names that are known from a moment ago are old once it is committed.
    pub changes_names: bool,
    pub run: UseCase<A>,
}

impl<A> AnyCommand<A> {
    pub fn of<C: Command<Answer = A>>(command: C) -> AnyCommand<A> {
        AnyCommand {
            declaration: declaration::<C>(),
            subject: command.subject(),
            wants: command.wants(),
            changes_names: C::CHANGES_NAMES,
            run: Box::new(move |work| command.run(work)),
        }
    }
}

impl AnyCommand<Found> {
    /// A command whose answer is typed again by whoever sent it.
    pub fn boxed<C: Command>(command: C) -> AnyCommand<Found> {
        AnyCommand {
            declaration: declaration::<C>(),
            subject: command.subject(),
            wants: command.wants(),
            changes_names: C::CHANGES_NAMES,
            run: Box::new(move |work| {
                let Done { answer, subject, details } = command.run(work)?;
                Ok(Done { answer: Box::new(answer) as Found, subject, details })
            }),
        }
    }
}

impl AnyCommand<String> {
    /// A command that answers with the body that `render` makes of its answer.
    pub fn rendered<C: Command>(
        command: C,
        render: impl FnOnce(C::Answer) -> String + Send + 'static,
    ) -> AnyCommand<String> {
        AnyCommand {
            declaration: declaration::<C>(),
            subject: command.subject(),
            wants: command.wants(),
            changes_names: C::CHANGES_NAMES,
            run: Box::new(move |work| {
                let Done { answer, subject, details } = command.run(work)?;
                Ok(Done { answer: render(answer), subject, details })
            }),
        }
    }
}

/// The declaration of a command; the compiler keeps one for each.
pub(in crate::service) fn declaration<C: Command>() -> &'static Declaration {
    const { &Declaration::of::<C>() }
}
