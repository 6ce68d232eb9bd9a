//! Words of texts without spaces: how good they are, and where they lie.

mod gold;

use bellwether_testkit::data_folder;
use bellwether_text::{Segmenter, fold, words};
use proptest::prelude::*;

fn shown(segmenter: &Segmenter, text: &str, lang: &str) -> String {
    let words = segmenter.words(text, lang);
    let shown: Vec<&str> = words
        .iter()
        .map(|word| &text[word.source.start as usize..word.source.end as usize])
        .collect();
    shown.join("|")
}

#[test]
fn as_good_as_the_library_on_converted_text() {
    let Some(data) = data_folder("the quality of segmentation") else {
        return;
    };
    for (set, lang, at_least) in gold::SETS {
        let f1 = gold::f1(&gold::sentences(&data, set), lang);
        assert!(f1 >= at_least, "{set}: {f1:.4}, at least {at_least}");
    }
}

#[test]
fn words_of_both_standards() {
    let plain = Segmenter::default();
    for (text, lang, expected) in [
        (
            "台灣總統選舉民進黨候選人",
            "zh-Hant",
            "台灣|總統|選舉|民進黨|候選人",
        ),
        (
            "台湾总统选举民进党候选人",
            "zh-Hans",
            "台湾|总统|选举|民进党|候选人",
        ),
        ("著名學者跟著走", "zh-Hant", "著名|學者|跟著|走"),
        ("乾隆皇帝的乾淨衣服", "zh-Hant", "乾隆皇帝|的|乾淨|衣服"),
        ("約3,000.5元，1. 2", "zh-Hant", "約|3,000.5|元|1|2"),
        (
            "ECFA爭議，https://t.co/x 開票",
            "zh-Hant",
            "ECFA|爭議|https://t.co/x|開票",
        ),
        ("選挙管理委員会は", "ja", "選挙管理委員会|は"),
        ("선거 결과", "ko", "선거|결과"),
        ("作 票", "zh-Hant", "作|票"),
        ("", "zh", ""),
    ] {
        assert_eq!(shown(&plain, text, lang), expected, "{text}");
    }
}

#[test]
fn names_stay_whole() {
    let named = Segmenter::with_names(["賴清德", "谷辣斯·尤達卡", "Lai Ching-te", "柯文哲", "德"]);
    for (text, expected) in [
        ("总统赖清德说", "总统|赖清德|说"),
        ("立委谷辣斯‧尤達卡質詢", "立委|谷辣斯‧尤達卡|質詢"),
        ("Lai Ching-te spoke", "Lai Ching-te|spoke"),
        ("Lai spoke", "Lai|spoke"),
    ] {
        assert_eq!(shown(&named, text, "zh"), expected, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_lie_in_order_and_hold_every_unit(
        text in "([一-鿿]{0,6}|[乾著藉瞭]|[a-z0-9ぁ-んァ-ン가-힣ก-ฮ]{0,3}|[ ，。\u{200B}㍿㊙\u{20000}々]){0,8}",
        lang in "zh|zh-Hant|ja|und",
    ) {
        let words = words(&text, &lang);
        let mut end = 0;
        for word in &words {
            prop_assert!(word.source.start >= end || text[word.source.start as usize..].starts_with('㍿'));
            prop_assert!(text.get(word.source.start as usize..word.source.end as usize).is_some());
            end = word.source.end;
        }
        let keys: String = words.iter().map(|word| word.key.as_str()).collect();
        prop_assert_eq!(keys.replace(' ', ""), fold(&text).replace(' ', ""));
    }
}
