use bellwether_lineage::*;
use bellwether_model::*;
use bellwether_text::*;
use std::collections::*;
use std::io::BufRead;
use std::sync::Arc;
struct T {
    rows: Vec<(String, String, String)>,
    dcalls: std::cell::Cell<usize>,
    fcalls: std::cell::Cell<usize>,
}
fn parts<R>(t: &str, x: &str, f: impl FnOnce(&[Part<'_>]) -> R) -> R {
    let (a, b) = (analyse(t), analyse(x));
    f(&[Part { raw: t, units: &a }, Part { raw: x, units: &b }])
}
impl Texts for T {
    fn fingerprint(&self, t: TextRef) -> Option<Fingerprint> {
        self.fcalls.set(self.fcalls.get() + 1);
        let r = &self.rows[t.seq.0 as usize - 1];
        Some(parts(&r.0, &r.1, Fingerprint::of))
    }
    fn details(&self, t: TextRef) -> Option<Details> {
        self.dcalls.set(self.dcalls.get() + 1);
        let r = &self.rows[t.seq.0 as usize - 1];
        Some(parts(&r.0, &r.1, |p| Details::of(p, &r.2)))
    }
}
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let max: usize = std::env::args()
        .nth(2)
        .map_or(usize::MAX, |x| x.parse().unwrap());
    let mut t = T {
        rows: vec![],
        dcalls: Default::default(),
        fcalls: Default::default(),
    };
    let mut ids = vec![];
    let mut times = vec![];
    let mut pubs = vec![];
    for l in std::io::BufReader::new(std::fs::File::open(format!("{dir}/stream.ndjson")).unwrap())
        .lines()
        .take(max)
    {
        let v: serde_json::Value = serde_json::from_str(&l.unwrap()).unwrap();
        let s = |k: &str| v[k].as_str().unwrap_or("").to_string();
        ids.push(s("id"));
        pubs.push(s("published").parse::<Timestamp>().unwrap());
        times.push(s("time").parse::<Timestamp>().unwrap());
        t.rows.push((s("title"), s("text"), s("lang")));
    }
    let start = std::time::Instant::now();
    let mut e = Stories::new(StorySettings::default());
    let mut exact: HashMap<[u8; 16], StoryId> = HashMap::new();
    let mut story = vec![];
    let mut links = vec![];
    let (mut tf, mut tl) = (0.0, 0.0);
    for i in 0..t.rows.len() {
        let r = &t.rows[i];
        let seq = Seq(i as u64 + 1);
        let tr = TextRef {
            item: ItemId(seq.0),
            seq,
        };
        let s0 = std::time::Instant::now();
        let (a, b) = (analyse(&r.0), analyse(&r.1));
        let d = digest(&a, &b);
        if let Some(d) = d {
            if let Some(s) = exact.get(&d) {
                story.push(e.present(*s));
                continue;
            }
        }
        let print = Arc::new(Fingerprint::of(&[
            Part {
                raw: &r.0,
                units: &a,
            },
            Part {
                raw: &r.1,
                units: &b,
            },
        ]));
        tf += s0.elapsed().as_secs_f64();
        let s1 = std::time::Instant::now();
        let likes = e.find(tr, &print, &t);
        let mut s = StoryId(seq.0);
        for l in &likes.near {
            s = s.min(l.story);
        }
        for l in &likes.near {
            if l.story != s {
                e.merge(l.story, s);
            }
        }
        for l in &likes.reworded {
            links.push((i, l.text.seq.0 as usize - 1, l.score, l.overlap));
        }
        if let Some(d) = d {
            exact.insert(d, s);
        }
        e.insert(tr, s, times[i], print);
        story.push(s);
        tl += s1.elapsed().as_secs_f64();
    }
    eprintln!(
        "{} items {:.1}s fp {tf:.1} find {tl:.1}; details {} prints {} bytes {} MB",
        t.rows.len(),
        start.elapsed().as_secs_f64(),
        t.dcalls.get(),
        t.fcalls.get(),
        e.bytes() >> 20
    );
    let story: Vec<_> = story.into_iter().map(|s| e.present(s)).collect();
    let mut out = String::new();
    for (i, s) in story.iter().enumerate() {
        out += &format!("S {} {}\n", ids[i], s.0);
    }
    let links2 = links.clone();
    for (i, j, s, o) in links {
        out += &format!(
            "L {} {} {:.3} {} {} {} {} {:?}\n",
            ids[i], ids[j], s, o.shared, o.shared_quoted, o.first, o.second, o.figures
        );
    }

    // trees of components with more than 8 stories
    let mut par: HashMap<u64, u64> = HashMap::new();
    fn f(p: &mut HashMap<u64, u64>, mut x: u64) -> u64 {
        while let Some(y) = p.get(&x) {
            if *y == x {
                break;
            }
            x = *y;
        }
        x
    }
    for l in &links2 {
        let a = f(&mut par, story[l.0].0);
        let b = f(&mut par, story[l.1].0);
        if a != b {
            par.insert(a, b);
        }
    }
    let mut comp: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for i in 0..story.len() {
        let c = f(&mut par, story[i].0);
        comp.entry(c).or_default().push(i);
    }
    for (_, m) in &comp {
        let n: HashSet<_> = m.iter().map(|i| story[*i]).collect();
        if n.len() < 6 {
            continue;
        }
        let c: Vec<Carrier> = m
            .iter()
            .map(|i| {
                let r = &t.rows[*i];
                let (a, b) = (analyse(&r.0), analyse(&r.1));
                Carrier {
                    item: ItemId(*i as u64 + 1),
                    story: story[*i],
                    digest: digest(&a, &b).unwrap_or_default(),
                    print: Arc::new(Fingerprint::of(&[
                        Part {
                            raw: &r.0,
                            units: &a,
                        },
                        Part {
                            raw: &r.1,
                            units: &b,
                        },
                    ])),
                    time: pubs[*i],
                }
            })
            .collect();
        for (x, s) in tree(&c) {
            if let Some(s) = s {
                out += &format!(
                    "E {} {} {:.3} {:?}\n",
                    ids[x.item.0 as usize - 1],
                    ids[s.from.0 as usize - 1],
                    s.share,
                    s.relation
                );
            }
        }
    }
    std::fs::write(format!("{dir}/stories.txt"), out).unwrap();
}
