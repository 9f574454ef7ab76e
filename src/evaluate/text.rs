//! Strings that are put together: templates, and `+` of parts of which some are not known.

use super::abstract_value::{Abstract, Piece};
use super::heap::ScopeId;
use super::machine::Machine;
use std::rc::Rc;
use swc_atoms::Atom;
use swc_common::{Span, Spanned};
use swc_ecma_ast as ast;

/// Parts that a partly known string may have.
const PIECES: usize = 64;

/// Bytes of a string that cost a step to read: short strings are read for nothing.
const BYTES_A_STEP: usize = 1 << 10;

impl<'a> Machine<'a> {
    pub(super) fn template(&mut self, template: &'a ast::Tpl, scope: ScopeId) -> Abstract {
        let mut text = Abstract::String(swc_atoms::atom!(""));
        for (at, part) in template.quasis.iter().enumerate() {
            text = self.concat(&text, &cooked(part), template.span);
            if let Some(expression) = template.exprs.get(at) {
                let value = self.expression(expression, scope);
                text = self.concat(&text, &value, expression.span());
            }
        }
        if let Abstract::String(known) = &text {
            self.note_text(known, template.span);
        }
        text
    }

    pub(super) fn tagged_template(&mut self, tagged: &'a ast::TaggedTpl, scope: ScopeId) -> Abstract {
        if self.static_path(&tagged.tag).as_deref() == Some("String.raw") {
            return self.template(&tagged.tpl, scope);
        }
        let (this, tag) = match &*tagged.tag {
            ast::Expr::Member(member) => {
                let this = self.expression(&member.obj, scope);
                let key = self.member_key(&member.prop, scope);
                let tag = self.read_members(&this, &key, member.span, None);
                (this, tag)
            }
            other => (Abstract::Undefined, self.expression(other, scope)),
        };
        let parts = tagged.tpl.quasis.iter();
        let (cooked, raw): (Vec<_>, Vec<_>) =
            parts.map(|part| (cooked(part), Abstract::String(part.raw.clone()))).unzip();
        let (parts, raw) = (self.add_array(cooked), self.add_array(raw));
        if let Some(id) = parts.as_object() {
            self.define(id, &swc_atoms::atom!("raw"), raw);
        }
        let mut arguments = vec![parts];
        arguments.extend(tagged.tpl.exprs.iter().map(|value| self.expression(value, scope)));
        self.call_value(&tag, &this, arguments, tagged.span)
    }

    /// Concatenates as `+` does with a string.
    pub(super) fn concat(&mut self, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        self.map(left, |machine, left| machine.map(right, |machine, right| machine.concat_two(left, right, span)))
    }

    fn concat_two(&mut self, left: &Abstract, right: &Abstract, span: Span) -> Abstract {
        let (a, b) = (self.pieces(left, span), self.pieces(right, span));
        if let ([Piece::Known(a)], [Piece::Known(b)]) = (&a[..], &b[..]) {
            return self.known_text(&[a, b], span);
        }
        let mut all: Vec<Piece> = a;
        for piece in b {
            match (all.last_mut(), piece) {
                (_, Piece::Known(text)) if text.is_empty() => {}
                (Some(Piece::Known(last)), Piece::Known(text)) => {
                    self.memory += last.len() + text.len();
                    if last.len() + text.len() > self.limits.string_bytes {
                        return self.unknown(span);
                    }
                    *last = Atom::new(format!("{last}{text}"));
                }
                (_, piece) => all.push(piece),
            }
        }
        all.retain(|piece| !matches!(piece, Piece::Known(text) if text.is_empty()));
        if all.len() > PIECES { self.unknown(span) } else { Abstract::Text(all.into()) }
    }

    /// Joins known texts, within the limit.
    pub(super) fn known_text(&mut self, parts: &[&str], span: Span) -> Abstract {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.made += 1;
        self.memory += length;
        if length > self.limits.string_bytes {
            return self.unknown(span);
        }
        Abstract::String(Atom::new(parts.concat()))
    }

    /// Pays for reading so many bytes of a string.
    pub(super) fn charge_text(&mut self, bytes: usize) {
        self.charge(bytes / BYTES_A_STEP);
    }

    /// Pays for the string that a builtin has made, if it is one and not too long.
    pub(super) fn charge_made(&mut self, made: Option<Abstract>) -> Option<Abstract> {
        let Some(Abstract::String(text)) = &made else { return made };
        self.memory += text.len();
        if text.len() > self.limits.string_bytes { None } else { made }
    }

    fn pieces(&mut self, value: &Abstract, span: Span) -> Vec<Piece> {
        match value {
            Abstract::Text(pieces) => pieces.to_vec(),
            Abstract::Unknown(origin) => vec![Piece::Unknown(Rc::clone(origin))],
            value => match self.text_of(value) {
                Some(text) => vec![Piece::Known(text)],
                None => match self.unknown(span) {
                    Abstract::Unknown(origin) => vec![Piece::Unknown(origin)],
                    _ => Vec::new(),
                },
            },
        }
    }
}

/// A part of a template as its escapes are meant.
fn cooked(part: &ast::TplElement) -> Abstract {
    Abstract::String(part.cooked.as_ref().map_or_else(|| part.raw.clone(), |text| text.to_atom_lossy().into_owned()))
}
