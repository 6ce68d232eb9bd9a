//! Names of months, days, halves of the day and zones.

/// Said before a year of the Republic of China.
pub(super) const ROC: &str = "民國";

/// How the names of months begin, in English, Spanish, Portuguese, French, Italian, German, Russian,
/// Ukrainian and Arabic; longer beginnings before shorter ones that they hold.
const MONTHS: [(&str, i8); 84] = [
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("янв", 1),
    ("січ", 1),
    ("يناير", 1),
    ("جانفي", 1),
    ("feb", 2),
    ("fév", 2),
    ("fev", 2),
    ("фев", 2),
    ("лют", 2),
    ("فبراير", 2),
    ("شباط", 2),
    ("mar", 3),
    ("mär", 3),
    ("maerz", 3),
    ("мар", 3),
    ("берез", 3),
    ("مارس", 3),
    ("آذار", 3),
    ("apr", 4),
    ("abr", 4),
    ("avr", 4),
    ("апр", 4),
    ("квіт", 4),
    ("أبريل", 4),
    ("إبريل", 4),
    ("ابريل", 4),
    ("نيسان", 4),
    ("may", 5),
    ("mai", 5),
    ("mag", 5),
    ("май", 5),
    ("мая", 5),
    ("трав", 5),
    ("مايو", 5),
    ("أيار", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("июн", 6),
    ("черв", 6),
    ("يونيو", 6),
    ("حزيران", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("июл", 7),
    ("лип", 7),
    ("يوليو", 7),
    ("تموز", 7),
    ("aug", 8),
    ("ago", 8),
    ("aoû", 8),
    ("aou", 8),
    ("авг", 8),
    ("серп", 8),
    ("أغسطس", 8),
    ("آب", 8),
    ("sep", 9),
    ("set", 9),
    ("сен", 9),
    ("верес", 9),
    ("سبتمبر", 9),
    ("أيلول", 9),
    ("oct", 10),
    ("okt", 10),
    ("out", 10),
    ("ott", 10),
    ("окт", 10),
    ("жовт", 10),
    ("أكتوبر", 10),
    ("nov", 11),
    ("ноя", 11),
    ("листоп", 11),
    ("نوفمبر", 11),
    ("dec", 12),
    ("дек", 12),
    ("ديسمبر", 12),
    ("déc", 12),
    ("dic", 12),
    ("dez", 12),
    ("груд", 12),
];

const PERSIAN: [&str; 12] = [
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
];

/// How the names of days begin where they stand behind other words or inside.
const WEEKDAYS: [&str; 33] = [
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "lun",
    "mié",
    "jue",
    "vie",
    "sáb",
    "dom",
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "вс",
    "понед",
    "вторн",
    "сред",
    "четв",
    "пятн",
    "субб",
    "воскр",
    "星期",
    "週",
    "周",
    "礼拜",
    "禮拜",
    "شنبه",
];

/// Zone names with one meaning, in minutes east of Greenwich (RFC 822, 5.1, and common use).
const ZONES: [(&str, i32); 49] = [
    ("Z", 0),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("EST", -300),
    ("EDT", -240),
    ("MST", -420),
    ("MDT", -360),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("ADT", -180),
    ("NDT", -150),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("МСК", 180),
    ("MSD", 240),
    ("TRT", 180),
    ("IDT", 180),
    ("IRST", 210),
    ("IRDT", 270),
    ("PKT", 300),
    ("NPT", 345),
    ("ICT", 420),
    ("WIB", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("PHT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("ACST", 570),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("VET", -240),
    ("BRT", -180),
    ("ART", -180),
    ("北京时间", 480),
    ("北京時間", 480),
];

/// Zone names with several meanings, each with the countries in which it has it; first of all the
/// ones without a country, which are what RFC 822 gives them and nobody else claims in earnest.
const BY_COUNTRY: [(&str, i32, &[&str]); 16] = [
    ("CST", 480, &["CN", "HK", "MO", "TW"]),
    ("CST", -360, &["CA", "MX", "US"]),
    ("CST", -300, &["CU"]),
    ("CDT", -240, &["CU"]),
    ("CDT", -300, &[]),
    ("IST", 330, &["IN", "LK"]),
    ("IST", 120, &["IL"]),
    ("IST", 60, &["IE"]),
    ("BST", 60, &["GB"]),
    ("BST", 360, &["BD"]),
    ("AST", -240, &["CA", "PR", "US"]),
    ("AST", 180, &["BH", "IQ", "KW", "QA", "SA", "YE"]),
    ("PST", 480, &["PH"]),
    ("PST", -480, &[]),
    ("AMT", 240, &["AM"]),
    ("AMT", -240, &["BR"]),
];

/// A month by the beginning of its name, in lower case.
pub(super) fn month(lower: &str) -> Option<i8> {
    MONTHS
        .iter()
        .find(|(name, _)| lower.starts_with(name))
        .map(|(_, month)| *month)
}

/// A month of the Persian calendar, its letters in Persian or Arabic form.
pub(super) fn persian_month(lower: &str) -> Option<i8> {
    let name = lower.replace(['ي', 'ى'], "ی").replace('ك', "ک");
    let name = name.trim_end_matches("ماه");
    let at = PERSIAN.iter().position(|month| *month == name)?;
    i8::try_from(at + 1).ok()
}

/// Whether a word names the half of the day: `Some(Some(true))` for the afternoon, `Some(None)` for
/// words that leave the hour as it is.
pub(super) fn half_of_day(lower: &str) -> Option<Option<bool>> {
    Some(match lower {
        "am" | "上午" | "早上" | "凌晨" | "清晨" | "오전" | "午前" | "ص" | "ق.ظ" => {
            Some(false)
        }
        "pm" | "下午" | "晚上" | "傍晚" | "오후" | "午後" | "م" | "ب.ظ" => Some(true),
        "中午" => None,
        _ => return None,
    })
}

/// Words between the parts of a date.
pub(super) fn says_nothing(lower: &str) -> bool {
    matches!(
        lower,
        "at" | "de"
            | "del"
            | "à"
            | "um"
            | "uhr"
            | "в"
            | "о"
            | "г"
            | "г."
            | "р"
            | "ماه"
            | "ساعت"
            | "الساعة"
            | "t"
            | "of"
            | "the"
            | "西元"
            | "公元"
    )
}

/// Whether a word names a day of the week.
pub(super) fn is_weekday(lower: &str) -> bool {
    WEEKDAYS
        .iter()
        .any(|day| lower.starts_with(day) || (*day == "شنبه" && lower.ends_with(day)))
}

/// What a zone's name means: `None` where it is none; `Some(None)` where it means several and the
/// country does not tell; else the minutes, and whether the name alone told.
pub(super) fn zone(upper: &str, country: Option<&str>) -> Option<Option<(i32, bool)>> {
    if let Some((_, offset)) = ZONES.iter().find(|(name, _)| *name == upper) {
        return Some(Some((*offset, true)));
    }
    let mut meanings = BY_COUNTRY
        .iter()
        .filter(|(name, ..)| *name == upper)
        .peekable();
    meanings.peek()?;
    let mut general = None;
    for (_, offset, countries) in meanings {
        if country.is_some_and(|country| countries.contains(&country)) {
            return Some(Some((*offset, false)));
        }
        if countries.is_empty() {
            general = Some((*offset, true));
        }
    }
    Some(general)
}
