//! Texts that many rows share: departments, sites, managers.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// A text of one [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TextId(u32);

impl TextId {
    /// No text.
    pub const NONE: TextId = TextId(0);

    /// This one, or the other if this is none.
    pub fn or(self, other: TextId) -> TextId {
        if self == TextId::NONE { other } else { self }
    }
}

/// Each text once.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    texts: Vec<Box<str>>,
    ids: HashMap<Box<str>, u32, RandomState>,
}

impl Texts {
    /// The id of a text.
    pub fn id(&mut self, text: &str) -> TextId {
        if text.is_empty() {
            return TextId::NONE;
        }
        if let Some(id) = self.ids.get(text) {
            return TextId(*id);
        }
        self.texts.push(text.into());
        let id = self.texts.len() as u32;
        self.ids.insert(text.into(), id);
        TextId(id)
    }

    /// The text.
    pub fn get(&self, id: TextId) -> Option<&str> {
        self.texts.get((id.0 as usize).checked_sub(1)?).map(|text| &**text)
    }
}
