parseInt("42px",10)+parseFloat("3.14abc") //= 45.14
Number("0x10")+Number("")+Number(" 12 ") //= 28
(12.3456).toFixed(2) //= "12.35"
(255).toString(16) //= "ff"
Number.isInteger(5)&&!Number.isNaN(5) //= true
Math.max(1,...[5,3])+Math.min(2,1)+Math.floor(2.7)+Math.ceil(2.1)+Math.round(2.5)+Math.abs(-3)+Math.pow(2,3)+Math.sqrt(16)+Math.trunc(-2.5)+Math.sign(-3) //= 26
5%3+2**4 //= 18
7>>>1|3&6^1 //= 3
~5+(-5>>1) //= -9
isNaN("x")&&isFinite("5") //= true
["1","2","3"].map(Number) //= [1, 2, 3]
Number.MAX_SAFE_INTEGER //= 9007199254740991
0.1+0.2 //= 0.30000000000000004
1e21+1 //= 1e+21
(25).toString(36) //= "p"
parseInt("zz",36) //= 1295
"ab".split("").map(c=>c.charCodeAt(0).toString(2).padStart(8,"0")) //= ["01100001", "01100010"]
Math.max.apply(null,[1,9,3]) //= 9
[undefined,null,NaN].map(x=>x==null) //= [true, true, false]
Number((0.1*3).toPrecision(3)) //= 0.3
"728x90,300x250".split(",").map(s=>s.split("x").map(Number)) //= [[728, 90], [300, 250]]
Number("abc")||"nan" //= "nan"
(()=>{return parseInt("0x1F")+parseInt("010")+parseInt("  7")})() //= 48
(()=>{return [0,-0,NaN,null,undefined,"",[],{}].map(x=>!!x)})() //= [false, false, false, false, false, false, true, true]
(()=>{return Number.parseFloat("1.50").toString()+Number("1_0")})() //= "1.5NaN"
(()=>{return (1.005*1000).toFixed(1)+(0.000001234).toString()+(1e21).toString()+(123456789012345680000).toString()})() //= "1005.00.0000012341e+21123456789012345680000"
(()=>{return [0.5,1.5,2.5,-0.5].map(Math.round)})() //= [1, 2, 3, 0]
(()=>{return 10/3})() //= 3.3333333333333335
(()=>{return 2**52+1})() //= 4503599627370497
(()=>{return 1/0>1e308&&-1/0<0})() //= true
(()=>{return [10,1,3].indexOf(Math.max(...[10,1,3]))})() //= 0
(()=>{return isNaN(parseInt("x"))?"nan":"n"})() //= "nan"
(()=>{return ("0000"+(7).toString(16)).slice(-4)})() //= "0007"
(()=>{return Math.hypot(3,4)+Math.cbrt(8)+Math.log2(8)+Math.log10(100)+Math.exp(0)})() //= 13
(()=>{return Number.EPSILON>0&&Number.MAX_VALUE>1e300})() //= true
