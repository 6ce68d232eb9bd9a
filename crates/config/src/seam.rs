//! Stand-in for the query language.
/// A query.
#[derive(Debug, Clone)]
pub struct Query(String);
/// Why it cannot be read.
#[derive(Debug)]
pub struct ParseError {
    /// Character.
    pub position: usize,
    /// What.
    pub message: String,
    /// Near.
    pub suggestion: Option<String>,
}
impl Query {
    /// Parses.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text.chars().position(|c| c == '#') {
            Some(position) => Err(ParseError {
                position,
                message: "no".into(),
                suggestion: None,
            }),
            None => Ok(Self(text.to_owned())),
        }
    }
}
impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
