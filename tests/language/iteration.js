Array.from(new Set([1,1,2])) //= [1, 2]
[...new Map([["a",1],["b",2]]).entries()] //= [["a", 1], ["b", 2]]
[..."abc"].entries().next().value //= [0, "a"]
(()=>{let s="";for(const c of "abc")s=c+s;return s})() //= "cba"
(()=>{let o={a:1,b:2},s=[];for(const k in o)s.push(k+o[k]);return s})() //= ["a1", "b2"]
(()=>{outer:for(let i=0;i<3;i++){for(let j=0;j<3;j++){if(j==1)continue outer;if(i==2)break outer}}return "done"})() //= "done"
(()=>{function* g(){yield 1;yield* [2,3];return 4}return [...g()]})() //= [1, 2, 3]
(()=>{const m=new Map();m.set("k",1).set("j",2);m.delete("k");return [m.has("k"),m.get("j"),m.size]})() //= [false, 2, 1]
(()=>{const s=new Set([1,2]);s.add(3);s.delete(1);let r=[];s.forEach(v=>r.push(v));return r})() //= [2, 3]
(()=>{const w=new WeakMap(),k={};w.set(k,"v");return w.get(k)})() //= "v"
(()=>{var r=[];for(var i=0;i<3;i++)r.push((function(j){return function(){return j}})(i));return r.map(f=>f())})() //= [0, 1, 2]
(()=>{var r=[];for(let i=0;i<3;i++)r.push(()=>i);return r.map(f=>f())})() //= [0, 1, 2]
(()=>{const o={[Symbol.iterator]:function*(){yield 1;yield 2}};return [...o]})() //= [1, 2]
(()=>{let r="";for(let [k,v] of Object.entries({a:1,b:2}))r+=k+v;return r})() //= "a1b2"
(()=>{let r=[];for(const [i,v] of ["x","y"].entries())r.push(i+v);return r})() //= ["0x", "1y"]
Array.from(new Map([[1,2]]).values()) //= [2]
(()=>{const n={v:1,n:{v:2,n:null}};let s=0;for(let c=n;c;c=c.n)s+=c.v;return s})() //= 3
(()=>{const it=[1,2][Symbol.iterator]();return [it.next(),it.next(),it.next()]})() //= [{"value": 1, "done": false}, {"value": 2, "done": false}, {"done": true}]
(()=>{function* g(){yield 1;yield 2}const i=g();return [i.next().value,i.next().value,i.next().done]})() //= [1, 2, true]
(()=>{var a=[];for(var i=0,n=3;i<n;++i){if(i===1)continue;a.push(i)}return a})() //= [0, 2]
(()=>{function ext(){var o=arguments[0]||{};for(var i=1;i<arguments.length;i++)for(var k in arguments[i]){var v=arguments[i][k];o[k]=v&&typeof v==="object"&&!Array.isArray(v)?ext(o[k],v):v}return o}return ext({},{a:{b:1}},{a:{c:2}})})() //= {"a": {"b": 1, "c": 2}}
(()=>{const g=["a","b","a"].reduce((m,x)=>m.set(x,(m.get(x)||0)+1),new Map());return [...g]})() //= [["a", 2], ["b", 1]]
(()=>{const u=[...new Set([3,1,3].map(String))];return u})() //= ["3", "1"]
(()=>{var o=Object.create({inherited:1});o.own=2;var r=[];for(var k in o)r.push(k);return r})() //= ["own", "inherited"]
(()=>{var a=[1,2,3,4];for(var i=a.length;i--;)if(a[i]%2)a.splice(i,1);return a})() //= [2, 4]
(()=>{let s=new Set("abca");return s.size})() //= 3
(()=>{const m=new Map(Object.entries({a:1}));return Object.fromEntries(m)})() //= {"a": 1}
(()=>{const m=new Map([["a",{x:1}]]);m.get("a").x=5;return m.get("a")})() //= {"x": 5}
(()=>{const it=new Map([["a",1]]).keys();return it.next().value})() //= "a"
(()=>{var hash=0,s="hello";for(var i=0;i<s.length;i++){hash=((hash<<5)-hash)+s.charCodeAt(i);hash|=0}return hash})() //= 99162322
(()=>{const ws=new WeakSet();const k={};ws.add(k);return ws.has(k)})() //= true
(()=>{return [..."ab",...[1],...new Set([2])]})() //= ["a", "b", 1, 2]
