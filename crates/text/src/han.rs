//! Han characters folded one to one, so that Traditional, Simplified and Japanese spellings find
//! each other and a piece of a text folds as the whole does.
//!
//! One form standing for several words of another standard (后 for 后 and 後) folds them together:
//! the price is a rare extra hit, the gain that no spelling is missed. Conversion by phrase would
//! need the neighbours of a character, which a query does not have.
//!
//! The table is the closure of variants in the Unicode Han database with a supplement of ours;
//! `tools/han_table.py` writes it and says what was left out and why. The data are under the
//! Unicode licence, whose notice is in `NOTICE`.

use std::sync::OnceLock;

/// One class of variants a line, the form that stands for all of them first.
const CLASSES: &str = include_str!("han.txt");

/// First line: characters that only Traditional texts have; second: only Simplified ones.
const SCRIPT: &str = include_str!("han_script.txt");

const DENSE_FIRST: u32 = 0x2E80;
const DENSE_LAST: u32 = 0xFAFF;

/// Which standard a character gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standard {
    Traditional,
    Simplified,
}

struct Table {
    /// By code point less [`DENSE_FIRST`]; `'\0'` is "itself".
    dense: Vec<char>,
    /// The few characters of the supplementary planes, sorted.
    sparse: Vec<(char, char)>,
    /// Sorted.
    script: Vec<(char, Standard)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut dense = vec!['\0'; (DENSE_LAST - DENSE_FIRST + 1) as usize];
        let mut sparse = Vec::new();
        for line in CLASSES.lines() {
            let mut chars = line.chars();
            let Some(representative) = chars.next() else {
                continue;
            };
            for c in chars {
                match slot(c) {
                    Some(slot) => dense[slot] = representative,
                    None => sparse.push((c, representative)),
                }
            }
        }
        sparse.sort_unstable();
        let mut script: Vec<(char, Standard)> = SCRIPT
            .lines()
            .zip([Standard::Traditional, Standard::Simplified])
            .flat_map(|(line, standard)| line.chars().map(move |c| (c, standard)))
            .collect();
        script.sort_unstable_by_key(|(c, _)| *c);
        Table {
            dense,
            sparse,
            script,
        }
    })
}

fn slot(c: char) -> Option<usize> {
    let code = u32::from(c);
    (DENSE_FIRST..=DENSE_LAST)
        .contains(&code)
        .then(|| (code - DENSE_FIRST) as usize)
}

/// The one form of a character; itself where it has no variants.
pub(crate) fn fold(c: char) -> char {
    let table = table();
    match slot(c) {
        Some(slot) => match table.dense[slot] {
            '\0' => c,
            folded => folded,
        },
        None if u32::from(c) > 0xFFFF => table
            .sparse
            .binary_search_by_key(&c, |(from, _)| *from)
            .map_or(c, |found| table.sparse[found].1),
        None => c,
    }
}

/// The standard a character belongs to, where it belongs to one only.
pub(crate) fn standard(c: char) -> Option<Standard> {
    let script = &table().script;
    script
        .binary_search_by_key(&c, |(from, _)| *from)
        .ok()
        .map(|found| script[found].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One class a word: spellings that a searcher holds to be the same.
    const TOGETHER: &str = "台臺檯颱枱 后後 发發髮発 干乾幹 里裡裏 著着 组組 羣群 僞偽伪 卫衞衛 叙敍敘 妆粧 \
        只祇衹隻 复覆復複 并竝並併 札劄箚 回囘迴 沈瀋渖 径逕徑 抬擡 溪谿 狸貍 绕遶繞 铺舖鋪 扇搧 余馀餘 \
        咨谘諮 巨钜鉅 托讬託 檐簷 痹痺 么幺麼 户戸戶 吴呉吳 国囯圀國 战戦戰 对対對 赖頼賴 青靑 清淸 高髙 \
        眾众衆 选選 难難 灣湾 说說説 为為爲 面麵麪 斗鬥 谷穀 制製 系係繫 松鬆 准準 范範 钟鐘鍾 征徵 云雲 \
        几幾 历歷曆 党黨 总総總 权権權 体體 图図圖 学學 广広廣 辞辭 气気氣 宁甯寧 线綫線 温溫 真眞";

    /// Pairs that have nothing to do with each other, though some table joins them.
    const APART: &str = "他她 二貳 板版 余予 彬斌 全金 作做 未末 土士 己已 票標 民主 大太 佑祐 豫預 梁粱 \
        辨辯 岡崗 水冰 玉王 崎奇 櫃饋 俫敕 秋龜 埋理";

    #[test]
    fn variants_fold_together() {
        for word in TOGETHER.split_whitespace() {
            let folded: Vec<char> = word.chars().map(fold).collect();
            assert!(folded.iter().all(|c| *c == folded[0]), "{word}: {folded:?}");
        }
    }

    #[test]
    fn words_stay_apart() {
        for word in APART.split_whitespace() {
            let folded: Vec<char> = word.chars().map(fold).collect();
            assert_ne!(folded[0], folded[1], "{word}");
        }
    }

    #[test]
    fn classes_are_small_and_disjoint() {
        let mut seen = std::collections::BTreeSet::new();
        for line in CLASSES.lines() {
            assert!(line.chars().count() <= 9, "{line}");
            for c in line.chars() {
                assert!(seen.insert(c), "{c} is in two classes");
            }
        }
    }

    #[test]
    fn standards() {
        for (c, standard) in [
            ('臺', Some(Standard::Traditional)),
            ('發', Some(Standard::Traditional)),
            ('发', Some(Standard::Simplified)),
            ('选', Some(Standard::Simplified)),
            ('台', None),
            ('后', None),
            ('人', None),
        ] {
            assert_eq!(super::standard(c), standard, "{c}");
        }
    }
}
