"a-b-c".split("-").map(s=>s.toUpperCase()).join("+") //= "A+B+C"
"abcdef".slice(-4,-1) //= "cde"
"key=val;k2=v2".split(";").reduce((o,p)=>{const [k,v]=p.split("=");o[k]=v;return o},{}) //= {"key": "val", "k2": "v2"}
[..."héllo"].length //= 5
"test".concat(1,true,null) //= "test1truenull"
[3,1,2].sort() //= [1, 2, 3]
[10,9,1].sort((a,b)=>a-b) //= [1, 9, 10]
[1,2,3].reverse() //= [3, 2, 1]
[1,2,3,4].filter(x=>x%2).concat([9],[8,[7]]) //= [1, 3, 9, 8, [7]]
[1,[2,[3,[4]]]].flat(Infinity) //= [1, 2, 3, 4]
[1,2].flatMap(x=>[x,x*2]) //= [1, 2, 2, 4]
[1,2,3].reduceRight((a,b)=>a+"-"+b) //= "3-2-1"
[1,2,3].some(x=>x>2)&&[1,2].every(x=>x>0) //= true
[1,2,3].find(x=>x>1)+[1,2,3].findIndex(x=>x>1)+[1,2,3].findLast(x=>x<3) //= 5
[1,2,3,4,5].splice(1,2) //= [2, 3]
(()=>{var a=[1,2,3,4,5];a.splice(1,2,"x","y","z");return a})() //= [1, "x", "y", "z", 4, 5]
Array.from({length:3},(_, i)=>i*2) //= [0, 2, 4]
Array.of(1,2) //= [1, 2]
Array(3).fill(0) //= [0, 0, 0]
[1,2,3].fill(9,1) //= [1, 9, 9]
[1,2,3].indexOf(2)+[1,2,3].lastIndexOf(3) //= 3
[1,2,3].includes(2) //= true
[1,2,3].slice(-2) //= [2, 3]
[...Array(3).keys()] //= [0, 1, 2]
"foo.bar".split(".").reduce((o,k)=>o[k],{foo:{bar:5}}) //= 5
[1,2,3].toString()+String([1,[2,3]])+[]+{} //= "1,2,31,2,3[object Object]"
[]+[] //= ""
[1,2,3].map(String) //= ["1", "2", "3"]
["a",null,0,"b"].filter(Boolean) //= ["a", "b"]
[[1,"a"],[2,"b"]].map(([n,s])=>s+n) //= ["a1", "b2"]
[5,1,10].sort().concat() //= [1, 10, 5]
[{n:2},{n:1}].sort((a,b)=>a.n-b.n).map(o=>o.n) //= [1, 2]
Object.entries({x:[1,2],y:[3]}).map(([k,v])=>({[k]:v.length})) //= [{"x": 2}, {"y": 1}]
[..."aab"].reduce((m,c)=>(m[c]=(m[c]||0)+1,m),{}) //= {"a": 2, "b": 1}
[1,,3].length //= 3
[3,2,1].toSorted() //= [1, 2, 3]
[1,2,3].with(1,9) //= [1, 9, 3]
new Array(3).join("x") //= "xx"
Array.isArray([])&&!Array.isArray({}) //= true
[].concat.apply([],[[1],[2,[3]]]) //= [1, 2, [3]]
[1,2,3].at(-2) //= 2
[2,10,1].map((x,i,a)=>a.length*x+i) //= [6, 31, 5]
[["a",1]].reduce((acc,[k,v])=>({...acc,[k]:v}),{z:0}) //= {"z": 0, "a": 1}
[1,2,3,4].reduce((a,b)=>a+b,0)/4 //= 2.5
[,"a"].findIndex(x=>x==="a") //= 1
"tEST".charAt(0).toUpperCase()+"tEST".slice(1).toLowerCase() //= "Test"
[1,2,3].join() //= "1,2,3"
[null,undefined,1].join("-") //= "--1"
[[1,2],[3]].map(a=>a.join("x")).join(",") //= "1x2,3"
[..."abcd"].sort(()=>0).join("") //= "abcd"
Array.from("abc",c=>c.toUpperCase()) //= ["A", "B", "C"]
[10,1,5].toString() //= "10,1,5"
[1,2,3,4,5].slice(1).filter((_, i)=>i%2===0) //= [2, 4]
["b","a"].sort().reverse() //= ["b", "a"]
(()=>{const a=[3,1,2];const b=[...a].sort();return [a,b]})() //= [[3, 1, 2], [1, 2, 3]]
(()=>{const pipe=(...fs)=>x=>fs.reduce((v,f)=>f(v),x);return pipe(x=>x+1,x=>x*2)(3)})() //= 8
(()=>{const sizes={desktop:[[970,250],[728,90]],mobile:[[320,50]]};const all=Object.keys(sizes).reduce((a,k)=>a.concat(sizes[k]),[]);return all.map(s=>s.join("x"))})() //= ["970x250", "728x90", "320x50"]
(()=>{const m="a=1&b=2".split("&").map(p=>p.split("=")).reduce((a,[k,v])=>({...a,[k]:v}),{});return m})() //= {"a": "1", "b": "2"}
(()=>{var q={};"?x=1&y=%20z".slice(1).replace(/([^=&]+)=([^&]*)/g,function(m,k,v){q[k]=decodeURIComponent(v)});return q})() //= {"x": "1", "y": " z"}
(()=>{const e=[..."abc"].map((c,i)=>({c,i}));return e.filter(({i})=>i).map(({c})=>c)})() //= ["b", "c"]
(()=>{return [1,2,3].reduce((p,c)=>p.then?p:p+c,0)})() //= 6
(()=>{var x=[1,2,3,4].filter((v,i,a)=>a.indexOf(v)===i).length;return x})() //= 4
(()=>{const chunk=(a,n)=>a.length?[a.slice(0,n),...chunk(a.slice(n),n)]:[];return chunk([1,2,3,4,5],2)})() //= [[1, 2], [3, 4], [5]]
(()=>{const zip=(a,b)=>a.map((x,i)=>[x,b[i]]);return Object.fromEntries(zip(["a","b"],[1,2]))})() //= {"a": 1, "b": 2}
(()=>{return Object.entries({b:1,a:2}).sort(([x],[y])=>x.localeCompare(y)).map(([k])=>k)})() //= ["a", "b"]
(()=>{return [..."a😀b"].map(c=>c.codePointAt(0))})() //= [97, 128512, 98]
(()=>{return [1,"1",true,null,undefined,{},[]].map(x=>typeof x)})() //= ["number", "string", "boolean", "object", "undefined", "object", "object"]
(()=>{return [3,20,100].sort()})() //= [100, 20, 3]
(()=>{return ["B","a","C"].sort((a,b)=>a.toLowerCase()<b.toLowerCase()?-1:1)})() //= ["a", "B", "C"]
(()=>{var o={m(){return [1,2].map(function(x){return this.k*x},this)},k:3};return o.m()})() //= [3, 6]
(()=>{return [1,2,3].concat([4],5,[[6]])})() //= [1, 2, 3, 4, 5, [6]]
(()=>{return Array.apply(null,{length:2}).map(function(_, i){return i})})() //= [0, 1]
(()=>{return Array.apply(null,Array(2)).map((_, i)=>i)})() //= [0, 1]
(()=>{var a=[1,2,3];return a.splice(-1)})() //= [3]
(()=>{return [[3,"c"],[1,"a"]].sort(function(a,b){return a[0]-b[0]})[0][1]})() //= "a"
(()=>{return Array.from({length:2,0:"a",1:"b"})})() //= ["a", "b"]
(()=>{return Array.from("ab").concat(Array.from([1,2],x=>x*2))})() //= ["a", "b", 2, 4]
(()=>{return "abc".substr(1)+"abc".substring(-1,2)+"abc".slice(2,1)})() //= "bcab"
(()=>{return "abc".normalize("NFC")+"x".concat("y")})() //= "abcxy"
(()=>{return [1,2,3,4,5,6].filter((x,i)=>i%3==0).map(x=>x/2)})() //= [0.5, 2]
(()=>{return `${[1,2].map(x=>`<${x}>`).join("")}`})() //= "<1><2>"
(()=>{return Object.values({x:{n:1},y:{n:2}}).reduce((s,{n})=>s+n,0)})() //= 3
(()=>{return Object.entries({a:[1],b:[2,3]}).flatMap(([k,v])=>v.map(x=>k+x))})() //= ["a1", "b2", "b3"]
(()=>{const h=(strings,...vals)=>strings.reduce((a,s,i)=>a+s+(vals[i]??""),"");return h`a${1}b${2}`})() //= "a1b2"
(()=>{return [3,1,2].toReversed().concat([1,2].toSpliced(0,1))})() //= [2, 1, 3, 2]
(()=>{return [..."banana"].filter((c,i,a)=>a.indexOf(c)===i).join("")})() //= "ban"
(()=>{return Array.from({length:3}).map((_, i)=>"s"+i)})() //= ["s0", "s1", "s2"]
(()=>{return Array(2).join("-")+Array(3).toString()})() //= "-,,"
