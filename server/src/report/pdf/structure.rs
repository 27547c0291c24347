//! What stands on the pages, as what it is: for whoever hears a report, or has it laid out anew, instead of looking at its
//! pages (tagged PDF, ISO 32000-1 §14.8; ISO 14289-1 asks for it).

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// What a part is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A heading: how far down, and its words.
    Heading(NonZeroU16, String),
    Paragraph,
    /// A list with numbers, of items, of a number and a body each.
    List,
    Item,
    Number,
    Body,
    /// A table of rows of cells.
    Table,
    Row,
    Cell,
    /// The cell that names its column.
    ColumnName,
    /// The cell that names its row.
    RowName,
    Link,
    /// A picture, with what it shows in words.
    Picture(String),
}

/// A part, with what is in it.
#[derive(Debug)]
pub(super) struct Element {
    kind: Kind,
    pub(super) children: Vec<Child>,
}

/// What is in a part: further ones, and what was drawn, by the order in which that was laid out.
#[derive(Debug)]
pub(super) enum Child {
    Element(Element),
    Drawn(usize),
}

impl Element {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, children: Vec::new() }
    }

    fn tag(&self) -> TagKind {
        match &self.kind {
            Kind::Heading(level, words) => Tag::Hn(*level, Some(words.clone())).into(),
            Kind::Paragraph => Tag::P.into(),
            Kind::List => Tag::L(ListNumbering::Decimal).into(),
            Kind::Item => Tag::LI.into(),
            Kind::Number => Tag::Lbl.into(),
            Kind::Body => Tag::LBody.into(),
            Kind::Table => Tag::Table.into(),
            Kind::Row => Tag::TR.into(),
            Kind::Cell => Tag::TD.into(),
            Kind::ColumnName => Tag::TH(TableHeaderScope::Column).into(),
            Kind::RowName => Tag::TH(TableHeaderScope::Row).into(),
            Kind::Link => Tag::Link.into(),
            Kind::Picture(words) => Tag::Figure(Some(words.clone())).into(),
        }
    }

    fn into_group(self, drawn: &[Option<Identifier>]) -> TagGroup {
        let tag = self.tag();
        let child = |child| match child {
            Child::Element(element) => Some(Node::from(element.into_group(drawn))),
            Child::Drawn(place) => drawn.get(place).copied().flatten().map(Node::from),
        };
        TagGroup::with_children(tag, self.children.into_iter().filter_map(child).collect())
    }
}

/// The tree of `elements`, where each place of `drawn` was drawn as this.
pub(super) fn tree(elements: Vec<Element>, drawn: &[Option<Identifier>], language: &str) -> TagTree {
    let groups = elements.into_iter().map(|element| Node::from(element.into_group(drawn)));
    TagTree::from(groups.collect::<Vec<_>>()).with_lang(Some(language.to_owned()))
}
