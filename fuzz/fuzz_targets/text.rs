//! Any text to units: spans within it and in order, folding twice is folding once.

#![no_main]

use bellwether_text::{analyse, display_safe, fold, has_hidden};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let analysed = analyse(text);
    let (mut end, mut position) = (0, None);
    for unit in analysed.units() {
        let source = unit.source_bytes();
        assert!(text.get(source.clone()).is_some_and(|s| !s.is_empty()));
        assert!(source.end >= end && !analysed.text(unit).is_empty());
        assert!(position.is_none_or(|p| unit.position > p && unit.position <= p + 2));
        end = source.end;
        position = Some(unit.position);
    }
    let key = fold(text);
    assert_eq!(fold(&key), key);
    let safe = display_safe(text);
    assert!(!has_hidden(&safe));
    assert_eq!(display_safe(&safe), safe);
});
