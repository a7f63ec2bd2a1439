//! Which cases a filter expression selects: `test(~killed) & topo(cross-card) | !program(event)`.

use crate::event::{Case, Placement};

/// How deep brackets may be nested.
const DEPTH: usize = 64;

/// A filter expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The case's name holds this.
    Name(String),
    /// The test's name holds this.
    TestHolds(String),
    /// The test's name is this.
    TestIs(String),
    /// The test program's name is this.
    Program(String),
    /// The processes run there.
    Topology(Placement),
    /// All but these.
    Not(Box<Filter>),
    /// Those that both select.
    And(Box<Filter>, Box<Filter>),
    /// Those that either selects.
    Or(Box<Filter>, Box<Filter>),
}

impl Filter {
    /// Reads an expression: words are parts of the case's name; `test(~PART)`, `test(=NAME)`, `program(NAME)` and
    /// `topo(same-die|sibling-die|cross-card)` are sets; `!`, `&`, `|` and brackets combine them.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0 };
        let filter = reader.or(0)?;
        match reader.peek() {
            None => Ok(filter),
            Some(other) => Err(reader.wrong(&format!("`{other}` is too much"))),
        }
    }

    /// Whether it selects this case.
    #[must_use]
    pub fn selects(&self, case: &Case) -> bool {
        match self {
            Self::Name(part) => case.name.contains(part.as_str()),
            Self::TestHolds(part) => case.test.contains(part.as_str()),
            Self::TestIs(name) => case.test == *name,
            Self::Program(name) => case.program == *name,
            Self::Topology(placement) => case.placement == *placement,
            Self::Not(inner) => !inner.selects(case),
            Self::And(left, right) => left.selects(case) && right.selects(case),
            Self::Or(left, right) => left.selects(case) || right.selects(case),
        }
    }
}

/// The placement of this name.
#[must_use]
pub fn placement(name: &str) -> Option<Placement> {
    [Placement::SameDie, Placement::SiblingDie, Placement::CrossCard]
        .into_iter()
        .find(|placement| super::word(*placement) == name)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&mut self) -> Option<char> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start().len();
        self.text.get(self.at..)?.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        if is_next {
            self.at += wanted.len_utf8();
        }
        is_next
    }

    fn wrong(&self, what: &str) -> String {
        format!("filter `{}`: {what}, at byte {}", self.text, self.at)
    }

    fn or(&mut self, depth: usize) -> Result<Filter, String> {
        let mut left = self.and(depth)?;
        while self.take('|') {
            left = Filter::Or(Box::new(left), Box::new(self.and(depth)?));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Filter, String> {
        let mut left = self.one(depth)?;
        while self.take('&') {
            left = Filter::And(Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > DEPTH {
            return Err(self.wrong("nested too deeply"));
        }
        if self.take('!') {
            return Ok(Filter::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take('(') {
            let inner = self.or(depth + 1)?;
            return if self.take(')') { Ok(inner) } else { Err(self.wrong("`)` is missing")) };
        }
        let word = self.run(|letter| !"()&|! ".contains(letter));
        if word.is_empty() {
            return Err(self.wrong("a name, `test(…)`, `program(…)` or `topo(…)` is missing"));
        }
        if !self.take('(') {
            return Ok(Filter::Name(word.to_owned()));
        }
        let argument = self.run(|letter| letter != ')').trim();
        if !self.take(')') {
            return Err(self.wrong("`)` is missing"));
        }
        match (word, argument.strip_prefix('='), argument.strip_prefix('~').unwrap_or(argument)) {
            (_, _, "") => Err(self.wrong(&format!("`{word}()` is empty"))),
            ("test", Some(name), _) => Ok(Filter::TestIs(name.to_owned())),
            ("test", None, part) => Ok(Filter::TestHolds(part.to_owned())),
            ("program", _, name) => Ok(Filter::Program(name.to_owned())),
            ("topo", _, name) => placement(name)
                .map(Filter::Topology)
                .ok_or_else(|| self.wrong(&format!("`{name}` is not same-die, sibling-die or cross-card"))),
            (other, ..) => Err(self.wrong(&format!("`{other}(…)` is no set; there are test, program and topo"))),
        }
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(test: &str, placement: Placement) -> Case {
        let name = format!("event::{test}@{}", crate::plan::word(placement));
        Case { name, program: "event".into(), test: test.into(), placement, dies: vec![0] }
    }

    fn selects(filter: &str, test: &str, placement: Placement) -> bool {
        Filter::parse(filter).unwrap().selects(&case(test, placement))
    }

    #[test]
    fn sets_combine_and_binds_closer_than_or() {
        let cross = Placement::CrossCard;
        assert!(selects("test(~kill) & topo(cross-card)", "is_killed", cross));
        assert!(!selects("test(~kill) & topo(same-die)", "is_killed", cross));
        assert!(selects("program(event) | nothing & nothing", "x", cross));
        assert!(!selects("(program(event) | nothing) & nothing", "x", cross));
        assert!(selects("!test(=kill)", "killed", cross) && !selects("!test(=killed)", "killed", cross));
        assert!(selects("event::is", "is_killed", cross));
    }

    #[test]
    fn a_filter_that_is_wrong_says_where_and_never_panics() {
        let whole = "!(test(~kill) & topo(cross-card)) | program(é)";
        for (cut, _) in whole.char_indices() {
            let _ = Filter::parse(&whole[..cut]);
        }
        let error = Filter::parse("topo(moon)").unwrap_err();
        assert!(error.contains("`moon` is not same-die") && error.contains("at byte 10"), "{error}");
        assert!(Filter::parse("a b").unwrap_err().contains("`b` is too much"));
        assert!(Filter::parse(&"(".repeat(100_000)).unwrap_err().contains("nested too deeply"));
        assert!(Filter::parse(&"!".repeat(100_000)).unwrap_err().contains("nested too deeply"));
    }
}
