"abcabc".replace(/b/g,(m,o)=>m+o) //= "ab1cab4c"
"2020-01-02".replace(/(\d+)-(\d+)-(\d+)/,"$3/$2/$1") //= "02/01/2020"
"a1b22c333".match(/\d+/g) //= ["1", "22", "333"]
"Hello World".search(/W/) //= 6
/^(\w+)@(\w+)\.com$/.exec("me@site.com")[2] //= "site"
/a(?<n>b)c/.exec("abc").groups.n //= "b"
/x/i.test("aXb") //= true
[..."a1b2".matchAll(/([a-z])(\d)/g)].map(m=>m[2]+m[1]) //= ["1a", "2b"]
"aBc".replace(/[A-Z]/g,function(c){return "_"+c.toLowerCase()}) //= "a_bc"
"%7B%22a%22%3A1%7D".replace(/%([0-9A-F]{2})/g,(_, h)=>String.fromCharCode(parseInt(h,16))) //= "{\"a\":1}"
"/123/a_b/c".match(/\/(\d+)\/(.+)/).slice(1) //= ["123", "a_b/c"]
"a=b".match(/x/) //= null
"abc".match(/b/).index //= 1
(()=>{const t={code:"x-{{n}}",id:"{{id}}"};return JSON.parse(JSON.stringify(t).replace(/\{\{(\w+)\}\}/g,(_, k)=>({n:1,id:"z"})[k]))})() //= {"code": "x-1", "id": "z"}
(()=>{var s="ad_slot_1";return s.replace(/_(\w)/g,function(_, c){return c.toUpperCase()})})() //= "adSlot1"
(()=>{return "a.b.c".split(/\./)})() //= ["a", "b", "c"]
(()=>{return "one  two".split(/\s+/)})() //= ["one", "two"]
(()=>{return "a1b2".split(/(\d)/)})() //= ["a", "1", "b", "2", ""]
(()=>{return "2021-01".match(/(?<y>\d{4})-(?<m>\d\d)/).groups})() //= {"y": "2021", "m": "01"}
(()=>{return /^https?:\/\/(www\.)?([^\/]+)/.exec("https://www.site.com/x")[2]})() //= "site.com"
(()=>{return "foo-bar".replace(/-([a-z])/g,g=>g[1].toUpperCase())})() //= "fooBar"
(()=>{return "aXbX".replace(/x/gi,"")})() //= "ab"
(()=>{return "x".match(/y/)===null})() //= true
(()=>{return "a-b_c".split(/[-_]/).join("")})() //= "abc"
(()=>{return "abcdef".match(/.{1,2}/g)})() //= ["ab", "cd", "ef"]
