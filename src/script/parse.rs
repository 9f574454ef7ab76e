//! One script to one list of statements, whatever state it is in.

use super::depth::{Bound, bound_of};
use super::outline::Outline;
use crate::base::{Limits, Span};
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{Decl, DefaultDecl, EsVersion, ExprStmt, FnDecl, ModuleDecl, ModuleItem, Stmt};
use swc_ecma_parser::{EsSyntax, Lexer, Parser, StringInput, Syntax};

/// Bytes that recovery may parse again, as a multiple of the script's length.
const RECOVERY_EFFORT: usize = 12;

/// The error that stands where code is nested too deeply to be parsed.
const TOO_DEEP: &str = "nested too deeply";
const TOO_LONG: &str = "too long";

/// Which grammar the page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A classic script.
    Script,
    /// `type="module"`.
    Module,
}

/// The statements of a script. Spans in it count bytes of the text, from 1 (as swc does).
#[derive(Debug, Default)]
pub struct Tree {
    /// All statements that could be parsed, in order; exports stand as plain declarations.
    pub statements: Vec<Stmt>,
    /// Sources of `import` and `export … from` declarations, with their place in the text.
    pub imports: Vec<(String, Span)>,
    /// The first syntax errors: what and where in the text.
    pub errors: Vec<(String, Span)>,
    /// Bodies of functions, and data, that [`parse_lazily`] left out.
    pub(crate) outline: Outline,
}

impl Tree {
    /// Was every byte understood?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.errors.is_empty()
    }

    /// Was what stands behind some place nested too deeply to be read?
    #[must_use]
    pub fn is_too_deep(&self) -> bool {
        self.is_bounded_by(TOO_DEEP)
    }

    /// Was code left out because there was too much of it?
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.is_bounded_by(TOO_LONG)
    }

    fn is_bounded_by(&self, bound: &str) -> bool {
        self.errors.first().is_some_and(|(error, _)| error == bound)
    }

    /// Were bodies of functions or data left out?
    #[must_use]
    pub fn is_lazy(&self) -> bool {
        !self.outline.is_empty()
    }

    /// Could nothing be read?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.imports.is_empty()
    }
}

/// The bytes of the text that a syntax node covers.
pub(crate) fn text_span(span: swc_common::Span) -> Span {
    let offset = |at: BytePos| at.0.saturating_sub(1);
    Span { start: offset(span.lo), end: offset(span.hi).max(offset(span.lo)) }
}

/// Parses a script: with the goal the page names, then with the other one, then without its CDATA marks,
/// then statement by statement around what is broken.
#[must_use]
pub fn parse(text: &str, goal: Goal, limits: &Limits) -> Tree {
    if let Some(Bound { end, is_long }) = bound(text, limits) {
        let mut tree = if end == 0 { Tree::default() } else { parse(&text[..end], goal, limits) };
        tree.errors.insert(0, (if is_long { TOO_LONG } else { TOO_DEEP }.into(), Span::new(end, text.len())));
        return tree;
    }
    let first_error = match parse_whole(text, goal) {
        Ok(tree) => return tree,
        Err(error) => error,
    };
    let other = if goal == Goal::Script { Goal::Module } else { Goal::Script };
    if let Ok(tree) = parse_whole(text, other) {
        return tree;
    }
    if let Some(unwrapped) = without_cdata_marks(text)
        && let Ok(tree) = parse_whole(&unwrapped, goal)
    {
        return tree;
    }
    recover(text, 0, first_error)
}

/// Where the code ends that is parsed, if not all of it is.
fn bound(text: &str, limits: &Limits) -> Option<Bound> {
    match u32::try_from(text.len()) {
        Ok(_) => bound_of(text, limits.syntax_depth, limits.script_bytes),
        Err(_) => Some(Bound { end: 0, is_long: true }),
    }
}

/// Is the code too deep to be parsed, or too long to have places?
fn is_too_deep(text: &str, limits: &Limits) -> bool {
    u32::try_from(text.len()).is_err() || bound_of(text, limits.syntax_depth, usize::MAX).is_some()
}

/// Shorter scripts are parsed whole, in bytes.
const LAZY_FROM: usize = 2 << 10;

/// Parses a script as [`parse`] does, but for the bodies of functions, which [`parse_body`] reads when they are called,
/// and for data, which [`parse_data`] reads when it is looked at.
///
/// A syntax error in a body shows when it is read.
#[must_use]
pub fn parse_lazily(text: &str, goal: Goal, limits: &Limits) -> Tree {
    if text.len() >= LAZY_FROM && !is_too_deep(text, limits) {
        let outline = Outline::of(text);
        if !outline.is_empty()
            && let Some(tree) = parse_shell(&outline.shell(text), goal, limits)
        {
            return Tree { outline, ..tree };
        }
    }
    parse(text, goal, limits)
}

/// Parses what is left of code that is not too deep; `None` where that is too long, or for a syntax error.
fn parse_shell(shell: &str, goal: Goal, limits: &Limits) -> Option<Tree> {
    let is_read = shell.len() <= limits.script_bytes || bound(shell, limits).is_none();
    is_read.then(|| parse_whole(shell, goal).ok()).flatten()
}

/// Parses code that was made of a script which [`parse_lazily`] has read: that is no deeper. `None` for a syntax error.
pub(crate) fn parse_sound(text: &str, goal: Goal) -> Option<Tree> {
    parse_whole(text, goal).ok().filter(Tree::is_whole)
}

/// The statements of a function's body that was left out: of the one whose `{` stands at `start` in the text.
/// `None` if none was left out there.
pub(crate) fn parse_body(text: &str, outline: &Outline, start: u32, limits: &Limits) -> Option<Tree> {
    let (from, mut inside) = outline.inside(text, start)?;
    if inside.len() > limits.script_bytes
        && let Some(Bound { end, .. }) = bound(&inside, limits)
    {
        inside.truncate(end);
    }
    let end = from + inside.len();
    let mut parser = parser_at(&inside, from);
    Some(match parser.parse_script() {
        Ok(script) => Tree { statements: script.body, ..Tree::default() },
        Err(error) => recover(&text[..end], from, describe(&error)),
    })
}

/// The object or list that was left out: the one whose bracket stands at `start` in the text.
/// `None` if none was left out there.
pub(crate) fn parse_data(text: &str, outline: &Outline, start: u32) -> Option<Tree> {
    let (from, whole) = outline.whole(text, start)?;
    let expr = parser_at(&whole, from).parse_expr().ok()?;
    Some(Tree { statements: vec![Stmt::Expr(ExprStmt { span: expr.span(), expr })], ..Tree::default() })
}

/// Is the text, as it stands, code without a syntax error?
#[must_use]
pub(super) fn is_code(text: &str, limits: &Limits) -> bool {
    bound(text, limits).is_none()
        && (parse_whole(text, Goal::Script).is_ok() || parse_whole(text, Goal::Module).is_ok())
}

fn parser(text: &str, from: usize) -> Parser<Lexer<'_>> {
    parser_at(&text[from..], from)
}

/// A parser of a text that stands at an offset of a larger one.
fn parser_at(text: &str, offset: usize) -> Parser<Lexer<'_>> {
    let syntax = Syntax::Es(EsSyntax {
        allow_return_outside_function: true,
        allow_super_outside_method: true,
        import_attributes: true,
        ..EsSyntax::default()
    });
    let position = |offset: usize| BytePos(u32::try_from(offset + 1).expect("parse() refuses texts of 4 GiB"));
    let input = StringInput::new(text, position(offset), position(offset + text.len()));
    Parser::new_from(Lexer::new(syntax, EsVersion::EsNext, input, None))
}

fn parse_whole(text: &str, goal: Goal) -> Result<Tree, (String, Span)> {
    let mut parser = parser(text, 0);
    let mut tree = Tree::default();
    let parsed = match goal {
        Goal::Script => parser.parse_script().map(|script| tree.statements = script.body),
        Goal::Module => parser.parse_module().map(|module| {
            for item in module.body {
                add_module_item(&mut tree, item);
            }
        }),
    };
    match parsed {
        Ok(()) => {
            // Early errors (a name declared twice, say) leave a usable tree.
            tree.errors = parser.take_errors().iter().take(3).map(describe).collect();
            Ok(tree)
        }
        Err(error) => Err(describe(&error)),
    }
}

fn describe(error: &swc_ecma_parser::error::Error) -> (String, Span) {
    (error.kind().msg().into_owned(), text_span(error.span()))
}

/// Keeps what a module declaration runs or names, and drops the module wiring.
fn add_module_item(tree: &mut Tree, item: ModuleItem) {
    let declaration = match item {
        ModuleItem::Stmt(statement) => return tree.statements.push(statement),
        ModuleItem::ModuleDecl(declaration) => declaration,
    };
    let mut import = |source: &swc_ecma_ast::Str| {
        tree.imports.push((source.value.to_atom_lossy().to_string(), text_span(source.span)));
    };
    match declaration {
        ModuleDecl::Import(declaration) => import(&declaration.src),
        ModuleDecl::ExportAll(declaration) => import(&declaration.src),
        ModuleDecl::ExportNamed(declaration) => declaration.src.iter().for_each(|source| import(source)),
        ModuleDecl::ExportDecl(export) => tree.statements.push(Stmt::Decl(export.decl)),
        ModuleDecl::ExportDefaultExpr(export) => {
            tree.statements.push(Stmt::Expr(ExprStmt { span: export.span, expr: export.expr }));
        }
        ModuleDecl::ExportDefaultDecl(export) => tree.statements.extend(default_declaration(export.decl)),
        _ => {}
    }
}

fn default_declaration(declaration: DefaultDecl) -> Option<Stmt> {
    match declaration {
        DefaultDecl::Fn(function) => {
            let ident = function.ident?;
            Some(Stmt::Decl(Decl::Fn(FnDecl { ident, declare: false, function: function.function })))
        }
        DefaultDecl::Class(class) => {
            let ident = class.ident?;
            Some(Stmt::Decl(Decl::Class(swc_ecma_ast::ClassDecl { ident, declare: false, class: class.class })))
        }
        _ => None,
    }
}

/// XHTML pages wrap scripts in `<![CDATA[ … ]]>`; blanks keep every offset.
fn without_cdata_marks(text: &str) -> Option<String> {
    let is_marked = text.contains("<![CDATA[") || text.contains("]]>") || text.contains("-->");
    is_marked.then(|| {
        let blank = |text: &str, mark: &str| text.replace(mark, &" ".repeat(mark.len()));
        ["<![CDATA[", "]]>", "<!--", "-->"].iter().fold(text.to_owned(), |text, mark| blank(&text, mark))
    })
}

/// Parses statement after statement; behind one that does not parse, goes on at the next boundary inside it,
/// so that the good statements of a broken function body are found as well.
fn recover(text: &str, mut from: usize, first_error: (String, Span)) -> Tree {
    let mut tree = Tree { errors: vec![first_error], ..Tree::default() };
    let mut effort = (text.len() - from).saturating_mul(RECOVERY_EFFORT).max(4096);
    while from < text.len() {
        let (good, stopped_at) = parse_statements(text, from);
        effort = effort.saturating_sub(stopped_at.saturating_sub(from).max(16));
        let resume = good.last().map_or(from, |last| text_span(last.span()).end as usize);
        tree.statements.extend(good);
        if stopped_at >= text.len() && resume >= text.trim_end().len() {
            break;
        }
        // With no effort left, only what stands behind the error is tried.
        let after = if effort == 0 { stopped_at.max(resume) } else { resume };
        match next_boundary(text, after) {
            Some(boundary) => from = boundary,
            None => break,
        }
    }
    tree
}

/// The statements from `from` up to the first that does not parse, and where the parser gave up.
fn parse_statements(text: &str, from: usize) -> (Vec<Stmt>, usize) {
    let mut parser = parser(text, from);
    let mut good = Vec::new();
    loop {
        let at = parser.input().cur_pos().0 as usize - 1;
        if at >= text.len() {
            return (good, text.len());
        }
        match parser.parse_stmt_list_item() {
            // The parser closes what is open at the end of the text; that is a good statement too.
            Ok(statement) if (statement.span().hi.0 as usize) > at + 1 => good.push(statement),
            Ok(_) => return (good, at),
            Err(error) => return (good, (text_span(error.span()).start as usize).max(at)),
        }
    }
}

/// The place after the next `;`, `{`, `}` or line end at or after `from`.
fn next_boundary(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let found = rest.iter().position(|byte| matches!(byte, b';' | b'{' | b'}' | b'\n'))?;
    Some(from + found + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> Vec<String> {
        let tree = parse(text, Goal::Script, &Limits::default());
        tree.statements.iter().map(|statement| text[text_span(statement.span()).range()].to_owned()).collect()
    }

    #[test]
    fn statements_before_and_after_a_syntax_error_are_kept() {
        assert_eq!(sources("a(1); b(2 3); c(4);"), ["a(1);", "c(4);"]);
    }

    #[test]
    fn statements_inside_a_broken_function_are_kept() {
        let found = sources("q.push(function () { a(1);\n b(2 3);\n c(4);\n});\nd(5);");
        assert_eq!(found, ["a(1);", "c(4);", "d(5);"]);
    }

    #[test]
    fn comments_cdata_return_and_await_do_not_lose_a_script() {
        assert_eq!(sources("<!-- hidden\na();\n//-->").len(), 1);
        assert_eq!(sources("<![CDATA[\na();\n]]>"), ["a();"]);
        assert_eq!(sources("if (x) return; a();"), ["if (x) return;", "a();"]);
        assert_eq!(sources("await b(); a();"), ["await b();", "a();"]);
    }

    #[test]
    fn code_cut_off_at_its_end_is_kept() {
        assert!(!sources("var a = 1; f(function () { g(2);").is_empty());
    }

    #[test]
    fn towers_of_brackets_are_refused_and_parsing_costs_are_bounded() {
        let tree = parse(&"[".repeat(100_000), Goal::Script, &Limits::default());
        assert!(tree.is_empty() && !tree.is_whole());
        let tree = parse(&"a b;".repeat(20_000), Goal::Script, &Limits::default());
        assert!(!tree.is_whole());
    }

    #[test]
    fn module_declarations_become_statements_and_imports() {
        let tree =
            parse("import x from 'https://cdn.example/x.js'; export const y = x;", Goal::Script, &Limits::default());
        assert_eq!(tree.imports[0].0, "https://cdn.example/x.js");
        assert_eq!(tree.statements.len(), 1);
    }
}
