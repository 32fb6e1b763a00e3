//! The code of every page is compiled in the page's module.

use std::fs;
use std::path::Path;

/// Code without comments, white space and the commas that only rustfmt wants.
fn essence(code: &str) -> String {
    let code: String = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    [")", "]", "}"].iter().fold(code, |code, bracket| {
        code.replace(&format!(",{bracket}"), bracket)
    })
}

/// The blocks of Rust in a Markdown text.
fn rust_blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match &mut block {
            None if line.trim_start().starts_with("```rust") => block = Some(String::new()),
            None => {}
            Some(_) if line.trim_start().starts_with("```") => blocks.extend(block.take()),
            Some(code) => {
                code.push_str(line);
                code.push('\n');
            }
        }
    }
    blocks
}

#[test]
fn the_code_of_every_page_is_compiled_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let here = root.join("tests/app/manual");
    let modules = fs::read_to_string(here.join("mod.rs")).unwrap();
    let mut pages = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    let mut compared = 0;
    for page in pages {
        let snippets = rust_blocks(&fs::read_to_string(&page).unwrap());
        if snippets.is_empty() {
            continue;
        }
        let name = page.file_stem().unwrap().to_str().unwrap();
        let module = name.to_lowercase().replace('-', "_");
        let page = page.display();
        assert!(
            modules.contains(&format!("mod {module};")),
            "{page} shows code: compile it in the module {module}"
        );
        let compiled = essence(&fs::read_to_string(here.join(format!("{module}.rs"))).unwrap());
        for snippet in snippets {
            assert!(
                compiled.contains(&essence(&snippet)),
                "{page} shows code that {module}.rs does not compile:\n{snippet}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 8, "only {compared} blocks of code were found");
}
