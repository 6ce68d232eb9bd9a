//! Texts from one mould, with one frame or with one quotation are not one story.

mod support;

use bellwether_model::Timestamp;
use support::Teller;

/// Whether two texts are one story, and whether one is shown as reworded from the other.
fn told(first: (&str, &str), second: (&str, &str)) -> (bool, bool) {
    let texts = [first, second];
    let mut teller = Teller::new(|at: usize| (texts[at].0.to_owned(), texts[at].1.to_owned()));
    teller.take(0, Timestamp::UNIX_EPOCH);
    teller.take(1, Timestamp::UNIX_EPOCH);
    let told = teller.by_number();
    let is_one = told.contains_key(&0) && told.get(&0) == told.get(&1);
    (is_one, !teller.reworded.is_empty())
}

fn apart(what: &str, first: (&str, &str), second: (&str, &str)) {
    assert_eq!(told(first, second), (false, false), "{what}");
}

const ARTICLE_EN: &str = "The county board voted on Tuesday to replace the scanners in all 38 precincts before the \
    spring primary, after a review found that nine of them had jammed twice in one evening. Board member Alda \
    Fenwick said the new machines would be leased, not bought, and tested in public. Two members wanted to wait \
    for the state's list of approved models, which is due in a month. The clerk will report on training of poll \
    workers at the next meeting, and residents may send questions until then.";
const ARTICLE_ZH: &str = "縣選務委員會週二決定，春季初選前更換全部38處投票所的計票機，因為檢查發現其中多部在同一晚卡紙兩次。\
    委員方安黛表示，新機器採租用而不購買，並將公開測試。兩名委員主張等待中央公布核可機型，名單預計一個月後出爐。\
    書記官將在下次會議報告選務人員訓練情形，居民在此之前可以提出問題。";

#[test]
fn the_weather_of_two_days() {
    apart(
        "zh",
        (
            "明日天氣",
            "各地多雲到晴，北部高溫28度，低溫19度，降雨機率20%；中部高溫30度，低溫21度，降雨機率10%；南部高溫32度，低溫24度，降雨機率10%；外出請注意防曬，多補充水分。",
        ),
        (
            "明日天氣",
            "各地多雲到晴，北部高溫25度，低溫17度，降雨機率30%；中部高溫27度，低溫18度，降雨機率40%；南部高溫29度，低溫22度，降雨機率15%；外出請注意防曬，多補充水分。",
        ),
    );
    apart(
        "en",
        (
            "Valley forecast",
            "Partly cloudy in the valley with a high of 71 and a low of 48, winds from the west at 14 miles per hour, humidity 62 percent. Mountains: high of 55, low of 31, snow level at 6,500 feet. Drive with care and check chains before travelling over passes.",
        ),
        (
            "Valley forecast",
            "Partly cloudy in the valley with a high of 66 and a low of 43, winds from the west at 22 miles per hour, humidity 54 percent. Mountains: high of 49, low of 27, snow level at 5,000 feet. Drive with care and check chains before travelling over passes.",
        ),
    );
}

#[test]
fn one_notice_for_two_towns() {
    apart(
        "zh",
        (
            "東澳明日陣風時速78公里",
            "西方鋒面今夜抵達東澳，明日中午影響沿岸各地。請遊客不要走海岸步道，漁船應及早返港避風，民眾外出時請注意招牌與路樹，\
             學校是否停課由各校在清晨六點以前公布。",
        ),
        (
            "蘇里明日陣風時速56公里",
            "西方鋒面今夜抵達蘇里，明日中午影響沿岸各地。請遊客不要走海岸步道，漁船應及早返港避風，民眾外出時請注意招牌與路樹，\
             學校是否停課由各校在清晨六點以前公布。",
        ),
    );
}

#[test]
fn market_tables() {
    apart(
        "zh",
        (
            "台股收盤",
            "加權指數收在17,432.16點，上漲86.31點，漲幅0.50%，成交金額2,875.12億元。三大法人合計買超43.2億元，外資買超51.7億元，投信賣超2.1億元，自營商賣超6.4億元。",
        ),
        (
            "台股收盤",
            "加權指數收在17,298.77點，下跌133.39點，跌幅0.77%，成交金額3,011.48億元。三大法人合計賣超98.5億元，外資賣超120.3億元，投信買超8.8億元，自營商買超13.0億元。",
        ),
    );
    apart(
        "en",
        (
            "Markets at the close",
            "The index closed at 4,312.20, up 0.4 percent, with volume of 3.1 billion shares. Crude settled at $78.15 a barrel and gold at $1,944.60 an ounce. The yield on the ten-year note stood at 4.21 percent, the euro at $1.0822.",
        ),
        (
            "Markets at the close",
            "The index closed at 4,287.55, down 0.6 percent, with volume of 2.8 billion shares. Crude settled at $80.02 a barrel and gold at $1,931.10 an ounce. The yield on the ten-year note stood at 4.29 percent, the euro at $1.0790.",
        ),
    );
}

// It may be shown as taken from it, which it is.
#[test]
fn a_live_page_that_contains_a_report() {
    let more_en = " 10:40 Turnout in the harbour wards is above that of four years ago, says the returning officer. \
        10:55 Rain delays the opening of a polling place in a school gymnasium; voters wait under umbrellas. 11:20 \
        The coalition's lead candidate votes with her family and thanks volunteers. 11:35 Police report no incidents \
        apart from a parking dispute. 12:05 Exit polls will be published only after closing, broadcasters agreed. \
        12:30 An observer mission praises patient staff and asks for clearer signs. 12:50 Ferries run late, so \
        islanders may vote an hour longer, a court decided this morning on request of their mayor.";
    let live = format!("{ARTICLE_EN}{more_en}");
    assert!(
        !told(
            ("County replaces scanners", ARTICLE_EN),
            ("Live: election day as it happens", &live),
        )
        .0
    );
    let more_zh = "十點四十分，選務主任說港區投票率高於四年前同一時段。十點五十五分，大雨使學校體育館投票所延後開門，選民撐傘等候。\
        十一點二十分，聯盟首席候選人與家人一同投票並感謝志工。十一點三十五分，警方表示除停車糾紛外並無事故。\
        十二點零五分，各電視台約定投票結束後才公布出口民調。十二點三十分，觀察團稱讚工作人員耐心並建議標示更清楚。\
        十二點五十分，渡輪誤點，法院今早應島上首長聲請，准許離島選民延長投票一小時。";
    let live = format!("{ARTICLE_ZH}{more_zh}");
    assert!(!told(("計票機將更換", ARTICLE_ZH), ("選舉日直播不斷更新", &live)).0);
}

#[test]
fn frames_of_a_publisher() {
    let frame_en = " Follow us on all our channels and subscribe to the evening letter. Photographs by the agency. \
        This site uses cookies to improve your experience; by continuing you accept our terms.";
    let other_en = "A bakery in the old town has begun to sell bread from a window, since its shop floor was flooded \
        when a water main broke under the market. Neighbours carried sandbags for half a night. The owner hopes to \
        open before the harvest fair and has hired two apprentices from the vocational school. The utility promises \
        to pay for a new oven, though insurers still argue over who had to inspect the pipes below the square.";
    let (first, second) = (
        format!("{ARTICLE_EN}{frame_en}"),
        format!("{other_en}{frame_en}"),
    );
    apart(
        "en",
        ("County replaces scanners", &first),
        ("Bread from a window", &second),
    );
    let frame_zh = "關注我們的粉絲專頁，訂閱電子報，掌握更多即時新聞。本網站使用Cookie以提升您的瀏覽體驗。版權所有，未經授權請勿轉載。";
    let other_zh = "老城一家麵包店因市場下方水管破裂、店面淹水，改從窗口賣麵包。鄰居半夜合力搬運沙包。老闆希望趕在豐收市集前恢復營業，\
        並聘了兩名職校學徒。自來水公司答應賠償新烤爐，保險業者則仍在爭論廣場下的管線該由誰檢查。";
    let (first, second) = (
        format!("{ARTICLE_ZH}{frame_zh}"),
        format!("{other_zh}{frame_zh}"),
    );
    apart("zh", ("計票機將更換", &first), ("窗口賣起麵包", &second));
}

#[test]
fn a_daily_bulletin() {
    apart(
        "en",
        (
            "Morning briefing",
            "Good morning. Here is what you need to know today. The senate takes up the water bill. A storm nears the northern coast. The teachers' union votes on a contract. That is all for now; see you tomorrow.",
        ),
        (
            "Morning briefing",
            "Good morning. Here is what you need to know today. Farmers block two border crossings. The museum returns a stolen altar. Prosecutors drop charges against a pilot. That is all for now; see you tomorrow.",
        ),
    );
    apart(
        "zh",
        (
            "早安新聞",
            "各位早安，以下是今天的重點新聞。立法院審查水利預算，颱風接近北部海面，教師工會就合約進行表決。以上是今天的早報，明天見。",
        ),
        (
            "早安新聞",
            "各位早安，以下是今天的重點新聞。農民封鎖兩處邊境關卡，博物館歸還失竊祭壇，檢方撤銷對機師的起訴。以上是今天的早報，明天見。",
        ),
    );
}

#[test]
fn a_quotation_alone() {
    let quote_en = "“We will count every ballot, on paper, in public, and if it takes us until Sunday then it takes \
        us until Sunday, because nobody here is paid to be quick,”";
    let first = format!(
        "{quote_en} the clerk of Marrow County, Ines Tolliver, told reporters. Her office has asked for \
        more tables and a second shift. Party observers stood behind a rope and took notes. By noon nearly half of the \
        envelopes from the western townships were open, a spokesman added, and the hall was full of schoolchildren."
    );
    let second = format!(
        "What does it take to run an election on a small budget? A visitor to three offices finds \
        worn carpets, borrowed printers and pride. {quote_en} says one sign over a desk. In a neighbouring district, \
        Deputy Omar Lindqvist keeps spare pens in a biscuit tin, and pays for coffee himself; volunteers bring soup."
    );
    apart(
        "en",
        ("Slow and open", &first),
        ("Elections on a shoestring", &second),
    );
    let quote_zh = "「每一張票都會在大家面前一張一張數清楚，就算要數到星期天，那就數到星期天，因為這裡沒有人是為了快而領薪水的。」";
    let first = format!(
        "馬若縣書記官杜莉芬對記者說：{quote_zh}她的辦公室已要求增加桌子與第二班人力。各黨觀察員站在繩後記錄，\
        發言人補充，到中午西部各鄉的信封已拆開近半，大廳擠滿來參觀的學童。"
    );
    let second = format!(
        "預算微薄的選務機關如何運作？走訪三處辦公室，只見磨損的地毯、借來的印表機與一股傲氣。其中一張桌子上方貼著\
        {quote_zh}鄰區副主任林奎斯把備用的筆收在餅乾盒裡，咖啡自己出錢，志工則帶湯來。"
    );
    apart("zh", ("慢而公開", &first), ("小錢辦選舉", &second));
}

#[test]
fn a_headline_of_another_day() {
    for (first, second) in [
        ("01/26 各報重點新聞一覽", "01/27 各報重點新聞一覽"),
        (
            "女子團體決賽中華隊2比1暫時領先",
            "女子團體決賽中華隊1比1暫時領先",
        ),
        (
            "戴明衡在第二十六屆海峽兩岸學術研討會開幕式上的致辭",
            "張志遠在第二十六屆海峽兩岸學術研討會開幕式上的致辭",
        ),
        ("2025年3季度民政統計數據", "2025年4季度民政統計數據"),
        (
            "Your guide to events on the waterfront for May 3",
            "Your guide to events on the waterfront for May 4",
        ),
        (
            "縣府權威速覽丨村里道路整修計畫看點之四",
            "縣府權威速覽丨村里道路整修計畫看點之十五",
        ),
        (
            "鹽道縣選務委員會關於初選候選人名單公告",
            "鹽道縣選務委員會關於初選候選人名單公告（第四號）",
        ),
        (
            "街頭速寫：鹽道縣舊港區午後田野",
            "街頭速寫：鹽道縣舊港區午後田野二",
        ),
        (
            "Notes from a walking tour of the salt towns, Part I",
            "Notes from a walking tour of the salt towns, Part II",
        ),
        (
            "街頭速寫：鹽道縣舊港區午後田野- 港報文創",
            "街頭速寫：鹽道縣舊港區午後田野二- 港報文創",
        ),
        ("2026 鹽道慶生遊 (上)", "2026 鹽道慶生遊 (下)"),
    ] {
        apart(first, (first, ""), (second, ""));
    }
}

#[test]
fn a_headline_with_another_name() {
    for (first, second) in [
        (
            "揭露QVX假投資平台的真相-荷包日記",
            "揭露Lumatrade假投資平台的真相-荷包日記",
        ),
        ("RVK公布新賽季參賽大名單", "TNO公布新賽季參賽大名單"),
        (
            "縣長：關於《鹽道縣沿海各鄉渡輪與碼頭管理暫行條例的修正草案》的說明",
            "《鹽道縣沿海各鄉渡輪與碼頭管理暫行條例的修正草案》誕生記",
        ),
        (
            "Marrow County's manufacturing index falls for third month in April survey",
            "Marrow County's non-manufacturing index falls for third month in April survey",
        ),
        ("海岸爆料RVK續約Mirel", "海岸爆料TNO雙將續約"),
        (
            "縣運會丨划船靜水——女子500米四人艇決賽賽況_第十五屆鹽道縣運動會",
            "縣運會丨划船靜水——男子500米四人艇決賽賽況_第十五屆鹽道縣運動會",
        ),
        (
            "2026春節走春不塞車攻略：搭渡輪好行直達「南鹽道」5條精選山林步道- 港報旅遊",
            "2026春節走春不塞車攻略：搭渡輪好行直達「北鹽道」5條精選山林步道- 港報旅遊",
        ),
        (
            "方安黛-2022縣市長及議員候選人介紹-2022縣選舉│港視新聞網",
            "羅季恆-2022縣市長及議員候選人介紹-2022縣選舉│港視新聞網",
        ),
        (
            "誤信「投幣」錢拿的回來嗎- 港報筆記",
            "誤信「QVX」錢拿的回來嗎- 港報筆記",
        ),
        (
            "縣府辦公室關於加強監管防範風險促進沿海渡輪碼頭基金高質量發展的指導意見",
            "鹽道縣選監會新聞發言人就《縣府辦公室關於加強監管防範風險促進沿海渡輪碼頭基金高質量發展的指導意見》答記者問",
        ),
        (
            "Fenwick said the county board would count every ballot from the western precincts by hand before certifying \
             this spring primary election, whatever machines report that evening",
            "Tolliver said the county board would count every ballot from the western precincts by hand before certifying \
             this spring primary election, whatever machines report that evening",
        ),
    ] {
        apart(first, (first, ""), (second, ""));
    }
    // A section, a publisher, a label, another way to write the same are no names.
    for (first, second) in [
        (
            "縣府宣布下週起整修五座跨河橋梁｜DailyHarbour",
            "縣府宣布下週起整修五座跨河橋梁｜KTV",
        ),
        (
            "Roundup: Ballot boxes reach northern islands after three days storm while voters wait under tarpaulins \
             beside harbour offices where volunteers cook soup every night before polling begins again",
            "Feature: Ballot boxes reach northern islands after three days storm while voters wait under tarpaulins \
             beside harbour offices where volunteers cook soup every night before polling begins again",
        ),
        (
            "快訊／縣府宣布下週起整修五座跨河橋梁 (圖)",
            "獨家／縣府宣布下週起整修五座跨河橋梁 (影)",
        ),
        (
            "【專訪】縣府宣布下週起整修五座跨河橋梁並邀居民代表參加每月一次的說明會- 政治",
            "【短訊】縣府宣布下週起整修五座跨河橋梁並邀居民代表參加每月一次的說明會- 地方",
        ),
        (
            "Coronavirus | Governor's order closes beaches along the northern coast until Easter",
            "Governor's Order Closes Beaches Along The Northern Coast Until Easter",
        ),
    ] {
        assert_eq!(told((first, ""), (second, "")), (true, false), "{first}");
    }
}

#[test]
fn a_notice_that_comes_again() {
    let notice = |day: &str, part: &str, name: &str| {
        format!(
            "本台消息：由本台與海事博物館聯合攝製的紀錄片《鹽道》將於今晚（11月{day}日）在綜合頻道八點檔播出第{part}集《{name}》，\
             教育頻道晚間重播。"
        )
    };
    let (first, second) = (notice("12", "三", "潮間"), notice("13", "四", "曬場"));
    for title in ["紀錄片《鹽道》今晚繼續播出", ""] {
        assert!(!told((title, &first), (title, &second)).0, "{title}");
    }
    let ceremony = |guest: &str, state: &str| {
        format!(
            "本台消息：3日上午，總理在迎賓館前廣場舉行儀式，歡迎{state}總理{guest}對我國進行正式訪問。\
             外交部長、禮賓處長等出席歡迎儀式。軍樂團奏兩國國歌，禮炮鳴放21響。隨後，總理陪同{guest}檢閱儀隊並觀看分列式。"
        )
    };
    let (first, second) = (ceremony("莫特麗", "瓦努地"), ceremony("奧雲登", "蘇里科"));
    assert!(
        !told(
            ("總理舉行儀式歡迎瓦努地總理來訪", &first),
            ("總理舉行儀式歡迎蘇里科總理來訪", &second)
        )
        .0
    );
    // The same notice, told with a few words more.
    let longer = first.replace("隨後，", "兩國學童揮舞國旗。隨後，");
    assert!(
        told(
            ("總理舉行儀式歡迎瓦努地總理來訪", &first),
            ("歡迎瓦努地總理", &longer)
        )
        .0
    );
}

#[test]
fn the_next_part_of_a_series() {
    for (first, second, text) in [
        (
            "鹽道紀行：從東澳走到蘇里的十二天（之三）",
            "鹽道紀行：從東澳走到蘇里的十二天（之四）",
            ARTICLE_ZH,
        ),
        (
            "A walk through the salt towns, part 3",
            "A walk through the salt towns, part 4",
            ARTICLE_EN,
        ),
    ] {
        let more = format!("{text} {text}");
        assert!(!told((first, text), (second, text)).0, "{first}");
        // Under the same title, or without the number, it is the same.
        assert!(told((first, text), (first, &more)).0, "{first}");
        let (bare, _) = first.split_at(first.rfind(['（', ',']).unwrap());
        assert!(told((first, text), (bare, text)).0, "{first}");
    }
}

#[test]
fn what_accounts_change_in_a_post_is_no_other_text() {
    let post = |text: &str| (String::new(), text.to_owned());
    let is_one = |first: &str, second: &str| {
        let (first, second) = (post(first), post(second));
        told((&first.0, &first.1), (&second.0, &second.1)).0
    };
    for (first, second) in [
        (
            "Stop the ferry tax before Sunday 4821",
            "Stop the ferry tax before Sunday 90377",
        ),
        (
            "Stop the ferry tax before Sunday! #ferry 4821",
            "Stop the ferry tax before Sunday! #ferry",
        ),
        (
            "[48213] Stop the ferry tax before Sunday",
            "[90377] Stop the ferry tax before Sunday",
        ),
        (
            "Stop the ferry tax before Sunday x7f3q",
            "Stop the ferry tax before Sunday 🔥 p0z9t",
        ),
        (
            "@ana_k1 @olli Stop the ferry tax before Sunday",
            "@mirte22 Stop the ferry tax before Sunday",
        ),
        (
            "別讓渡輪稅在星期天過關 4821 https://t.example/a1",
            "別讓渡輪稅在星期天過關 🚢 90377 https://t.example/b2",
        ),
    ] {
        assert!(is_one(first, second), "{first}");
    }
    for (first, second) in [
        // A figure of what is said, a day, a part.
        (
            "Налог на паром обойдётся островитянам в 80 000",
            "Налог на паром обойдётся островитянам в 80 500",
        ),
        (
            "The ferry tax will cost islanders $4,821",
            "The ferry tax will cost islanders $9,037",
        ),
        (
            "The ferry tax will cost 4821 islanders their work",
            "The ferry tax will cost 9037 islanders their work",
        ),
        (
            "4821 islanders signed against the ferry tax",
            "9037 islanders signed against the ferry tax",
        ),
        (
            "Signatures against the ferry tax so far: 4821",
            "Signatures against the ferry tax so far: 9037",
        ),
        (
            "Ferry tax protest at the harbour on May 3",
            "Ferry tax protest at the harbour on May 4",
        ),
        ("渡輪稅讓島民每戶多付4821元", "渡輪稅讓島民每戶多付9037元"),
    ] {
        assert!(!is_one(first, second), "{first}");
    }
    // A title is no post.
    let titled = |title: &'static str| (title, "");
    apart(
        "titles",
        titled("Ferry tax bill number 4821"),
        titled("Ferry tax bill number 9037"),
    );
    // A list says where it points.
    let list = |addresses: [&str; 3]| {
        let [a, b, c] = addresses.map(|it| format!("https://t.example/{it}"));
        format!("Lying captains {a} {b} {c} #ferry #captains #harbour")
    };
    assert!(!is_one(
        &list(["a1", "b2", "c3"]),
        &list(["d4", "e5", "f6"])
    ));
    let said = "Ferry captains lied again before the council";
    assert!(is_one(
        &format!("{said} https://t.example/a1 https://t.example/b2"),
        &format!("{said} https://t.example/c3 https://t.example/d4 https://t.example/e5"),
    ));
    // Whom a post speaks to and where it points is no text.
    assert!(!is_one(
        "#humour@ana-k1 https://t.example/a1",
        "#humour@ana-k1 https://t.example/b2"
    ));
}

#[test]
fn two_choices_of_what_one_speaker_said() {
    let said = [
        "Harbour fees will rise next spring because dredging costs more every season",
        "Fishing families deserve cheaper moorings along both northern piers",
        "Nobody should wait several months before receiving winter fuel vouchers",
        "School kitchens must serve warm meals whenever storms delay ferries",
        "Volunteers repaired lighthouse windows faster than contractors promised",
        "Council meetings belong outdoors during summer where everybody hears arguments",
        "Tourist buses damage narrow village streets without paying anything toward repairs",
        "Young carpenters leave islands since apprenticeships vanished from local shipyards",
        "Ballot papers should arrive together with polling cards instead of afterwards",
        "Ancient salt roads need protection against careless gravel diggers",
        "Night ferries remain essential although accountants dislike empty decks",
        "Hospital boats carry patients safely despite outdated navigation equipment",
        "Storm shelters require generators which engineers inspect before autumn gales",
    ];
    let list =
        |sentences: &[&str]| format!("Fenwick addressed islanders. {}.", sentences.join(". "));
    let (first, second) = (list(&said[..10]), list(&said[5..]));
    assert!(!told(("", &first), ("", &second)).0);
    // With most of it the same it is one text.
    assert!(told(("", &first), ("", &list(&said[2..]))).0);
}

#[test]
fn the_titles_of_columns() {
    for title in ["社論", "Letters to the editor", "今日運勢"] {
        apart(title, (title, ""), (title, ""));
    }
    let title = "US employers shed 23K jobs in July";
    assert_eq!(told((title, ""), (title, "")), (true, false));
}

#[test]
fn a_copy_with_a_frame_is_one_story() {
    for (title, text, frame) in [
        (
            "County replaces scanners",
            ARTICLE_EN,
            " Photographs by the agency. Follow us for more.",
        ),
        (
            "計票機將更換",
            ARTICLE_ZH,
            "（編輯：王小明）更多新聞請關注我們。",
        ),
    ] {
        let framed = format!("{text}{frame}");
        assert_eq!(told((title, text), ("", &framed)), (true, false), "{title}");
    }
}
