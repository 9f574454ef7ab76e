Object.keys({a:1,b:2}) //= ["a", "b"]
Object.values({a:1,b:2}) //= [1, 2]
Object.entries({a:1,b:2}) //= [["a", 1], ["b", 2]]
Object.fromEntries([["a",1],["b",2]]) //= {"a": 1, "b": 2}
Object.assign({},{a:1},null,{b:2}) //= {"a": 1, "b": 2}
({...{a:1,b:2},b:3}) //= {"a": 1, "b": 3}
(({a,...r})=>r)({a:1,b:2,c:3}) //= {"b": 2, "c": 3}
Object.freeze({a:1}) //= {"a": 1}
"a" in {a:1} //= true
({a:1}).hasOwnProperty("a") //= true
Object.getOwnPropertyNames({x:1,y:2}) //= ["x", "y"]
Object.create({a:1}).a //= 1
JSON.parse('{"a":[1,2,{"b":null}]}') //= {"a": [1, 2, {"b": null}]}
JSON.parse(JSON.stringify({a:1,b:undefined,c:[undefined]})) //= {"a": 1, "c": [null]}
JSON.stringify({a:[1,"x"],b:{c:true}},null,2) //= "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {\n    \"c\": true\n  }\n}"
typeof undefined+typeof null+typeof {}+typeof []+typeof (()=>1)+typeof "s"+typeof 1+typeof true+typeof Symbol() //= "undefinedobjectobjectobjectfunctionstringnumberbooleansymbol"
null??"d" //= "d"
({a:{b:null}}).a?.b?.c??"none" //= "none"
(()=>{let x=null;x??=5;let y=0;y||=7;let z=1;z&&=9;return [x,y,z]})() //= [5, 7, 9]
new URLSearchParams({a:1,b:"x y"}).toString() //= "a=1&b=x+y"
(function(x){return this.a+x}).apply({a:1},[2]) //= 3
(function(x,y){return this.a+x+y}).bind({a:1},2)(3) //= 6
(()=>{const {x:y,["z"]:w="d"}={x:1};return [y,w]})() //= [1, "d"]
structuredClone({a:[1]}) //= {"a": [1]}
Object.keys([4,5]) //= ["0", "1"]
delete {a:1}.a //= true
(()=>{var o={a:1,b:2};delete o.a;return o})() //= {"b": 2}
JSON.parse(decodeURIComponent("%7B%22a%22%3A1%7D")).a //= 1
Reflect.ownKeys({a:1,b:2}) //= ["a", "b"]
Reflect.has({a:1},"a") //= true
(()=>{const f=({a,b}={a:1,b:2},[c,d]=[3,4])=>a+b+c+d;return f()})() //= 10
(()=>{const o={async:1,get:2,set:3,static:4,of:5};return o.get+o.of})() //= 7
(()=>{label:{break label}return 1})() //= 1
Object.defineProperty({}, "x", {value:5,enumerable:true}) //= {"x": 5}
Object.defineProperties({}, {y:{get(){return 6},enumerable:true}}).y //= 6
(()=>{var r;(function(){r=typeof this})();return r})() //= "object"
Object.entries([["x",2]]).length //= 1
(()=>{var ns=ns||{};ns.a=ns.a||{};ns.a.b=(function(){var priv=2;return{get:function(){return priv}}})();return ns.a.b.get()})() //= 2
(()=>{const s=(r,i={n:0})=>{let st=i,l=[];return{get:()=>st,dispatch:a=>{st=r(st,a);l.forEach(f=>f())},sub:f=>l.push(f)}};const t=s((x,a)=>a.t==="inc"?{...x,n:x.n+1}:x);t.dispatch({t:"inc"});t.dispatch({t:"inc"});return t.get()})() //= {"n": 2}
(()=>{const f=function({a=1,...r},...[b,c]){return [a,r,b,c]};return f({x:2},3,4)})() //= [1, {"x": 2}, 3, 4]
(()=>{const clone=JSON.parse(JSON.stringify({a:[{b:1}]}));clone.a[0].b=2;return clone})() //= {"a": [{"b": 2}]}
(()=>{var f=null;return f?.()??"none"})() //= "none"
(()=>{return Object.keys({10:1,2:1,b:1,a:1})})() //= ["2", "10", "b", "a"]
(()=>{const o={};o.b=1;o[1]=2;o.a=3;return Object.keys(o)})() //= ["1", "b", "a"]
(()=>{const o={a:1};const c=Object.create(Object.getPrototypeOf(o),Object.getOwnPropertyDescriptors(o));return c.a})() //= 1
(()=>{var self=this;return typeof self})() //= "object"
(()=>{return typeof hoisted;function hoisted(){}})() //= "function"
(()=>{try{throw {code:7}}catch({code}){return code}})() //= 7
(()=>{return ((x)=>({"a":1,"b":2})[x]||"def")("c")})() //= "def"
(()=>{var v="b";return {a:()=>1,b:()=>2}[v]()})() //= 2
(()=>{return void 0??(null||false)??"x"})() //= false
(()=>{var o={a:{b:{c:1}}};var {a:{b:{c:d}}}=o;return d})() //= 1
(()=>{const d=Object.getOwnPropertyDescriptor({get a(){return 1}},"a");return typeof d.get})() //= "function"
(()=>{var t={a:1};var {a,...rest}={...t,b:2,c:3};return rest})() //= {"b": 2, "c": 3}
