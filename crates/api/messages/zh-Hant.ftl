# 臺灣正體中文的訊息文字。What messages say in Traditional Chinese, as written in Taiwan.
#
# Syntax and arguments: see en.ftl. No space between Chinese and digits, as in the copy of news agencies; full-width
# punctuation, except in dates. Only what is known is said: 發布, 也由…發布, 在我們的收錄中最早見於, 與…相符. Never a word for
# what somebody meant by it, nor one that calls it proved.
#
# Words, one for each concept:
#
#   alert 警示 · fires 發出警示 · resolved 警示解除 · acknowledged 接手 (確認 would read as confirmed) · verdict 評定
#   burst 突增 · item 則 · story 文本 (what carries one text) · term 詞 · window 時段 · baseline 基準 · usual 平時
#   publish 發布 · family 發布體系 (as 報系: all that one owner publishes counts once)
#   group 群組 · account 帳號 · what accounts post 內容
#   voice 發聲單位 (the smaller of families and stories; 聲量 would read as the number of posts)
#   collection 收錄 · source 來源 · poll 抓取 · opinion poll 民調 · silent 無新內容 · failing 抓取失敗 · blocked 遭阻擋
#   severity: info 一般, warning 注意, critical 緊急 · receiver 接收處 · held back 暫緩 · quiet hours 靜音時段
#   digest 彙整 · shift hand-over 交班 · limit 上限
#   evidence 依據 · gate 門檻 · phase 階段 · press 新聞媒體 · withheld 暫不顯示 · unknown 不明 · insufficient data 資料不足
#
# Names and reasons that come from sources, rules and calendars stay as they are.

## The frame of a message

demo-headline = 【示範：虛構選舉】{ $headline }
# The space keeps chats that look for links by their surroundings from missing it.
link-line = { $name }： { $link }
link-burst = 依據與查詢條件
link-sources = 各來源及最近一次抓取結果
note-line = 註：{ $note }
note-repeat = 可能與先前的訊息重複，因當時未收到回應
note-acknowledged = 發送前已有人接手
note-resolved = 發送前警示已解除
note-no-link = 未設定 public_url，因此沒有連結：請在主機上開啟頁面 { $path }
note-hidden = 已移除本訊息各名稱中的不可見字元
note-shortened = 內容已縮短，其餘見頁面
note-template = 範本 { $template } 執行失敗，因此本訊息為標準文字

## What joins parts

joined-list = { $first }、{ $second }
joined-clauses = { $first }；{ $second }
list-more = 另有{ $more }個
name-with-id = { $name }（{ $id }）
name-missing = （無名稱）

## Numbers

number-unknown = 不明
number-under = 低於{ $limit }
count-items = { $items }則
count-voices = { $voices }個發聲單位
count-families = { $families }個發布體系
count-accounts = { $accounts }個帳號
count-days = { $days }天

## Times

time-weekday =
    { $weekday ->
        [1] 一
        [2] 二
        [3] 三
        [4] 四
        [5] 五
        [6] 六
       *[7] 日
    }
time-moment = { $month }月{ $day }日({ time-weekday }) { $time }
time-range = { $from }至{ $to }
stretch-hours = 週{ time-weekday }{ $from }至{ $to }時
stretch-times = 週{ time-weekday }{ $from }至{ $to }
stretch-bound = 週{ time-weekday }{ $time }
length-under-minute = 不到1分鐘
length-seconds = { $seconds }秒
length-minutes = { $minutes }分鐘
length-hours = { $hours }小時
length-hours-minutes = { $hours }小時{ $minutes }分鐘
length-days-hours = { count-days }{ $hours }小時

## The first line of a message about a burst

burst-kind-rule = 突增
burst-kind-term = 詞語突增
burst-kind-term-slow = 詞語連日漸增
burst-kind-text = 文本也由其他發布者發布
burst-kind-together = 多個帳號於相近時間發布同一內容
burst-kind-late = { $kind }（較晚發現）
burst-kind-grown = { $kind }（擴大）
firing-headline = { $kind }：{ $name } · { $length }內{ count-items }、{ $measure }
resolved-headline = 警示解除：{ $name } · 持續{ $lasted }；高峰為{ $length }內{ count-items }、{ $measure }
usual-voices = 平時{ $stretch }：{ $mean }個發聲單位（{ $low }至{ $high }個）
usual-voices-unknown = 平時{ $stretch }：發聲單位數不明（{ $low }至{ $high }個）
usual-accounts = 預期於相近時間發布的帳號數：{ $mean }
usual-insufficient = 平時：資料不足（需{ $needed }天歷史資料，現有{ $days }天）

## The account of a burst that fires

counted-voices = { count-voices }：{ count-families }與{ $stories }種不同文本，取較小者
counted-one-text = { $all }則中有{ $same }則為同一文本（{ count-families }）
groups-line = 各群組的發布體系：{ $groups }
groups-one = { $name } { $families }個
groups-more = 另有{ $more }個群組
found-late-line = 較晚發現：這些內容在時段過後才收到
detected-outside = 僅計國內新聞媒體以外的發布體系；新聞媒體的內容不計入
detected-term = 此詞事先無人列出
detected-spellings = 另有寫法：{ $spellings }
detected-group = 發聲單位僅計「{ $group }」
detected-text = 此文本，或可能由其改寫的文本，也由這些發布體系發布；未收錄的共同來源，也能解釋此情形
detected-together = { count-accounts }在{ $length }內發布此內容，其中{ $silent }個此前沉寂。眾人都得知的事件，也能解釋此情形
first-seen-unknown = 在我們的收錄中最早見於：不明
first-seen-line = 在我們的收錄中最早見於：{ $moment }，由{ $by }發布（本次突增中最早的一則）
collected-unknown = 時段內的收錄：不明
collected-complete = 時段內的收錄：完整（{ $sources }個來源全部收錄）
collected-partly = 時段內的收錄：{ $sources }個來源中完整收錄{ $collected }個；未收錄或僅部分收錄：{ $missing }
missing-failing = 抓取失敗
missing-not-polled = 未抓取
likelihood-rule = 若一切如常，出現這麼多發聲單位的機率為 p = { $p }；本規則在 p ≤ { $limit } 時發出警示。基準：{ count-days }內{ $windows }個時段
likelihood-other = 若一切如常，出現這麼多的機率為 p = { $p }；在 p ≤ { $limit } 時發出警示。基準：{ $baseline }
baseline-accounts = 這些帳號各自的發文頻率
baseline-term = 此詞在{ count-days }內所有發布內容中所占的比例
insufficient-line = 資料不足：歷史資料太少，無法說明平時的情形
gates-line = 未作統計檢定，依門檻：{ $gates }
gate-one = { $name }{ $limit }，實際{ $value }
gate-domestic = 國內發布體系數至少
gate-retelling = 以自有文本發布的代理者發布體系數至少
gate-rule-share = 屬於規則所列群組、語言及平台的比例至少
election-line = 選舉：{ $election }
window-line = 時段：{ $window }（{ $zone }）

## The account of a burst that is over

found-line = 發現於{ $began }，{ $until }（{ $zone }）
found-ended = 結束於{ $moment }
found-last-seen = 最後見於{ $moment }
acknowledged-line = 接手：{ $by }；{ $verdict }
verdict-none = 尚無評定
verdict-useful = 評定：有用
verdict-noise = 評定：雜訊
verdict-known = 評定：已知
last-window = 最近一個時段：{ count-items }、{ $measure }

## What the calendar of an election says

election-named = { $name }，{ $days }
polling-day-unknown = 投票日不明
polling-day-today = 投票日當天
polling-day-ahead = 距投票日{ $days }天
polling-day-past = 投票日後{ $days }天
phases-none = 沒有已知的階段適用
phases-one = 階段：{ $phase }
phases-several = 階段：{ $phases }
phases-unknown = 是否適用不明：{ $phases }
phases-applied = 採用此階段的門檻：{ $phase }

## What is kept out of a message

withheld-text = （暫不顯示）
withheld-note = 暫不顯示看似民調的文字，{ $until }（{ $why }）。原文見頁面
withheld-until = 至{ $moment }（{ $zone }）為止
withheld-until-unknown = 截止時間不明

## Messages about collection

coverage-outage = 收錄狀況：多數來源抓取失敗，{ $tried }個中有{ $failed }個（分布於{ $hosts }個主機），自{ $moment }起
coverage-outage-over = 收錄狀況：多數來源在中斷{ $length }後恢復收錄
coverage-again = 收錄狀況：{ $name }，歷時{ $length }後{ $again }
coverage-since = 收錄狀況：{ $name }，{ $moment }起{ $is }
coverage-several = 收錄狀況：{ $counts }
coverage-count = { $state }{ $sources }個
coverage-recovered = 已恢復{ $sources }個
outage-line = 多數來源同時抓取失敗，與本機網路故障的情形相符。不逐一列出；這些來源在此期間發布的內容不明
outage-why = 其中一例：{ $why }
outage-gap = 未收錄：{ $gap }
gap-span = { $span }（{ $length }）
gap-found = 事後找到該期間的{ count-items }，可能還有更多
detail-gap = 先前{ $from }：{ $gap }
detail-why = 原因：{ $why }
detail-was-why = 先前{ $from }。原因：{ $why }
change-since = { $name }：{ $moment }起{ $is }
change-was-since = { $name }：{ $moment }起{ $is }（先前{ $from }）
change-why = { $change }。原因：{ $why }
change-again = { $name }：{ $again }
change-again-gap = { $name }：{ $again }；先前{ $from }，{ $gap }
changes-more = 另有{ $more }個；頁面列有所有來源
states-line = 定期抓取的{ $polled }個來源：{ $counts }
as-of-line = 截至{ $moment }（{ $zone }）

# What a source does since it is in a state that is told.
is-failing = 抓取失敗
is-blocked = 遭阻擋
is-silent = 無新內容
is-ended = 似已終止
is-moved = 已永久搬移

# What it does once the trouble is over.
again-publishes = 恢復發布
again-configured = 恢復在設定的位址收錄
again-collected = 恢復收錄

state-blocked = 遭阻擋
state-failing = 抓取失敗
state-ended = 似已終止
state-silent = 無新內容
state-moved = 已搬移
state-degraded = 不穩定
state-waiting = 等待中
state-ok = 正常
state-import = 匯入
state-off = 停用

## Several alerts in one message

link-alerts = 所有警示及其依據
severity-info = 一般
severity-warning = 注意
severity-critical = 緊急
count-alerts = { $alerts }則警示
summary-severity = { $severity }{ $count }則
summary-headline = { $title }：{ count-alerts }（{ $counts }）
summary-group = 一併通知
summary-digest = 彙整
summary-quiet = 靜音時段結束
summary-limit = 因本接收處的訊息上限而暫緩
summary-released = 先前暫緩
summary-handover = 交班
summary-span = 自{ $span }（{ $zone }）
summary-entry = 【{ $severity }】{ $headline }
summary-more = 另有{ $more }則警示，見頁面
summary-withheld = 暫不顯示：疑似民調的文字，可在頁面查看
note-limit = 已達本接收處的訊息上限：後續訊息暫緩至{ $moment }（{ $zone }），屆時一併通知

## A receiver that takes no messages

link-receiver = 此警示及其歷程
receiver-gives-up = 傳至{ $receiver }的訊息無法送達：已放棄一則
receiver-again = 傳至{ $receiver }的訊息已恢復送達，歷時{ $length }
receiver-why = 原因：{ $error }
receiver-since = 至今已放棄{ $count }則，自{ $moment }起（{ $zone }），均可在頁面查看

## Buttons, and what is told who pressed one

button-taken = 我來處理
button-useful = 有用
button-noise = 雜訊
button-known = 早已知道
button-quiet = 靜音 4 小時
reply-taken = 已接手
reply-judged = 已接手；{ $verdict }
reply-quiet = 4 小時內不再通知符合 { $alerts } 的警示
reply-unknown = 已沒有這則警示
reply-refused = 無法處理，請改用網頁
