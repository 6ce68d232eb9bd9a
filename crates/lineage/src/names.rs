//! Names in a text, and how another text may spell them: what a writer, a translator and a machine
//! that swaps synonyms keep, and what a report of one's own has others of.
//!
//! In scripts with capital letters a name is a capital word within a sentence. In Chinese it is a
//! person: a family name with a given one that no dictionary has, or with any where a title stands
//! before or a verb of saying behind. A given name that comes back through another language has often
//! one character more or less the same (羅季恆, 羅季衡): two of three characters are enough.

use bellwether_text::{Unit, UnitKind, Word, is_grammar};

use crate::Part;
use crate::hash;

/// Family names, as folded; without those that are words more often.
const FAMILY: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗\
凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐傅卞齐康伍余卜顾孟黄穆萧尹姚邵湛汪祁毛狄米贝臧戴谈宋庞熊纪舒屈项祝董梁杜\
阮蓝闵席季麻贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解丁宣邓郁单杭洪诸左石崔吉龚程嵇邢裴陆荣翁荀\
甄曲储靳井段焦巴谷车侯班秋仲伊宫仇栾甘厉武符刘景詹束龙叶司黎薄印白怀蒲邰索赖卓蔺屠蒙池乔阴闻翟谭贡劳申扶堵冉宰桂牛寿边燕浦尚\
农温庄晏阎习容古易戈廖庾衡步耿匡寇广欧沃师巩聂晁勾敖融简饶曾沙丰游竺盖楚鄢岳帅况亢缑佘佟商巫辜涂";

/// What stands before the name of a person: the last character of a title.
const TITLES: &str = "长任员授师家人书记理总民官士生手事席工监医警友者女男星客伯嫂";

/// What stands behind it.
const SAID: [&str; 22] = [
    "说", "称", "表示", "指出", "认为", "则", "坦言", "强调", "解释", "透露", "介绍", "回应",
    "补充", "质疑", "呼吁", "警告", "回忆", "分析", "估计", "承认", "主张", "告诉",
];

/// What no given name has: 尤某 and 簡先生 are people named before, 曾縣長 is one by office.
const UNGIVEN: &str = "某姓先女元月日县市局会员";

/// Signs between the parts of a name from another language.
const DOTS: [char; 3] = ['·', '•', '‧'];

/// The spellings by which a name is known: one of them is enough.
pub(crate) type Spellings = [u32; 2];

/// Adds the names of a text and, in any order, all that may be the spelling of a name in it.
pub(crate) fn names(
    part: &Part<'_>,
    words: &[Word],
    names: &mut Vec<Spellings>,
    said: &mut Vec<u32>,
) {
    names.extend(latin_names(part).map(|(_, name)| [name, name]));
    names.extend((0..words.len()).filter_map(|at| han_name(words, at)));
    let units = part.units.units();
    let char_of = |unit: &Unit| part.units.text(unit).chars().next().unwrap_or_default();
    for (at, unit) in units.iter().enumerate() {
        if unit.kind != UnitKind::Char {
            said.push(hash::short(hash::of(part.units.text(unit))));
            continue;
        }
        for steps in [1, 2] {
            if let Some(next) = units.get(at + steps)
                && next.kind == UnitKind::Char
                && next.position == unit.position + steps as u32
            {
                said.push(spelling(char_of(unit), char_of(next), steps));
            }
        }
        // Of 洛馬西·卡內 馬西 or 卡內 is enough.
        if let [Some(before), Some(after), Some(second)] =
            [at.checked_sub(1), Some(at + 1), Some(at + 2)].map(|at| units.get(at?))
            && is_foreign(part, words, unit)
        {
            names.push([
                spelling(char_of(before), char_of(unit), 1),
                spelling(char_of(after), char_of(second), 1),
            ]);
        }
    }
}

/// Whether a dot follows and it is no word of a dictionary that ends before it: 快訊·小編.
fn is_foreign(part: &Part<'_>, words: &[Word], unit: &Unit) -> bool {
    let end = unit.source.end;
    let rest = part.raw.get(end as usize..).unwrap_or_default();
    let word = words.get(words.partition_point(|word| word.source.end < end));
    rest.starts_with(DOTS)
        && word.is_some_and(|word| {
            word.source.end > end || word.is_unknown || word.key.chars().nth(1).is_none()
        })
}

/// The name of a person that begins in a word.
fn han_name(words: &[Word], at: usize) -> Option<Spellings> {
    let word = words.get(at)?;
    let chars: Vec<char> = word.key.chars().collect();
    let follows = |at: usize, end: u32| words.get(at).filter(|word| word.source.start == end);
    let says = |word: Option<&Word>| word.is_some_and(|word| SAID.contains(&&*word.key));
    let next = follows(at + 1, word.source.end);
    let is_marked = says(next)
        || at.checked_sub(1).is_some_and(|before| {
            words[before].source.end == word.source.start && words[before].key.ends_with(is_title)
        });
    let is_family = |c: &char| FAMILY.contains(*c);
    let mut name = match chars.len() {
        // The model of unknown words takes one character too many.
        4 if word.is_unknown && is_family(&chars[0]) => chars[..3].to_vec(),
        4 if word.is_unknown => chars[1..].to_vec(),
        2 | 3 if word.is_unknown => chars,
        3 if is_marked => chars,
        // Parts that are words: 祝|海峰, 羅文|彬.
        parts @ (1 | 2) => {
            let given = next.filter(|given| given.key.chars().count() == 3 - parts)?;
            if !is_marked && !says(follows(at + 2, given.source.end)) {
                return None;
            }
            chars.into_iter().chain(given.key.chars()).collect()
        }
        _ => return None,
    };
    if name.len() == 2 {
        // One too few.
        match next
            .map(|next| next.key.chars().collect::<Vec<_>>())
            .as_deref()
        {
            Some([third]) if !says(next) && !is_grammar(*third) => name.push(*third),
            _ if is_marked => {}
            _ => return None,
        }
    }
    let is_given = |c: &char| !UNGIVEN.contains(*c) && !is_grammar(*c);
    let is_name = is_family(name.first()?) && name[1..].iter().all(is_given);
    is_name.then(|| {
        let near = spelling(name[0], name[1], 1);
        let third = name.get(2);
        [
            near,
            third.map_or(near, |third| spelling(name[0], *third, 2)),
        ]
    })
}

fn is_title(c: char) -> bool {
    TITLES.contains(c)
}

/// Two characters of a name and how far apart they are.
fn spelling(first: char, second: char, steps: usize) -> u32 {
    let both = u64::from(u32::from(first)) << 32 | u64::from(u32::from(second));
    hash::short(hash::then(both, steps as u64))
}

/// Words that begin with a capital letter though no sentence begins there.
/// Each with the byte at which it begins.
pub(crate) fn latin_names<'a>(part: &'a Part<'a>) -> impl Iterator<Item = (usize, u32)> + 'a {
    let mut at_start = true;
    let mut end = 0;
    part.units.units().iter().filter_map(move |unit| {
        let source = unit.source_bytes();
        let between = part.raw.get(end..source.start).unwrap_or_default();
        let begins =
            at_start || between.contains(['.', '!', '?', ':', '"', '“', '”', '\n', '—', '•', '|']);
        at_start = false;
        end = source.end;
        let written = part.raw.get(source.clone()).unwrap_or_default();
        let is_name = unit.kind == UnitKind::Word
            && !begins
            && written.starts_with(char::is_uppercase)
            && written.chars().nth(2).is_some();
        is_name.then(|| (source.start, hash::short(hash::of(part.units.text(unit)))))
    })
}
