//! Pages that want to be slow, each made for a size: what a sceptic would throw at the program.

/// A page that wants to be slow.
pub struct Case {
    /// What is bad about it; the name of its file.
    pub name: &'static str,
    /// `html`, `js`, `txt` or `json`.
    pub ending: &'static str,
    /// The size that is measured, in whatever the case repeats.
    pub size: usize,
    /// Makes it in that size.
    pub make: fn(usize) -> String,
}

const fn case(name: &'static str, ending: &'static str, size: usize, make: fn(usize) -> String) -> Case {
    Case { name, ending, size, make }
}

/// An ad unit: what is bad stands around it, or works on it.
const UNIT: &str = "pbjs.addAdUnits([{code: 'top', bids: [{bidder: 'appnexus', params: {placementId: 7}}]}]);";

/// The table. Where a size speaks of steps and not of bytes, the case doubles what it holds with each of them.
pub const CASES: &[Case] = &[
    // Brackets, operators, ladders: depth.
    case("nested-brackets", "js", 1_000_000, |n| format!("{UNIT} pbjs = {}{};", "[".repeat(n), "]".repeat(n))),
    case("open-brackets", "js", 1_000_000, |n| format!("{UNIT} pbjs = {}", "([{a:".repeat(n / 5))),
    case("operators", "js", 500_000, |n| format!("{UNIT} pbjs = a{};", "+a".repeat(n))),
    case("conditions-in-line", "js", 200_000, |n| format!("{UNIT} pbjs = {}1;", "a?1:".repeat(n))),
    case("else-if-ladder", "js", 50_000, |n| format!("{UNIT} {}{{}}", "if (pbjs.a) {b()} else ".repeat(n))),
    case("arrows-in-arrows", "js", 100_000, |n| format!("{UNIT} pbjs = {}1;", "a => ".repeat(n))),
    case("templates-in-templates", "js", 100_000, |n| format!("{UNIT} pbjs = {}{};", "`${".repeat(n), "}`".repeat(n))),
    case("calls-of-calls", "js", 200_000, |n| format!("{UNIT} pbjs{};", "()".repeat(n))),
    case("members-of-members", "js", 500_000, |n| format!("{UNIT} pbjs{};", ".a".repeat(n))),
    case("blocks-in-blocks", "js", 200_000, |n| format!("{UNIT} {}{}", "{".repeat(n), "}".repeat(n))),
    case("functions-in-functions", "js", 20_000, |n| {
        format!("{UNIT} {}pbjs(){}", "(function(){".repeat(n), "})()".repeat(n))
    }),
    // Values that grow.
    case("conditions-that-multiply", "js", 3_000, |n| {
        format!("var pbjs = 1; {} {UNIT} pbjs.x = pbjs;", "pbjs = q() ? [pbjs, 1] : {a: pbjs};".repeat(n))
    }),
    case("conditions-in-conditions", "js", 400, |n| {
        let open: String = (0..n).map(|at| format!("if (q{at}) {{ pbjs.a{at} = 1;")).collect();
        format!("var pbjs = {{}}; {open}{} {UNIT}", "}".repeat(n))
    }),
    case("spread-bomb", "js", 200, |n| format!("var a = [1]; {} pbjs.a = a; {UNIT}", "a = [...a, ...a];".repeat(n))),
    case("object-spread-bomb", "js", 200, |n| {
        format!("var a = {{x: 1}}; {} pbjs.a = a; {UNIT}", "a = {...a, b: a, c: {...a}};".repeat(n))
    }),
    case("concat-bomb", "js", 200, |n| format!("var a = [1]; {} pbjs.a = a; {UNIT}", "a = a.concat(a);".repeat(n))),
    case("string-doubling", "js", 200, |n| format!("var a = 'x'; {} pbjs.a = a; {UNIT}", "a += a;".repeat(n))),
    case("string-builtins", "js", 100, |n| {
        let work = "a.push('x'.repeat(1e9), 'x'.padStart(1e9), Array(1e9).join('x'), new Array(1e9).fill(1), \
                    Array.from({length: 1e9}), 'xx'.repeat(1e6).split('').map(x => x + x).join('yy'));";
        format!("var a = []; {} pbjs.a = a; {UNIT}", work.repeat(n))
    }),
    case("nested-doubling", "js", 200, |n| {
        format!("var a = {{}}; {} pbjs.a = a; {UNIT}", "a = {l: a, r: a};".repeat(n))
    }),
    case("json-doubling", "js", 100, |n| {
        format!("var a = 'x\"'; {} pbjs.a = a; {UNIT}", "a = JSON.stringify({a: a, b: a});".repeat(n))
    }),
    case("string-scans", "js", 100, |n| {
        let work = "for (var i = 0; i < 1e6; i++) { pbjs.a = s.charCodeAt(i) + s.indexOf('y') + s.length + s[i] + s.slice(i).trim(); }";
        format!("var s = 'x'.repeat(4e6); {} {UNIT}", work.repeat(n))
    }),
    case("long-strings-told", "js", 100, |n| {
        format!(
            "var s = 'x'.repeat(4e6), a = []; {} {UNIT}",
            "while (1) { pbjs.a(s, a.push(s + s.length)); }".repeat(n)
        )
    }),
    case("long-joins", "js", 100, |n| {
        let work =
            "for (var i = 0; i < 1e5; i++) a.push('x' + i); pbjs.a(a.join(), a.join(q), String(a), JSON.stringify(a));";
        format!("var a = []; {} {UNIT}", work.repeat(n))
    }),
    case("sorting", "js", 100, |n| {
        let work = "a = a.concat(a).sort((x, y) => q(x, y)).reverse();";
        format!("var a = [3, 1, 2]; {} pbjs.a = a; {UNIT}", work.repeat(n))
    }),
    // Code that does not end.
    case("endless-loops", "js", 100, |n| {
        format!(
            "{} {UNIT}",
            "while (true) { pbjs.a = 1 } for (;;) { pbjs.b() } do { var i = 0 } while (i == 0);".repeat(n)
        )
    }),
    case("loops-in-loops", "js", 8, |n| {
        let open: String = (0..n).map(|at| format!("for (var i{at} = 0; i{at} < 1e6; i{at}++) {{")).collect();
        format!("{open} pbjs.a = i0; {} {UNIT}", "}".repeat(n))
    }),
    case("recursion", "js", 50, |n| {
        let work = "function f(x) { f(x + 1); f(x + 2); return f(f(x)) } pbjs.a = f(1);";
        format!("{} {UNIT}", work.repeat(n))
    }),
    case("mutual-recursion", "js", 2_000, |n| {
        let functions: String =
            (0..n).map(|at| format!("function f{at}() {{ f{}(); f{}() }}", (at + 1) % n, (at + 7) % n)).collect();
        format!("{functions} pbjs.a = f0(); {UNIT}")
    }),
    case("callbacks-in-callbacks", "js", 9, |n| {
        let list = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]";
        format!("{}pbjs.a(x){}; {UNIT}", format!("{list}.forEach(x => ").repeat(n), ")".repeat(n))
    }),
    case("getter-loops", "js", 500, |n| {
        let work = "var a = {get x() { return this.x + this.y }, get y() { return a.x }, toString() { return '' + this }}; \
                    pbjs.a = a.x + a;";
        format!("{} {UNIT}", work.repeat(n))
    }),
    case("prototype-circles", "js", 1_000, |n| {
        let work = "var a = {}, b = {}; a.__proto__ = b; b.__proto__ = a; a.z; b.z(); a.constructor.prototype = a; \
                    class A extends A {} class B { constructor() { new B() } } new B(); Object.setPrototypeOf(pbjs, pbjs); pbjs.q;";
        format!("{} {UNIT}", work.repeat(n))
    }),
    case("prototype-chain", "js", 5_000, |n| {
        format!("var a = {{}}; {} pbjs.a = a.nothing; {UNIT}", "a = Object.create(a); a.nothing;".repeat(n))
    }),
    case("circles-in-values", "js", 1_000, |n| {
        format!("var a = [], b = {{a: a}}; {} pbjs.a = a; {UNIT}", "a.push(b, a); b.b = [b, a];".repeat(n))
    }),
    case("timers-that-breed", "js", 100, |n| {
        let work = "function g() { setTimeout(g, 1); setTimeout(g, 2); pbjs.que.push(g); document.addEventListener('x', g) } g();";
        format!("{} {UNIT}", work.repeat(n))
    }),
    case("regex-bombs", "js", 500, |n| {
        let work = "/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'); 'x'.repeat(9e4).replace(/(x+x+)+y/g, 'z'); \
                    /(?:a{1000}){1000}/.exec(pbjs); new RegExp('(' .repeat(9e3)); pbjs.a = 'ab'.repeat(1e5).split(/(a|b|ab)*?c/);";
        format!("{} {UNIT}", work.repeat(n))
    }),
    case("eval-in-eval", "js", 200, |n| {
        format!(
            "var s = \"eval(s + s); pbjs.a = 1;\"; {} {UNIT}",
            "eval(s); Function(s)(); setTimeout(s, 1);".repeat(n)
        )
    }),
    case("writes-itself", "html", 100, |n| {
        let work = "var s = '<script>document.write(s + s); pbjs.a = 1;<\\/script>'; document.write(s + s);";
        format!("<script>{} {UNIT}</script>", work.repeat(n))
    }),
    case("asks-every-element", "html", 10_000, |n| {
        let elements = "<div class='ad x'><p id=a></p></div>".repeat(n);
        let work = "document.querySelectorAll('.ad p').forEach(e => pbjs.a(e.parentNode.dataset)); $('.ad').each(f);";
        format!("{elements}<script>{} {UNIT}</script>", work.repeat(n / 100))
    }),
    // Data.
    case("deep-json", "js", 500_000, |n| format!("pbjs.a = JSON.parse('{}{}'); {UNIT}", "[".repeat(n), "]".repeat(n))),
    case("deep-json-island", "html", 500_000, |n| {
        format!("<script type=application/json>{{\"bidder\":{}{}}}</script>", "[".repeat(n), "]".repeat(n))
    }),
    case("wide-json-island", "html", 200_000, |n| {
        let bids = "{\"code\":\"a\",\"bids\":[{\"bidder\":\"ix\",\"params\":{\"siteId\":\"1\"}}]},".repeat(n / 10);
        format!("<script type=application/json>[{bids}1]</script>")
    }),
    case("wide-object", "js", 200_000, |n| {
        let keys: String = (0..n).map(|at| format!("k{at}: {at},")).collect();
        format!("var a = {{{keys}}}; pbjs.a = a; for (var k in a) pbjs.b = a[k]; {UNIT}")
    }),
    case("many-variables", "js", 200_000, |n| {
        let names: String = (0..n).map(|at| format!("var v{at} = v{};", at / 2)).collect();
        format!("{names} pbjs.a = v{}; {UNIT}", n - 1)
    }),
    case("many-ad-units", "js", 20_000, |n| UNIT.repeat(n)),
    case("many-different-units", "js", 20_000, |n| {
        (0..n).map(|at| UNIT.replace("top", &format!("unit-{at}")).replace('7', &at.to_string())).collect()
    }),
    case("one-list-of-units", "js", 20_000, |n| {
        let unit = "{code: 'a', bids: [{bidder: 'ix', params: {siteId: '1', size: [300, 250]}}]},";
        format!("pbjs.addAdUnits([{}]);", unit.repeat(n))
    }),
    // Markup.
    case("many-scripts", "html", 100_000, |n| "<script>pbjs.a = 1</script>".repeat(n)),
    case("many-same-scripts", "html", 20_000, |n| format!("<script>{UNIT}</script>").repeat(n)),
    case("many-external-scripts", "html", 100_000, |n| {
        (0..n).map(|at| format!("<script src=//ib.adnxs.com/{at}.js></script>")).collect()
    }),
    case("open-scripts", "html", 500_000, |n| format!("<script>{UNIT}{}", "<script><!--".repeat(n / 10))),
    case("script-ends-that-are-none", "html", 1_000_000, |n| format!("<script>{UNIT}{}", "</scrip".repeat(n))),
    case("open-comments", "html", 1_000_000, |n| format!("<script>{UNIT}</script>{}", "<!--".repeat(n))),
    case("only-less-than", "html", 10_000_000, |n| format!("<script>{UNIT}</script>{}", "<".repeat(n))),
    case("nested-elements", "html", 1_000_000, |n| format!("{}<script>{UNIT}</script>", "<div>".repeat(n))),
    case("nested-ad-containers", "html", 200_000, |n| {
        format!("{}<script>{UNIT}</script>", "<ins class=adsbygoogle>".repeat(n))
    }),
    case("nested-templates", "html", 200_000, |n| format!("{}<script>{UNIT}</script>", "<template>".repeat(n))),
    case("nested-svg", "html", 200_000, |n| {
        format!("{}<script>{UNIT}</script>", "<svg><foreignObject><math><mi>".repeat(n / 4))
    }),
    case("nested-srcdoc", "html", 18, |n| {
        // Quotes double with each level: a hundred kilobytes of them.
        (0..n).fold(format!("<script>{UNIT}</script>"), |inner, _| {
            format!("<iframe srcdoc=\"{}\"></iframe>", inner.replace('&', "&amp;").replace('"', "&quot;"))
        })
    }),
    case("megabyte-attribute", "html", 20_000_000, |n| {
        format!("<a data-x='{}'><script>{UNIT}</script>", "x".repeat(n))
    }),
    case("megabyte-handler", "html", 2_000_000, |n| {
        format!("<a onclick=\"{}\"><script>{UNIT}</script>", "pbjs.a(&quot;x&quot;);".repeat(n / 20))
    }),
    case("many-references", "html", 1_000_000, |n| {
        format!("<a onclick='pbjs.a(\"{}\")'><script>{UNIT}</script>", "&amp;&#x41;&notit;".repeat(n / 16))
    }),
    case("many-attributes", "html", 200_000, |n| {
        let attributes: String = (0..n).map(|at| format!(" a{at}=1")).collect();
        format!("<ins class=adsbygoogle{attributes}><script{attributes}>{UNIT}</script>")
    }),
    case("many-classes", "html", 500_000, |n| {
        let classes: String = (0..n).map(|at| format!("c{at} ")).collect();
        format!("<ins class='adsbygoogle {classes}'><script>{UNIT}</script>")
    }),
    case("many-styles", "html", 200_000, |n| {
        format!("<style>{}</style><script>{UNIT}</script>", ".adsbygoogle a > b{c:d}".repeat(n))
    }),
    case("many-handlers", "html", 50_000, |n| "<a onclick='googletag.a(1)' href='javascript:pbjs.b()'>x</a>".repeat(n)),
    // Text.
    case("long-line", "js", 50_000_000, |n| format!("{UNIT}{}", "var a=1;".repeat(n / 8))),
    case("long-line-of-names", "js", 20_000_000, |n| format!("{UNIT}a{}", ";pbjs.a(1)".repeat(n / 10))),
    case("long-string", "js", 50_000_000, |n| format!("{UNIT}pbjs.a = '{}';", "x".repeat(n))),
    case("long-line-of-prose", "txt", 50_000_000, |n| "the quick brown fox jumps over it, ".repeat(n / 35)),
    case("text-of-names", "txt", 2_000_000, |n| "googletag pbjs adUnits ".repeat(n / 23)),
    case("text-of-calls", "txt", 2_000_000, |n| "googletag.cmd.push(function(){ prose and more ".repeat(n / 46)),
    case("text-of-code", "txt", 2_000_000, |n| format!("prose. {UNIT} ").repeat(n / 100)),
    case("text-of-quotes", "txt", 1_000_000, |n| format!("{UNIT}{}", "' \" “ pbjs(".repeat(n / 12))),
    case("text-of-brackets", "txt", 1_000_000, |n| format!("{UNIT}{}", "pbjs.a({[".repeat(n / 9))),
    case("text-of-slashes", "txt", 1_000_000, |n| format!("{UNIT}{}", "pbjs.a / /* // ".repeat(n / 15))),
    case("text-of-styles", "txt", 2_000_000, |n| ".adsbygoogle { display: block; ".repeat(n / 31)),
    case("text-of-tags", "txt", 2_000_000, |n| "<script>googletag.cmd <ins class=adsbygoogle ".repeat(n / 45)),
    case("broken-statements", "js", 2_000_000, |n| format!("{UNIT}{}", "pbjs.a = ) ;".repeat(n / 12))),
];

/// An ordinary page of about so many bytes: prose, markup, and an ad script every ten kilobytes.
pub fn ordinary_page(bytes: usize) -> String {
    let mut page = String::with_capacity(bytes + 20_000);
    page.push_str("<!DOCTYPE html><title>News</title>");
    let mut number = 0;
    while page.len() < bytes {
        number += 1;
        let unit = UNIT.replace("top", &format!("unit-{number}"));
        page.push_str(&format!(
            "<script>var size{number} = [300, 250]; pbjs.que.push(function () {{ {unit} }})</script>"
        ));
        page.push_str(
            &"<p class=text>The harbour was quiet <a href=/more>that day</a>, said the <b>keeper</b>.</p>\n"
                .repeat(100),
        );
    }
    page
}
