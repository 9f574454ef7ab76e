//! What scripts would hand to libraries, one promise a test.

use super::{Evaluator, EventKind, Input, Interests, Sources, Value};
use crate::base::{Evidence, Limits, OffsetMap};
use crate::script::{Goal, parse, parse_lazily};

fn interests() -> Interests {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Interests::new(
        set(&["addAdUnits", "requestBids", "defineSlot", "see", "push"]),
        set(&["adUnits"]),
        vec!["*.que".into(), "googletag.cmd".into()],
        &["bidder".into(), "defineSlot".into(), "see".into()],
    )
}

/// The events of a page with these scripts, as text: `evidence callee(arguments) if condition`.
fn events(scripts: &[&str]) -> Vec<String> {
    let (sources, interests, limits) = (Sources::default(), interests(), Limits::default());
    let offsets = OffsetMap::verbatim(0);
    let mut evaluator = Evaluator::new(&sources, &interests, &limits);
    for (index, text) in scripts.iter().enumerate() {
        let text = sources.keep_text((*text).to_owned());
        let tree = sources.keep_tree(parse_lazily(text, Goal::Script, &limits));
        let input =
            Input { text, offsets: &offsets, script: index as u32, evidence: Evidence::Evaluated, is_library: false };
        evaluator.run(input, tree);
    }
    evaluator.run_rest();
    let evaluation = evaluator.finish();
    assert_eq!(evaluation.cut, [0; 0], "no budget runs out");
    evaluation.events.iter().map(describe).collect()
}

fn describe(event: &super::Event) -> String {
    let json = |value: &Value| value.to_json().to_string();
    let what = match &event.kind {
        EventKind::Call { callee, arguments, .. } => {
            format!("{callee}({})", arguments.iter().map(json).collect::<Vec<_>>().join(", "))
        }
        EventKind::Assign { target, value } => format!("{target} = {}", json(value)),
        EventKind::Request { url, kind } => format!("{kind} {}", json(url)),
        EventKind::Markup { html } => format!("markup {}", json(html)),
        EventKind::AdUnit { value } => format!("unit {}", json(value)),
    };
    let when = event.when.as_ref().map_or(String::new(), |when| format!(" if {when}"));
    let evidence = if event.evidence == Evidence::Evaluated { "" } else { "declared: " };
    format!("{evidence}{what}{when}")
}

/// The arguments that a script hands to `see(…)`.
fn seen(script: &str) -> String {
    let found = events(&[script]);
    found.iter().filter_map(|event| event.strip_prefix("see(")?.strip_suffix(')')).collect::<Vec<_>>().join(" | ")
}

#[test]
fn variables_functions_and_closures() {
    assert_eq!(seen("var a = 1; function f(x) { return x + a; } see(f(2))"), "3");
    assert_eq!(seen("var n = 0, inc = () => ++n; inc(); inc(); see(n)"), "2");
    assert_eq!(seen("see(f()); function f() { return 'hoisted' }"), r#""hoisted""#);
    assert_eq!(
        seen("(function (a, b = 2, ...c) { see(a, b, c, arguments.length) })(1, undefined, 3, 4)"),
        "1, 2, [3,4], 4"
    );
    assert_eq!(
        seen("var {a, b: {c = 5}, ...d} = {a: 1, b: {}, e: 2}; var [x, , y] = [1, 2, 3]; see(a, c, d, x, y)"),
        r#"1, 5, {"e":2}, 1, 3"#
    );
}

#[test]
fn objects_keep_their_order_and_odd_values_come_out_exactly() {
    assert_eq!(
        seen(
            r#"see({b: !0, a: .5, n: 1E3, u: void 0, id: 12091917342698, s: "19264", t: "49404 ", "q-k": '\/\u0026', ["c" + 1]: null})"#
        ),
        r#"{"b":true,"a":0.5,"n":1000,"id":12091917342698,"s":"19264","t":"49404 ","q-k":"/&","c1":null}"#
    );
}

#[test]
fn later_changes_are_seen() {
    let script = "var u = {bids: [], x: {floor: 1, id: 2}}; u.bids.push(3); delete u.x.floor; u.bids = u.bids.concat([4]); see(u)";
    assert_eq!(seen(script), r#"{"bids":[3,4],"x":{"id":2}}"#);
}

#[test]
fn both_branches_of_an_unknown_condition_are_kept() {
    assert_eq!(
        seen("see(navigator.userAgent.match(/iPhone/) ? 'a' : 'b')"),
        r#"{"$any":[{"when":"navigator.userAgent.match(/iPhone/)","value":"a"},{"when":"!(navigator.userAgent.match(/iPhone/))","value":"b"}]}"#
    );
    assert_eq!(
        seen("var x = 1; if (window.innerWidth < 1024) { x = 2 } see(x)"),
        r#"{"$any":[{"when":"window.innerWidth < 1024","value":2},{"when":"!(window.innerWidth < 1024)","value":1}]}"#
    );
    assert_eq!(
        seen("var l = [1]; if (location.hash) l.push(2); see(l)"),
        r#"{"$any":[{"when":"location.hash","value":[1,2]},{"when":"!(location.hash)","value":[1]}]}"#
    );
}

#[test]
fn the_same_condition_is_decided_once() {
    let script = "var m = navigator.x ? 1 : 2; if (navigator.x) { see(m) } else { see(m) }";
    let found = events(&[script]);
    assert_eq!(found, ["see(1) if navigator.x", "see(2) if !(navigator.x)"]);
    let script = "var d = matchMedia('a').matches ? 'm' : 'd'; var ids = {m: 1, d: 2}; see(ids[d])";
    assert!(seen(script).contains(r#""value":1"#) && !seen(script).contains("unknown"));
}

#[test]
fn a_known_condition_takes_one_way() {
    assert_eq!(seen("var s = 'X'; if (s == 'X') { var a = 1 } else if (s == 'Y') { var a = 2 } see(a)"), "1");
    assert_eq!(
        seen("switch ('b') { case 'a': see(1); break; case 'b': see(2); case 'c': see(3); break; default: see(4) }"),
        "2 | 3"
    );
}

#[test]
fn an_unknown_switch_takes_all_ways() {
    let script = "var u; switch (device()) { case 'm': u = 1; break; case 't': u = 2; break; default: u = 3 } see(u)";
    let found = seen(script);
    assert!(found.contains("device() === 'm'"), "{found}");
    assert!(
        found.contains(r#""value":1"#) && found.contains(r#""value":2"#) && found.contains(r#""value":3"#),
        "{found}"
    );
}

#[test]
fn what_follows_an_early_return_holds_its_negation() {
    assert_eq!(events(&["function f() { if (!window.ok) return 1; see(2) } f()"]), ["see(2) if window.ok"]);
    assert_eq!(
        seen("function f() { if (window.ok) return 1; return 2 } see(f())"),
        r#"{"$any":[{"when":"window.ok","value":1},{"when":"!(window.ok)","value":2}]}"#
    );
}

#[test]
fn loops_over_known_collections_run() {
    assert_eq!(seen("var o = []; for (var i = 0; i < 3; i++) o.push('s' + i); see(o)"), r#"["s0","s1","s2"]"#);
    assert_eq!(seen("for (const k in {a: 1, b: 2}) see(k)"), r#""a" | "b""#);
    assert_eq!(seen("for (const [k, v] of Object.entries({a: 1})) see(k, v)"), r#""a", 1"#);
    assert_eq!(seen("var i = 0; while (true) { if (++i > 2) break } see(i)"), "3");
    assert_eq!(seen("var f = []; for (let i = 0; i < 2; i++) f.push(() => i); see(f.map(g => g()))"), "[0,1]");
    assert_eq!(seen("for (const x of [1, 2, 3, 4]) { if (x == 2) continue; if (x == 4) break; see(x) }"), "1 | 3");
}

#[test]
fn unknown_loops_run_once() {
    assert_eq!(events(&["for (var i = 0; i < document.x.length; i++) see('one')"]).len(), 1);
    assert_eq!(events(&["document.querySelectorAll('.ad').forEach(function (e) { see(e.id) })"]).len(), 1);
}

#[test]
fn builtins_of_arrays_and_strings() {
    assert_eq!(seen("see([3, 1, 2].sort().map(x => x * 2).filter(x => x > 2).join('-'))"), r#""4-6""#);
    assert_eq!(seen("see('a,b'.split(',').concat(['c']).reduce((t, x) => t + x.toUpperCase(), ''))"), r#""ABC""#);
    assert_eq!(seen("see('site_'.concat('e', '_').replace(/_/g, '-').slice(0, -1))"), r#""site-e""#);
    assert_eq!(
        seen("see(JSON.parse('{\"a\":[1]}'), JSON.stringify({b: 'x'}), atob('YWI='), parseInt('12px', 10))"),
        r#"{"a":[1]}, "{\"b\":\"x\"}", "ab", 12"#
    );
    assert_eq!(
        seen("see(Object.assign({}, {a: 1}, {b: 2}), {...{c: 3}}, [...[4], 5], Math.max(1, 2))"),
        r#"{"a":1,"b":2}, {"c":3}, [4,5], 2"#
    );
    assert_eq!(
        seen("see(['a', 'b'].includes('b') ? 1 : 2, ['x'].find(x => x === 'x'), [[1], [2]].flat())"),
        r#"1, "x", [1,2]"#
    );
    assert_eq!(
        seen("var m = new Map([['k', 1]]); m.set('l', 2); see(m.get('l'), m.size, [...new Set([1, 1])])"),
        "2, 2, [1]"
    );
}

#[test]
fn classes_getters_and_this() {
    let script = "class A { x = 1; constructor(y) { this.y = y } get z() { return this.x + this.y } static make() { return new this(5) } }
        class B extends A { constructor() { super(2); this.w = 3 } sum() { return this.z + super.z } }
        see(new B().sum(), A.make().y)";
    assert_eq!(seen(script), "6, 5");
    assert_eq!(
        seen("function F() { this.a = 1 } F.prototype.get = function () { return this.a }; see(new F().get())"),
        "1"
    );
    assert_eq!(
        seen(
            "var o = { a: 1, f() { return this.a }, get b() { return this.a + 1 } }; see(o.f.call({a: 7}), o.f(), o.b)"
        ),
        "7, 1, 2"
    );
}

#[test]
fn queued_functions_run_when_all_scripts_have_run() {
    let found = events(&[
        "var pbjs = pbjs || {}; pbjs.que = pbjs.que || []; pbjs.que.push(function () { pbjs.addAdUnits(units) })",
        "var units = [{code: 'a'}]",
    ]);
    assert_eq!(found.last().map(String::as_str), Some(r#"pbjs.addAdUnits([{"code":"a"}])"#));
}

#[test]
fn a_library_goes_by_its_global_name() {
    let found = events(&[
        "(function (w) { var lib = w.my = w.my || {}; lib.que = lib.que || []; lib.que.push(() => { lib.addAdUnits(1) }) })(window)",
    ]);
    assert_eq!(found.last().map(String::as_str), Some("my.addAdUnits(1)"));
    let found = events(&["var q = x.que; q.push(function (lib) { lib.requestBids(2) })"]);
    assert_eq!(found.last().map(String::as_str), Some("x.requestBids(2)"));
}

#[test]
fn callbacks_of_unknown_functions_run() {
    assert_eq!(
        seen(
            "$(document).ready(function () { see(1) }); window.addEventListener('load', () => see(2)); setTimeout(function (a) { see(a) }, 9, 3)"
        ),
        "1 | 2 | 3"
    );
    assert_eq!(seen("fetch('https://a.example/x').then(r => r.json()).then(function (c) { see(1) })"), "1");
    assert_eq!(seen("window.onload = function () { see(1) }"), "1");
    assert_eq!(seen("(async () => { const a = await Promise.all([1, Promise.resolve(2)]); see(a) })()"), "[1,2]");
    assert_eq!(seen("new Promise(function (ok) { ok(4) }).then(see2); function see2(v) { see(v) }"), "4");
}

#[test]
fn code_in_strings_runs() {
    assert_eq!(seen("eval('var x = 1; see(x)')"), "1");
    assert_eq!(seen("new Function('a', 'see(a)')(5)"), "5");
    assert_eq!(
        seen(
            "eval(function(p,a,c,k,e,d){while(c--)if(k[c])p=p.replace(new RegExp('\\\\b'+c.toString(a)+'\\\\b','g'),k[c]);return p}('0(1)',2,2,'see|42'.split('|'),0,{}))"
        ),
        "42"
    );
}

#[test]
fn what_is_not_known_keeps_its_source() {
    assert_eq!(
        seen("see({a: location.hash.slice(1), b: Date.now()})"),
        r#"{"a":{"$unknown":"location.hash.slice(1)"},"b":{"$unknown":"Date.now()"}}"#
    );
    assert_eq!(seen("see('x' + Math.random())"), r#"{"$unknown":"\"x\" + Math.random()"}"#);
}

#[test]
fn requests_and_markup_are_noted() {
    let found = events(&[
        "var s = document.createElement('script'); s.async = true; s.src = location.protocol + '//cdn.example/a.js'; document.write('<b>x</b>')",
    ]);
    assert!(found[0].starts_with("script ") && found[0].contains("//cdn.example/a.js"), "{found:?}");
}

#[test]
fn units_that_nothing_takes_are_harvested() {
    let found = events(&["window.cfg = {units: [{code: 'a', bids: [{bidder: 'x', params: {id: 1}}]}]}"]);
    assert_eq!(found, [r#"unit {"code":"a","bids":[{"bidder":"x","params":{"id":1}}]}"#]);
    let found = events(&["var m = {slotMap: {adhesion: [{bidder: 'x', params: {id: 1}}]}}"]);
    assert_eq!(found, [r#"unit {"code":"adhesion","bids":[{"bidder":"x","params":{"id":1}}]}"#]);
    let found = events(&["function never(id) { return {bidder: 'x', params: {id: id}} }"]);
    assert_eq!(found, [r#"declared: unit {"bids":[{"bidder":"x","params":{"id":{"$unknown":"id"}}}]}"#]);
}

#[test]
fn dead_branches_are_only_declared() {
    let found = events(&["var s = 'a'; if (s === 'b') { var u = [{code: 'c', bids: [{bidder: 'x', params: {}}]}] }"]);
    assert_eq!(found, [r#"declared: unit {"code":"c","bids":[{"bidder":"x","params":{}}]}"#]);
}

#[test]
fn json_in_strings_is_opened() {
    let found = events(&[r#"var s = {b: "{\"code\": \"a\", \"bids\": [{\"bidder\": \"x\", \"params\": {}}]}"}"#]);
    assert_eq!(found, [r#"declared: unit {"code":"a","bids":[{"bidder":"x","params":{}}]}"#]);
}

#[test]
fn hostile_code_ends() {
    let (sources, interests) = (Sources::default(), interests());
    let offsets = OffsetMap::verbatim(0);
    for code in [
        "while (true) {}",
        "function f() { f() } f()",
        "function f(n) { if (window.a) f(n); else f(n + 1) } f(0)",
        "var s = 'x'; for (;;) s += s",
        "var a = [1]; for (;;) a = a.concat(a)",
        "var a = []; a[4e9] = 1; a.length = 1e9; for (const x of a) {}",
        "var o = {get x() { return this.x }}; see(o.x)",
        "var o = {}; o.o = o; see(o); JSON.stringify(o)",
        "function P() {} P.prototype = P; var p = new P(); see(p.y)",
        "eval(code = 'eval(code)')",
        "'a'.repeat(1e9) + 'b'.padEnd(1e9)",
    ] {
        let limits = Limits { steps: 200_000, ..Limits::default() };
        let tree = sources.keep_tree(parse(sources.keep_text(code.to_owned()), Goal::Script, &limits));
        let mut evaluator = Evaluator::new(&sources, &interests, &limits);
        evaluator.run(
            Input {
                text: sources.keep_text(code.to_owned()),
                offsets: &offsets,
                script: 0,
                evidence: Evidence::Evaluated,
                is_library: false,
            },
            tree,
        );
        evaluator.run_rest();
        let _ = evaluator.finish();
    }
}

#[test]
fn listeners_run_with_what_is_dispatched_before_and_after() {
    assert_eq!(
        seen("addEventListener('a', e => see(e.detail.id)); dispatchEvent(new CustomEvent('a', {detail: {id: 7}}))"),
        "7"
    );
    assert_eq!(
        seen("dispatchEvent(new CustomEvent('a', {detail: 1})); document.addEventListener('a', e => see(e.detail))"),
        "1"
    );
    assert_eq!(seen("$(document).on('b.ns', (e, x) => see(x)); $(document).trigger('b', ['y'])"), r#""y""#);
}

#[test]
fn what_libraries_ask_about_the_language_is_known() {
    assert_eq!(
        seen("function A() {} see(new A() instanceof A, [] instanceof Array, {} instanceof A, 1 instanceof Object)"),
        "true, true, false, false"
    );
    assert_eq!(
        seen(
            "var tag = Object.prototype.toString; see(tag.call([]), tag.call('a'), tag.call(null), tag.call(new Set()))"
        ),
        r#""[object Array]", "[object String]", "[object Null]", "[object Set]""#
    );
    assert_eq!(
        seen("see(typeof Symbol.iterator, Symbol.iterator in [], [].constructor === Array)"),
        r#""symbol", true, true"#
    );
    assert_eq!(
        seen("see(typeof exports, typeof define, typeof document, typeof Proxy)"),
        r#""undefined", "undefined", "object", "function""#
    );
    assert_eq!(
        seen("var n = 0; try { n = 1 } catch (e) { n = 2 } unknown(); try { see(n) } catch (e) { n = 3 } see(n)"),
        "1 | {\"$any\":[{\"when\":null,\"value\":3},{\"when\":null,\"value\":1}]}"
    );
    assert_eq!(
        seen(
            "Array.prototype.map = function () { return [] }; window.Promise = function () {}; see([1].map(x => x + 1))"
        ),
        "[2]"
    );
    assert_eq!(seen("function K(a, b) { this.a = a; this.b = b } see(new (K.bind(null, 1))(2))"), r#"{"a":1,"b":2}"#);
}

#[test]
fn loops_that_make_nothing_end_and_what_follows_runs() {
    assert_eq!(seen("for (var i = 0, n = 0; i < 1e6; i++) { n = n + i & 255 } see('after')"), r#""after""#);
    assert_eq!(seen("var t = ''; for (var i = 0; i < 2000; i++) { t += 'a' } see(t.length)"), "2000");
}

#[test]
fn a_stand_in_answers_for_its_library() {
    let code = "return { 'lib.make': name => ({ getName: () => name }) }";
    let stand_in = super::StandIn::compile(vec!["lib".into()], code).expect("no syntax error");
    let (sources, limits) = (Sources::default(), Limits::default());
    let interests = interests().with_stand_ins(vec![std::sync::Arc::new(stand_in)]);
    let offsets = OffsetMap::verbatim(0);
    let mut evaluator = Evaluator::new(&sources, &interests, &limits);
    let text = "var x = lib.make('top'); see(x.getName(), x.other)";
    let tree = sources.keep_tree(parse(text, Goal::Script, &limits));
    evaluator.run(Input { text, offsets: &offsets, script: 0, evidence: Evidence::Evaluated, is_library: false }, tree);
    let events: Vec<String> = evaluator.finish().events.iter().map(describe).collect();
    assert_eq!(events, [r#"see("top", {"$unknown":"x.other"})"#]);
    assert!(super::StandIn::compile(Vec::new(), "return {").is_err());
}

#[test]
fn an_assignment_where_missing_tests_what_it_assigns_to() {
    assert_eq!(seen("let a = 0; a ||= 7; let b = {c: 1}; b.c &&= 2; b.d ??= 3; see(a, b)"), r#"7, {"c":2,"d":3}"#);
    let either = r#"{"$any":[{"when":"a.b","value":{"$unknown":"x()"}},{"when":"!(a.b)","value":3}]}"#;
    assert_eq!(seen("a = {b: x()}; a.b ||= 3; see(a.b)"), either);
    assert_eq!(seen("const a = undefined ?? {b: 1}; see(a.b, a.c)"), r#"1, {"$undefined":true}"#);
}

#[test]
fn texts_are_taken_apart_by_named_groups_and_tags() {
    assert_eq!(seen("see('top:7'.match(/(?<name>\\w+):(?<id>\\d+)/).groups)"), r#"{"name":"top","id":"7"}"#);
    assert_eq!(
        seen("see('a-b'.replace(/(?<x>a)-(?<y>b)/, '$<y>-$<x>'), 'a'.replace(/a/, '$<x>'))"),
        r#""b-a", "$<x>""#
    );
    assert_eq!(seen("const tag = (parts, ...all) => parts.join('|') + all; see(tag`a${1}b${2}c`)"), r#""a|b|c1,2""#);
}

#[test]
fn parameters_of_a_known_url_are_known() {
    let script =
        "const u = new URL('https://ads.example.com/x?pub=p9&n=1'); see(u.hostname, u.searchParams.get('pub'))";
    assert_eq!(seen(script), r#""ads.example.com", "p9""#);
    assert_eq!(seen("see([...new URLSearchParams('a=1&b=2')].length)"), "2");
}

#[test]
fn a_bundle_that_nothing_runs_starts_where_it_says() {
    let script = "(self.chunks = self.chunks || []).push([[1], {\
        2: (m, e, r) => { r.d(e, {id: () => id}); const id = 'bidder' },\
        3: (m, e, r) => { see(r(2).id) }\
    }, r => r(r.s = 3)])";
    assert_eq!(seen(script), r#""bidder""#);
    assert_eq!(seen("define('a', [], () => 5); require(['./a'], a => see(a))"), "5");
}

#[test]
fn a_static_private_field_stands_at_its_class() {
    assert_eq!(seen("class A { static #n = 1; static next() { return ++A.#n } } A.next(); see(A.next())"), "3");
}

/// A script that begins with `name = data`, the data large enough to wait until it is read.
fn with_state(data: &str, rest: &str) -> String {
    format!("state = {{pad: \"{}\", data: {data}}}; {rest}", "x".repeat(4_000))
}

#[test]
fn data_that_waits_is_read_when_something_looks_at_it() {
    assert_eq!(seen(&with_state("{list: [1, {a: 2}]}", "see(state.data.list[1].a)")), "2");
    assert_eq!(seen(&with_state("{a: 1}", "var {data: {a}} = state; see(a)")), "1");
    assert_eq!(
        seen(&with_state("{a: 1}", "see(Object.keys(state).length, JSON.stringify(state).length > 4000)")),
        "2, true"
    );
    assert_eq!(seen(&with_state("{a: 1}", "var all = Object.assign({}, {state}); see(all.state.data.a)")), "1");
}

#[test]
fn data_read_in_one_branch_is_the_same_in_the_other() {
    let script = "if (later()) { state.data.a = 2; seeNot(state.data.b) } see(state.data.b)";
    assert_eq!(seen(&with_state("{a: 1, b: 3}", script)), "3");
    let script = "if (later()) { state.data.a = 2 } else { var b = state.data.b } see(state.data.a)";
    let both = r#"{"$any":[{"when":"later()","value":2},{"when":"!(later())","value":1}]}"#;
    assert_eq!(seen(&with_state("{a: 1, b: 3}", script)), both);
}

#[test]
fn polyfills_are_not_followed() {
    let install = "function put(t, n, s) { see('followed'); var a = t & put.F, b = t & put.G, c = t & put.P, d = t & put.B, \
                   e = t & put.U; for (var k in s) window[n].prototype[k] = s[k] }";
    assert_eq!(seen(&format!("{install} put(9, 'Array', {{ at: function () {{}} }}); see([7].at(0))")), "7");
    assert_eq!(seen(&format!("{install} put(9, 'Grid', {{ at: 1 }})")), "\"followed\"");
}

#[test]
fn methods_of_the_language_that_lead_back_to_themselves_end() {
    assert_eq!(seen("call(Array.prototype); see(1)"), "1");
    assert_eq!(seen("var x = {}; x.toString = String.prototype.trim; see(typeof ('' + x))"), r#""string""#);
}
