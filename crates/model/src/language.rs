//! The languages in which messages to people are told.

/// A language in which a message can be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MessageLanguage {
    /// English.
    #[default]
    English,
    /// Traditional Chinese, as written in Taiwan.
    TraditionalChinese,
}

impl MessageLanguage {
    /// All languages, in the order in which they are told.
    pub const ALL: [Self; 2] = [Self::English, Self::TraditionalChinese];

    /// The tag used in configuration and API (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant",
        }
    }

    /// The language that a tag of [`Self::tag`] names.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_its_language_and_no_other() {
        for language in MessageLanguage::ALL {
            assert_eq!(MessageLanguage::from_tag(language.tag()), Some(language));
        }
        assert_eq!(MessageLanguage::from_tag("zh-Hans"), None);
        assert_eq!(MessageLanguage::from_tag("zh-hant"), None);
    }
}
