(function(){try{throw new Error('x')}catch(e){return e.message}})() //= "x"
(function(){try{(function(){throw 1})();return 1}catch(e){return 2}})() //= 2
(function(){function f(a){if(!a)throw new TypeError('no');return a}var r=[];[0,1].forEach(function(x){try{r.push(f(x))}catch(e){r.push(e.message)}});return r})() //= ["no",1]
(function(){var x=5;try{x=(function(){throw 1})()}catch(e){}return x})() //= 5
(function(){var r=[];try{r.push(1);(function(){throw 2})();r.push(3)}catch(e){r.push(e)}finally{r.push('f')}return r})() //= [1,2,"f"]
(function(){function g(){throw 'a'}function f(){g();return 1}try{return f()}catch(e){return e}})() //= "a"
(function(){function fails(f){try{return !!f()}catch(e){return true}}return [fails(function(){throw 1}),fails(function(){return 0}),fails(function(){return 1})]})() //= [true,false,true]
(function(){try{try{(function(){throw 'in'})()}finally{var z=1}}catch(e){return [e,z]}})() //= ["in",1]
(function(){var n=0;try{for(var i=0;i<5;i++){if(i==2)throw i;n++}}catch(e){return [e,n]}})() //= [2,2]
(function(){var n=0;try{[1,2,3].forEach(function(x){n++;if(x==2)throw x})}catch(e){return [e,n]}})() //= [2,2]
(function(){class A{constructor(x){if(!x)throw new Error('bad');this.x=x}}try{new A();return 1}catch(e){return e.message}})() //= "bad"
(function(){var v=1;try{v=true?(function(){throw 3})():4}catch(e){v=e}return v})() //= 3
(function(){try{return [1,(function(){throw 3})(),2]}catch(e){return e}})() //= 3
(function(){function _c(a,b){if(!(a instanceof b))throw new TypeError('Cannot call a class as a function')}function A(){_c(this,A);this.k=1}try{A()}catch(e){return e.message.length}return 0})() //= 33
(function(){switch(1){case 1:try{(function(){throw 9})()}catch(e){return e}}return 0})() //= 9
(function(){var o={get a(){throw 4}};try{return o.a}catch(e){return e}})() //= 4
(function(){try{while((function(){throw 7})()){}}catch(e){return e}})() //= 7
(function(){try{if((function(){throw 7})()){return 1}else{return 2}}catch(e){return e}})() //= 7
