# What pages say in English.
#
# One message a line of text, in the syntax of Fluent (https://projectfluent.org/fluent/guide/). What stands in `{ $… }` is
# given by the program and put in as it is; it may be a link or a moment. Every catalogue has the same messages, with
# the same arguments; an id has a hyphen in it. Wording is neutral: published, also published by, first seen in our
# collection, consistent with. Unknown is said as unknown.

## The frame of every page

frame-skip = Skip to content
frame-views = Views
frame-invented = Invented data: demo. Nothing here is news.
frame-foot = Times are { $zone }; each gives UTC when pointed at. Made { $now }.
frame-search = Search
frame-keys = Keys
frame-appearance = Language, zone and theme
frame-light = Light
frame-dark = Dark
frame-zone-election = Election’s time
frame-zone-utc = UTC
frame-zone-mine = My time
frame-log-out = Log out
frame-log-in = Log in
frame-audit = Audit
frame-as = As { $name }
frame-your-name = Your name
frame-role-viewer = viewer
frame-role-analyst = analyst
frame-role-admin = admin
view-now = Now
view-search = Search
view-narratives = Narratives
view-elections = Elections
view-saved = Saved
view-bursts = Bursts
view-echo = Echo
view-alerts = Alerts
view-cases = Cases
view-sources = Sources

## Numbers and lengths

number-items = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
number-voices = { $count ->
    [one] { $count } voice
   *[other] { $count } voices
}
number-stories = { $count ->
    [one] { $count } story
   *[other] { $count } stories
}
number-sources = { $count ->
    [one] { $count } source
   *[other] { $count } sources
}
length-minute = under a minute
length-minutes = { $minutes } min
length-hours = { $hours } h
length-hours-minutes = { $hours } h { $minutes } min
length-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
length-days-hours = { $days ->
    [one] { $days } day { $hours } h
   *[other] { $days } days { $hours } h
}

## Now

now-title = Now
now-quiet = No burst is open
now-quiet-since = The last one ended { $when }: { $name }.
now-quiet-ever = None has been found so far. A rule raises one when voices exceed what is usual and its gates are passed.
now-headline = { $name }: { $voices } in { $length }, { $usual }
now-usual = usual { $mean } ({ $low } to { $high })
now-usual-gates = what is usual was not tested
now-usual-insufficient = usual unknown, { $days } of { $needed } days
now-lead = { $items } in the window, in { $stories }. First seen in our collection { $when }, published by { $source }.
now-lead-unseen = { $items } in the window, in { $stories }. Which item was first is not known.
now-open-burst = Open the burst
now-clock = Elections
now-clock-none = No election is configured, or none has a known polling day.
now-clock-polls = polls { $day }, { $when }
now-clock-today = today
now-bursts = Open bursts
now-bursts-note = { $firing } firing, { $acknowledged } acknowledged
now-bursts-none = No burst is open. { $collected }
now-bursts-last = Last bursts
now-bursts-more = and { $count } more: { $link }
now-bursts-all = all bursts
now-column-what = What
now-column-hours = Items an hour, last 48 h
now-column-observed = Observed
now-column-voices = Voices by group, families
now-column-first = First seen in our collection
now-column-state = State
now-voices = { $voices } voices
now-observed = { $items } in { $length }
now-one-text = { $items } of { $all } items carry one text
now-first-unknown = not known
now-state-firing = firing
now-state-resolved = resolved
now-state-acknowledged = acknowledged
now-state-by = by { $by }
now-spark-label = Items an hour over 48 hours, at most { $most }; hours not collected: { $gaps }
now-spark-unknown = The hours could not be counted.
now-key-window = line under the axis: the tested window
now-key-over = strong bars: hours of the tested window
now-key-band = grey area: lowest to highest of the same hour in the 28 days before
now-key-hatch = hatched: not collected, so unknown and not zero
now-coverage = Coverage
now-coverage-line = { $collected } of { $polled } are being collected.
now-coverage-none = No source is polled.
now-coverage-down = Not: { $names }.
now-coverage-down-more = Not: { $names }, and { $count } more.
now-coverage-behind = The analysis is { $entries } entries behind the log.
now-since = Since you last looked
now-since-first = This is your first look on this device, or it forgot the last.
now-since-nothing = Nothing has changed since { $when }.
now-since-fired = Burst found: { $name }
now-since-resolved = Ended: { $name }
now-since-acknowledged = { $by } acknowledged { $name }
now-since-source = Collection, { $what }: { $name }
now-since-receiver = Messages, { $what }: { $name }
now-since-other = { $what }: { $name }
now-latest = Latest in these bursts
now-latest-none = No items: there was no burst.
now-narratives = Narratives
now-narratives-note = items of the last 7 days, beside the mean week of the 4 weeks before
now-narratives-none = No narrative is configured.
now-narrative-column = Documented claim
now-narrative-week = 7 days
now-narrative-usual = usual
now-narrative-unknown = unknown
now-live = Live
now-changed = Something has changed; show it
now-not-live = Not live; reload

## Elections

elections-title = Elections
elections-none = No election is configured. `elections/` in the configuration has one file for each.
elections-polling-unknown = Polling day: not known.
elections-ahead = { $days ->
    [one] in { $days } day
   *[other] in { $days } days
}
elections-today = today
elections-past = { $days ->
    [one] { $days } day ago
   *[other] { $days } days ago
}
elections-zone = Its times are { $zone }.
elections-phase = Phase
elections-start = Begins
elections-end = Ends
elections-law = Set by
elections-state = Now
elections-in-force = in force
elections-not-in-force = no
elections-not-known = not known
elections-withholds = quotes of polls are kept out of messages
elections-narratives = Narratives watched for it
elections-no-narratives = None.

## Narratives

narratives-title = Narratives
narratives-note = A documented claim, with what documents it. That an item matches its query says that it has the claim’s wording, not that it makes the claim.
narratives-documented = Documented by
narratives-actors = Whom the documents name
narratives-nobody = Nobody.
narratives-queries = Queries
narratives-elections = Elections
narratives-disarm = Techniques of DISARM, our reading
narratives-volume = Matches a day, last 28 days
narratives-groups = By group, last 28 days
narratives-languages = By language, last 28 days
narratives-stories = Largest stories, last 28 days
narratives-no-matches = No item matched in the last 28 days. { $collected }
narratives-group = Group
narratives-language = Language
narratives-items = Items
narratives-families = Families
narratives-story = Story
narratives-search = All matches

## Keys

keys-title = Keys
keys-note = With script, outside of fields. All of it can be done without them.
keys-key = Key
keys-does = Does
keys-search = to the search field
keys-next = next row
keys-previous = previous row
keys-open = open the row
keys-acknowledge = to the form that acknowledges
keys-silence = to the form that silences
keys-case = to the form that adds to a case
keys-table = data table of the chart, open or closed
keys-window = earlier and later
keys-this = this list
keys-on = Switch keys on
keys-off = Switch keys off

## Cases

cases-title = Cases
cases-note = What was put together as evidence, as it was when it was put there, with notes.
cases-none = No case was opened so far.
cases-case = Case
cases-entries = Entries
cases-opened = Opened
cases-updated = Changed
cases-open = Open a case
cases-name = What it is called
cases-open-it = Open
cases-opened-by = Opened { $when } by { $by }.
cases-take-along = As a file:
cases-empty = Nothing is in it yet. Bursts, stories and items have a form at the foot of their pages.
cases-note-add = Write a note
cases-note-text = Note
cases-note-save = Keep
cases-kind-item = Item
cases-kind-story = Story
cases-kind-burst = Burst
cases-kind-note = Note
cases-added-by = Added { $when } by { $by }
cases-remove = Take out
cases-add = Add to a case
cases-new = a new case
cases-new-name = Its name, where it is new
cases-add-it = Add

## Words on many pages

words-unknown = unknown
words-under-tenth = under 0.1
words-under-least = under 1e-300
words-list = { $listed }, { $entry }
words-families = { $count ->
    [one] { $count } family
   *[other] { $count } families
}

## What went wrong

problem-suggestion = Did you mean { $suggestion }?
problem-hint = What to do: { $hint }.
problem-refused = The configuration on disk has { $count ->
    [one] { $count } fault
   *[other] { $count } faults
} and is not in force (refused { $when }); the one before it stays.
problem-refused-more = and { $count } more
problem-refused-remedy = What to do: mend the files; { $command } names every fault. They are read again when they change.

## What was collected

coverage-no-source = Coverage: no source is in scope of { $what }, so nothing was collected for it.
coverage-complete = Coverage: complete; { $collected } of { $sources } in scope of { $what } were collected throughout.
coverage-partly = Coverage: { $collected } of { $sources } in scope of { $what } were collected throughout; numbers are lower bounds. Not collected in whole or part: { $missing }.
coverage-missing = { $source } ({ $why })
coverage-missing-more = { $missing }, and { $count } more
coverage-failing = failing
coverage-not-polled = not polled
coverage-why = { $reason }: { $error }
coverage-all-sources = All sources
coverage-less = Less is collected now: { $why }.
coverage-strip = collected in { $collected } of the last { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
coverage-strip-key = Last { $hours } hours: dark is collected, half of it in part, light by import, hatched not collected, empty not to be collected; a line under it: items of it came later.

## Grades of affiliation

grade-official = official
grade-state-controlled = state-controlled
grade-state-linked = state-linked
grade-state-aligned = state-aligned
grade-independent = independent
grade-unknown = unknown
grade-basis = { $grade }; basis: { $basis }
grade-no-basis = { $grade }; basis not on record
grade-no-record = { $grade }; none on record
grade-looked-up = { $grade }, looked up { $day }
grade-reference = { $grade }, reference: { $reference }

## An item in a list

item-claims = claims { $when }
item-no-title = (no title)
item-language = language { $tag }
item-no-text = no text to compare
item-own-text = own text
item-same-text = same text in { $items }
item-more-here = { $story }, { $count } more here
item-wordings = { $count ->
    [one] { $count } wording
   *[other] { $count } wordings
}
item-hidden = contains hidden characters
item-imported = imported; seen per the archive
item-original = original: { $link }
item-gone = gone at its source: last shown by { $source } { $shown }, missing from its list since { $missing }
item-gone-back = { $gone }, shown again { $back }

## Why an item stands at its time

time-published = the time its source gives
time-assumed = the time its source gives, its zone or the order of its numbers as its country writes them
time-day = the last moment that the day its source gives allows; it gives no time of day
time-future = when we received it: the time its source gives lies ahead of our clock
time-backdated = when we received it: the time its source gives lies before a poll that did not have it
time-implausible = when we received it: the time its source gives is too old to be true
time-missing = when we received it: its source gives no time
time-no-zone = when we received it: the time its source gives is in a zone that is not known
time-unreadable = when we received it: the time its source gives cannot be read
time-unknown = reason unknown

## What a platform says of a post

post-forwarded = forwarded from { $origin }
post-quotes = quotes { $origin }
post-pseudonym = { $name } (a pseudonym)
post-address = { $name }: { $link }
post-edited = edited, { $when }
post-edited-unknown = edited, time unknown
post-views = { $views } views
post-boosts = { $count ->
    [one] { $count } boost
   *[other] { $count } boosts
}
post-quoted = { $count ->
    [one] { $count } quote
   *[other] { $count } quotes
}
post-score = score { $score }
post-as-of = { $counts }, as of { $when }
post-media = with images, video or sound, which are not read

## The timeline

chart-label = { $items } over time, in bins of { $bin }
chart-label-gaps = { $items } over time, in bins of { $bin }; { $gaps ->
    [one] { $gaps } stretch
   *[other] { $gaps } stretches
} not collected
chart-all-items = All items
chart-key-bar = bar: items in { $bin }; each row has its own scale, its maximum at the axis
chart-key-late = bar on hatching: came later, so a lower bound
chart-gaps = Not collected: { $gaps }.
chart-gaps-more = Not collected: { $gaps }, and { $count } more stretches.
chart-file = The same as CSV
chart-table = Data table
chart-table-label = Data table of the timeline
chart-table-note = Items over time; unknown where nothing was collected
chart-column-from = From
chart-column-items = Items
chart-column-families = Families
chart-column-stories = Stories
chart-column-collected = Sources collected
chart-late = (came later)
chart-collected = { $collected } of { $sources }

## Bursts

burst-none = No bursts.
burst-none-in-time = No bursts began in this time.
burst-none-why = A rule raises one when voices exceed what is usual and its gates are passed; without enough history it says insufficient data and raises none.
burst-list-note = Newest first; usual is counted in voices
burst-one = Burst
burst-column-found = Found
burst-column-window = Window
burst-column-items = Items
burst-column-voices = Voices
burst-column-usual = Usual
burst-column-holds = Holds
burst-earlier = Earlier bursts
burst-usual = { $mean } ({ $low } to { $high })
burst-usual-gates = not tested; see its gate
burst-usual-insufficient = insufficient data; { $days } of { $needed } days
burst-ended = ended { $when }, after { $length }
burst-open = open
burst-open-since = { $open } since { $when }

## One burst

burst-crumbs = { $bursts } · rule { $rule } · revision { $revision }
burst-summary = { $items } in { $length }, by { $families } in { $stories }: { $voices }, usual: { $usual }.
burst-one-text = { $items } of { $all } carry one text.
burst-found-late = Found late: its items were received after the window had passed.
burst-holds = { $holds }. Peak since it was found: { $items }, { $voices }.
burst-rises-fast = Nobody listed this term. It rises within hours.
burst-rises-slow = Nobody listed this term. It rises within days.
burst-rises-fast-group = Nobody listed this term. It rises within hours in what { $group } publishes.
burst-rises-slow-group = Nobody listed this term. It rises within days in what { $group } publishes.
burst-spelled = Counted is { $term }; spelled { $spellings }.
burst-quoted = “{ $term }”
burst-lineage = A text that was first published, in our collection, as { $item } was also published by the families below, the same or possibly reworded. A common source that is not collected explains the same.
burst-this-item = this item
burst-together = Same object posted together: a { $object }, by { $accounts ->
    [one] { $accounts } account
   *[other] { $accounts } accounts
} within { $seconds } s; { $silent } had been silent before. An event that all heard of explains the same.
burst-object-text = text
burst-object-link = link
burst-object-hashtag = hashtag
burst-over-time = Over time
burst-not-drawn = The timeline cannot be drawn: { $why }.
burst-election = Election: { $line }.
burst-window = Window { $from } to { $to }; these numbers are of { $when }.
burst-counted = Counted: { $whose }.
burst-counted-outside = voices outside the domestic press only
burst-counted-all = everybody's voices
burst-why-bins = Why: bin by bin, beside the baseline
burst-why-windows = Why: every window, beside what is usual
burst-first-seen = { $when }, published by { $source }: { $item }. It is the earliest item of this burst; others may have been first elsewhere.
burst-the-item = the item
burst-coverage = Coverage of the window
burst-this-rule = this rule in the window
burst-query = Query
burst-search = Search with this query in this window
burst-record = The record as JSON
burst-items-cut = The first { $count } are shown; the search has all.

## What a burst was judged by

burst-measured = What was measured
burst-measured-note = Voices are the smaller of families and stories
burst-column-measure = Measure
burst-column-measured = Measured
burst-column-limit = Limit
burst-column-result = Result
burst-chance = Chance of so many voices if nothing had changed (p)
burst-at-most = at most { $limit }
burst-at-least = at least { $limit }
burst-against-usual = Voices against usual
burst-expected = expected { $mean }; 19 windows in 20: { $low } to { $high }
burst-history = History
burst-insufficient = insufficient data
burst-gate = Gate: { $name }
burst-gate-families = families at least
burst-gate-stories = stories at least
burst-gate-share = share of the largest family at most
burst-passed = passed
burst-not-met = not met
burst-baseline-accounts = from how often these accounts post
burst-baseline-term = its share of all that was published in { $days }
burst-baseline-windows = from { $windows ->
    [one] { $windows } window
   *[other] { $windows } windows
} in { $days }

## Who has how much of a window

burst-by-group = By group
burst-by-family = By family
burst-by-story = By story
burst-no-group = No item is of a source in a group.
burst-column-group = Group
burst-column-family = Family
burst-column-story = Story, by its first item
burst-column-families = Families

## Search

search-title = Search
search-read-as = read as { $query }
search-read-as-all = read as { $query }, every item
search-over-time = Over time
search-most-relevant = By relevance the first { $most } are listed; by time all are.
search-one-of-each = One item of each story is listed, with the number of the others. { $link }
search-list-each = List each
search-this = this search
search-next = Next page
search-no-items = No items in this time; { $collected } of { $sources } were collected throughout.
search-no-items-because = No items: { $zero }; { $collected } of { $sources } were collected throughout.
search-zero-off = the sources in scope are switched off, so the number is unknown
search-zero-no-source = no source is in scope
search-zero-unreachable = nothing of the sources in scope was collected in this time, so the number is unknown
search-zero-nothing-published = the sources that were collected published nothing in this time
search-zero-nothing-matched = the sources in scope published items in this time, and none matches
search-other-times = { $items } at other times
search-elsewhere = { $link }, the newest of { $when }.
search-nothing-yet = Nothing has been collected yet.
search-no-match = Nothing in the whole collection matches. Try fewer words, or another spelling.

## The form of a search

ask-query = Query
ask-search = Search
ask-from = From
ask-from-example = 7d or 2026-11-28
ask-to = To
ask-order = Order
ask-newest = newest first
ask-oldest = oldest first
ask-relevance = most relevant first
ask-zone = Zone of days
ask-names = Names in every script
ask-each = Each copy of a text
ask-time = Time:
ask-24-hours = 24 hours
ask-7-days = 7 days
ask-28-days = 28 days
ask-all = all
ask-help = How to write a query
ask-help-note = Words are joined by AND. Full-width signs and the quotation marks of every script work. Upper and lower case, accents, width and Han script make no difference.
ask-syntax-words = both words, in any place
ask-syntax-phrase = these characters in a row; 台灣 finds 臺灣 and 台湾
ask-syntax-or = one of them; OR in capitals
ask-syntax-not = the one without the other; NOT works too
ask-syntax-group = parentheses group
ask-syntax-near = at most five words or characters apart
ask-syntax-gap = in a row, with at most two words between
ask-syntax-prefix = words that begin so
ask-syntax-part = only there
ask-syntax-who = by who published it
ask-syntax-what = by language, address, hashtag
ask-syntax-about = by a name in any script, a documented claim, the same text
ask-syntax-time = a time of its own, in the zone below

## Beside and below the results of a search

beside-made-of = Made of
beside-groups = Groups
beside-languages = Languages
beside-sources = Sources
beside-file = { $csv } of these
beside-others = { $count ->
    [one] { $count } other
   *[other] { $count } others
}
beside-unknown = unknown
beside-take-along = Take along
beside-files = All items: { $csv } · { $ndjson }. Timeline: { $timeline }. This page: { $json }.
beside-links = Link to { $asked } · { $fixed }, the same tomorrow.
beside-links-moving = Link to { $asked }, its time moving on · { $fixed }, the same tomorrow.
beside-this-search = this search
beside-written-out = with its time written out
beside-save-under = Save under the name
beside-optional = optional
beside-save = Save

## Saved queries

saved-title = Saved queries
saved-none = No saved queries
saved-count = { $count ->
    [one] { $count } saved query
   *[other] { $count } saved queries
}
saved-note = A search is saved under a name at the foot of its page. As a file: { $csv } · { $ndjson }. As TOML: { $toml }.
saved-by-name = By name
saved-name = Name
saved-query = Query
saved-time = Time
saved-saved = Saved
saved-remove = Remove
saved-all = all
saved-from = from { $from }
saved-to = to { $to }
saved-from-to = { $from } to { $to }
saved-in-zone = { $stretch }, { $zone }
saved-by = { $when } by { $author }

## Two items side by side

compare-title = Side by side
compare-one-story = Both are of one story: their texts are the same or nearly the same.
compare-reworded = They are consistent with a rewording, score { $score }.
compare-reworded-meaning = They are consistent with a rewording, score { $score }: { $meaning }.
compare-no-relation = No relation between them was found.
compare-note = Marked is what stands in both, whatever the script; it does not tell who has it from whom.
compare-calibration = of pairs with this score, { $percent } % were copies in the gold set
compare-in-both = In both
compare-figures = Figures
compare-names = Names
compare-quotations = Quotations
compare-addresses = Addresses
compare-none = none
compare-no-title = (no title)
compare-no-text = unknown; the source gives no text
compare-stands = { $when }: { $clock }; { $percent } % of it stands in the other.
compare-clock-stated = stated { $time }, seen { $seen }
compare-clock-day = date only, time unknown, seen { $seen }
compare-clock-not-believed = seen { $seen }; the time it states is not believed
compare-clock-unreadable = seen { $seen }; the time it states cannot be read
compare-clock-none = seen { $seen }; it states no time
compare-clock-imported = { $clock }, per the imported file

## Echo

echo-title = Echo
echo-note = Who carries what another { $by } was first with in this collection. A count far above what size alone gives is consistent with one carrying what the other publishes: both may carry a third.
echo-group = group
echo-outlet = outlet
echo-count = { $lineages } of more than one { $by }.
echo-lineages = { $count ->
    [one] { $count } lineage
   *[other] { $count } lineages
}
echo-incomplete = Not all pairs are counted.
echo-this = this
echo-none = Nothing is shared in this time.
echo-pairs = Pairs
echo-pairs-caption = Pairs in both directions
echo-first = First
echo-then = Then
echo-column-lineages = Lineages
echo-by-size = By size alone
echo-echoes = Echoes
echo-lag = Median lag, 95 %
echo-share = { $first } of { $shared }
echo-lag-one = { $lag } (one)
echo-lag-between = { $lag } ({ $low } to { $high }, of { $count })
echo-lag-unknown = unknown
echo-data = this as data
echo-query = Only lineages with an item that matches
echo-do-count = Count
echo-from = From
echo-to = To
echo-between = Between
echo-groups = groups
echo-outlets = outlets
echo-states = only state media

## Sources

sources-page = Page { $page } of { $pages }, those with trouble first.
sources-before = Sources before
sources-next = Further sources
sources-title = Sources
sources-none-polled = No source is polled
sources-collected = { $collected } of { $polled } are being collected
sources-none = No sources are configured. `bellwether check` says what is read from where.
sources-in-state = { $count } { $state }.
sources-are-ok = as usual
sources-are-degraded = collected with difficulties
sources-are-silent = silent for longer than the rhythm explains
sources-are-failing = cannot be reached or read
sources-are-blocked = blocked by the server
sources-are-moved = moved for good
sources-are-ended = ended
sources-are-waiting = not polled yet or not lately
sources-are-off = switched off
sources-are-import = came by import
sources-state-ok = ok
sources-state-degraded = degraded
sources-state-silent = silent
sources-state-failing = failing
sources-state-blocked = blocked
sources-state-moved = moved
sources-state-ended = ended
sources-state-waiting = waiting
sources-state-off = off
sources-state-import = import
sources-order = Those that need a person first
sources-source = Source
sources-affiliation = Affiliation, basis, date
sources-groups = Groups, family
sources-last = Last attempt
sources-collection = Collection
sources-family = family { $name }
sources-last-none = none
sources-brought = { $new } new, { $changed } changed
sources-brought-http = HTTP { $status }, { $new } new, { $changed } changed
sources-repaired = { $brought }; repaired: { $repaired }
sources-since = { $state } since { $when }
sources-newest = newest item { $when }
sources-baselines = Baselines
sources-baselines-note = A day counts where enough families of a group were collected
sources-group = Group
sources-days = Days that count
sources-baseline = Baseline
sources-days-of = { $days } of { $daysNeeded }, with { $familiesNeeded } of { $families }
sources-baseline-unknown = unknown
sources-baseline-ready = ready since { $day }
sources-baseline-expected = ready on { $day } if collection goes on

## Stories

story-this = this story
story-summary = { $items } of { $publishers } in { $families }.
story-summary-several = { $items } of { $publishers } in { $families }, in { $stories } that may be rewordings of one another.
story-publishers = { $count ->
    [one] { $count } publisher
   *[other] { $count } publishers
}
story-families = { $count ->
    [one] { $count } publisher family
   *[other] { $count } publisher families
}
story-against = What speaks against a path from state to domestic media
story-against-item = { $item }: { $said }
story-an-item = an item
story-order = In order of time
story-order-help = Each is compared with those that were earlier by a minute or more, and the one is named whose text is most like its own. That is consistent with a copy; it proves none.
story-members-cut = Not all members are listed: the earliest { $count } are.
story-members = Members
story-members-caption = Members of the lineage
story-column-time = Time
story-column-after = After the first
story-column-source = Published by
story-column-title = Title
story-column-text = Its text
story-column-clock = Clock
story-same-minute = same minute
story-lag-unknown = unknown
story-earliest = earliest in the collection
story-same = same words
story-same-as = same words as { $source }
story-near = nearly the same words
story-near-as = nearly the same words as { $source }
story-reworded = consistent with a rewording
story-reworded-as = consistent with a rewording as { $source }
story-like-share = { $like }, { $share } % of its words
story-side-by-side = side by side
story-rewordings = Consistent with a rewording
story-pair = { $item } and { $other }, score { $score } ({ $meaning }): { $link }
story-item-id = item { $id }
story-checks = Fact-checks on the same narrative
story-checks-help = Found by the queries of the narrative. They need not speak of this text.
story-check-narrative = narrative: { $titles }
story-possible = Possible: the same in another language
story-possible-help = They share what a translation leaves alone. So may two reports of one event: these are no members of the story, and are counted nowhere.
story-in-both = in both: { $shared }
story-beside = { $when } { $source }: { $title }
story-data = this story as data

## One item

record-no-title = (no title)
record-text = Text
record-known = What is known
record-published-by = Published by
record-also-shown = { $shown }, also shown by { $source }
record-affiliation = Affiliation
record-note = Note
record-hidden = { $what }; not shown here, found as if they were not there
record-family = Publisher family
record-time = Time used
record-time-reason = { $when }: { $why }
record-claimed = Its source claims
record-claims = { $when }, written { $written }
record-claims-unread = not read: { $written }
record-claims-none = unknown; none given
record-seen-archive = { $when }, per the archive; imported { $imported }
record-absences = At its source
record-kept = Kept here. That its neighbours are still shown is known; who took it away, and why, is not.
record-language = Language
record-language-declared = { $language }; its source claims { $declared }
record-same-text = Same text
record-same-text-story = { $text }; { $link }
record-story = its story and rewordings
record-platform = Platform
record-platform-says = Its platform says
record-original = Original
record-no-address = unknown; no address given
record-guid = Id of its source
record-id = Id
record-matches = Matches queries of
record-no-match = No query of a documented narrative.
record-match = { $narrative }: { $query }
record-match-help = A match shows that words were used. Reports about a claim and corrections of it match too.
record-captures = As received
record-capture = capture { $id }
record-capture-holds = { $capture }, holds wording { $wordings }
record-look-last = { $capture }, the list of its source, which showed it last
record-look-missing = { $capture }, the list of its source, which did not show it
record-look-missing-still = { $capture }, the list of its source, which did not show it at a second look
record-look-again = { $capture }, the list of its source, which shows it again
record-captures-help = The bytes may hold anything, also what acts on the program that opens them.
record-wording = wording { $number }, received { $when }
record-wording-claims = wording { $number }, received { $when }, claims { $claimed }
record-changes = What was { $added } since the wording before, and what was { $removed }.
record-added = added
record-removed = removed
record-earlier = Earlier ones: { $link }
record-wordings-data = all wordings as data

## Why a rule raised a burst

explain-title = Why
explain-crumbs = { $bursts } · rule { $rule } · why
explain-verdict = { $verdict } at { $when }.
explain-raised = A burst is raised
explain-not-raised = No burst is raised
explain-open = Open then: { $burst } found { $found }, still open.
explain-open-ended = Open then: { $burst } found { $found }, ended { $ended }.
explain-the-burst = the burst
explain-none-open = No burst of this rule was open then.
explain-at = At
explain-ask = Explain
explain-earlier = A window earlier
explain-later = A window later
explain-tested-too = Tested too: { $whose }, { $items }. A burst is raised where one of the tests holds.
explain-bins = The window, bin by bin
explain-bins-note = Families and stories that are in several bins count in each
explain-column-from = From
explain-column-items = Items
explain-column-families = Families
explain-column-stories = Stories
explain-column-voices = Voices
explain-column-collected = Collected
explain-column-rhythm = Rhythm
explain-baseline = The baseline
explain-past-windows = { $count ->
    [one] { $count } past window
   *[other] { $count } past windows
}
explain-history = { $windows } of { $length } between { $from } and { $to }. What is not listed was not collected: it is no window of silence. By the rhythm of its hours the explained window has { $rhythm } times what a usual one has.
explain-days-missing = Missing: { $missing } of { $needed } days of history.
explain-newest = Newest first
explain-newest-cut = Newest first; { $count } are shown, the record has all
explain-voices = Voices
explain-query = Query
explain-backtest = What this rule would have done over 28 days
explain-items-then = Shown as they are now; counted as they were known at this tick.

## Why a term was told of

term-asked = Why was this term told of, or was not?
term-last-minute = the last minute
term-at = At { $when }.
term-the-burst = The burst
term-known = { $burst } that was known then, found { $found }, still open.
term-known-ended = { $burst } that was known then, found { $found }, ended { $ended }.
term-windows = Every window
term-windows-note = P is the chance of so many voices if nothing had changed, as its -log10
term-window = { $length }, { $whose }
term-of-group = the group { $group }
term-of-outside = outside the domestic press
term-of-all = anybody
term-column-window = Window, whose voices
term-column-usual = Usual
term-column-p = P
term-column-least = At least
term-column-not-met = Not met
term-unknown = unknown
term-insufficient = insufficient data
term-nothing-not-met = nothing: it rises
term-nearest = The nearest: { $window }
term-usual = Usual is a share: { $mentions } mentions in { $items } items, those longer ago weighing less, of the { $published } items published in the window, from { $days } of history.
term-column-measure = Measure
term-column-measured = Measured
term-column-limit = Limit
term-column-result = Result
term-passed = passed
term-not-met = not met
term-history-days = Days of history
term-history-items = Items of which it is a share
term-name = Has a name
term-no-name = none
term-name-needed = a run of whole words in most of its items
term-list = { $list }, { $next }
term-rule-gate = Gate of the rule: { $gate }
term-hours = Hour by hour
term-hours-note = By the items' own time; usual are voices, of as much as was published
term-column-published = All that was published
term-parts = What was counted
term-all-above = All above is of { $term }.
term-again = { $count ->
    [one] { $count } item was counted again.
   *[other] { $count } items were counted again.
}
term-again-from = { $count ->
    [one] { $count } item was counted again, from { $from }.
   *[other] { $count } items were counted again, from { $from }.
}
term-column-term = Term
term-column-first = First
term-column-last = Last
term-column-rises = Rises
term-too-frequent = too frequent to be judged
term-rises = yes
term-rises-not = no
term-never = never
term-items-then = Shown as they are now; counted as they were when they came.

## What a rule would have done

backtest-title = Backtest
backtest-crumbs = { $bursts } · rule { $rule } · backtest
backtest-span = What this rule would have done from { $from } to { $to }.
backtest-changed-beside = Beside it, changed:
backtest-query = Query
backtest-window = Window
backtest-families = Families at least
backtest-stories = Stories at least
backtest-days = Days
backtest-test = Test
backtest-version = Version { $version }: { $alerts }
backtest-in-force = in force
backtest-changed = changed
backtest-alerts = { $count ->
    [one] { $count } alert
   *[other] { $count } alerts
}
backtest-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
backtest-thresholds = Window { $window }; families at least { $families }, stories at least { $stories }, share of the largest family at most { $share }; p at most { $p }.
backtest-phase = In phase { $phase }: families at least { $families }, stories at least { $stories }, share of the largest family at most { $share }; p at most { $p }.
backtest-a-week = { $rate } alerts a week
backtest-rate = { $rate } over { $days }.
backtest-few-days = Too few days for a rate
backtest-no-rate = { $few }: { $days }.
backtest-days-insufficient = { $days }, of which { $insufficient } with insufficient data
backtest-note = Counts and usual are of the window in which it would have been found
backtest-column-found = Found
backtest-column-ended = Ended
backtest-column-items = Items
backtest-column-voices = Voices
backtest-column-peak = Peak
backtest-column-usual = Usual
backtest-column-other = Other version
backtest-column-first = First items
backtest-held-before = (held before)
backtest-found-late = (found late)
backtest-open = open at the end
backtest-has-it = has it too
backtest-has-it-not = has it not
backtest-no-other = none

## Alerts

alerts-title = Alerts
alerts-none-firing = No alert shown is firing
alerts-firing = { $count ->
    [one] { $count } alert is firing
   *[other] { $count } alerts are firing
}
alerts-all = all alerts
alerts-open = open ones
alerts-silences = silences
alerts-feed = as a feed
alerts-rules = how useful each rule has been
alerts-none = No alerts so far.
alerts-none-open = No alerts are open.
alerts-raised = An alert is raised by a burst of a rule, or by a source that is no longer collected; see { $bursts } and { $sources }.
alerts-bursts = bursts
alerts-sources = sources
alerts-earlier = Earlier alerts
alerts-history = History
alerts-outage = Most sources fail
alerts-and = { $first }; { $then }
alerts-since = since { $began }
alerts-over-found = { $ended }, after { $length }; found { $began }
alerts-over-since = { $ended }, after { $length }; since { $began }
alerts-numbers = Peak { $peakItems }, { $peakVoices } in { $length }; last window { $items }, { $voices }; usual, in voices: { $usual }.
alerts-numbers-unknown = Its numbers are unknown: the burst is not there, or being computed again.
alerts-nothing-known = nothing is known of it
alerts-evidence-burst = Evidence and query: the burst
alerts-evidence-receiver = What was given up, with its errors
alerts-evidence-sources = Sources, with their last outcomes
alerts-no-message-rule = No message: its rule names no receiver that is in use.
alerts-no-message-receiver = No message: there is no other receiver to tell.
alerts-no-message-yet = No message so far: they are gathered up to an hour, and go to the receivers of `[coverage]` that are in use.
alerts-messages = Messages
alerts-receiver = Receiver
alerts-about = About
alerts-decided = Decided
alerts-attempts = Attempts
alerts-outcome = Outcome
alerts-kind-updated = updated
alerts-kind-summary = summary
alerts-delivered = delivered
alerts-delivered-at = delivered { $when }
alerts-held-back = held back
alerts-held-until = held back until { $when }
alerts-given-up = given up
alerts-sending = being sent
alerts-told-in-other = told in another message
alerts-not-sent = not sent
alerts-partly = given up after a part had arrived
alerts-waiting = waiting
alerts-waiting-until = waiting, next try { $when }
alerts-repeat = may have arrived twice
alerts-held-group = waited for others of its group
alerts-held-digest = for the digest of the receiver
alerts-held-quiet = quiet hours of the receiver
alerts-held-limit = the receiver's limit was reached
alerts-held-silence = silenced
alerts-held-inhibition = a fault of collection could explain it
alerts-held-ended = it ended before it could be told
alerts-held-follow-up = the receiver was told a short while before
alerts-held-unknown = for a reason that is not known

## What people make of an alert

ack-title = Alert
ack-acknowledge-and-judge = Acknowledge and judge
ack-judge = Judge
ack-verdict = Verdict
ack-none-yet = none yet
ack-offered-useful = useful: worth knowing
ack-offered-noise = noise: nothing was there
ack-offered-known = known: true, and known already
ack-note = Note
ack-acknowledge = Acknowledge
ack-record = Record
ack-last-counts = The last verdict counts, all stay in the history. Verdicts of all alerts of a rule make { $precision }.
ack-precision = its precision
ack-name-typed = A name is what somebody typed.
ack-useful = useful
ack-noise = noise
ack-known = known
ack-nobody = Nobody has acknowledged it.
ack-by = Acknowledged by { $by } { $when }.
ack-at = Acknowledged { $when }.
ack-last-by = It fires again. Last acknowledged by { $by } { $when }.
ack-last = It fires again. Last acknowledged { $when }.
ack-verdict-is = Verdict: { $verdict }.
ack-verdict-none = Verdict: none yet.
ack-verdict-was = verdict: { $verdict }
ack-happened = { $when }: { $what }
ack-happened-by = { $when }: { $what }, by { $by }

## What happened to an alert

event-acknowledged = acknowledged
event-fired = fired
event-fired-again = fired again
event-ended = ended
event-withdrawn = no longer found when computed anew
event-numbers = numbers changed: now { $items } items of { $families } families in { $stories } stories
event-collected-again = collected again
event-not-watched = no longer watched
event-outage = { $failed } of { $tried } sources fail, on { $hosts } hosts
event-given-up = a message was given up (number { $number }): { $error }
event-taken-again = takes messages again
event-why = { $state }: { $why }

## States

state-info = info
state-warning = warning
state-critical = critical
state-active = active
state-pending = pending
state-ended = ended

## Silences

silences-title = Silences
silences-note = Of alerts that a silence is about no message is sent while it is in force. They stand on the page all the same, and what still holds at its end is told then.
silences-all = all silences
silences-in-force = in force
silences-none = No silence so far.
silences-none-in-force = No silence is in force.
silences-new = Silence alerts
silences-made = from { $from } to { $to }, by { $by }: { $comment }
silences-made-ended = from { $from } to { $to }, by { $by }: { $comment }; ended by { $endedBy }
silences-end = End it now
silences-with = Alerts with
silences-silence = Silence
silences-such = Nobody is told of such alerts for that long; see { $silences }.
silences-matchers = Matchers, one a line, all of which must be met
silences-for = For
silences-1-hour = 1 hour
silences-4-hours = 4 hours
silences-1-day = 1 day
silences-7-days = 7 days
silences-30-days = 30 days
silences-why = Why

## How the alerts of each rule were judged

rules-title = How useful each rule has been
rules-none = No rule has raised an alert so far.
rules-rules = Rules
rules-precision-is = Precision: useful of useful and noise, with the range that holds 95 %. Known ones count in neither
rules-rule = Rule
rules-last-days = Last { $days } days
rules-useful = Useful
rules-noise = Noise
rules-known = Known
rules-precision = Precision
rules-precision-all = Precision of all
rules-judged-only = Only alerts that somebody judged are in it.
rules-silent = { $count ->
    [one] { $count } rule has raised none; { $link }.
   *[other] { $count } rules have raised none; { $link }.
}
rules-json = all rules as JSON
rules-gone = (no longer in force)
rules-all = { $precision }, { $alerts }
rules-share = { $share } % ({ $low } to { $high } %) of { $judged }
rules-no-alerts = unknown: no alerts
rules-no-verdicts = unknown: no verdicts yet
rules-known-only = unknown: judged known only

## Accounts

accounts-name = Name
accounts-password = Password
accounts-made = Whoever runs Bellwether makes accounts: { $command }.
accounts-audit-note = What was changed or tried by whom, the newest first: over HTTP, and by commands about accounts. What other commands do on this machine is not in it.
accounts-audit-none = Nothing so far.
accounts-newest-first = The newest first
accounts-when = When
accounts-who = Who
accounts-what = What
accounts-outcome = Outcome
accounts-older = Older
accounts-by-token = token { $name }
accounts-by-link = link to { $receiver }
accounts-this-machine = this machine
accounts-nobody = nobody
accounts-done = done

## Phases of elections

phase-early-and-mail-voting = early and mail voting
phase-ballots-sent-overseas = ballots sent overseas
phase-polling = polling
phase-canvass-and-certification = canvass and certification
phase-swearing-in = swearing in
phase-election-notice = election notice
phase-candidate-registration = candidate registration
phase-campaign = campaign
phase-campaign-special-municipality-mayors = campaign special municipality mayors
phase-campaign-councillors-and-county-heads = campaign councillors and county heads
phase-poll-blackout = poll blackout
phase-count = count
phase-winners-announced = winners announced
phase-certificates-issued = certificates issued
phase-candidates = candidates
phase-last-month = last month
