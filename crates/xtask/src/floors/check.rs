//! Compares arrows with floors, and looks for rings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::arrows::{Arrow, arrows};
use super::house::{Floors, House};
use super::manifest;
use super::tree::Tree;

/// The result: counts of crates, modules and arrows, and the violations of the picture.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) crates: usize,
    pub(crate) modules: usize,
    pub(crate) arrows: usize,
    /// One message for each violation, with place and remedy.
    pub(crate) complaints: Vec<String>,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for complaint in &self.complaints {
            writeln!(f, "{complaint}")?;
        }
        write!(
            f,
            "{} crates, {} modules, {} arrows between them; {} against the floors in ARCHITECTURE.md",
            self.crates,
            self.modules,
            self.arrows,
            self.complaints.len()
        )
    }
}

/// Compares the crates of the workspace in `root` with its ARCHITECTURE.md.
pub(crate) fn check(root: &Path) -> Result<Findings, String> {
    let read = |path: &Path| {
        std::fs::read_to_string(root.join(path))
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))
    };
    let house = House::read(&read(Path::new("ARCHITECTURE.md"))?)?;
    let mut findings = Findings::default();
    let mut crates = BTreeMap::new();
    let folders = std::fs::read_dir(root.join("crates"))
        .map_err(|error| format!("crates/ cannot be read: {error}"))?;
    for folder in folders.flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        let folder = PathBuf::from("crates").join(&name);
        if root.join(&folder).join("Cargo.toml").is_file() {
            crates.insert(name, folder);
        }
    }
    for (name, line) in house.crates.names() {
        if !crates.contains_key(name) {
            findings.complaints.push(format!(
                "ARCHITECTURE.md:{line}: there is no crate `{name}` in crates/"
            ));
        }
    }
    for (name, folder) in &crates {
        findings.crates += 1;
        let manifest = folder.join("Cargo.toml");
        let depends_on: Vec<_> = manifest::dependencies(&read(&manifest)?)
            .into_iter()
            .filter(|(other, _)| crates.contains_key(other))
            .collect();
        check_crate(name, &manifest, &depends_on, &house.crates, &mut findings);
        let tree = Tree::read(root, folder)?;
        check_tree(name, folder, &tree, house.topics.get(name), &mut findings);
    }
    Ok(findings)
}

/// The arrows from one crate to others.
fn check_crate(
    name: &str,
    manifest: &Path,
    depends_on: &[(String, usize)],
    floors: &Floors,
    findings: &mut Findings,
) {
    let Some(own) = floors.line(name) else {
        findings.complaints.push(format!(
            "{}: the crate `{name}` has no floor. Add a row for it to \"The house\" in ARCHITECTURE.md, below the crates that it \
             depends on ({}).",
            manifest.display(),
            list(depends_on.iter().map(|(other, _)| other.as_str()))
        ));
        return;
    };
    findings.arrows += depends_on.len();
    for (other, line) in depends_on {
        if let Some(floor) = floors.line(other).filter(|floor| *floor >= own) {
            findings.complaints.push(format!(
                "{}:{line}: `{name}` depends on `{other}`, {}.",
                manifest.display(),
                places(name, own, other, floor)
            ));
        }
    }
}

/// The arrows within a crate. Without `floors` only rings are looked for.
pub(crate) fn check_tree(
    name: &str,
    folder: &Path,
    tree: &Tree,
    floors: Option<&Floors>,
    findings: &mut Findings,
) {
    let all = arrows(tree);
    findings.modules += tree.modules.len();
    findings.arrows += all.len();
    let place =
        |arrow: &Arrow| format!("{}:{}", tree.modules[arrow.from].file.display(), arrow.line);

    // Arrows from a module to a module that contains it: one complaint for each file.
    let mut to_parents: BTreeMap<(usize, usize), Vec<&Arrow>> = BTreeMap::new();
    // The arrows between the children of a module, by that module.
    let mut siblings: BTreeMap<usize, Graph<'_>> = BTreeMap::new();
    for arrow in &all {
        let (from, to) = (tree.lineage(arrow.from), tree.lineage(arrow.to));
        if from.contains(&arrow.to) {
            if arrow.is_item {
                to_parents
                    .entry((arrow.from, arrow.to))
                    .or_default()
                    .push(arrow);
            }
            continue;
        }
        if to.contains(&arrow.from) {
            continue;
        }
        let Some(common) = from.iter().find(|module| to.contains(module)) else {
            continue;
        };
        let side = |lineage: &[usize]| lineage.iter().take_while(|m| *m != common).last().copied();
        if let (Some(from), Some(to)) = (side(&from), side(&to)) {
            let graph = siblings.entry(*common).or_default();
            graph.entry(from).or_default().entry(to).or_insert(arrow);
        }
    }

    for ((from, to), arrows) in &to_parents {
        findings.complaints.push(format!(
            "{}: `{}` uses {}, which {} defines. A module's file knows the modules in it, so this closes a ring: move the item \
             into a file of its own.",
            place(arrows[0]),
            tree.name(*from),
            paths(arrows),
            tree.modules[*to].file.display()
        ));
    }
    if let Some(floors) = floors {
        let graph = siblings.remove(&0).unwrap_or_default();
        check_topics(name, folder, tree, floors, &graph, &all, findings);
    }
    for graph in siblings.values() {
        for ring in rings(graph) {
            let arrows: Vec<_> = ring
                .iter()
                .map(|arrow| {
                    format!(
                        "    {}: `{}` uses `{}` of `{}`",
                        place(arrow),
                        tree.name(arrow.from),
                        arrow.path,
                        tree.name(arrow.to)
                    )
                })
                .collect();
            let first = ring.first().map(|arrow| place(arrow)).unwrap_or_default();
            findings.complaints.push(format!(
                "{first}: a ring of {} modules. Move what they share into a file that uses neither:\n{}",
                ring.len(),
                arrows.join("\n")
            ));
        }
    }
}

/// For each module, the modules that it names, with the first place of each.
type Graph<'a> = BTreeMap<usize, BTreeMap<usize, &'a Arrow>>;

/// The arrows between a crate's topics.
fn check_topics(
    name: &str,
    folder: &Path,
    tree: &Tree,
    floors: &Floors,
    graph: &Graph<'_>,
    all: &[Arrow],
    findings: &mut Findings,
) {
    let root = &tree.modules[0];
    // Modules within the root's file, such as a prelude, belong to the root.
    let topics: BTreeMap<&str, usize> = root
        .children
        .iter()
        .filter(|(_, topic)| tree.modules[**topic].file != root.file)
        .map(|(topic, index)| (topic.as_str(), *index))
        .collect();
    for (topic, line) in floors.names() {
        if !topics.contains_key(topic) {
            findings.complaints.push(format!(
                "ARCHITECTURE.md:{line}: `{name}` has no topic `{topic}` (neither {topic}.rs nor {topic}/ is a module of its root)."
            ));
        }
    }
    for (topic, index) in &topics {
        if floors.line(topic).is_none() {
            let uses = graph.get(index).into_iter().flat_map(BTreeMap::keys);
            let used_by = graph
                .iter()
                .filter(|(from, to)| to.contains_key(index) && topics.values().any(|t| t == *from));
            findings.complaints.push(format!(
                "{}: the topic `{topic}` has no floor. Add it to the rows of `{name}` in \"The house\" of ARCHITECTURE.md: below \
                 what it uses ({}) and above what uses it ({}).",
                folder.join("src").display(),
                list(uses.map(|topic| tree.name(*topic))),
                list(used_by.map(|(topic, _)| tree.name(*topic)))
            ));
        }
    }
    let topic_of = |module: usize| {
        let name = tree.modules[module].path.first()?.as_str();
        Some((name, floors.line(name)?))
    };
    // One complaint for a file and a topic.
    let mut upward: BTreeMap<(usize, &str), Vec<&Arrow>> = BTreeMap::new();
    for arrow in all {
        if let (Some((from, own)), Some((to, floor))) = (topic_of(arrow.from), topic_of(arrow.to))
            && from != to
            && floor >= own
        {
            upward.entry((arrow.from, to)).or_default().push(arrow);
        }
    }
    for ((module, to), arrows) in upward {
        let (Some((from, own)), Some(floor)) = (topic_of(module), floors.line(to)) else {
            continue;
        };
        findings.complaints.push(format!(
            "{}:{}: `{from}` uses {} of `{to}`, {}.",
            tree.modules[module].file.display(),
            arrows[0].line,
            paths(&arrows),
            places(from, own, to, floor)
        ));
    }
}

/// The paths of arrows, each once, the first few of them.
fn paths(arrows: &[&Arrow]) -> String {
    const SHOWN: usize = 4;
    let mut all: Vec<_> = arrows
        .iter()
        .map(|arrow| format!("`{}`", arrow.path))
        .collect();
    let mut seen = BTreeSet::new();
    all.retain(|path| seen.insert(path.clone()));
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    match more {
        0 => all.join(", "),
        _ => format!("{} and {more} more", all.join(", ")),
    }
}

/// A description of an arrow that the floors do not allow.
fn places(from: &str, own: usize, to: &str, floor: usize) -> String {
    if own == floor {
        format!("but ARCHITECTURE.md:{own} puts both side by side")
    } else {
        format!(
            "but ARCHITECTURE.md has `{to}` (line {floor}) on a higher floor than `{from}` (line {own})"
        )
    }
}

fn list(names: impl Iterator<Item = impl AsRef<str>>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{}`", name.as_ref())).collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

/// A shortest ring in each group of modules that use each other.
fn rings<'a>(graph: &Graph<'a>) -> Vec<Vec<&'a Arrow>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in graph.keys() {
        if seen.contains(start) {
            continue;
        }
        if let Some(ring) = shortest_ring(graph, *start) {
            // Modules that the ring reaches and that reach the ring are in the same group.
            let reached = reachable(graph, *start);
            seen.extend(
                reached
                    .into_iter()
                    .filter(|m| reachable(graph, *m).contains(start)),
            );
            found.push(ring);
        }
    }
    found
}

/// All modules that can be reached from a module; the module itself only if a ring leads back to it.
fn reachable(graph: &Graph<'_>, start: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(next) = open.pop() {
        for to in graph.get(&next).into_iter().flat_map(BTreeMap::keys) {
            if found.insert(*to) {
                open.push(*to);
            }
        }
    }
    found
}

/// The shortest ring through a module.
fn shortest_ring<'a>(graph: &Graph<'a>, start: usize) -> Option<Vec<&'a Arrow>> {
    let mut ways: Vec<(usize, Vec<&'a Arrow>)> = vec![(start, Vec::new())];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for (at, way) in ways {
            for (to, arrow) in graph.get(&at).into_iter().flatten() {
                let mut way = way.clone();
                way.push(*arrow);
                if *to == start {
                    return Some(way);
                }
                if seen.insert(*to) {
                    longer.push((*to, way));
                }
            }
        }
        ways = longer;
    }
    None
}
