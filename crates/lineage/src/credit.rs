//! Which news agency a text credits: whoever carries it may have it from there.

/// Characters at either end of a text where an agency is credited.
const ENDS_CHARS: usize = 160;

/// Names under which news agencies that no state of interest here owns are credited.
const AGENCIES: [&str; 24] = [
    "Reuters",
    "Associated Press",
    "AP",
    "Agence France-Presse",
    "AFP",
    "Kyodo",
    "Yonhap",
    "dpa",
    "EFE",
    "ANSA",
    "UPI",
    "Рейтер",
    "Франс Пресс",
    "路透社",
    "路透",
    "美聯社",
    "美联社",
    "法新社",
    "中央社",
    "共同社",
    "德新社",
    "韓聯社",
    "韩联社",
    "埃菲社",
];

/// What stands around a name that is a credit, and not the subject of a sentence.
const BEFORE: &str = "([（【［〔據据—–-:：©/／|";
const AFTER: &str = ")]）】］〕記记訊讯電电—–-/／|";

/// The agency that a text credits at its beginning or its end.
#[must_use]
pub fn credited(text: &str) -> Option<&'static str> {
    let head_end = text
        .char_indices()
        .nth(ENDS_CHARS)
        .map_or(text.len(), |(at, _)| at);
    let tail_start = text
        .char_indices()
        .rev()
        .nth(ENDS_CHARS)
        .map_or(0, |(at, _)| at);
    let ends = [text.get(..head_end)?, text.get(tail_start..)?];
    AGENCIES.into_iter().find(|name| {
        ends.iter().any(|end| {
            end.match_indices(name).any(|(at, name)| {
                let before = end[..at].trim_end().chars().next_back();
                let after = end[at + name.len()..].trim_start().chars().next();
                let within_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                let is_latin = name.is_ascii();
                let joined = is_latin
                    && (within_word(end[..at].chars().next_back())
                        || within_word(end[at + name.len()..].chars().next()));
                !joined
                    && (before.is_some_and(|c| BEFORE.contains(c))
                        || after.is_some_and(|c| AFTER.contains(c)))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::credited;

    #[test]
    fn a_credit_is_no_mention() {
        for (text, expected) in [
            (
                "TAIPEI (Reuters) - Ballots were counted again",
                Some("Reuters"),
            ),
            ("TAIPEI, Nov 20 (AP) — Ballots", Some("AP")),
            ("（中央社記者王小明台北20日電）選委會表示", Some("中央社")),
            ("選委會表示將查明。（法新社）", Some("法新社")),
            ("據路透社報導，選委會表示", Some("路透社")),
            ("Reuters denied the report on Friday", None),
            ("The mapper (APX) is new", None),
            ("選委會拜會中央社並說明", None),
            ("", None),
        ] {
            assert_eq!(credited(text), expected, "{text}");
        }
    }
}
