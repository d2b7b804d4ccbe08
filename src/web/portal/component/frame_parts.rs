//! What stands around every page, and between the pages of a list.

use crate::web::portal::component::component;
use crate::web::portal::form::UNSENT;
use crate::web::portal::list::Neighbours;
use crate::web::portal::page::{Frame, Page};

component! {
    /// Everything above what a page is about.
    FrameHead in "component/frame_head.html" { page: &'a Page, frame: &'a Frame }
}

component! {
    /// Everything below it.
    FrameFoot in "component/frame_foot.html" { page: &'a Page }
}

component! {
    /// The ways to the pages beside this one.
    Ways in "component/neighbours.html" { page: &'a Page, pages: &'a Neighbours }
}

impl Page {
    pub fn head<'a>(&'a self, frame: &'a Frame) -> FrameHead<'a> {
        FrameHead { page: self, frame }
    }

    pub fn end(&self) -> FrameFoot<'_> {
        FrameFoot { page: self }
    }

    /// How this page is asked for in the other language: where nothing was told that is wrong, nothing is.
    pub fn redraw(&self) -> &'static str {
        if self.redrawn { UNSENT } else { "sent" }
    }

    pub fn neighbours<'a>(&'a self, pages: &'a Neighbours) -> Ways<'a> {
        Ways { page: self, pages }
    }
}
