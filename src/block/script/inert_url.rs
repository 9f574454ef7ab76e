//! URLs of ads in code that stays: they give way to a URL that asks nobody.
//!
//! `load("https://ads.example/tag.js", go)` says nothing of what `load` does, and what `go` does is the site's: no part of
//! it may go. What it loads may: an empty script in its place runs at once, and `go` goes on. In: the statements, and
//! the cuts that were made. Out: more cuts, of literals and of whole concatenations that build such a URL.

use super::cutter::Cut;
use super::depend::is_cut;
use super::ground::Ground;
use super::meaning::Meanings;
use super::sign::{Signs, Witness};
use super::verdict::Why;
use crate::script::text_span;
use std::sync::Arc;
use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_ast::Expr;
use swc_ecma_visit::{Visit, VisitWith};

/// An empty script, and one that comments out whatever is put behind it.
const EMPTY: &str = "\"data:text/javascript,\"";
const OPEN_ENDED: &str = "\"data:text/javascript,//\"";

/// Pieces of a concatenation that are looked at, and bytes of the longest URL.
const PIECES: usize = 64;
const LONGEST: usize = 2_000;
/// Ways in which the beginning of a URL may come about.
const WAYS: usize = 8;

/// The URLs of ads outside of the cuts.
pub(super) fn inert_urls(
    statements: &[ast::Stmt],
    ground: &Ground<'_>,
    meanings: &Meanings<'_>,
    signs: &Signs,
    witness: &dyn Witness,
    cuts: &[Cut],
) -> Vec<Cut> {
    let mut search = Search { ground, meanings, signs, witness, cuts, found: Vec::new(), is_data: false };
    statements.iter().for_each(|statement| statement.visit_with(&mut search));
    search.found
}

struct Search<'s> {
    ground: &'s Ground<'s>,
    meanings: &'s Meanings<'s>,
    signs: &'s Signs,
    witness: &'s dyn Witness,
    cuts: &'s [Cut],
    found: Vec<Cut>,
    /// In an object or list that is no argument: nobody is known to ask for what stands there.
    is_data: bool,
}

impl Search<'_> {
    fn put(&mut self, start: u32, end: u32, replacement: &'static str, why: Arc<Why>) {
        let from = self.cuts.partition_point(|cut| cut.end <= start);
        let is_free = self.cuts.get(from).is_none_or(|cut| cut.start >= end);
        if is_free {
            self.found.push(Cut { start, end, replacement: replacement.into(), why, value_of: None });
        }
    }

    /// A literal that is a URL as a whole, or all of one but its end.
    fn literal(&mut self, text: &str, start: u32, end: u32) {
        if self.is_data && !self.signs.urls.iter().any(|asked| asked.starts_with(text)) {
            return;
        }
        if let Some(why) = self.ad_url(text) {
            let is_open = text.ends_with(['?', '=', '&', '/', '-', '_']);
            self.put(start, end, if is_open { OPEN_ENDED } else { EMPTY }, why);
        }
    }

    fn ad_url(&self, text: &str) -> Option<Arc<Why>> {
        let host = text.strip_prefix("https:").or_else(|| text.strip_prefix("http:")).unwrap_or(text);
        let host = host.strip_prefix("//").filter(|_| text.len() <= LONGEST)?;
        let (name, path) = host.split_once('/')?;
        let is_url = name.contains('.') && !path.is_empty() && !text.contains(|byte: char| byte.is_whitespace());
        is_url.then(|| self.witness.url(text)).flatten()
    }

    /// `"https://ads.example/tag.js?id=" + id`: all of it, where nothing else happens in it; else its beginning.
    fn concatenation(&mut self, whole: &ast::BinExpr) -> bool {
        let mut pieces = Vec::new();
        flatten(whole, &mut pieces);
        let Some(why) = self.beginnings(&pieces).iter().find_map(|beginning| self.ad_url(beginning)) else {
            return false;
        };
        let (span, head) = (text_span(whole.span), text_span(pieces[0].span()));
        if !self.ground.is_fixed(span.start, span.end) {
            self.put(span.start, span.end, OPEN_ENDED, why);
            return true;
        }
        let is_head =
            matches!(pieces[0], Expr::Lit(ast::Lit::Str(text)) if self.ad_url(&text.value.to_atom_lossy()).is_some());
        if is_head {
            self.put(head.start, head.end, OPEN_ENDED, why);
        }
        is_head
    }

    /// What stands in one that is no ad's: its texts are parts of a URL, which alone may be another one.
    fn pieces(&mut self, whole: &ast::BinExpr) {
        let mut pieces = Vec::new();
        flatten(whole, &mut pieces);
        let is_text = |piece: &Expr| matches!(piece, Expr::Lit(_));
        pieces.into_iter().filter(|piece| !is_text(piece)).for_each(|piece| self.visit_expr(piece));
    }

    /// What it may begin with, as far as its first pieces are known.
    fn beginnings(&self, pieces: &[&Expr]) -> Vec<String> {
        let mut known = vec![String::new()];
        for (at, piece) in pieces.iter().take(PIECES).enumerate() {
            let texts = self.texts(piece, 0);
            // `location.protocol + "//host/…"`: the page's own scheme.
            if texts.is_empty() && at > 0 {
                break;
            }
            let mut longer = Vec::new();
            for beginning in &known {
                longer.extend(texts.iter().map(|text| format!("{beginning}{text}")));
            }
            if !texts.is_empty() {
                longer.truncate(WAYS);
                known = longer;
            }
            if known.iter().all(|text| text.len() > LONGEST) {
                break;
            }
        }
        known
    }

    /// The texts that an expression may be: a literal, a choice, a variable that is given some.
    fn texts(&self, piece: &Expr, depth: u32) -> Vec<String> {
        match piece {
            Expr::Lit(ast::Lit::Str(text)) => vec![text.value.to_atom_lossy().to_string()],
            Expr::Paren(inner) => self.texts(&inner.expr, depth),
            Expr::Cond(choice) if depth < 4 => {
                let mut all = self.texts(&choice.cons, depth + 1);
                all.extend(self.texts(&choice.alt, depth + 1));
                all
            }
            Expr::Ident(name) => {
                self.ground.names.binding(name).map_or_else(Vec::new, |binding| self.meanings.texts(binding))
            }
            _ => Vec::new(),
        }
    }

    fn within(&mut self, is_data: bool, inside: impl FnOnce(&mut Self)) {
        let around = std::mem::replace(&mut self.is_data, is_data);
        inside(self);
        self.is_data = around;
    }

    fn arguments(&mut self, callee: Option<&Expr>, arguments: &[ast::ExprOrSpread]) {
        let is_question =
            callee.is_some_and(|callee| matches!(callee, Expr::Member(member) if asks_of_text(&member.prop)));
        if !is_question {
            self.within(false, |search| arguments.iter().for_each(|one| search.visit_expr(&one.expr)));
        }
    }
}

/// Texts are only compared there: `url.indexOf("//ads.example/")`.
fn asks_of_text(member: &ast::MemberProp) -> bool {
    const QUESTIONS: [&str; 13] = [
        "indexOf",
        "lastIndexOf",
        "includes",
        "startsWith",
        "endsWith",
        "match",
        "matches",
        "test",
        "search",
        "split",
        "replace",
        "querySelector",
        "querySelectorAll",
    ];
    matches!(member, ast::MemberProp::Ident(name) if QUESTIONS.contains(&&*name.sym))
}

/// Is it the URL of a script, by its ending?
fn names_script(url: &str) -> bool {
    url.split(['?', '#']).next().is_some_and(|path| path.ends_with(".js"))
}

/// The pieces of `a + b + c`, in order.
fn flatten<'e>(whole: &'e ast::BinExpr, pieces: &mut Vec<&'e Expr>) {
    let mut right = vec![&*whole.right];
    let mut left = &*whole.left;
    while let Expr::Bin(ast::BinExpr { op: ast::BinaryOp::Add, left: inner, right: piece, .. }) = left {
        right.push(piece);
        left = inner;
    }
    pieces.push(left);
    pieces.extend(right.into_iter().rev());
}

impl Visit for Search<'_> {
    fn visit_stmt(&mut self, statement: &ast::Stmt) {
        let span = text_span(statement.span());
        let next = self.cuts.partition_point(|cut| cut.end < span.end);
        let is_gone = self.cuts.get(next).is_some_and(|cut| cut.start <= span.start);
        if !is_gone {
            stacker::maybe_grow(128 << 10, 2 << 20, || statement.visit_children_with(self));
        }
    }

    fn visit_expr(&mut self, expression: &Expr) {
        stacker::maybe_grow(128 << 10, 2 << 20, || match expression {
            Expr::Lit(ast::Lit::Str(text)) => {
                let span = text_span(text.span);
                if !is_cut(self.cuts, span.start) {
                    self.literal(&text.value.to_atom_lossy(), span.start, span.end);
                }
            }
            Expr::Bin(whole) if whole.op == ast::BinaryOp::Add => {
                if !self.concatenation(whole) {
                    self.pieces(whole);
                }
            }
            // What is compared is not asked for.
            Expr::Bin(both) if !super::chain::is_either(both.op) => {}
            Expr::Tpl(template) => {
                let span = text_span(template.span);
                let first = template.quasis.first().and_then(|quasi| quasi.cooked.as_ref());
                let why = first.and_then(|text| self.ad_url(&text.to_atom_lossy()));
                match why.filter(|_| !self.ground.is_fixed(span.start, span.end)) {
                    Some(why) => self.put(span.start, span.end, OPEN_ENDED, why),
                    None => template.visit_children_with(self),
                }
            }
            Expr::Call(call) => {
                call.callee.visit_with(self);
                let callee = call.callee.as_expr().map(|callee| &**callee);
                self.arguments(callee, &call.args);
            }
            Expr::New(new) => {
                new.callee.visit_with(self);
                self.arguments(None, new.args.as_deref().unwrap_or_default());
            }
            Expr::Assign(assign) if matches!(*assign.right, Expr::Object(_) | Expr::Array(_)) => {
                self.within(true, |search| assign.right.visit_with(search));
            }
            Expr::Assign(assign) => assign.right.visit_with(self),
            other => other.visit_children_with(self),
        });
    }

    fn visit_var_declarator(&mut self, declarator: &ast::VarDeclarator) {
        let Some(value) = &declarator.init else { return };
        let is_data = self.is_data || matches!(**value, Expr::Object(_) | Expr::Array(_));
        self.within(is_data, |search| value.visit_with(search));
    }

    // `loader: "https://ads.example/x.js"`: whoever reads it from there loads it.
    fn visit_key_value_prop(&mut self, pair: &ast::KeyValueProp) {
        let is_loaded =
            matches!(&*pair.value, Expr::Lit(ast::Lit::Str(text)) if names_script(&text.value.to_atom_lossy()));
        self.within(self.is_data && !is_loaded, |search| search.visit_expr(&pair.value));
    }

    fn visit_function(&mut self, function: &ast::Function) {
        self.within(false, |search| function.visit_children_with(search));
    }

    // Names of members and labels of cases are no URLs that anybody asks for.
    fn visit_prop_name(&mut self, _: &ast::PropName) {}

    fn visit_switch_case(&mut self, case: &ast::SwitchCase) {
        case.cons.visit_with(self);
    }
}
