//! Chinese in traditional characters.

use super::{Book, Topic};

pub(super) static BOOK: Book = Book {
    places: ["塔維莫拉", "諾雷金", "蘇瓦萊", "敦梅魯", "奧西文", "卡利貝"],
    everyday: &[
        Topic {
            titles: &["{place}鯖魚價格上漲{n}%", "{place}魚市一週售出{m}噸"],
            leads: &[
                "港務處表示，本週有{m}噸鯖魚運抵{place}。",
                "{place}魚市今早停靠{n}艘漁船，多數來自{other}。",
            ],
            details: &[
                "買家付出的價錢比一個月前高{n}%，冰塊供應吃緊。",
                "商販預期{other}的船隊返航後價格會回穩。",
            ],
        },
        Topic {
            titles: &["{place}與{other}將有降雨", "{place}明日陣風時速{n}公里"],
            leads: &[
                "氣象處預計到明晚為止，{place}雨量可達{n}毫米。",
                "西方鋒面今夜抵達{place}，明日中午影響{other}。",
            ],
            details: &[
                "請遊客不要走{place}到{other}的海岸步道。",
                "一月以來日照共{m}小時，屬於正常。",
            ],
        },
        Topic {
            titles: &[
                "{place}主場戰平{other}，{m}人觀戰",
                "足球：{other}作客{place}",
            ],
            leads: &[
                "{place}隊領先{n}分鐘後被{other}追平。",
                "共有{m}名球迷到{place}觀看對{other}的比賽。",
            ],
            details: &[
                "教練認為下半場雖然混亂，結果仍算公平。",
                "次回合{n}天後在{other}舉行。",
            ],
        },
        Topic {
            titles: &["{place}學校增加{n}個名額", "{place}家長希望延後第一堂課"],
            leads: &[
                "{place}校董會決定暑假後多收{n}名學生。",
                "對{place}{m}個家庭的調查顯示，多數希望第一堂課晚一點。",
            ],
            details: &[
                "隔壁的舊郵局將改建為兩間教室。",
                "教師們自{other}試辦後就一直要求改變。",
            ],
        },
        Topic {
            titles: &[
                "{place}往{other}的{n}路公車加班",
                "{place}附近海岸公路夜間封閉",
            ],
            leads: &[
                "下月起，{n}路公車往返{place}和{other}，末班車到午夜。",
                "{place}到{other}的道路將在夜間封閉{n}天。",
            ],
            details: &[
                "鎮議會撥款{m}千克朗設置候車亭和路燈。",
                "駕駛人請多預留{n}分鐘。",
            ],
        },
        Topic {
            titles: &["{place}博物館展出{m}張舊海圖", "{place}舉辦燈塔看守人特展"],
            leads: &[
                "{place}博物館修復了曾存放在{other}的{m}張海圖。",
                "{n}位燈塔看守人的書信首次在{place}公開。",
            ],
            details: &[
                "每月第一個星期日免費入場。",
                "館員是在修屋頂時發現這批文物的。",
            ],
        },
        Topic {
            titles: &["四份名單在{place}辯論住房", "{place}辯論會談港口費用"],
            leads: &[
                "四份名單的候選人在{place}用{n}分鐘討論租金。",
                "在{place}的{m}名聽眾面前，四份名單對港口費用意見不一。",
            ],
            details: &[
                "各方都同意{other}需要更多住宅。",
                "下一場辯論在{other}舉行。",
            ],
        },
        Topic {
            titles: &["{place}投票所改設一樓", "{place}還缺{n}名選務人員"],
            leads: &[
                "今年{place}有{n}處投票所沒有階梯。",
                "選舉辦公室請{place}居民到{n}處投票所幫忙。",
            ],
            details: &[
                "寫有地址的通知卡已寄給{other}的{m}戶。",
                "工作人員在{other}受訓並領取日薪。",
            ],
        },
    ],
    machines: Topic {
        titles: &[
            "{place}民眾參觀計票過程",
            "讀者投書：我在{place}看到的",
            "{place}選舉辦公室回答提問",
        ],
        leads: &[
            "工程師向{n}名{place}訪客說明計票機為什麼不能調換選票。",
            "{place}有讀者問，網傳計票機會換票是否屬實。",
            "{place}辦公室表示，以{m}張選票測試，計票機沒有偷換任何一張。",
        ],
        details: &[
            "每個票箱都會在{other}再以人工清點一次。",
            "封條有編號，並當著四份名單的見證人宣讀。",
        ],
    },
    postponed: Topic {
        titles: &["{place}辦公室：日期不變", "來自{place}的每日一問"],
        leads: &[
            "選舉辦公室告訴{place}民眾，投票不會延期。",
            "官員說，{place}流傳投票改期的說法有誤。",
        ],
        details: &["一週內共接到{n}通這類電話。", "日期兩年前就在{other}定下。"],
    },
    closings: &[
        "詳情將在{other}的會議上說明。",
        "{place}議會未作評論。",
        "全部{m}項內容張貼在鎮公所。",
        "去年{other}也有類似消息。",
        "居民月底前可以來信。",
        "數字為初步統計。",
        "先前的報導把{other}的數字寫少了。",
    ],
};
