use super::*;

#[track_caller]
fn check(raw: &str, expected: &str) {
    let found = parse(raw).map(|time| time.to_string());
    assert_eq!(
        found.as_deref(),
        (!expected.is_empty()).then_some(expected),
        "{raw}"
    );
}

#[track_caller]
fn from(country: &str, raw: &str, expected: &str) -> Claim {
    let claim = read(raw, &Place::of_country(Some(country)));
    let claim = claim.unwrap_or_else(|why| panic!("{raw}: {why:?}"));
    assert_eq!(claim.at.to_string(), expected, "{raw}");
    claim
}

#[test]
fn zones_of_the_country() {
    for (country, raw, expected) in [
        ("CN", "2026-11-20 21:30:00", "2026-11-20T13:30:00Z"),
        (
            "CN",
            "Fri, 20 Nov 2026 21:30:00 CST",
            "2026-11-20T13:30:00Z",
        ),
        (
            "TW",
            "Fri, 20 Nov 2026 21:30:00 CST",
            "2026-11-20T13:30:00Z",
        ),
        (
            "US",
            "Fri, 20 Nov 2026 21:30:00 CST",
            "2026-11-21T03:30:00Z",
        ),
        (
            "CU",
            "Fri, 20 Nov 2026 21:30:00 CST",
            "2026-11-21T02:30:00Z",
        ),
        (
            "IN",
            "Fri, 20 Nov 2026 21:30:00 IST",
            "2026-11-20T16:00:00Z",
        ),
        (
            "IL",
            "Fri, 20 Nov 2026 21:30:00 IST",
            "2026-11-20T19:30:00Z",
        ),
        (
            "GB",
            "Sat, 20 Jun 2026 21:30:00 BST",
            "2026-06-20T20:30:00Z",
        ),
        ("IR", "Fri, 20 Nov 2026 21:30:00", "2026-11-20T18:00:00Z"),
        ("RU", "20.11.2026 21:30", "2026-11-20T18:30:00Z"),
        ("TW", "2026年11月20日 下午9時5分", "2026-11-20T13:05:00Z"),
        ("CN", "2026年11月20日21:30", "2026-11-20T13:30:00Z"),
        (
            "CN",
            "２０２６－１１－２０　２１：３０",
            "2026-11-20T13:30:00Z",
        ),
        (
            "CN",
            "2026年11月20日 星期五 21:30:05",
            "2026-11-20T13:30:05Z",
        ),
        (
            "KR",
            "2026년 11월 20일 오후 9시 30분",
            "2026-11-20T12:30:00Z",
        ),
        ("RU", "20 ноября 2026, 21:30", "2026-11-20T18:30:00Z"),
        (
            "RU",
            "пятница, 20 ноября 2026 г. в 21:30 МСК",
            "2026-11-20T18:30:00Z",
        ),
        ("UA", "20 листопада 2026, 21:30", "2026-11-20T19:30:00Z"),
        ("SY", "20 تشرين الثاني 2026 - 21:30", "2026-11-20T18:30:00Z"),
        ("EG", "٢٠ نوفمبر ٢٠٢٦ ٢١:٣٠", "2026-11-20T19:30:00Z"),
        (
            "VE",
            "20 de noviembre de 2026 21:30",
            "2026-11-21T01:30:00Z",
        ),
        ("FR", "20 août 2026 à 21:30", "2026-08-20T19:30:00Z"),
    ] {
        let claim = from(country, raw, expected);
        assert_eq!(claim.precision, Precision::Moment, "{raw}");
    }
    // What is stated is not changed by where it stands.
    let claim = from(
        "CN",
        "Fri, 20 Nov 2026 13:30:00 GMT",
        "2026-11-20T13:30:00Z",
    );
    assert_eq!(claim.basis, Basis::Stated);
    let claim = from("CN", "2026-11-20 21:30:00", "2026-11-20T13:30:00Z");
    assert_eq!(claim.basis, Basis::Country);
    // The hour that is twice is the earlier one.
    from(
        "US",
        "2026-11-01 01:30 America/New_York",
        "2026-11-01T05:30:00Z",
    );
}

#[test]
fn other_calendars() {
    for (country, raw, expected) in [
        ("TW", "民國115年11月26日 09:30", "2026-11-26T01:30:00Z"),
        (
            "TW",
            "中華民國 115 年 11 月 26 日 上午9時",
            "2026-11-26T01:00:00Z",
        ),
        ("TW", "115/11/26 09:30", "2026-11-26T01:30:00Z"),
        ("TW", "115-11-26 09:30:01", "2026-11-26T01:30:01Z"),
        ("TW", "民國99年1月2日 08:00", "2010-01-02T00:00:00Z"),
        ("IR", "۱۴۰۵/۰۸/۲۹ ۱۴:۳۰", "2026-11-20T11:00:00Z"),
        ("IR", "جمعه ۲۹ آبان ۱۴۰۵ ساعت ۱۴:۳۰", "2026-11-20T11:00:00Z"),
        ("IR", "29 آبان ماه 1405 - 14:30", "2026-11-20T11:00:00Z"),
        ("IR", "1403/12/30 12:00", "2025-03-20T08:30:00Z"),
        ("IR", "1404/01/01 12:00", "2025-03-21T08:30:00Z"),
        ("IR", "1399-12-30 12:00", "2021-03-20T08:30:00Z"),
        ("IR", "1390/01/01 12:00", "2011-03-21T08:30:00Z"),
        ("IR", "1400/01/01 12:00", "2021-03-21T08:30:00Z"),
    ] {
        from(country, raw, expected);
    }
    let iran = Place::of_country(Some("IR"));
    for raw in ["1404/12/30 12:00", "1405/07/31 12:00", "1405/13/01 12:00"] {
        assert_eq!(read(raw, &iran), Err(Unread::Unreadable), "{raw}");
    }
}

#[test]
fn days_and_orders() {
    for (country, raw, expected) in [
        ("TW", "2026-11-20", "2026-11-19T16:00:00Z"),
        ("TW", "115/11/20", "2026-11-19T16:00:00Z"),
        ("RU", "20 ноября 2026", "2026-11-19T21:00:00Z"),
        ("TW", "20261120", "2026-11-19T16:00:00Z"),
    ] {
        assert_eq!(from(country, raw, expected).precision, Precision::Day);
    }
    from("GB", "05/11/2026 10:00", "2026-11-05T10:00:00Z");
    from("US", "05/11/2026 10:00 EST", "2026-05-11T15:00:00Z");
    from("US", "20/11/2026 10:00 EST", "2026-11-20T15:00:00Z");
    from("DE", "05.11.26 10:00", "2026-11-05T09:00:00Z");
    from("US", "20261120T100000Z", "2026-11-20T10:00:00Z");
    from("CN", "20261120183000", "2026-11-20T10:30:00Z");
    let nowhere = Place::default();
    assert_eq!(
        read("05/11/2026 10:00 GMT", &nowhere),
        Err(Unread::Unreadable)
    );
    for raw in [
        "2026-11-20 21:30:00",
        "2026-11-20",
        "Fri, 20 Nov 2026 21:30:00 CST",
        "Friday, February 27, 2026 - 12:38",
    ] {
        assert_eq!(read(raw, &nowhere), Err(Unread::NoZone), "{raw}");
    }
}

#[test]
fn standards() {
    check("2026-11-20T13:45:00Z", "2026-11-20T13:45:00Z");
    check("2026-11-20T21:45:00.25+08:00", "2026-11-20T13:45:00.25Z");
    check("Fri, 20 Nov 2026 21:45:00 +0800", "2026-11-20T13:45:00Z");
    check("20 Nov 26 13:45 GMT", "2026-11-20T13:45:00Z");
    check("Fri, 20 Nov 1998 13:45:00 GMT", "1998-11-20T13:45:00Z");
}

#[test]
fn named_zones_and_odd_offsets() {
    check("Mon, 21 Apr 2025 06:00:00 EDT", "2025-04-21T10:00:00Z");
    check("Sun, 01 Nov 2026 01:30:00 EDT", "2026-11-01T05:30:00Z");
    check("Sun, 01 Nov 2026 01:30:00 EST", "2026-11-01T06:30:00Z");
    check("Fri, 11 Feb 2022 19:58:02 CET", "2022-02-11T18:58:02Z");
    check("Wed, 11 Sep 2019 22:52:30+5:30", "2019-09-11T17:22:30Z");
    check("Thu, 19 Jun 2014 17:00:00 Z", "2014-06-19T17:00:00Z");
    check("Tue, 08 Oct 2013 18:30:00 UT", "2013-10-08T18:30:00Z");
    check("Fri, 20 Nov 2026 21:45:00 GMT+0800", "2026-11-20T13:45:00Z");
    check("Fri, 20 Nov 2026 21:45:00 UTC+8", "2026-11-20T13:45:00Z");
    check(
        "Fri, 20 Nov 2026 21:45:00 GMT+0800 (China Standard Time)",
        "2026-11-20T13:45:00Z",
    );
}

#[test]
fn sloppy_forms() {
    check("Thurs, 20 Nov 2026 13:45:00 GMT", "2026-11-20T13:45:00Z");
    check("пт, 20 Nov 2026 13:45:00 +0300", "2026-11-20T10:45:00Z");
    check("mar, 24 Nov 2026 13:45:00 GMT", "2026-11-24T13:45:00Z");
    check("Mar 24, 2026 13:45 GMT", "2026-03-24T13:45:00Z");
    check("Nov 20, 2026 01:45 PM GMT", "2026-11-20T13:45:00Z");
    check(
        "Friday, November 20, 2026 - 12:05am UTC",
        "2026-11-20T00:05:00Z",
    );
    check("Fri Nov 20 13:45:00 UTC 2026", "2026-11-20T13:45:00Z");
    check("2026-11-20 21:45:00 +0800", "2026-11-20T13:45:00Z");
    check("2026/11/20 13:45:00 GMT", "2026-11-20T13:45:00Z");
    check("20-Nov-2026 13:45:00 GMT", "2026-11-20T13:45:00Z");
    check("2026-11-20T13:45Z", "2026-11-20T13:45:00Z");
    check("2026-11-20T21:45:00+0800", "2026-11-20T13:45:00Z");
    check("Fri, 20 Nov 2026 24:00:00 GMT", "2026-11-21T00:00:00Z");
    check("Fri, 20 Nov 2026 23:59:60 GMT", "2026-11-20T23:59:59Z");
    check("1795176000", "2026-11-20T12:00:00Z");
    check("1795176000000", "2026-11-20T12:00:00Z");
}

#[test]
fn unknown_zones_are_not_guessed() {
    for raw in [
        "2026-11-20 21:30:00",
        "Fri, 20 Nov 2026 21:30:00 CST",
        "Friday, February 27, 2026 - 12:38",
        "2026-11-20",
        "Fri, 20 Nov 2026",
        "yesterday",
        "05/11/2026 10:00 GMT",
        "Fri, 31 Feb 2026 10:00:00 GMT",
        "Fri, 20 Nov 2026 25:00:00 GMT",
        "Fri, 20 Nov 2026 10:00:00 +9999",
        "",
        "::",
        "+",
        "12",
    ] {
        check(raw, "");
    }
}
