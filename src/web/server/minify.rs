//! Scripts and styles without what no screen needs to load.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

/// Removes comments and indentation.
pub(super) fn strip_indentation(script: &str) -> String {
    (script.split_inclusive('\n').map(str::trim_start))
        .filter(|line| !line.starts_with("//"))
        .collect()
}

/// Removes comments and all whitespace that separates nothing, and makes names short. For scripts without text
/// templates.
pub(super) fn strip_script(script: &str) -> String {
    let tokens = read_tokens(script);
    let short_names = short_names(&tokens);
    let mut lean = String::with_capacity(script.len());
    for Token { gap, text } in tokens {
        let text = short_names.get(text).map_or(text, String::as_str);
        lean.push_str(separator(&lean, gap, text));
        if text == "}" && lean.ends_with(';') {
            lean.pop();
        }
        lean.push_str(text);
    }
    lean
}

struct Token<'a> {
    /// Between this one and the one before: nothing, a space or a line break.
    gap: &'static str,
    text: &'a str,
}

fn read_tokens(script: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = script;
    let mut gap = "";
    while !rest.is_empty() {
        let before = tokens.last().map_or("", |token| token.text);
        let (text, after) = rest.split_at(token_length(rest, before));
        rest = after;
        if text.starts_with("//") || text.trim_start().is_empty() {
            gap = if text.contains('\n') || gap == "\n" {
                "\n"
            } else {
                " "
            };
        } else {
            tokens.push(Token { gap, text });
            gap = "";
        }
    }
    tokens
}

/// A short name for each that a script declares and never uses as the name of a property. It is the same wherever
/// the script has that name.
fn short_names<'a>(tokens: &[Token<'a>]) -> HashMap<&'a str, String> {
    let text = |index: Option<usize>| {
        index
            .and_then(|index| tokens.get(index))
            .map_or("", |token| token.text)
    };
    let mut declared = HashSet::new();
    let mut properties = HashSet::new();
    let mut counts = HashMap::new();
    for (index, token) in tokens.iter().enumerate() {
        if !token.text.starts_with(is_word) {
            continue;
        }
        *counts.entry(token.text).or_insert(0) += 1;
        let (before, after) = (text(index.checked_sub(1)), text(Some(index + 1)));
        if matches!(before, "const" | "let" | "var" | "function") {
            declared.insert(token.text);
        }
        let is_in_braces = matches!(before, "{" | ",") && matches!(after, "," | "}" | "=" | "(");
        if before == "." || after == ":" || is_in_braces {
            properties.insert(token.text);
        }
    }
    let mut names: Vec<&str> = declared.difference(&properties).copied().collect();
    names.sort_by_key(|&name| (Reverse(counts[name]), name));
    let unused = (0..).map(short_name).filter(|short| {
        !counts.contains_key(short.as_str()) && !RESERVED.contains(&short.as_str())
    });
    names.into_iter().zip(unused).collect()
}

const RESERVED: [&str; 5] = ["as", "do", "if", "in", "of"];

fn short_name(index: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |index: usize| char::from(LETTERS[index % LETTERS.len()]);
    match index.checked_sub(LETTERS.len()) {
        None => letter(index).to_string(),
        Some(rest) => String::from_iter([letter(rest / LETTERS.len()), letter(rest)]),
    }
}

fn token_length(rest: &str, before: &str) -> usize {
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let run =
        |is_part: fn(char) -> bool| rest.find(|sign: char| !is_part(sign)).unwrap_or(rest.len());
    match rest.as_bytes()[0] {
        b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
        b'/' if begins_pattern(before) => quoted_length(rest),
        b'"' | b'\'' => quoted_length(rest),
        byte if byte.is_ascii_whitespace() => run(char::is_whitespace),
        _ if rest.starts_with(is_word) => run(is_word),
        _ => first,
    }
}

/// Whether a slash is a regular expression here, and no division.
fn begins_pattern(before: &str) -> bool {
    before.ends_with(|sign: char| "(,=:!&|?{;[>+".contains(sign)) || before.ends_with("return")
}

/// Up to the sign that it begins with, unless that is escaped or in a set of signs.
fn quoted_length(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let (mut is_escaped, mut is_in_set) = (false, false);
    for (index, &byte) in rest.as_bytes().iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'[' | b']' if quote == b'/' => is_in_set = byte == b'[',
            _ if byte == quote && !is_in_set => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A line ends where a statement may end without a semicolon.
fn separator(before: &str, gap: &'static str, token: &str) -> &'static str {
    let Some(last) = before.chars().next_back() else {
        return "";
    };
    let may_end = is_word(last) || ")]}'\"".contains(last);
    let may_begin = !token.starts_with(|sign: char| ")]},;.:?&|=*<>".contains(sign));
    let would_join = (is_word(last) && token.starts_with(is_word))
        || ("+-".contains(last) && token.starts_with(last));
    match gap {
        "\n" if may_end && may_begin => "\n",
        " " | "\n" if would_join => " ",
        _ => "",
    }
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == '$'
}

/// Removes comments and spaces. No quoted text has a space next to the signs below.
pub(super) fn strip_style(style: &str) -> String {
    let lean = strip_comments(style)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let lean = [":", ",", "{", "}", ";"]
        .iter()
        .fold(lean, |lean, sign| lean.replace(&format!("{sign} "), sign));
    let lean = ["{", "}", ">", "~", "!"]
        .iter()
        .fold(lean, |lean, sign| lean.replace(&format!(" {sign}"), sign));
    lean.replace("> ", ">")
        .replace("~ ", "~")
        .replace(";}", "}")
}

fn strip_comments(style: &str) -> String {
    let mut parts = style.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |lean, part| {
        lean + part.split_once("*/").map_or("", |(_, after)| after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_lose_comments_and_indentation() {
        let served = strip_indentation("// why\nf('http://x');\n  // so\n\n  g();\n");

        assert_eq!(served, "f('http://x');\ng();\n");
    }

    #[test]
    fn styles_lose_comments_and_spaces() {
        for (style, served) in [
            ("/* why */a { b: c; }/*\n*/\n  b{}", "a{b:c}b{}"),
            (
                "a > b ~ c, d e { f: g !important }",
                "a>b~c,d e{f:g!important}",
            ),
            (
                "a { width: calc(1px + 2px * 3); }",
                "a{width:calc(1px + 2px * 3)}",
            ),
            ("a { grid: \"b c\" \"d e\"; }", "a{grid:\"b c\" \"d e\"}"),
            ("a :not(b) {}", "a :not(b){}"),
        ] {
            assert_eq!(strip_style(style), served);
        }
    }

    #[test]
    fn scripts_lose_all_whitespace_that_separates_nothing() {
        for (script, served) in [
            ("a = 1; // why\n\nb = 'c  d';\n", "a=1;b='c  d';"),
            ("if (a) {\n  b();\n}\nelse c();", "if(a){b()}\nelse c();"),
            (
                "f(function () {\n  return a;\n});",
                "f(function(){return a});",
            ),
            ("a = b + +c - -d / e;", "a=b+ +c- -d/e;"),
            ("a = b\n  ? c : d;", "a=b?c:d;"),
            ("a = 1\nb = 2\n(c)", "a=1\nb=2\n(c)"),
            (
                "a.match(/ [/'] \\/ /g, ' // ')",
                "a.match(/ [/'] \\/ /g,' // ')",
            ),
            ("return / '/.test(a) / 2", "return/ '/.test(a)/2"),
            ("a = 'it\\'s  b';", "a='it\\'s  b';"),
        ] {
            assert_eq!(strip_script(script), served);
        }
    }

    #[test]
    fn names_become_short_unless_they_are_of_properties() {
        for (script, served) in [
            ("const first = 1; f(first, a);", "const b=1;f(b,a);"),
            (
                "let since = 1; value.since = since;",
                "let since=1;value.since=since;",
            ),
            (
                "const { at } = data; let at = 'at';",
                "const{at}=data;let at='at';",
            ),
            (
                "function open() {} keys = { open() {} };",
                "function open(){}keys={open(){}};",
            ),
            (
                "const kind = 1; set({ kind: kind });",
                "const kind=1;set({kind:kind});",
            ),
            (
                "let rare = 1, x; let often = rare + often * often;",
                "let b=1,x;let a=b+a*a;",
            ),
        ] {
            assert_eq!(strip_script(script), served);
        }
    }
}
