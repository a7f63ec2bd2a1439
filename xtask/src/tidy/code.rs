//! A Rust file as a flat run of tokens, and the check that every Rust file is one.
//!
//! Why not a visitor of the syntax tree: it stops at every macro, and `assert!(unsafe { … })` or the body of a
//! `macro_rules!` is code like any other. Only what `quote!` holds is skipped: that is another file's code.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{finding::Finding, tree::Tree};

/// Macros whose input is the text of another program.
const QUOTES: [&str; 3] = ["quote", "quote_spanned", "parse_quote"];

/// The tokens of a file.
pub(super) struct Code {
    tokens: Vec<Token>,
}

/// A word, a mark, a bracket or a literal.
pub(super) struct Token {
    /// As it is written; the literal `"x"` keeps its quotes, so it is never taken for the word.
    pub(super) text: String,
    /// Its line, from 1.
    pub(super) line: usize,
}

impl Code {
    /// Reads a file; the error is the line that is no Rust.
    pub(super) fn read(text: &str) -> Result<Self, usize> {
        let stream: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| error.span().start().line)?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        Ok(Self { tokens })
    }

    /// For each place where `words` follow one another, the tokens from there to the end of the file.
    pub(super) fn find<'a>(&'a self, words: &'a [&'a str]) -> impl Iterator<Item = &'a [Token]> {
        (0..self.tokens.len()).map(|start| &self.tokens[start..]).filter(|rest| starts(rest, words))
    }

    /// Every attribute, from its `#` to its `]`.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &[Token]> {
        self.find(&["#"]).filter_map(|rest| {
            let open = rest.iter().take(3).position(|token| token.text == "[")?;
            (open == 1 || rest[1].text == "!").then(|| &rest[..closing(rest, open)])
        })
    }
}

/// Whether `tokens` begin with `words`.
pub(super) fn starts(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.text == *word)
}

/// One past the bracket that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "[" => depth += 1,
            "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                if is_quoted(tokens) {
                    continue;
                }
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""), // only a compiler makes these
                };
                tokens.push(Token { text: open.to_owned(), line });
                flatten(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: group.span_close().start().line });
            }
            other => tokens.push(Token { text: other.to_string(), line }),
        }
    }
}

/// Whether the next group is the input of `quote!` or its like.
fn is_quoted(tokens: &[Token]) -> bool {
    matches!(tokens, [.., name, mark] if mark.text == "!" && QUOTES.contains(&name.text.as_str()))
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources
        .iter()
        .filter_map(|source| match source.code {
            Some(Err(line)) => {
                Some(Finding::new(&source.path, line, "not Rust: no check can read it", "close what is open there"))
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    fn lines(text: &str, words: &[&str]) -> Vec<usize> {
        Code::read(text).unwrap().find(words).map(|rest| rest[0].line).collect()
    }

    #[test]
    fn comments_docs_and_strings_are_no_code() {
        assert_eq!(
            lines("//! word\n/// word\nfn f() { /* word */ g(\"word\", r#\"word\"#) }", &["word"]),
            [] as [usize; 0]
        );
    }

    #[test]
    fn the_insides_of_macros_and_of_their_definitions_are_code() {
        let text = "macro_rules! m { () => { word } }\nfn f() {\n    assert!(word);\n}";
        assert_eq!(lines(text, &["word"]), [1, 3]);
    }

    #[test]
    fn what_a_generator_quotes_is_the_code_of_another_file() {
        assert_eq!(lines("fn f() { quote!(word); quote::quote! { word } }\nword!(word);", &["word"]), [2, 2]);
    }

    #[test]
    fn words_are_found_across_lines_and_nested_brackets() {
        assert_eq!(lines("fn f() { [std::thread\n::sleep(d)] }", &["thread", ":", ":", "sleep", "("]), [1]);
    }

    #[test]
    fn attributes_end_at_their_own_bracket() {
        let code = Code::read("#![a([b])]\n#[c]\nfn f(x: [u8; 2]) { y # [d]; z # w [e] }").unwrap();
        let texts: Vec<String> =
            code.attributes().map(|attribute| attribute.iter().map(|token| token.text.as_str()).collect()).collect();
        assert_eq!(texts, ["#![a([b])]", "#[c]", "#[d]"]);
    }

    #[test]
    fn a_file_that_is_not_rust_is_found_with_its_line() {
        assert_eq!(places(check, &[("a.rs", "//! x\nfn f() {\n"), ("b.rs", "fn f() {}"), ("c.txt", "{")]), ["a.rs:2"]);
    }
}
