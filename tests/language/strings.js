"abc".padStart(5,"*")+"abc".padEnd(6,"-") //= "**abcabc---"
"abcdef".substr(-3,2) //= "de"
"abcdef".substring(4,1) //= "bcd"
" x ".trim()+"|"+" x".trimStart()+"|"+"x ".trimEnd() //= "x|x|x"
"abcabc".replace("b","X") //= "aXcabc"
"abcabc".replaceAll("b","X") //= "aXcaXc"
"abc".charCodeAt(1)+"abc".codePointAt(2) //= 197
String.fromCharCode(104,105) //= "hi"
"abc".at(-1) //= "c"
"abc".includes("b")&&"abc".startsWith("a")&&"abc".endsWith("c") //= true
"abc".indexOf("c")+"abcabc".lastIndexOf("b") //= 6
"x".repeat(4) //= "xxxx"
"a,b,,c".split(",",3) //= ["a", "b", ""]
"abc".split("") //= ["a", "b", "c"]
"b".localeCompare("a") //= 1
encodeURIComponent("a b&c/d?é") //= "a%20b%26c%2Fd%3F%C3%A9"
decodeURIComponent("a%20b%26c") //= "a b&c"
encodeURI("http://x.com/a b?c=d&e=é") //= "http://x.com/a%20b?c=d&e=%C3%A9"
escape("a b+c") //= "a%20b+c"
unescape("a%20b") //= "a b"
btoa("hello") //= "aGVsbG8="
atob("aGVsbG8=") //= "hello"
void 0===undefined //= true
`a${1+1}b${[1,2]}` //= "a2b1,2"
1+"2"-1 //= 11
"3"*"4" //= 12
!!"0"+!!"" //= 1
null==undefined&&null!==undefined //= true
"10"==10&&0=="" //= true
new URL("https://a.com:8080/p/q?x=1&y=2#h").searchParams.get("y") //= "2"
new URL("/z","https://a.com/p").href //= "https://a.com/z"
new URLSearchParams("a=1&b=2&a=3").getAll("a") //= ["1", "3"]
"abc"[1] //= "b"
"😀".length+[..."😀"].length //= 3
"İ".toLowerCase().length //= 2
"straße".toUpperCase() //= "STRASSE"
"abc"<"abd"&&"B"<"a" //= true
"1,234".replace(",","")*1 //= 1234
+"5"+ +true //= 6
"a\u0041\x42\n".trim() //= "aAB"
'it\'s' //= "it's"
globalThis===window //= true
"\u00c9lection d'\u00e9t\u00e9".normalize("NFD").replace(/[\u0300-\u036f]/g,"").toLowerCase() //= "election d'ete"
