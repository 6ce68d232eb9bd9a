//! Chinese of the one standard or the other, or Japanese, by the characters that only one writes.

use super::sample::Kind;
use crate::han::{self, Standard};

/// Characters as Japan simplified or made them, which neither standard of Chinese writes; not those
/// that one of the two shares (国, 会, 為).
const JAPANESE: &str = "圧囲隠栄駅円応桜仮価壊懐絵拡覚楽陥関歓観帰気亀犠戯拠挙郷駆勲径茎恵掲渓経蛍軽継鶏撃検\
    権顕験厳広効黒黄斎済剤雑桟蚕惨賛歯児実写釈収渋獣縦粛処焼奨乗浄剰畳縄壌嬢譲醸嘱図粋酔穂随髄枢瀬声静\
    摂専浅戦践銭潜繊禅双荘捜挿巣曽総聡騒蔵臓続堕対帯滞沢択担単団弾遅昼鋳庁徴懲聴鎮逓鉄転伝灯盗稲闘独読\
    届悩脳覇拝廃売麦発髪抜繁晩蛮浜頻瓶払仏併塀変辺歩豊毎黙弥訳薬予揺様謡頼覧竜虜両猟緑塁涙暦歴戻霊隷齢\
    恋炉労楼録亜悪壱歳込働峠畑匂枠搾辻凪笹榊塚";

/// Written in Cantonese only, which is written with Traditional characters.
const CANTONESE: &str = "嘅咗喺哋冇啲嗰噉嚟嘢冚睇攞瞓乜";

/// Japanese texts have at least one such character or one Kana in this many. A stray の is fashion in
/// Chinese names of shops, and a Chinese text may name a Japanese.
const JAPANESE_ONE_IN: usize = 10;

pub(super) fn chinese_or_japanese(sample: &[char]) -> &'static str {
    let (mut han, mut kana, mut japanese, mut traditional, mut simplified) = (0, 0, 0, 0, 0);
    for c in sample {
        match Kind::of(*c) {
            Kind::Kana => kana += 1,
            Kind::Han => {
                han += 1;
                match han::standard(*c) {
                    Some(Standard::Traditional) => traditional += 1,
                    Some(Standard::Simplified) => simplified += 1,
                    None if CANTONESE.contains(*c) => traditional += 1,
                    None => japanese += usize::from(JAPANESE.contains(*c)),
                }
            }
            _ => {}
        }
    }
    if (kana + japanese) * JAPANESE_ONE_IN >= han + kana {
        "ja"
    } else if traditional > 2 * simplified {
        "zh-Hant"
    } else if simplified > 2 * traditional {
        "zh-Hans"
    } else {
        "zh"
    }
}
