//! Texts made of words, in Chinese and English, by number: the same on every run.

use super::Dice;

/// A word, often one of few, sometimes one of many.
fn word(dice: &mut Dice, is_chinese: bool) -> String {
    let wide = dice.below(4);
    let rank = dice.below([40, 400, 3_000, 20_000][wide]);
    if is_chinese {
        let sign = |at: usize| char::from_u32(0x4E8C + (at % 5_000) as u32 * 4).unwrap_or('中');
        return [sign(rank), sign(rank * 7 + 3)].iter().collect();
    }
    let mut name = Dice(rank as u64);
    let parts = 2 + name.below(2);
    let consonants = b"bcdfghklmnprstvw";
    (0..parts)
        .flat_map(|_| {
            let (first, second) = (name.below(consonants.len()), name.below(5));
            [
                char::from(consonants[first]),
                char::from(b"aeiou"[second]),
                'n',
            ]
        })
        .collect()
}

/// The words of an original text.
pub(crate) fn words(number: usize, least: usize) -> Vec<String> {
    let mut dice = Dice(number as u64 ^ 0xB311);
    let is_chinese = dice.below(2) == 0;
    (0..least + dice.below(least))
        .map(|at| {
            if at % 40 == 39 {
                (dice.below(90_000) + 1_000).to_string()
            } else {
                word(&mut dice, is_chinese)
            }
        })
        .collect()
}

/// Changes one word in so many.
pub(crate) fn edited(words: &[String], one_in: usize, seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let is_chinese = words[0].chars().all(|c| c as u32 > 0x3000);
    words
        .iter()
        .map(|old| {
            if dice.below(one_in) == 0 && !old.starts_with(|c: char| c.is_ascii_digit()) {
                word(&mut dice, is_chinese)
            } else {
                old.clone()
            }
        })
        .collect()
}

/// Words as a title and a text of sentences.
pub(crate) fn written(words: &[String]) -> (String, String) {
    let is_chinese = words[0].chars().all(|c| c as u32 > 0x3000);
    let (space, stop) = if is_chinese { ("", "。") } else { (" ", ". ") };
    let title = words[..8.min(words.len())].join(space);
    let text: Vec<String> = words.chunks(12).map(|part| part.join(space)).collect();
    (title, text.join(stop))
}
