(()=>{var a=[1,2];a.push(3);a.unshift(0);a.pop();a.shift();return a})() //= [1, 2]
(()=>{switch(3){case 1:return "a";case 3:case 4:return "b";default:return "c"}})() //= "b"
(()=>{let i=0;do{i++}while(i<5);return i})() //= 5
(()=>{try{throw new Error("x")}catch(e){return e.message}finally{}})() //= "x"
(()=>{var o={get x(){return 4},set x(v){this._x=v}};o.x=9;return [o.x,o._x]})() //= [4, 9]
(function(){return arguments.length+[].slice.call(arguments,1)[0]})(1,2,3) //= 5
((a,b=a+1,...c)=>[a,b,c])(1,undefined,3,4) //= [1, 2, [3, 4]]
(({a=5,b:{c=6}={}}={})=>[a,c])() //= [5, 6]
((s,...v)=>s.raw.join("|")+v.join(","))`x${1}y${2}z` //= "x|y|z1,2"
(()=>{const r=/(\d)/g;let m,o=[];while((m=r.exec("1a2b3")))o.push(m[1]);return o})() //= ["1", "2", "3"]
(function f(n){return n<2?1:n*f(n-1)})(5) //= 120
(()=>{var f=(a)=>(b)=>a+b;return f(1)(2)})() //= 3
(()=>{let a=1,b=2;[a,b]=[b,a];return [a,b]})() //= [2, 1]
(()=>{var x=1;{let x=2}return x})() //= 1
(()=>{var a=[1,2,3];a.length=1;return a})() //= [1]
(()=>{var a=[];a[2]="x";return a.length})() //= 3
(()=>{var s=Symbol("d");var o={[s]:3};return o[s]})() //= 3
(()=>{var e=eval("1+2");return e})() //= 3
(()=>{var a=0;a+=5;a-=1;a*=2;a/=4;a%=3;a<<=2;a|=1;return a})() //= 9
(()=>{var i=1;return [i++,++i,i--,--i]})() //= [1, 3, 3, 1]
(()=>{return [1,2,3].indexOf("2")})() //= -1
(()=>{const o={f(){return this.g()},g(){return "g"}};return o.f()})() //= "g"
(()=>{if(0){}else if(""){}else return "e"})() //= "e"
(()=>{var x;return x===undefined?"u":"d"})() //= "u"
(()=>{var o={};o["a"+"b"]=1;o.c={};o.c.d=[1];o.c.d.push(2);return o})() //= {"ab": 1, "c": {"d": [1, 2]}}
(()=>{var t=function(){};t.x=1;return t.x})() //= 1
(()=>{window.foo=5;return foo})() //= 5
(()=>{let c=0;const id=setInterval(()=>{},1000);clearInterval(id);return c})() //= 0
(()=>{const memo={};const f=n=>memo[n]||(memo[n]=n<2?n:f(n-1)+f(n-2));return f(15)})() //= 610
(()=>{const curry=f=>(...a)=>a.length>=f.length?f(...a):(...b)=>curry(f)(...a,...b);return curry((a,b,c)=>a+b+c)(1)(2)(3)})() //= 6
(()=>{const e={};["a","b"].forEach((k,i)=>{e[e[k]=i]=k});return e})() //= {"0": "a", "1": "b", "a": 0, "b": 1}
(()=>{var E;(function(E){E[E["A"]=0]="A";E[E["B"]=1]="B"})(E||(E={}));return E})() //= {"0": "A", "1": "B", "A": 0, "B": 1}
(function(a,b){}).length //= 2
((a,b=1,c)=>1).length //= 1
(()=>{var i=10;while(true){if(--i<5)break}return i})() //= 4
(()=>{const {length}="abcd";return length})() //= 4
(()=>{return ((a)=>{a=a||"d";return a})()})() //= "d"
(()=>{var r=[];(function loop(n){if(n<=0)return;r.push(n);loop(n-1)})(3);return r})() //= [3, 2, 1]
(()=>{return "abc".replace("b","$&$&")+"x".replace("x","$$")})() //= "abbc$"
(()=>{return [1,2,3,4].findLastIndex(x=>x%2)})() //= 2
(()=>{var a=[1,2,3];var [x,,y=9,z=8]=a;return [x,y,z]})() //= [1, 3, 8]
(()=>{var a=[5,6];a.foo="x";return [a.length,a.foo]})() //= [2, "x"]
(()=>{return "5"*1+"5"})() //= "55"
(()=>{return [1,2]+[3]})() //= "1,23"
(()=>{return {}+"x"})() //= "[object Object]x"
(()=>{return ((...a)=>a.length)(...[1,2],...[3])})() //= 3
(()=>{return new (function(){this.v=1})().v})() //= 1
(()=>{var log=[];var o={get a(){log.push("g");return 1}};o.a;o.a;return log.length})() //= 2
(()=>{var a=1;function f(){return a;var a=2}return f()===undefined})() //= true
(()=>{try{return "t"}finally{}})() //= "t"
(()=>{function f(){try{return 1}finally{return 2}}return f()})() //= 2
(()=>{var a={};a.self=a;return a.self===a})() //= true
(()=>{return [].slice.apply([1,2,3],[1])})() //= [2, 3]
(()=>{return "a".codePointAt()+"z".charCodeAt()})() //= 219
(()=>{return "Abc".toLowerCase().localeCompare("abd")})() //= -1
(()=>{return !function(){return 0}()})() //= true
(()=>{return +!![]+ +[]})() //= 1
(()=>{return [1,2,3].length=5})() //= 5
(()=>{var x=5;x=x>3?x<10?"mid":"hi":"lo";return x})() //= "mid"
(()=>{return (1,2,3)})() //= 3
(()=>{var o={"a-b":1,2:3};return o["a-b"]+o[2]})() //= 4
(()=>{var a=[1,2,3];return a[a.length-1]+a.at(-1)})() //= 6
(()=>{return [1,[2,[3]]].toString()})() //= "1,2,3"
