//! Finds the uses between modules.

use std::collections::BTreeSet;

use super::source::Named;
use super::tree::Tree;

/// A use of one module's item by another module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) line: usize,
    /// The path as it is written.
    pub(crate) path: String,
    /// The module that is named, or that defines the named item.
    pub(crate) to: usize,
    /// Whether it is an item of the module, and not the module itself.
    pub(crate) is_item: bool,
}

/// The target of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Module(usize),
    /// An item that this module defines.
    Item(usize),
    /// A target outside the crate.
    Outside,
}

/// The most `use`s that are followed from name to name; more form a ring, which Rust refuses.
const DEPTH: usize = 12;

/// All arrows of a crate, without those within a file, and without those of a module to its parent that only name the
/// parent.
pub(crate) fn arrows(tree: &Tree) -> Vec<Arrow> {
    let mut found = BTreeSet::new();
    for (from, module) in tree.modules.iter().enumerate() {
        let mut add = |target: Target, named: &Named| {
            let (to, is_item) = match target {
                Target::Module(to) => (to, false),
                Target::Item(to) => (to, true),
                Target::Outside => return,
            };
            if tree.modules[to].file != module.file {
                found.insert(Arrow {
                    from,
                    to,
                    is_item,
                    line: named.line,
                    path: named.segments.join("::"),
                });
            }
        };
        for used in &module.uses {
            add(resolve(tree, from, &used.path.segments, DEPTH), &used.path);
            if used.name.is_some() {
                continue;
            }
            // Names that a `*` brings are looked up one by one.
            let Target::Module(all) = resolve(tree, from, &used.path.segments, DEPTH) else {
                continue;
            };
            for (word, line) in &module.words {
                if let Some(target) = name_in(tree, all, word, DEPTH) {
                    let mut segments = used.path.segments.clone();
                    segments.push(word.clone());
                    add(
                        target,
                        &Named {
                            segments,
                            line: *line,
                        },
                    );
                }
            }
        }
        for path in &module.paths {
            add(resolve(tree, from, &path.segments, DEPTH), path);
        }
    }
    found.into_iter().collect()
}

/// The target of a path that is written in the module `from`.
fn resolve(tree: &Tree, from: usize, segments: &[String], depth: usize) -> Target {
    let Some((head, mut rest)) = segments.split_first() else {
        return Target::Outside;
    };
    let start = match head.as_str() {
        "crate" => Some(Target::Module(0)),
        "self" => Some(Target::Module(from)),
        "super" => tree.modules[from].parent.map(Target::Module),
        name => local(tree, from, name, depth),
    };
    let Some(mut target) = start else {
        return Target::Outside;
    };
    while let (Target::Module(module), Some((name, further))) = (target, rest.split_first()) {
        rest = further;
        target = match name.as_str() {
            "super" => match tree.modules[module].parent {
                Some(parent) => Target::Module(parent),
                None => return Target::Outside,
            },
            "self" => target,
            name => match name_in(tree, module, name, depth) {
                Some(found) => found,
                // The name may come from a macro, or by `*` from another crate.
                None if has_foreign_glob(tree, module) => return Target::Outside,
                None => Target::Item(module),
            },
        };
    }
    target
}

/// The target of a path's first word in a module.
fn local(tree: &Tree, module: usize, name: &str, depth: usize) -> Option<Target> {
    let found = &tree.modules[module];
    if let Some(child) = found.children.get(name) {
        return Some(Target::Module(*child));
    }
    // An item that the module defines itself is the target.
    if depth == 0 || found.items.iter().any(|item| item == name) {
        return None;
    }
    let used = found.uses.iter().find(|used| {
        // Names like that of `use glam;` would resolve to themselves.
        used.name.as_deref() == Some(name)
            && used
                .path
                .segments
                .first()
                .is_some_and(|first| first != name)
    });
    match used {
        Some(used) => Some(resolve(tree, module, &used.path.segments, depth - 1)),
        None => by_globs(tree, module, name, depth),
    }
}

/// The target of a name that came into a module by `*`.
fn by_globs(tree: &Tree, module: usize, name: &str, depth: usize) -> Option<Target> {
    let globs = tree.modules[module]
        .uses
        .iter()
        .filter(|u| u.name.is_none());
    globs.into_iter().find_map(
        |used| match resolve(tree, module, &used.path.segments, depth - 1) {
            Target::Module(all) if all != module => name_in(tree, all, name, depth - 1),
            _ => None,
        },
    )
}

/// The target of a name in a module.
fn name_in(tree: &Tree, module: usize, name: &str, depth: usize) -> Option<Target> {
    let found = &tree.modules[module];
    if let Some(child) = found.children.get(name) {
        return Some(Target::Module(*child));
    }
    if found.items.iter().any(|item| item == name) {
        return Some(Target::Item(module));
    }
    if depth == 0 {
        return None;
    }
    if let Some(used) = found.uses.iter().find(|u| u.name.as_deref() == Some(name)) {
        return Some(resolve(tree, module, &used.path.segments, depth - 1));
    }
    by_globs(tree, module, name, depth)
}

fn has_foreign_glob(tree: &Tree, module: usize) -> bool {
    tree.modules[module].uses.iter().any(|used| {
        used.name.is_none() && resolve(tree, module, &used.path.segments, DEPTH) == Target::Outside
    })
}
