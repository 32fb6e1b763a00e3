//! Rust's tokens, as far as paths need them: no comments, and strings and numbers only as places.

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// An identifier or a keyword, without `r#`.
    Word(&'a str),
    /// `::`
    PathSeparator,
    /// Any other sign.
    Sign(char),
    /// A string, a character, a number or a lifetime.
    Literal,
}

/// A token and its line, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) line: usize,
}

impl Token<'_> {
    pub(crate) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word(found) if found == word)
    }
}

/// The tokens of a source file.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
    };
    let mut found = Vec::new();
    loop {
        reader.skip_blanks_and_comments();
        let line = reader.line;
        let Some(kind) = reader.next() else {
            return found;
        };
        found.push(Token { kind, line });
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest().chars().nth(ahead)
    }

    /// Goes over `bytes` of the text and counts its lines.
    fn skip(&mut self, bytes: usize) {
        let rest = self.rest();
        let bytes = bytes.min(rest.len());
        let skipped = rest.get(..bytes).unwrap_or(rest);
        self.line += skipped.bytes().filter(|byte| *byte == b'\n').count();
        self.at += skipped.len();
    }

    fn skip_while(&mut self, is_part: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.skip(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            self.skip_while(char::is_whitespace);
            if self.rest().starts_with("//") {
                self.skip_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                self.skip_block_comment();
            } else {
                return;
            }
        }
    }

    /// Block comments can stand in each other.
    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.skip(2);
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.skip(2);
            } else if let Some(c) = rest.chars().next() {
                self.skip(c.len_utf8());
            } else {
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn next(&mut self) -> Option<Kind<'a>> {
        let first = self.peek(0)?;
        if first == '_' || first.is_alphabetic() {
            return Some(self.word_or_string());
        }
        if first == '"' {
            self.skip_string();
            return Some(Kind::Literal);
        }
        if first == '\'' {
            self.skip_character_or_lifetime();
            return Some(Kind::Literal);
        }
        if first.is_ascii_digit() {
            self.skip_number();
            return Some(Kind::Literal);
        }
        if self.rest().starts_with("::") {
            self.skip(2);
            return Some(Kind::PathSeparator);
        }
        self.skip(first.len_utf8());
        Some(Kind::Sign(first))
    }

    fn word_or_string(&mut self) -> Kind<'a> {
        let is_part = |c: char| c == '_' || c.is_alphanumeric();
        if self.rest().starts_with("r#") && self.peek(2).is_some_and(is_part) {
            self.skip(2);
        }
        let start = self.at;
        self.skip_while(is_part);
        let word = self.text.get(start..self.at).unwrap_or_default();
        match (word, self.peek(0)) {
            ("b" | "c", Some('"')) => self.skip_string(),
            ("b", Some('\'')) => self.skip_character_or_lifetime(),
            ("r" | "br" | "cr", Some('"' | '#')) => self.skip_raw_string(),
            _ => return Kind::Word(word),
        }
        Kind::Literal
    }

    fn skip_string(&mut self) {
        self.skip(1);
        while let Some(c) = self.peek(0) {
            match c {
                '"' => return self.skip(1),
                '\\' => self.skip(1 + self.peek(1).map_or(0, char::len_utf8)),
                _ => self.skip(c.len_utf8()),
            }
        }
    }

    fn skip_raw_string(&mut self) {
        let rest = self.rest();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        self.skip(hashes + 1);
        let rest = self.rest();
        self.skip(rest.find(&end).map_or(rest.len(), |at| at + end.len()));
    }

    fn skip_character_or_lifetime(&mut self) {
        self.skip(1);
        match (self.peek(0), self.peek(1)) {
            (Some('\\'), _) => {
                self.skip(2);
                self.skip_while(|c| c != '\'');
                self.skip(1);
            }
            (Some(c), Some('\'')) => self.skip(c.len_utf8() + 1),
            _ => self.skip_while(|c| c == '_' || c.is_alphanumeric()),
        }
    }

    fn skip_number(&mut self) {
        let is_part = |c: char| c == '_' || c.is_alphanumeric();
        self.skip_while(is_part);
        // `1.5`, but neither `1..5` nor `pair.0.method()` after its first number.
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
            self.skip(1);
            self.skip_while(is_part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    #[test]
    fn comments_and_literals_hide_what_is_in_them() {
        let text = r###"
            // crate::a
            /* crate::b /* crate::c */ crate::d */
            x("crate::e \" crate::f", 'c', '\'', b'"', r#"crate::g " crate::h"#, 'a: 1.5, 0..3);
            /// crate::i
            r#type::j
        "###;
        let words: Vec<_> = tokens(text)
            .into_iter()
            .filter_map(|token| match token.kind {
                Kind::Word(word) => Some((word, token.line)),
                _ => None,
            })
            .collect();
        assert_eq!(words, [("x", 4), ("type", 6), ("j", 6)]);
    }
}
