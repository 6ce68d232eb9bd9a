//! Namespaces: whose vocabulary the names of a feed belong to.

/// Whose vocabulary a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// RSS in all its namespaces, Atom, or none.
    Feed,
    /// RDF.
    Rdf,
    /// Dublin Core, both sets.
    Dc,
    /// Atom inside another format.
    Atom,
    /// `content:encoded`.
    Content,
    /// Media RSS.
    Media,
    /// Feedburner and its like, that wrap links.
    Wrapper,
    /// iTunes.
    Itunes,
    /// HTML.
    Html,
    /// Any other.
    Other,
}

impl Space {
    pub(super) fn of_uri(uri: &str) -> Self {
        let uri = uri.trim().to_ascii_lowercase();
        match uri.trim_end_matches(['/', '#']) {
            "" => Self::Feed,
            "http://www.w3.org/2005/atom" | "https://www.w3.org/2005/atom" => Self::Atom,
            "http://purl.org/atom/ns" | "http://purl.org/net/atom" => Self::Atom,
            "http://www.w3.org/1999/02/22-rdf-syntax-ns" => Self::Rdf,
            "http://purl.org/dc/elements/1.1" | "http://purl.org/dc/elements/1.0" => Self::Dc,
            "http://purl.org/dc/terms" => Self::Dc,
            "http://purl.org/rss/1.0/modules/content" => Self::Content,
            "http://search.yahoo.com/mrss" => Self::Media,
            "http://rssnamespace.org/feedburner/ext/1.0" => Self::Wrapper,
            "http://www.itunes.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            "http://www.w3.org/1999/xhtml" => Self::Html,
            other if other.contains("purl.org/rss/1.0/modules") => Self::Other,
            other if is_rss(other) => Self::Feed,
            _ => Self::Other,
        }
    }

    /// What a prefix means where nobody declared it.
    pub(super) fn of_prefix(prefix: &str) -> Self {
        match prefix {
            "" | "rss" => Self::Feed,
            "atom" => Self::Atom,
            "rdf" => Self::Rdf,
            "dc" | "dcterms" => Self::Dc,
            "content" => Self::Content,
            "media" => Self::Media,
            "feedburner" | "pheedo" => Self::Wrapper,
            "itunes" => Self::Itunes,
            "xhtml" => Self::Html,
            _ => Self::Other,
        }
    }
}

/// RSS was given namespaces by several hands.
fn is_rss(uri: &str) -> bool {
    uri.contains("purl.org/rss/")
        || uri.contains("backend.userland.com/rss")
        || uri.contains("blogs.law.harvard.edu/tech/rss")
        || uri.contains("my.netscape.com/rdf/simple")
        || uri.contains("channel.netscape.com/rdf/simple")
        || uri.contains("my.netscape.com/publish/formats/rss")
        || uri.contains("purl.org/net/rss")
        || uri.contains("cyber.law.harvard.edu/rss")
}
