//! Components of pages: each is compiled once, where a macro would be compiled again at every place that calls it. A
//! template asks the page or the form for one, as in `page.text_area(form, "/note", …)`, and prints it.

pub mod field_parts;
pub mod frame_parts;
pub mod said_parts;

/// Declares components: each has a template of its name, which has escaped what it prints.
macro_rules! component {
    ($(#[$about:meta])* $name:ident in $path:literal { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(askama::Template)]
        #[template(path = $path, config = "src/web/askama.toml")]
        pub struct $name<'a> {
            $($field: $kind,)*
        }

        impl askama::filters::HtmlSafe for $name<'_> {}
    };
}
pub(in crate::web::portal) use component;
