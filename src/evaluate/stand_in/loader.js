// Module loaders: AMD, SystemJS, and the runtime that runs a chunk of webpack.
// A module's code runs once all scripts of the page have had their turn: what it needs may come after it.
const later = (run, given) => setTimeout(given => run(given), 0, given);
const unknown = () => Math.random();
const named = (all, name) => {
  const plain = String(name).replace(/^\.\//, "").replace(/\.js$/, "");
  return [name, plain].map(name => Object.hasOwn(all, name) ? all[name] : undefined).find(Boolean);
};
const library = name =>
  name === "jquery" ? jQuery : name === "lodash" || name === "underscore" ? _ : name === "vue" ? Vue
  : name === "react" ? React : unknown();

const modules = {};
const load = one => {
  if (one.isDone) return one.exports;
  one.isDone = true;
  if (typeof one.factory !== "function") return one.exports = one.factory;
  const value = one.factory.apply(one.exports, one.needs.map(need => find(need, one)));
  if (value !== undefined) one.exports = value;
  return one.exports;
};
const find = (name, one) => {
  if (name === "require") return name => find(name, one);
  if (name === "exports") return one.exports;
  if (name === "module") return one;
  const known = named(modules, name);
  return known ? load(known) : library(name);
};
const define = (name, needs, factory) => {
  if (typeof name !== "string") [name, needs, factory] = [undefined, name, needs];
  if (!Array.isArray(needs)) [needs, factory] = [["require", "exports", "module"], needs];
  const one = { needs, factory, exports: {}, isDone: false };
  if (name) modules[name] = one;
  later(load, one);
  return null;
};
const require = (needs, factory) => {
  if (typeof needs !== "string") return define(needs, factory);
  const known = named(modules, needs);
  return known ? load(known) : undefined;
};

const systems = {};
const execute = one => {
  if (one.isDone) return one.space;
  one.isDone = true;
  const give = (name, value) => {
    if (typeof name === "string") one.space[name] = value; else Object.assign(one.space, name);
    return value;
  };
  const { setters = [], execute: run } = one.declare(give, {});
  one.needs.forEach((need, at) => {
    const known = named(systems, need);
    if (setters[at]) setters[at](known ? execute(known) : library(need));
  });
  if (run) run();
  return one.space;
};
const register = (name, needs, declare) => {
  if (typeof name !== "string") [name, needs, declare] = [undefined, name, needs];
  const one = { needs, declare, space: {}, isDone: false };
  if (name) systems[name] = one;
  later(execute, one);
  return null;
};

const packed = {}, made = {};
const fetch = id => {
  if (Object.hasOwn(made, id)) return made[id].exports;
  if (!Object.hasOwn(packed, id)) return unknown();
  const module = made[id] = { id, exports: {}, loaded: false };
  packed[id].call(module.exports, module, module.exports, fetch);
  return module.exports;
};
const member = (owner, name, get) => Object.defineProperty(owner, name, { enumerable: true, get });
Object.assign(fetch, {
  d: (exports, all, get) => {
    if (typeof all === "string") return member(exports, all, get);
    for (const name in all) member(exports, name, all[name]);
  },
  r: exports => { exports.__esModule = true },
  n: value => {
    const get = () => value && value.__esModule ? value.default : value;
    member(get, "a", get);
    return get;
  },
  o: (owner, name) => Object.hasOwn(owner, name),
  e: () => Promise.resolve(),
  O: (result, chunks, run) => run && run(),
  t: id => fetch(id),
  bind: (_, id) => () => fetch(id),
  nmd: module => module,
  hmd: module => module,
  m: packed, c: made, p: "", g: window,
});
return {
  define, require, requirejs: require,
  "System.register": register,
  "System.import": name => {
    const known = named(systems, name);
    return known ? Promise.resolve(known.space) : undefined;
  },
  "chunk()": chunk => {
    Object.assign(packed, chunk[1]);
    return null;
  },
  "start()": start => {
    if (typeof start === "function") later(start, fetch);
    else if (Array.isArray(start)) start.forEach(ids => later(fetch, ids[0]));
    return null;
  },
  "module()": fetch,
};
