//! Why a term that nobody listed was told of at a time, or was not.

use std::ops::ControlFlow;

use bellwether_api::{
    CountsBody, CoverageBody, ElectionBody, ExplainLinks, ExplainTermBody, ExplanationBody,
    FirstSeenBody, GateBody, JudgementBody, OpenBurstBody, Problem, ShareBody, SpanBody,
    StoryShareBody, TermBinBody, TermClosestBody, TermPartBody, TermPastBody, TermRiseBody,
    TermUsualBody, TermWindowBody, explain_term_path, permalink,
};
use bellwether_archive::{Derived, LogReader};
use bellwether_model::{Burst, BurstId, Detector, FoundTerm, RuleId, TermRule, Timestamp};
use bellwether_monitor::{AskedTerm, ExplainedTerm, MonitorError, TermWindow, TypedTerm};
use bellwether_query::nearest;
use bellwether_text::{display_safe, excerpt};

use super::who::Who;
use super::why::failed;
use super::{Answers, ExplainParams, problems};

/// Items told with an explanation; the search has all.
const ITEMS_SHOWN: usize = 100;

/// Bins are hours.
const BIN_SECONDS: u64 = 3600;

/// Told how much is done of how much; breaks where nobody waits any more.
type GoOn<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// What is explained.
struct Meant<'a> {
    rule: &'a TermRule,
    term: TypedTerm,
    at: Timestamp,
    /// The burst that was named: its term is meant.
    burst: Option<Burst>,
}

impl Answers {
    /// Why a rule with a query raised a burst at a tick, or why a term was told of under a rule for what
    /// nobody listed; or why not. `go_on` is told how much is done, and may break off.
    ///
    /// # Errors
    /// A [`Problem`] where there is no such rule, the term is none, the time is not analysed yet, it was
    /// broken off, or the data folder cannot be read.
    pub fn explanation(
        &self,
        params: &ExplainParams,
        go_on: &mut GoOn<'_>,
    ) -> Result<ExplanationBody, Problem> {
        let told = self.log.with(|log| {
            let who = self.who(log)?;
            self.derived.with(|derived| {
                let Some(meant) = self.meant_term(params, derived, &who)? else {
                    return Ok(None);
                };
                self.told_of_term(&meant, log, derived, &who, go_on)
                    .map(Some)
            })
        })?;
        let Some((body, shown)) = told else {
            let body = self.explain(params)?;
            return Ok(ExplanationBody::Rule(Box::new(body)));
        };
        Ok(ExplanationBody::Term(Box::new(ExplainTermBody {
            items: self.items_by_id(&shown)?,
            ..body
        })))
    }

    /// The term that is meant; `None` where a rule with a query is.
    fn meant_term<'a>(
        &self,
        params: &ExplainParams,
        derived: &Derived,
        who: &'a Who,
    ) -> Result<Option<Meant<'a>>, Problem> {
        let named = params.rule.trim();
        let typed = params.term.as_deref().map(str::trim);
        let typed = typed.filter(|term| !term.is_empty());
        let is_of_query = who.rules.iter().any(|rule| rule.rule.id.as_str() == named);
        if is_of_query && typed.is_some() {
            return Err(problems::parameter(
                "rule",
                "this rule has a query; terms are told of by rules with terms = \"any\"",
            )
            .hint("name such a rule, or leave the term out"));
        }
        let term_rule = |id: &RuleId| who.term_rules.iter().find(|rule| rule.id == *id);
        if let Some(typed) = typed {
            let term = term(typed)?;
            let rule = match term_rule(&RuleId::new(named)) {
                Some(rule) => rule,
                None => only_rule(named, who)?,
            };
            let at = self.tick(params.at.as_deref(), derived, who)?;
            return Ok(Some(Meant {
                rule,
                term,
                at,
                burst: None,
            }));
        }
        if is_of_query {
            return Ok(None);
        }
        if let Some(rule) = term_rule(&RuleId::new(named)) {
            return Err(problems::parameter(
                "term",
                format!(
                    "`{}` tells of terms that nobody listed, and none is named",
                    rule.id
                ),
            )
            .hint("name a term; over HTTP `term=`, on the command line `--term TERM`"));
        }
        let burst = derived
            .burst(&BurstId::new(named))
            .map_err(problems::archive)?;
        let found = burst.and_then(|burst| Some((found_term(&burst)?.clone(), burst)));
        let Some((found, burst)) = found else {
            return Ok(None);
        };
        let Some(rule) = term_rule(&burst.rule) else {
            return Err(problems::not_found("rule", burst.rule.as_str()).detail(
                "the burst is of a rule that is no longer in force; its record has its numbers",
            ));
        };
        let at_burst = params.at.as_deref().is_none_or(|at| at.trim().is_empty());
        Ok(Some(Meant {
            rule,
            term: term(&found.counted)?,
            at: match at_burst {
                true => burst.window.to,
                false => self.tick(params.at.as_deref(), derived, who)?,
            },
            burst: at_burst.then_some(burst),
        }))
    }

    /// The explanation without its items, and the ids of those that are shown.
    fn told_of_term(
        &self,
        meant: &Meant<'_>,
        log: &LogReader,
        derived: &Derived,
        who: &Who,
        go_on: &mut GoOn<'_>,
    ) -> Result<(ExplainTermBody, Vec<String>), Problem> {
        let asked = AskedTerm {
            rule: meant.rule,
            elections: &who.elections,
            term: &meant.term,
            at: meant.at,
            burst: meant.burst.as_ref(),
        };
        let stores = self.past(log, derived, who);
        let explained = bellwether_monitor::explain_term(stores, &asked, go_on)
            .map_err(|error| not_explained(&error))?
            .ok_or_else(broken_off)?;
        let shown = explained.facts.iter().take(ITEMS_SHOWN);
        let shown = shown.map(|fact| fact.item.to_string()).collect();
        let body = body(meant, &explained, self.settings.public_url.as_deref());
        Ok((body, shown))
    }
}

fn found_term(burst: &Burst) -> Option<&FoundTerm> {
    match &burst.detector {
        Detector::Term(term) => Some(term),
        _ => None,
    }
}

fn term(typed: &str) -> Result<TypedTerm, Problem> {
    TypedTerm::read(typed).map_err(|error| {
        let shown = excerpt(&display_safe(typed), 40);
        problems::parameter("term", format!("`{shown}` is no term: {error}")).hint(
            "a term is a word, two words side by side or two characters, or a phrase of these",
        )
    })
}

/// The rule that is meant where none of this name is: the only one, if none was named.
fn only_rule<'a>(named: &str, who: &'a Who) -> Result<&'a TermRule, Problem> {
    let known = || who.term_rules.iter().map(|rule| rule.id.as_str());
    if !named.is_empty() {
        let problem = problems::not_found("rule with terms = \"any\"", named);
        return Err(match nearest(named, known()) {
            Some(suggestion) => problem.suggestion(suggestion),
            None => problem,
        });
    }
    match who.term_rules.as_slice() {
        [rule] => Ok(rule),
        [] => Err(problems::parameter(
            "term",
            "no rule with terms = \"any\" is in force, so nobody is told of any term",
        )
        .hint("see docs/unlisted.md for such a rule")),
        _ => {
            let all: Vec<&str> = known().take(10).collect();
            Err(
                problems::parameter("rule", "it is left out, and there is more than one")
                    .hint(format!("name one of {}", all.join(", "))),
            )
        }
    }
}

fn not_explained(error: &MonitorError) -> Problem {
    match error {
        MonitorError::Frequent { .. } => problems::parameter("term", error.to_string()).hint(
            "a word that is in so many items is told of as part of a longer term: ask for two \
                 words side by side",
        ),
        MonitorError::Term { source, .. } => problems::search(source),
        other => failed(other),
    }
}

fn broken_off() -> Problem {
    Problem::new(503, "late", "the explanation was not through in time").hint(
        "ask for a rarer or longer term, or run `bellwether explain` on the command line, which takes \
         its time; after an update `bellwether rebuild derived` makes it faster",
    )
}

fn window(window: &TermWindow) -> TermWindowBody {
    let weighed = &window.weighed;
    let usual = &weighed.usual;
    let strength = |p: f64| 0.0 - p.max(1e-300).log10();
    TermWindowBody {
        rise: weighed.rise.as_str().to_owned(),
        whose: weighed.whose.as_str().to_owned(),
        group: window.group.as_ref().map(ToString::to_string),
        window: SpanBody::from_model(&window.span),
        window_seconds: weighed.window,
        observed: CountsBody {
            items: u32::try_from(weighed.items.len()).unwrap_or(u32::MAX),
            families: weighed.families,
            stories: weighed.stories,
            voices: weighed.voices,
        },
        usual: TermUsualBody {
            mentions: usual.mentions,
            items: usual.items,
            items_needed: usual.items_needed,
            published: usual.published,
            days: usual.days,
            days_needed: usual.days_needed,
        },
        judgement: JudgementBody::from_model(&weighed.judgement()),
        strength: weighed.tested.map(|tested| strength(tested.p)),
        strength_needed: weighed.tested.map(|tested| strength(tested.p_max)),
        gates: GateBody::all(&weighed.gates),
        holds: weighed.holds(),
    }
}

fn body(meant: &Meant<'_>, explained: &ExplainedTerm, public_url: Option<&str>) -> ExplainTermBody {
    let rule = &meant.rule;
    let nearest = explained.nearest();
    let path = explain_term_path(meant.term.text(), rule.id.as_str(), explained.at);
    let (from, to) = (nearest.span.from.to_string(), nearest.span.to.to_string());
    let mut body = ExplainTermBody {
        term: meant.term.text().to_owned(),
        counted: explained.part().counted.clone(),
        parts: explained
            .parts
            .iter()
            .map(|part| TermPartBody {
                counted: part.counted.clone(),
                items: part.items,
                first: part.seen.map(|(first, _)| first),
                last: part.seen.map(|(_, last)| last),
                too_frequent: part.is_too_frequent,
                rises: part.holds,
            })
            .collect(),
        rule: rule.id.to_string(),
        name: rule.name.clone(),
        at: explained.at,
        holds: explained.holds(),
        verdict: String::new(),
        why: Vec::new(),
        spellings: explained.spellings.clone(),
        windows: explained.windows.iter().map(window).collect(),
        nearest: explained.nearest,
        rises: explained
            .rises
            .iter()
            .map(|rise| TermRiseBody {
                at: rise.at,
                rise: rise.rise.as_str().to_owned(),
                whose: rise.whose.as_str().to_owned(),
                window_seconds: rise.window,
                voices: rise.voices,
                expected: rise.expected,
                p: rise.p,
                p_max: rise.p_max,
            })
            .collect(),
        closest: explained
            .closest
            .as_ref()
            .map(|(at, shown)| TermClosestBody {
                at: *at,
                shown: window(shown),
            }),
        gates: GateBody::all(&explained.gates),
        bin_seconds: BIN_SECONDS,
        bins: explained
            .bins
            .iter()
            .map(|bin| TermBinBody {
                start: bin.start,
                items: bin.counts.items,
                families: bin.counts.families,
                stories: bin.counts.stories,
                published: bin.published,
                usual: bin.usual,
            })
            .collect(),
        families: ShareBody::all(&explained.families),
        groups: ShareBody::all(&explained.groups),
        stories: StoryShareBody::all(&explained.stories),
        first_seen: explained.first_seen.as_ref().map(FirstSeenBody::from_model),
        items: Vec::new(),
        coverage: CoverageBody::from_model(&explained.coverage),
        election: explained.election.as_ref().map(ElectionBody::from_model),
        bursts: explained
            .bursts
            .iter()
            .map(|burst| OpenBurstBody {
                id: burst.id.to_string(),
                started: burst.started,
                ended: burst.ended,
            })
            .collect(),
        past: TermPastBody {
            from: explained.from,
            items: explained.items as u64,
            cut: explained.is_cut,
        },
        notes: notes(explained),
        links: ExplainLinks {
            search: permalink(None, &explained.query, Some(&from), Some(&to), &[]),
            page: public_url.map(|base| format!("{}{path}", base.trim_end_matches('/'))),
            api: format!("/api/v1{path}"),
        },
        query: explained.query.clone(),
    };
    (body.verdict, body.why) = body.in_words();
    body
}

fn notes(explained: &ExplainedTerm) -> Vec<String> {
    let mut notes = vec![
        "Counted again exactly from the items received before. Live, a table of fixed size counts all \
         terms: where it is full, what is usual may be overstated there, never understated."
            .to_owned(),
    ];
    if explained.is_cut {
        notes.push(format!(
            "Only the latest {} items are counted again, from {}: what is usual rests on these.",
            explained.items,
            explained
                .from
                .map_or_else(String::new, |from| from.to_string())
        ));
    }
    for part in explained.parts.iter().filter(|part| part.is_too_frequent) {
        notes.push(format!(
            "“{}” is in too many items to be read again, and is not judged.",
            part.counted
        ));
    }
    notes
}
