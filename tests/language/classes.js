Object.prototype.hasOwnProperty.call({a:1},"b") //= false
(()=>{class A{constructor(x){this.x=x}get d(){return this.x*2}static s(){return "st"}m(){return this.d+1}}class B extends A{m(){return super.m()+10}}return [new B(2).m(),B.s(),new B(3) instanceof A]})() //= [15, "st", true]
(()=>{class P{#p=5;static c=3;get p(){return this.#p}}return [new P().p,P.c]})() //= [5, 3]
(()=>{function F(a){this.a=a}F.prototype.get=function(){return this.a};return new F(7).get()})() //= 7
Function.prototype.call.call(function(x){return this.a+x},{a:1},2) //= 3
Array.prototype.slice.call({0:"a",1:"b",length:2}) //= ["a", "b"]
Array.prototype.map.call("abc",c=>c+c) //= ["aa", "bb", "cc"]
new Function("a","b","return a+b")(1,2) //= 3
(async()=>1)() instanceof Promise //= true
(()=>{class E{constructor(){this.h={}}on(e,f){(this.h[e]=this.h[e]||[]).push(f);return this}emit(e,...a){(this.h[e]||[]).forEach(f=>f(...a))}}let r=[];const e=new E();e.on("x",v=>r.push(v)).on("x",v=>r.push(v*2));e.emit("x",2);return r})() //= [2, 4]
(()=>{class A{static #c=0;static inc(){return ++A.#c}#m(){return "p"}m(){return this.#m()}static{A.z=9}}return [A.inc(),A.inc(),new A().m(),A.z]})() //= [1, 2, "p", 9]
(()=>{const deep=(t,...s)=>{if(!s.length)return t;const x=s.shift();for(const k in x)if(Object.prototype.toString.call(x[k])==="[object Object]"){if(!t[k])Object.assign(t,{[k]:{}});deep(t[k],x[k])}else Object.assign(t,{[k]:x[k]});return deep(t,...s)};return deep({a:{x:1}},{a:{y:2},b:3})})() //= {"a": {"x": 1, "y": 2}, "b": 3}
(()=>{var d=new Date(2020,1,1);return d instanceof Date})() //= true
(()=>{return Object.prototype.toString.call([])+Object.prototype.toString.call(null)+{}.toString.call(/x/)})() //= "[object Array][object Null][object RegExp]"
(()=>{function F(){if(!(this instanceof F))return new F();this.v=2}return F().v})() //= 2
(()=>{function F(){return {o:1}}return new F().o})() //= 1
(()=>{var F=function(){};F.prototype={m:function(){return 3}};return new F().m()})() //= 3
