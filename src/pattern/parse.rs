//! Text with holes → [`Pattern`].

use super::path::{PathPattern, Step};
use super::shape::{Form, Pattern, Piece, Shape};
use crate::base::Span;
use crate::evaluate::Value;
use crate::script::{SyntaxError, parse_pattern_source};
use std::collections::HashSet;
use std::sync::Arc;
use swc_common::Spanned;
use swc_ecma_ast::{
    ArrayLit, AssignExpr, AssignOp, AssignTarget, BinaryOp, CallExpr, Callee, Expr, ExprOrSpread, Lit, MemberExpr,
    MemberProp, NewExpr, ObjectLit, Prop, PropName, PropOrSpread, SimpleAssignTarget, Tpl, UnaryOp,
};

/// How deep a pattern may nest.
const DEPTH: usize = 40;

/// Something wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Where, in bytes of the pattern's text.
    pub span: Span,
    /// What: lower case, no full stop.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl Pattern {
    /// Compiles the text of a pattern.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, with places in the text.
    pub fn parse(text: &str) -> Result<Self, Vec<PatternError>> {
        let expression = parse_pattern_source(text).map_err(|error| vec![not_javascript(error, text)])?;
        let mut compiler = Compiler { errors: Vec::new(), depth: 0 };
        let form = compiler.form(&expression);
        match (form, compiler.errors.is_empty()) {
            (Some(form), true) => {
                let mut pattern = Self { form, has_repeats: false };
                let mut seen = HashSet::new();
                let mut has_repeats = false;
                pattern.each_hole(&mut |name| has_repeats |= !seen.insert(name.clone()));
                pattern.has_repeats = has_repeats;
                Ok(pattern)
            }
            _ => Err(compiler.errors),
        }
    }
}

fn not_javascript(error: SyntaxError, text: &str) -> PatternError {
    let is_block = text.trim_start().starts_with('{');
    let hint = is_block.then(|| "an object literal as a whole pattern stands in parentheses: `({…})`".to_owned());
    PatternError { span: error.span, message: format!("the pattern is not JavaScript: {}", error.message), hint }
}

/// `$NAME` or `$_`, as a hole.
pub(super) fn hole_of(name: &str) -> Option<Option<Arc<str>>> {
    let name = name.strip_prefix('$').filter(|name| !name.is_empty())?;
    if name == "_" {
        return Some(None);
    }
    let is_hole = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_hole.then(|| Some(name.into()))
}

fn without_parentheses(mut expression: &Expr) -> &Expr {
    while let Expr::Paren(inner) = expression {
        expression = &inner.expr;
    }
    expression
}

struct Compiler {
    errors: Vec<PatternError>,
    depth: usize,
}

impl Compiler {
    /// Notes a mistake; `None` so that callers can return it.
    fn error<T>(&mut self, at: &impl Spanned, message: &str, hint: Option<&str>) -> Option<T> {
        let offset = |at: swc_common::BytePos| at.0.saturating_sub(1) as usize;
        let span = Span::new(offset(at.span().lo), offset(at.span().hi));
        self.errors.push(PatternError { span, message: message.to_owned(), hint: hint.map(str::to_owned) });
        None
    }

    fn form(&mut self, expression: &Expr) -> Option<Form> {
        match without_parentheses(expression) {
            Expr::Call(call) => self.call(call),
            Expr::New(new) => self.new_call(new),
            Expr::Assign(assign) => self.assign(assign),
            object @ Expr::Object(_) => self.shape(object).map(Form::Object),
            other => self.error(
                other,
                "a pattern is a call, `new`, an assignment or an object in parentheses",
                Some("as `lib.method($X)`, `lib.member = $X` or `({ code: $X })`"),
            ),
        }
    }

    fn call(&mut self, call: &CallExpr) -> Option<Form> {
        let Callee::Expr(callee) = &call.callee else {
            return self.error(call, "`super` and `import` cannot be called in a pattern", None);
        };
        let callee = self.path(callee);
        let (arguments, rest) = self.arguments(&call.args)?;
        Some(Form::Call { callee: callee?, arguments, rest, is_new: false })
    }

    fn new_call(&mut self, new: &NewExpr) -> Option<Form> {
        let callee = self.path(&new.callee);
        let (arguments, rest) = self.arguments(new.args.as_deref().unwrap_or_default())?;
        Some(Form::Call { callee: callee?, arguments, rest, is_new: true })
    }

    fn assign(&mut self, assign: &AssignExpr) -> Option<Form> {
        if assign.op != AssignOp::Assign {
            return self.error(assign, "only `=` assigns in a pattern", None);
        }
        let value = self.shape(&assign.right);
        let target = match &assign.left {
            AssignTarget::Simple(SimpleAssignTarget::Ident(ident)) => match hole_of(&ident.id.sym) {
                Some(hole) => Some(PathPattern::new(Some(hole), Vec::new())),
                None => Some(PathPattern::new(None, vec![Step::Name(ident.id.sym.as_str().into())])),
            },
            AssignTarget::Simple(SimpleAssignTarget::Member(member)) => self.member_path(member),
            other => self.error(other, "this cannot be assigned to in a pattern", Some("name a member or a global")),
        };
        Some(Form::Assign { target: target?, value: value? })
    }

    fn arguments(&mut self, arguments: &[ExprOrSpread]) -> Option<(Vec<Shape>, Option<Box<Shape>>)> {
        let mut shapes = Vec::new();
        let mut rest = None;
        for (index, argument) in arguments.iter().enumerate() {
            let shape = self.shape(&argument.expr);
            match argument.spread {
                None => shapes.extend(shape),
                Some(_) if index + 1 == arguments.len() => rest = shape.map(Box::new),
                Some(_) => return self.error(&*argument.expr, "only the last argument may be `...P`", None),
            }
        }
        Some((shapes, rest))
    }

    fn path(&mut self, expression: &Expr) -> Option<PathPattern> {
        let (mut head, mut steps) = (None, Vec::new());
        self.add_steps(expression, &mut head, &mut steps)?;
        Some(PathPattern::new(head, steps))
    }

    fn member_path(&mut self, member: &MemberExpr) -> Option<PathPattern> {
        let (mut head, mut steps) = (None, Vec::new());
        self.add_member(member, &mut head, &mut steps)?;
        Some(PathPattern::new(head, steps))
    }

    fn add_steps(
        &mut self,
        expression: &Expr,
        head: &mut Option<Option<Arc<str>>>,
        steps: &mut Vec<Step>,
    ) -> Option<()> {
        match without_parentheses(expression) {
            Expr::Ident(ident) => match hole_of(&ident.sym) {
                Some(hole) => *head = Some(hole),
                None => steps.push(Step::Name(ident.sym.as_str().into())),
            },
            Expr::Member(member) => self.add_member(member, head, steps)?,
            Expr::Call(CallExpr { callee: Callee::Expr(callee), args, .. }) => {
                if let Some(argument) = args.first() {
                    return self.error(
                        &*argument.expr,
                        "arguments of an inner call are not matched",
                        Some("leave them out: `a.b().c($X)`"),
                    );
                }
                self.add_steps(callee, head, steps)?;
                match steps.last_mut() {
                    Some(Step::Name(name)) => *name = format!("{name}()").into(),
                    _ => return self.error(&**callee, "a called hole inside a path is not matched", None),
                }
            }
            other => {
                return self.error(
                    other,
                    "a callee is a path of names and holes",
                    Some("as `$LIB.method` or `lib.part().method`"),
                );
            }
        }
        Some(())
    }

    fn add_member(
        &mut self,
        member: &MemberExpr,
        head: &mut Option<Option<Arc<str>>>,
        steps: &mut Vec<Step>,
    ) -> Option<()> {
        self.add_steps(&member.obj, head, steps)?;
        let name = match &member.prop {
            MemberProp::Ident(ident) => ident.sym.as_str().to_owned(),
            MemberProp::Computed(computed) => match without_parentheses(&computed.expr) {
                Expr::Ident(ident) => ident.sym.as_str().to_owned(),
                Expr::Lit(Lit::Str(text)) => text.value.to_atom_lossy().to_string(),
                other => return self.error(other, "a computed member is a name, a string or a hole", None),
            },
            MemberProp::PrivateName(name) => {
                return self.error(name, "private members are not seen from outside", None);
            }
        };
        steps.push(hole_of(&name).map_or_else(|| Step::Name(name.as_str().into()), Step::Hole));
        Some(())
    }

    /// What a value must look like.
    fn shape(&mut self, expression: &Expr) -> Option<Shape> {
        if self.depth >= DEPTH {
            return self.error(expression, "the pattern nests too deeply", None);
        }
        self.depth += 1;
        let shape = self.shape_inside(without_parentheses(expression));
        self.depth -= 1;
        shape
    }

    fn shape_inside(&mut self, expression: &Expr) -> Option<Shape> {
        match expression {
            Expr::Ident(ident) if &*ident.sym == "undefined" => Some(Shape::Literal(Value::Undefined)),
            Expr::Ident(ident) => match hole_of(&ident.sym) {
                Some(Some(name)) => Some(Shape::Capture(name)),
                Some(None) => Some(Shape::Ignore),
                None => self.error(
                    ident,
                    &format!("`{}` is a variable, and a pattern has only holes", ident.sym),
                    Some("holes are written `$NAME` in capitals; strings want quotes"),
                ),
            },
            Expr::Lit(literal) => self.literal(literal),
            Expr::Unary(unary) if unary.op == UnaryOp::Minus => match without_parentheses(&unary.arg) {
                Expr::Lit(Lit::Num(number)) => Some(Shape::Literal(Value::Number(-number.value))),
                other => self.error(other, "only a number can be negative", None),
            },
            Expr::Tpl(template) => self.template(template),
            Expr::Object(object) => self.object(object),
            Expr::Array(array) => self.array(array),
            Expr::Bin(binary) if binary.op == BinaryOp::LogicalOr => self.either(expression),
            Expr::Bin(binary) if binary.op == BinaryOp::NullishCoalescing => match without_parentheses(&binary.right) {
                Expr::Lit(Lit::Null(_)) => self.shape(&binary.left).map(|shape| Shape::Optional(Box::new(shape))),
                other => {
                    self.error(other, "`??` is followed by `null` in a pattern", Some("`P ?? null` may be absent"))
                }
            },
            other => self.error(
                other,
                "this kind of expression has no meaning in a pattern",
                Some("holes, literals, objects, arrays, `||`, `?? null` and templates do"),
            ),
        }
    }

    fn literal(&mut self, literal: &Lit) -> Option<Shape> {
        Some(Shape::Literal(match literal {
            Lit::Str(text) => Value::string(&text.value.to_atom_lossy()),
            Lit::Bool(value) => Value::Bool(value.value),
            Lit::Null(_) => Value::Null,
            Lit::Num(number) => Value::Number(number.value),
            other => {
                return self.error(
                    other,
                    "this kind of literal cannot be matched",
                    Some("capture the value and say what it must look like under `where`"),
                );
            }
        }))
    }

    fn template(&mut self, template: &Tpl) -> Option<Shape> {
        let mut pieces = Vec::new();
        for (index, quasi) in template.quasis.iter().enumerate() {
            let text = quasi.cooked.as_ref().map(|text| text.to_atom_lossy().to_string()).unwrap_or_default();
            if !text.is_empty() {
                pieces.push(Piece::Text(text.into()));
            }
            let Some(expression) = template.exprs.get(index) else { continue };
            let hole = expression.as_ident().and_then(|ident| hole_of(&ident.sym));
            let Some(hole) = hole else {
                return self.error(&**expression, "a template holds only holes", Some("as `${$NAME}`"));
            };
            if matches!(pieces.last(), Some(Piece::Hole(_))) {
                return self.error(&**expression, "two holes without text between them cannot be told apart", None);
            }
            pieces.push(Piece::Hole(hole));
        }
        Some(Shape::Template(pieces))
    }

    fn object(&mut self, object: &ObjectLit) -> Option<Shape> {
        let mut members: Vec<(Arc<str>, Shape)> = Vec::new();
        for property in &object.props {
            let PropOrSpread::Prop(property) = property else {
                return self.error(
                    property,
                    "objects are open: other members are ignored anyway",
                    Some("leave the `...` out"),
                );
            };
            let Prop::KeyValue(member) = &**property else {
                return self.error(&**property, "a member is written `name: pattern`", None);
            };
            let name: Arc<str> = match &member.key {
                PropName::Ident(ident) => ident.sym.as_str().into(),
                PropName::Str(text) => text.value.to_atom_lossy().as_str().into(),
                PropName::Num(number) => number.value.to_string().into(),
                other => return self.error(other, "the name of a member is fixed", None),
            };
            if members.iter().any(|(known, _)| *known == name) {
                self.error::<()>(&member.key, &format!("the member `{name}` stands twice"), None);
            }
            members.extend(self.shape(&member.value).map(|shape| (name, shape)));
        }
        Some(Shape::Object(members))
    }

    fn array(&mut self, array: &ArrayLit) -> Option<Shape> {
        if let [Some(ExprOrSpread { spread: Some(_), expr })] = &array.elems[..] {
            return self.shape(expr).map(|shape| Shape::Each(Box::new(shape)));
        }
        let mut shapes = Vec::new();
        for element in &array.elems {
            match element {
                Some(ExprOrSpread { spread: None, expr }) => shapes.extend(self.shape(expr)),
                Some(spread) => return self.error(&*spread.expr, "`[...P]` stands alone in its brackets", None),
                None => {
                    return self.error(
                        array,
                        "an empty place in an array matches nothing",
                        Some("`$_` matches anything"),
                    );
                }
            }
        }
        Some(Shape::Tuple(shapes))
    }

    /// `P || Q || R`, flat.
    fn either(&mut self, expression: &Expr) -> Option<Shape> {
        let mut arms = Vec::new();
        let mut rest = expression;
        while let Expr::Bin(binary) = rest
            && binary.op == BinaryOp::LogicalOr
        {
            arms.push(&*binary.right);
            rest = &binary.left;
        }
        arms.push(rest);
        let shapes: Vec<Shape> = arms.iter().rev().filter_map(|arm| self.shape(arm)).collect();
        Some(Shape::Either(shapes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> (String, std::ops::Range<usize>) {
        let error = Pattern::parse(text).unwrap_err().remove(0);
        (error.message, error.span.range())
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        assert_eq!(error_of("f(name)").1, 2..6);
        assert!(error_of("f(name)").0.contains("`name` is a variable"));
        assert!(error_of("f({ a: $A").0.starts_with("the pattern is not JavaScript"));
        assert!(error_of("$X").0.starts_with("a pattern is a call"));
        assert!(error_of("f({ ...$X })").0.contains("open"));
        assert!(error_of("f($A ?? 1)").0.contains("null"));
        assert!(error_of("f(`${$A}${$B}`)").0.contains("two holes"));
        assert!(error_of("a(1).b($X)").0.contains("inner call"));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        assert_eq!(Pattern::parse("f(one, { a: two, b: /x/ })").unwrap_err().len(), 3);
    }

    #[test]
    fn holes_are_capitals() {
        assert_eq!(hole_of("$NAME"), Some(Some("NAME".into())));
        assert_eq!(hole_of("$_"), Some(None));
        assert_eq!(hole_of("$"), None);
        assert_eq!(hole_of("$sf"), None, "a real variable");
    }

    #[test]
    fn paths_are_normalised() {
        let pattern = Pattern::parse("window.top.a['b'].c().d($X)").unwrap();
        let Form::Call { callee, .. } = pattern.form() else { panic!() };
        assert_eq!(callee.to_string(), "a.b.c().d");
        assert_eq!(pattern.called_name(), Some("d"));
    }

    #[test]
    fn hostile_depth_is_refused() {
        let deep = format!("f({}1{})", "[".repeat(300), "]".repeat(300));
        assert!(Pattern::parse(&deep).is_err());
    }
}
