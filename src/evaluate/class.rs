//! Classes: constructor functions with prototypes, fields and `super`.

use super::abstract_value::{Abstract, ObjectId};
use super::heap::{ClassInfo, Code, Kind, Object, Property, ScopeId};
use super::machine::Machine;
use std::rc::Rc;
use swc_atoms::{Atom, atom};
use swc_common::Spanned;
use swc_ecma_ast as ast;

impl<'a> Machine<'a> {
    /// Makes the constructor of a class.
    pub(super) fn class(&mut self, class: &'a ast::Class, name: Option<Atom>, scope: ScopeId) -> Abstract {
        let scope = self.add_scope(scope, false);
        let parent = class.super_class.as_ref().map(|parent| self.expression(parent, scope));
        let prototype = self.add_object(Object::new(Kind::Plain));
        let parent_prototype = parent.as_ref().and_then(Abstract::as_object).map(|parent| self.prototype_of(parent));
        self.object_mut(prototype).prototype = parent_prototype;
        let info = Rc::new(ClassInfo { parent: parent.clone(), class, scope, source: self.source, prototype });
        let code = class.body.iter().find_map(|member| match member {
            ast::ClassMember::Constructor(constructor) => Some(Code::Constructor(constructor)),
            _ => None,
        });
        let value = self.function(code.unwrap_or(Code::DefaultConstructor), class.span, scope, Some(Rc::clone(&info)));
        let Abstract::Object(id) = value else { return value };
        self.object_mut(id).prototype = parent.as_ref().and_then(Abstract::as_object);
        self.object_mut(id).properties.insert(&atom!("prototype"), Property::Value(Abstract::Object(prototype)));
        self.object_mut(prototype).properties.insert(&atom!("constructor"), Property::Value(value.clone()));
        if let Some(name) = name {
            self.scopes.write(scope.0).variables.insert(&name, value.clone());
        }
        for member in &class.body {
            self.class_member(id, prototype, member, scope, &info);
        }
        value
    }

    fn class_member(
        &mut self,
        class: ObjectId,
        prototype: ObjectId,
        member: &'a ast::ClassMember,
        scope: ScopeId,
        info: &Rc<ClassInfo<'a>>,
    ) {
        let owner = |is_static: bool| if is_static { class } else { prototype };
        match member {
            ast::ClassMember::Method(method) => {
                let key = self.property_name(&method.key, scope);
                self.method(owner(method.is_static), &key, method.kind, &method.function, scope, info);
            }
            ast::ClassMember::PrivateMethod(method) => {
                let key = Abstract::text(&format!("#{}", method.key.name));
                self.method(owner(method.is_static), &key, method.kind, &method.function, scope, info);
            }
            ast::ClassMember::ClassProp(field) if field.is_static => {
                let key = self.property_name(&field.key, scope);
                let value = self.static_value(field.value.as_deref(), class, info);
                self.define_members(class, &key, value);
            }
            ast::ClassMember::PrivateProp(field) if field.is_static => {
                let value = self.static_value(field.value.as_deref(), class, info);
                self.define(class, &Atom::new(format!("#{}", field.key.name)), value);
            }
            ast::ClassMember::StaticBlock(block) => {
                let scope = self.add_scope(scope, true);
                self.scopes.write(scope.0).variables.insert(&atom!("this"), Abstract::Object(class));
                self.block(&block.body.stmts, scope);
            }
            _ => {}
        }
    }

    /// The value of a static field: `this` is the class.
    fn static_value(&mut self, value: Option<&'a ast::Expr>, class: ObjectId, info: &Rc<ClassInfo<'a>>) -> Abstract {
        value.map_or(Abstract::Undefined, |value| self.field_value(value, info, &Abstract::Object(class)))
    }

    fn method(
        &mut self,
        owner: ObjectId,
        key: &Abstract,
        kind: ast::MethodKind,
        function: &'a ast::Function,
        scope: ScopeId,
        info: &Rc<ClassInfo<'a>>,
    ) {
        let value = self.function(Code::Function(function), function.span, scope, Some(Rc::clone(info)));
        if let Some(last) = self.functions.last_mut() {
            last.1 = Some(owner);
        }
        match kind {
            ast::MethodKind::Method => self.define_members(owner, key, value),
            ast::MethodKind::Getter => self.define_accessor(owner, key, value.as_object(), None),
            ast::MethodKind::Setter => self.define_accessor(owner, key, None, value.as_object()),
        }
    }

    /// Gives an instance the fields of its class.
    pub(super) fn define_fields(&mut self, info: &Rc<ClassInfo<'a>>, this: &Abstract) {
        let Some(id) = this.as_object() else { return };
        for member in &info.class.body {
            let (key, value) = match member {
                ast::ClassMember::ClassProp(field) if !field.is_static => {
                    (self.property_name(&field.key, info.scope), field.value.as_deref())
                }
                ast::ClassMember::PrivateProp(field) if !field.is_static => {
                    (Abstract::text(&format!("#{}", field.key.name)), field.value.as_deref())
                }
                _ => continue,
            };
            let value = value.map_or(Abstract::Undefined, |value| self.field_value(value, info, this));
            self.define_members(id, &key, value);
        }
    }

    fn field_value(&mut self, value: &'a ast::Expr, info: &Rc<ClassInfo<'a>>, this: &Abstract) -> Abstract {
        let before = std::mem::replace(&mut self.source, info.source);
        let field = self.function(Code::Field(value), value.span(), info.scope, Some(Rc::clone(info)));
        self.source = before;
        self.call_value(&field, this, Vec::new(), value.span())
    }

    /// The class that the code around belongs to.
    fn class_here(&self) -> Option<Rc<ClassInfo<'a>>> {
        self.classes.last().cloned().flatten()
    }

    /// Where `super.x` is looked up: in a static method `this` is the class.
    pub(super) fn super_prototype(&self, this: &Abstract) -> Option<ObjectId> {
        let of_class = this.as_object().filter(|id| self.object(*id).is_callable());
        self.object(of_class.unwrap_or(self.class_here()?.prototype)).prototype
    }

    /// `super(…)`.
    pub(super) fn super_call(&mut self, arguments: Vec<Abstract>, scope: ScopeId, span: swc_common::Span) -> Abstract {
        let this = self.this(scope);
        if let Some(info) = self.class_here() {
            if let Some(parent) = info.parent.clone() {
                self.call_value(&parent, &this, arguments, span);
            }
            self.define_fields(&info, &this);
        }
        this
    }
}
