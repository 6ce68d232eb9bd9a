//! The texts of the last day that are written out: all invented, claims included.

use crate::outlets::Lang;

/// A title and a text in one language.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) lang: Lang,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

const fn text(lang: Lang, title: &'static str, text: &'static str) -> Text {
    Text { lang, title, text }
}

/// The dispatch that eight families carry.
pub(crate) static WIRE: Text = text(
    Lang::En,
    "Counting machines pass last test before Sunday's vote",
    "TAVIMORA (Island Agency) - All 214 counting machines of the Orsalle Islands passed their last \
     test on Saturday. Asked about a rumour that they swap votes between lists, the election office \
     said that observers of the four lists had run 5,000 marked ballots and found each of them \
     where it belonged. The boxes will be sealed at noon.",
);

/// Two of the Chinese texts are here in both scripts, beside each other: the second is what a copying
/// outlet of the other script prints.
pub(crate) static PUSH: [Text; 13] = [
    text(
        Lang::ZhHans,
        "欧沙群岛的计票机被指调换选票",
        "维斯坎先驱网看到的一份文件称，欧沙群岛周日要用的计票机能在夜间调换两份名单的选票。文件提到七个投票所。选举办公室没有回答提问。",
    ),
    text(
        Lang::ZhHant,
        "歐沙群島的計票機被指調換選票",
        "維斯坎先驅網看到的一份文件稱，歐沙群島週日要用的計票機能在夜間調換兩份名單的選票。文件提到七個投票所。選舉辦公室沒有回答提問。",
    ),
    text(
        Lang::En,
        "Document: counting machines in Orsalle can swap votes",
        "A document seen by Veskand Herald says that the counting machines of the Orsalle Islands can \
         swap votes between two lists at night. It names seven polling stations. The election office \
         did not answer questions.",
    ),
    text(
        Lang::Ru,
        "Документ: счётные машины Орсалле могут подменить голоса",
        "В документе, который есть у Радио Весканд, сказано, что счётные машины островов Орсалле могут \
         ночью подменить голоса двух списков. Названы семь участков. Избирательная служба не ответила.",
    ),
    text(
        Lang::ZhHans,
        "谁能在夜里换票？欧沙计票机的三个疑问",
        "第一，计票机的钥匙由谁保管？第二，为什么夜里没有见证人？第三，换票之后还查得出来吗？本网向选举办公室提出这三个问题。",
    ),
    text(
        Lang::ZhHant,
        "誰能在夜裡換票？歐沙計票機的三個疑問",
        "第一，計票機的鑰匙由誰保管？第二，為什麼夜裡沒有見證人？第三，換票之後還查得出來嗎？本網向選舉辦公室提出這三個問題。",
    ),
    text(
        Lang::Ru,
        "Подмена за девять минут: инженер о том, как устроены счётные машины",
        "Бывший инженер, не назвавший имени, рассказал в эфире, что подмена голосов заняла бы девять \
         минут. Счётные машины, по его словам, стоят ночью без охраны.",
    ),
    text(
        Lang::ZhHant,
        "有人看到新聞了嗎？計票機會換票",
        "剛剛看到報導，說計票機晚上會自己換票，明天我要帶相機去投票所拍整個過程，有人一起嗎？",
    ),
    text(
        Lang::ZhHans,
        "计票机能否偷换选票？三份名单要求说明",
        "本报记者周六下午得知，三份名单已书面要求选举办公室说明，计票机有没有可能偷换选票。办公室说傍晚会开记者会。",
    ),
    text(
        Lang::Ru,
        "Жители Сувалета спрашивают, подменяют ли голоса счётные машины",
        "После сообщений соседнего радио в редакцию позвонили 40 читателей. Они хотят знать, ошибаются \
         ли счётные машины и правда ли, что голоса подменяют ночью. Служба обещала ответ к вечеру.",
    ),
    text(
        Lang::En,
        "Seven stations, one night: who guards the boxes in Kallibey?",
        "Readers sent us a list of seven stations where counting machines are said to swap votes. Two \
         of them are in Kallibey. We went there at noon and met a caretaker with a single key.",
    ),
    text(
        Lang::ZhHant,
        "計票機調換選票之說從何而來",
        "本報整理：這個說法今天下午兩點先由維斯坎的媒體提出，三刻鐘後傳到本地。所稱文件沒有人看過全文，計票機的廠商說調換選票在技術上做不到。",
    ),
    text(
        Lang::ZhHant,
        "卡利貝投票所現場：門是鎖著的",
        "我就住隔壁。計票機放在二樓，門上有封條，沒看到誰來換票。不過晚上燈一直亮著，大家自己判斷。",
    ),
];

/// A ferry runs aground and everyone is taken off unhurt. No rule asks for it.
pub(crate) static FERRY: [Text; 14] = [
    text(
        Lang::En,
        "Ferry runs aground off Norrekin",
        "The morning ferry from Tavimora ran aground on a sandbank off Norrekin. All 132 passengers are \
         well, the coastguard told this station. Tugs are on their way.",
    ),
    text(
        Lang::ZhHant,
        "渡輪在諾雷金外海擱淺，全員平安",
        "從塔維莫拉出發的早班渡輪上午撞上沙洲。海巡隊說，船上132人都沒有受傷，正等候拖船。",
    ),
    text(
        Lang::En,
        "Coastguard: 132 people safe after grounding",
        "NORREKIN (Island Agency) - A ferry with 132 people on board touched a sandbank at 11:05 on \
         Saturday. The hull is tight and nobody was hurt, a spokesman said.",
    ),
    text(
        Lang::ZhHant,
        "本報記者在港口：擱淺渡輪的乘客陸續上岸",
        "諾雷金港口擠滿了家屬。第一批乘客搭小艇上岸時，岸上響起掌聲。船長說霧裡看不見航標。",
    ),
    text(
        Lang::ZhHans,
        "渡船搁浅：海边居民划小艇接人",
        "十多条渔船赶去帮忙，把乘客接到诺雷金码头。一位船主说，退潮时那片沙洲年年都会移动。",
    ),
    text(
        Lang::Ru,
        "Паром сел на мель у города Норрекин",
        "Утренний паром сел на мель в густом тумане. Пострадавших нет, пассажиров перевозят на лодках. \
         Движение до вечера остановлено.",
    ),
    text(
        Lang::ZhHant,
        "我在船上，大家都沒事",
        "先報平安。船停下來的時候像是踩了煞車，咖啡灑了一地。船員很冷靜，現在排隊坐小艇。",
    ),
    text(
        Lang::En,
        "Fog, a sandbank and a long morning",
        "Passengers of the grounded ferry spoke of a dull thud and then silence. By noon half of them \
         had tea in the school hall of Norrekin. The harbour master will hear the captain on Monday.",
    ),
    text(
        Lang::En,
        "No boats to Norrekin until evening",
        "After the grounding this morning the ferry office has stopped all crossings. Tickets stay \
         valid for a week. Buses run from Suvaleth every hour.",
    ),
    text(
        Lang::En,
        "Kallibey lends two tugs for stranded ferry",
        "Two tugs left Kallibey shortly before noon. Their crews hope to pull the ship off at high \
         water around seven in the evening.",
    ),
    text(
        Lang::Ru,
        "У островов Орсалле сел на мель паром, все живы",
        "На борту было 132 человека, среди них шестеро граждан Весканда. Консульство сообщило, что все \
         они уже на берегу.",
    ),
    text(
        Lang::ZhHans,
        "沙洲为何移动？港务处答读者问",
        "搁浅发生后，不少读者来电。港务处说，航道上月刚测过，冬季风暴又把沙推了回来，下周会重新布置浮标。",
    ),
    text(
        Lang::ZhHant,
        "晚間漲潮時將嘗試拖離渡輪",
        "港務處表示，兩艘拖船傍晚抵達，預計七點漲潮時動作。油槽完好，海面沒有油污。",
    ),
    text(
        Lang::En,
        "Last passengers ashore in Norrekin",
        "At five to one the last of the 132 passengers stepped off a fishing boat. The coastguard \
         thanked the crews of eleven boats that had come to help without being asked.",
    ),
];

/// One owner's headlines.
pub(crate) static SPAM_TITLES: [&str; 6] = [
    "You should read this before Sunday",
    "What nobody tells you about the count",
    "Kallibey asks: is your vote safe?",
    "Five minutes that will change your mind",
    "They hope that you sleep tonight",
    "Share this with your neighbours",
];

/// One owner's texts; each has the words of the rule.
pub(crate) static SPAM_LEADS: [&str; 5] = [
    "Counting machines swap votes, our reader is sure of it. Send us your own story tonight.",
    "Ask yourself how a counting machine could swap a whole box, and write to us.",
    "Swapped in the dark: our page on counting machines has been opened ten thousand times.",
    "We have collected all the rumours on counting machines that swap votes in one place.",
    "Why do counting machines need a plug? To swap, says a caller from the next street.",
];
