//! The items that a source file defines and the paths that it names, except in tests.

use super::tokens::{Kind, Token, tokens};

/// A path in a source, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// One name that a `use` brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) path: Named,
    /// The name it has here; `None` for all names of a module (`*`).
    pub(crate) name: Option<String>,
    /// Whether other modules may use the name from here (`pub use`).
    pub(crate) is_reexport: bool,
}

/// The content of a module.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// `mod name;` and its line.
    pub(crate) files: Vec<(String, usize)>,
    /// `mod name { … }`
    pub(crate) inline: Vec<(String, Source)>,
    pub(crate) items: Vec<String>,
    pub(crate) uses: Vec<Use>,
    pub(crate) paths: Vec<Named>,
    pub(crate) words: Vec<(String, usize)>,
}

/// Reads a source file.
pub(crate) fn read(text: &str) -> Source {
    let tokens = tokens(text);
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
    };
    parser.module()
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self, ahead: usize) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at + ahead)
    }

    fn word(&self, ahead: usize) -> Option<&'a str> {
        match self.peek(ahead)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is(&self, ahead: usize, sign: char) -> bool {
        self.peek(ahead).is_some_and(|token| token.is(sign))
    }

    fn previous(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at.checked_sub(1)?)
    }

    fn line(&self) -> usize {
        self.peek(0).map_or(0, |token| token.line)
    }

    /// Reads up to the `}` that closes the module, or to the end.
    fn module(&mut self) -> Source {
        let mut source = Source::default();
        let mut depth = 0;
        while let Some(token) = self.peek(0) {
            match token.kind {
                Kind::Sign('{') => depth += 1,
                Kind::Sign('}') if depth == 0 => break,
                Kind::Sign('}') => depth -= 1,
                Kind::Sign('#') if self.skip_test() => continue,
                Kind::Word("mod") if self.word(1).is_some() => {
                    self.child(&mut source);
                    continue;
                }
                Kind::Word("use") if !self.is(1, '<') => {
                    self.use_item(&mut source);
                    continue;
                }
                Kind::Word(word) => {
                    if depth == 0 {
                        self.item(word, &mut source);
                    }
                    self.path(word, &mut source);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        source
    }

    /// At `#`: leaves out the item behind it where the attribute says that only tests have it.
    fn skip_test(&mut self) -> bool {
        let inner = usize::from(self.is(1, '!'));
        if !self.is(1 + inner, '[') || self.word(2 + inner) != Some("cfg") {
            return false;
        }
        let end = self.end_of_group(self.at + 1 + inner);
        let attribute = &self.tokens[self.at..end];
        let is_test = attribute.iter().any(|token| token.is_word("test"))
            && !attribute.iter().any(|token| token.is_word("not"));
        if !is_test {
            return false;
        }
        if inner == 1 {
            // The whole module is for tests.
            self.at = self.tokens.len();
            return true;
        }
        self.at = end;
        while self.is(0, '#') && self.is(1, '[') {
            self.at = self.end_of_group(self.at + 1);
        }
        let ends_with_semicolon = (0..4)
            .filter_map(|ahead| self.word(ahead))
            .find_map(|word| match word {
                "use" | "static" | "type" | "let" => Some(true),
                "const" => Some(!(0..5).any(|ahead| self.word(ahead) == Some("fn"))),
                "fn" | "mod" | "impl" | "struct" | "enum" | "trait" => Some(false),
                _ => None,
            });
        while let Some(token) = self.peek(0) {
            match token.kind {
                Kind::Sign('{') => {
                    self.at = self.end_of_group(self.at);
                    if ends_with_semicolon != Some(true) {
                        break;
                    }
                }
                Kind::Sign('(' | '[') => self.at = self.end_of_group(self.at),
                // The end of the block that the item stands in: it was the block's last expression.
                Kind::Sign('}' | ')' | ']') => break,
                Kind::Sign(';') => {
                    self.at += 1;
                    break;
                }
                Kind::Sign(',') if ends_with_semicolon.is_none() => break,
                _ => self.at += 1,
            }
        }
        true
    }

    /// The place behind the bracket that closes the one at `start`.
    fn end_of_group(&self, start: usize) -> usize {
        let mut depth = 0;
        for (index, token) in self.tokens.iter().enumerate().skip(start) {
            match token.kind {
                Kind::Sign('(' | '[' | '{') => depth += 1,
                Kind::Sign(')' | ']' | '}') => {
                    depth -= 1;
                    if depth == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// At `mod name`.
    fn child(&mut self, source: &mut Source) {
        let (name, line) = (self.word(1).unwrap_or_default().to_owned(), self.line());
        self.at += 2;
        if self.is(0, '{') {
            self.at += 1;
            let inline = self.module();
            source.inline.push((name, inline));
        } else {
            source.files.push((name, line));
        }
        // The `;` or the `}`.
        self.at += 1;
    }

    /// At `use`.
    fn use_item(&mut self, source: &mut Source) {
        let is_reexport = self
            .previous()
            .is_some_and(|token| token.is_word("pub") || token.is(')'));
        self.at += 1;
        self.use_tree(&mut Vec::new(), is_reexport, source);
    }

    /// A tree of a `use`, whose paths all begin with `prefix`.
    fn use_tree(&mut self, prefix: &mut Vec<String>, is_reexport: bool, source: &mut Source) {
        let depth = prefix.len();
        let mut line = self.line();
        while let Some(token) = self.peek(0) {
            match token.kind {
                Kind::PathSeparator => self.at += 1,
                Kind::Sign('$') => self.at += 1,
                Kind::Word("as") => break,
                Kind::Word(word) => {
                    // `use a::{self}` names `a` itself.
                    if word != "self" || prefix.is_empty() {
                        prefix.push(word.to_owned());
                    }
                    line = token.line;
                    self.at += 1;
                }
                _ => break,
            }
        }
        if self.is(0, '{') {
            self.at += 1;
            while self.peek(0).is_some() && !self.is(0, '}') {
                self.use_tree(prefix, is_reexport, source);
                if self.is(0, ',') {
                    self.at += 1;
                } else if !self.is(0, '}') {
                    // Not valid Rust: skip the token, so that reading ends.
                    self.at += 1;
                }
            }
            self.at += 1;
        } else {
            let is_glob = self.is(0, '*');
            let mut name = prefix.last().cloned();
            if is_glob {
                self.at += 1;
                name = None;
            } else if self.word(0) == Some("as") {
                name = self.word(1).map(str::to_owned);
                self.at += 2;
            }
            source.uses.push(Use {
                path: Named {
                    segments: prefix.clone(),
                    line,
                },
                name,
                is_reexport,
            });
        }
        prefix.truncate(depth);
    }

    /// At a word in a module, outside all bodies: notes what it defines.
    fn item(&self, word: &str, source: &mut Source) {
        let name = match word {
            "struct" | "enum" | "union" | "trait" | "type" | "fn" => self.word(1),
            "const" | "static" if self.word(1) == Some("mut") => self.word(2),
            "const" | "static" => self.word(1).filter(|next| *next != "fn"),
            "macro_rules" if self.is(1, '!') => self.word(2),
            _ => None,
        };
        source.items.extend(name.map(str::to_owned));
    }

    /// At a word: notes the path that begins there.
    fn path(&mut self, first: &str, source: &mut Source) {
        let line = self.line();
        let continues = self
            .previous()
            .is_some_and(|token| token.is('.') || token.kind == Kind::PathSeparator);
        let mut segments = vec![first.to_owned()];
        self.at += 1;
        while self.peek(0).is_some_and(|t| t.kind == Kind::PathSeparator) {
            let Some(word) = self.word(1) else {
                break;
            };
            segments.push(word.to_owned());
            self.at += 2;
        }
        if continues {
            return;
        }
        if segments.len() == 1 {
            source.words.push((first.to_owned(), line));
        } else {
            source.paths.push(Named { segments, line });
        }
    }
}
