//! Member chains and simple values: what a piece of code speaks of, without running it.
//!
//! `window.googletag.pubads().refresh` is a [`Chain`]: a root and the way from it. A [`Given`] is what a variable or
//! member is given, as far as that matters for what may be cut.

use super::names::{BindingId, Names};
use crate::script::text_span;
use swc_atoms::{Atom, atom};
use swc_common::Spanned;
use swc_ecma_ast as ast;

/// The longest chain that is followed: more is no library's interface.
const LONGEST: usize = 48;

/// Where a chain begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Root {
    Binding(BindingId),
    /// A global that the script does not declare.
    Global(Atom),
    /// A literal, a function, `this`: nothing with a name.
    Other,
}

/// A root and the members from it; `()` stands for a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Chain {
    pub root: Root,
    pub path: Vec<Atom>,
}

impl Chain {
    /// The last member, as `push`.
    pub fn last(&self) -> Option<&Atom> {
        self.path.last()
    }
}

/// What a variable or member is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    /// What a chain holds or gives.
    Chain(Chain),
    /// One of these: `a || b`, `a ? b : c`.
    Either(Vec<Given>),
    /// An empty place to wait in: `[]`, `{ que: [] }`.
    Inert,
    /// A number, `true`, `null`, `undefined`.
    Plain,
    /// An object, text or the like that the code makes here, and where it starts.
    Fresh(u32),
    /// A list, with the starts of its first elements.
    List(Vec<u32>),
    /// The text of a literal.
    Text(Atom),
    /// A function or class, by where it starts.
    Function(u32),
    /// Anything else.
    Other,
}

/// The chain of an expression.
pub(super) fn chain_of(expression: &ast::Expr, names: &Names) -> Option<Chain> {
    let (mut path, mut at) = (Vec::new(), expression);
    loop {
        if path.len() > LONGEST {
            return None;
        }
        match at {
            ast::Expr::Ident(name) => {
                path.reverse();
                let root = names.binding(name).map_or_else(|| Root::Global(name.sym.clone()), Root::Binding);
                return Some(from_window(Chain { root, path }, names));
            }
            ast::Expr::Member(member) => {
                path.push(member_name(&member.prop));
                at = &member.obj;
            }
            ast::Expr::Call(call) => {
                path.push(atom!("()"));
                match &call.callee {
                    ast::Callee::Expr(callee) => at = callee,
                    ast::Callee::Super(_) | ast::Callee::Import(_) => return None,
                }
            }
            ast::Expr::New(new) => {
                path.push(atom!("()"));
                at = &new.callee;
            }
            ast::Expr::OptChain(chain) => match &*chain.base {
                ast::OptChainBase::Member(member) => {
                    path.push(member_name(&member.prop));
                    at = &member.obj;
                }
                ast::OptChainBase::Call(call) => {
                    path.push(atom!("()"));
                    at = &call.callee;
                }
            },
            ast::Expr::Paren(inner) => at = &inner.expr,
            ast::Expr::Seq(all) => at = all.exprs.last()?,
            ast::Expr::Assign(assign) => return chain_behind(target_chain(&assign.left, names)?, path, names),
            ast::Expr::Bin(both) if is_either(both.op) => at = &both.left,
            ast::Expr::Await(waited) => at = &waited.arg,
            _ => {
                path.reverse();
                return Some(Chain { root: Root::Other, path });
            }
        }
    }
}

fn chain_behind(mut target: Chain, mut path: Vec<Atom>, names: &Names) -> Option<Chain> {
    path.reverse();
    target.path.extend(path);
    Some(from_window(target, names))
}

/// `window.x` is `x`.
pub(super) fn from_window(mut chain: Chain, names: &Names) -> Chain {
    while let Root::Global(name) = &chain.root
        && matches!(&**name, "window" | "self" | "top" | "parent" | "globalThis")
        && let Some(first) = chain.path.first()
        && **first != *"()"
        && **first != *"[]"
    {
        let first = chain.path.remove(0);
        chain.root = names.top(&first).map_or(Root::Global(first), Root::Binding);
    }
    chain
}

/// The chain that an assignment writes to.
pub(super) fn target_chain(target: &ast::AssignTarget, names: &Names) -> Option<Chain> {
    let ast::AssignTarget::Simple(simple) = target else { return None };
    match simple {
        ast::SimpleAssignTarget::Ident(name) => {
            let root = names.binding(&name.id).map_or_else(|| Root::Global(name.id.sym.clone()), Root::Binding);
            Some(Chain { root, path: Vec::new() })
        }
        ast::SimpleAssignTarget::Member(member) => {
            let mut chain = chain_of(&member.obj, names)?;
            chain.path.push(member_name(&member.prop));
            Some(from_window(chain, names))
        }
        ast::SimpleAssignTarget::Paren(inner) => chain_of(&inner.expr, names),
        _ => None,
    }
}

/// `name`, `"name"`, or `[]` where only running it would tell.
fn member_name(member: &ast::MemberProp) -> Atom {
    match member {
        ast::MemberProp::Ident(name) => name.sym.clone(),
        ast::MemberProp::Computed(computed) => match &*computed.expr {
            ast::Expr::Lit(ast::Lit::Str(text)) => text.value.to_atom_lossy().into_owned(),
            _ => atom!("[]"),
        },
        ast::MemberProp::PrivateName(_) => atom!("[]"),
    }
}

pub(super) fn is_either(operator: ast::BinaryOp) -> bool {
    matches!(operator, ast::BinaryOp::LogicalOr | ast::BinaryOp::NullishCoalescing | ast::BinaryOp::LogicalAnd)
}

/// What an expression gives to whoever holds it.
pub(super) fn given(expression: &ast::Expr, names: &Names) -> Given {
    stacker::maybe_grow(64 << 10, 1 << 20, || given_inside(expression, names))
}

fn given_inside(expression: &ast::Expr, names: &Names) -> Given {
    let place = || text_span(expression.span()).start;
    match expression {
        ast::Expr::Paren(inner) => given(&inner.expr, names),
        ast::Expr::Lit(ast::Lit::Str(text)) => Given::Text(text.value.to_atom_lossy().into_owned()),
        ast::Expr::Lit(_) => Given::Plain,
        ast::Expr::Unary(unary) if unary.op == ast::UnaryOp::Void => Given::Plain,
        ast::Expr::Array(list) if list.elems.is_empty() => Given::Inert,
        ast::Expr::Object(object) if is_inert_object(object, names) => Given::Inert,
        ast::Expr::Array(list) => {
            let starts = list.elems.iter().flatten().map(|element| text_span(element.expr.span()).start);
            Given::List(starts.take(LONGEST).collect())
        }
        ast::Expr::Object(_) | ast::Expr::Tpl(_) => Given::Fresh(place()),
        ast::Expr::Fn(function) => Given::Function(text_span(function.function.span).start),
        ast::Expr::Arrow(arrow) => Given::Function(text_span(arrow.span).start),
        ast::Expr::Class(class) => Given::Function(text_span(class.class.span).start),
        ast::Expr::Bin(both) if is_either(both.op) => {
            Given::Either(vec![given(&both.left, names), given(&both.right, names)])
        }
        ast::Expr::Cond(choice) => Given::Either(vec![given(&choice.cons, names), given(&choice.alt, names)]),
        ast::Expr::Assign(assign) if assign.op == ast::AssignOp::Assign => given(&assign.right, names),
        ast::Expr::Seq(all) => all.exprs.last().map_or(Given::Other, |last| given(last, names)),
        ast::Expr::Ident(name) if *name.sym == *"undefined" => Given::Plain,
        _ => match chain_of(expression, names) {
            Some(chain) if chain.root != Root::Other => Given::Chain(chain),
            _ => Given::Other,
        },
    }
}

/// `{}`, or `{ que: [], cmd: x.cmd || [] }`.
fn is_inert_object(object: &ast::ObjectLit, names: &Names) -> bool {
    object.props.iter().all(|member| match member {
        ast::PropOrSpread::Prop(member) => match &**member {
            ast::Prop::KeyValue(pair) => match given(&pair.value, names) {
                Given::Inert => true,
                Given::Either(all) => all.contains(&Given::Inert) && !all.contains(&Given::Other),
                _ => false,
            },
            _ => false,
        },
        ast::PropOrSpread::Spread(_) => false,
    })
}
