//! A page or another text of HTML as the tests read it: elements and texts.

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::collections::BTreeMap;

/// An element or a text of a page.
#[derive(Debug)]
pub enum Node {
    Element { name: String, attributes: BTreeMap<String, String>, children: Vec<Node> },
    Text(String),
}

impl Node {
    /// The document of a text.
    pub fn document(mut html: &[u8]) -> Node {
        let parser = html5ever::parse_document(RcDom::default(), Default::default());
        let dom = parser.from_utf8().read_from(&mut html).unwrap();
        Node::of(&dom.document).unwrap()
    }

    fn of(handle: &Handle) -> Option<Node> {
        match &handle.data {
            NodeData::Text { contents } => Some(Node::Text(contents.borrow().to_string())),
            NodeData::Element { name, attrs, .. } => Some(Node::Element {
                name: name.local.to_string(),
                attributes: attrs
                    .borrow()
                    .iter()
                    .map(|one| (one.name.local.to_string(), one.value.to_string()))
                    .collect(),
                children: handle.children.borrow().iter().filter_map(Node::of).collect(),
            }),
            NodeData::Document => Some(Node::Element {
                name: String::new(),
                attributes: BTreeMap::new(),
                children: handle.children.borrow().iter().filter_map(Node::of).collect(),
            }),
            _ => None,
        }
    }

    pub fn name(&self) -> &str {
        if let Node::Element { name, .. } = self { name } else { "" }
    }

    pub fn attribute(&self, wanted: &str) -> Option<&str> {
        if let Node::Element { attributes, .. } = self { attributes.get(wanted).map(String::as_str) } else { None }
    }

    pub fn children(&self) -> &[Node] {
        if let Node::Element { children, .. } = self { children } else { &[] }
    }

    /// This element and everything below it, in the order of the page.
    pub fn all(&self) -> Vec<&Node> {
        let below = self.children().iter().flat_map(Node::all);
        std::iter::once(self).chain(below).collect()
    }

    /// The elements of this name below.
    pub fn named(&self, name: &str) -> Vec<&Node> {
        self.all().into_iter().filter(|node| node.name() == name).collect()
    }

    /// The text that people read, with single spaces.
    pub fn text(&self) -> String {
        self.text_but(&|_| false)
    }

    /// The same without the elements for which `left_out` is true.
    pub fn text_but(&self, left_out: &dyn Fn(&Node) -> bool) -> String {
        let mut found = String::new();
        self.collect(left_out, &mut found);
        found.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn collect(&self, left_out: &dyn Fn(&Node) -> bool, found: &mut String) {
        match self {
            Node::Text(text) => found.push_str(text),
            Node::Element { name, .. } if ["script", "style", "head"].contains(&name.as_str()) => {}
            node if left_out(node) => {}
            Node::Element { name, children, .. } => {
                let apart = !["span", "strong", "a", "bdi", "code", "data", "time", "wbr"].contains(&name.as_str());
                if apart {
                    found.push(' ');
                }
                children.iter().for_each(|child| child.collect(left_out, found));
                if apart {
                    found.push(' ');
                }
            }
        }
    }
}
