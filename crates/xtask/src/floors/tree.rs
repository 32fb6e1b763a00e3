//! The modules of a crate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::source::{self, Named, Use};

/// One module: a file, or a `mod name { … }` in one.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// From the crate's root; empty for the root.
    pub(crate) path: Vec<String>,
    /// From the workspace's root.
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<String, usize>,
    /// The items that the module defines itself.
    pub(crate) items: Vec<String>,
    pub(crate) uses: Vec<Use>,
    /// Paths of two segments and more that stand anywhere else.
    pub(crate) paths: Vec<Named>,
    /// All single words, among which names that came by `*` are searched.
    pub(crate) words: Vec<(String, usize)>,
}

/// All modules of a crate; the first is the root.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) modules: Vec<Module>,
}

impl Tree {
    /// Reads a crate from its folder, which is given from the workspace's `root` on.
    pub(crate) fn read(root: &Path, folder: &Path) -> Result<Self, String> {
        let file = ["src/lib.rs", "src/main.rs"]
            .map(|name| folder.join(name))
            .into_iter()
            .find(|file| root.join(file).is_file())
            .ok_or_else(|| format!("{} has no src/lib.rs or src/main.rs", folder.display()))?;
        let mut tree = Self::default();
        let children = folder.join("src");
        tree.read_file(root, file, &children, Vec::new(), None)?;
        Ok(tree)
    }

    /// Reads a module's file and those of its children, which lie in the folder `children`.
    fn read_file(
        &mut self,
        root: &Path,
        file: PathBuf,
        children: &Path,
        path: Vec<String>,
        parent: Option<usize>,
    ) -> Result<usize, String> {
        let text = std::fs::read_to_string(root.join(&file))
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        let read = source::read(&text);
        self.add(root, file, children, path, parent, read)
    }

    fn add(
        &mut self,
        root: &Path,
        file: PathBuf,
        folder: &Path,
        path: Vec<String>,
        parent: Option<usize>,
        read: source::Source,
    ) -> Result<usize, String> {
        let index = self.modules.len();
        self.modules.push(Module {
            path: path.clone(),
            file: file.clone(),
            parent,
            items: read.items,
            uses: read.uses,
            paths: read.paths,
            words: read.words,
            ..Module::default()
        });
        let child_path = |name: &str| {
            let mut path = path.clone();
            path.push(name.to_owned());
            path
        };
        for (name, inline) in read.inline {
            let folder = folder.join(&name);
            let path = child_path(&name);
            let child = self.add(root, file.clone(), &folder, path, Some(index), inline)?;
            self.insert_child(index, name, child);
        }
        for (name, line) in read.files {
            let flat = folder.join(format!("{name}.rs"));
            let nested = folder.join(&name).join("mod.rs");
            let found = [flat, nested]
                .into_iter()
                .find(|file| root.join(file).is_file())
                .ok_or_else(|| {
                    format!(
                        "{}:{line}: the file of `mod {name}` was not found; this check reads name.rs and name/mod.rs",
                        file.display()
                    )
                })?;
            let path = child_path(&name);
            let child = self.read_file(root, found, &folder.join(&name), path, Some(index))?;
            self.insert_child(index, name, child);
        }
        Ok(index)
    }

    fn insert_child(&mut self, parent: usize, name: String, child: usize) {
        if let Some(module) = self.modules.get_mut(parent) {
            module.children.insert(name, child);
        }
    }

    /// The module and all modules that contain it, the module first.
    pub(crate) fn lineage(&self, index: usize) -> Vec<usize> {
        std::iter::successors(Some(index), |index| self.modules[*index].parent).collect()
    }

    /// A module's name as people write it.
    pub(crate) fn name(&self, index: usize) -> String {
        match self.modules[index].path.as_slice() {
            [] => "the crate's root".to_owned(),
            path => path.join("::"),
        }
    }
}
