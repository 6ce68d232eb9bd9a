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
narratives-none = No narrative is configured.
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
