// Functions of Lodash and Underscore that make lists and objects of others.
const path = name => Array.isArray(name) ? name : String(name).split(/[.[\]]+/).filter(Boolean);
const get = (from, name, other) => {
  let value = from;
  for (const key of path(name)) {
    if (value === undefined || value === null) break;
    value = value[key];
  }
  return value === undefined || value === null ? other : value;
};
const by = how =>
  typeof how === "function" ? how
  : how === undefined ? one => one
  : Array.isArray(how) ? one => get(one, how[0]) === how[1]
  : typeof how === "object" ? one => Object.keys(how).every(name => one[name] === how[name])
  : one => get(one, how);
const list = from => Array.isArray(from) ? from : Object.values(from || {});
const pairs = from => Array.isArray(from) ? from.map((one, at) => [one, at])
  : Object.keys(from || {}).map(name => [from[name], name]);
const words = text => text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
const sorted = (all, keys) => all.slice().sort((a, b) => {
  for (const [key, way] of keys) {
    if (key(a) < key(b)) return -way;
    if (key(a) > key(b)) return way;
  }
  return 0;
});
const all = {
  get,
  map: (from, how) => { const f = by(how); return pairs(from).map(([one, key]) => f(one, key, from)) },
  filter: (from, how) => { const f = by(how); return pairs(from).filter(([one, key]) => f(one, key)).map(([one]) => one) },
  reject: (from, how) => { const f = by(how); return list(from).filter(one => !f(one)) },
  find: (from, how) => { const f = by(how), found = pairs(from).find(([one, key]) => f(one, key)); return found && found[0] },
  some: (from, how) => { const f = by(how); return pairs(from).some(([one, key]) => f(one, key)) },
  every: (from, how) => { const f = by(how); return pairs(from).every(([one, key]) => f(one, key)) },
  reduce: (from, f, ...start) => pairs(from).reduce((sum, [one, key]) => f(sum, one, key), ...start),
  pluck: (from, name) => list(from).map(by(name)),
  flatMap: (from, how) => list(from).flatMap(by(how)),
  flatten: from => from.flat(),
  flattenDeep: from => from.flat(9),
  compact: from => from.filter(Boolean),
  concat: (from, ...more) => [].concat(from, ...more),
  uniq: from => [...new Set(from)],
  union: (...lists) => [...new Set(lists.flat())],
  without: (from, ...out) => from.filter(one => !out.includes(one)),
  difference: (from, out) => from.filter(one => !out.includes(one)),
  head: from => from[0],
  first: from => from[0],
  last: from => from[from.length - 1],
  keys: from => Object.keys(from),
  values: from => Object.values(from),
  size: from => list(from).length,
  isEmpty: from => list(from).length === 0,
  toPairs: from => Object.entries(from),
  pairs: from => Object.entries(from),
  fromPairs: from => Object.fromEntries(from),
  zipObject: (names, values) => Object.fromEntries(names.map((name, at) => [name, values[at]])),
  groupBy: (from, how) => {
    const f = by(how), groups = {};
    for (const one of list(from)) { const key = f(one); (groups[key] = groups[key] || []).push(one) }
    return groups;
  },
  keyBy: (from, how) => { const f = by(how); return Object.fromEntries(list(from).map(one => [f(one), one])) },
  mapValues: (from, how) => { const f = by(how); return Object.fromEntries(pairs(from).map(([one, key]) => [key, f(one, key)])) },
  mapKeys: (from, how) => { const f = by(how); return Object.fromEntries(pairs(from).map(([one, key]) => [f(one, key), one])) },
  pickBy: (from, how) => { const f = by(how); return Object.fromEntries(pairs(from).filter(([one, key]) => f(one, key)).map(([one, key]) => [key, one])) },
  omitBy: (from, how) => { const f = by(how); return Object.fromEntries(pairs(from).filter(([one, key]) => !f(one, key)).map(([one, key]) => [key, one])) },
  pick: (from, ...names) => Object.fromEntries(names.flat().filter(name => name in from).map(name => [name, from[name]])),
  omit: (from, ...names) => { const out = names.flat(); return Object.fromEntries(Object.entries(from).filter(([name]) => !out.includes(name))) },
  forOwn: (from, f) => { for (const name of Object.keys(from)) f(from[name], name); return from },
  defaults: (to, ...from) => { for (const one of from) for (const name in one) if (to[name] === undefined) to[name] = one[name]; return to },
  set: (to, name, value) => {
    const names = path(name), last = names.pop();
    let at = to;
    for (const key of names) at = at[key] = at[key] || {};
    at[last] = value;
    return to;
  },
  sortBy: (from, ...hows) => sorted(list(from), hows.flat().map(how => [by(how), 1])),
  orderBy: (from, hows, ways = []) => sorted(list(from), [].concat(hows).map((how, at) => [by(how), ways[at] === "desc" ? -1 : 1])),
  findIndex: (from, how) => from.findIndex(by(how)),
  has: (from, name) => get(from, name) !== undefined,
  intersection: (from, ...lists) => from.filter(one => lists.every(list => list.includes(one))),
  invert: from => Object.fromEntries(Object.entries(from).map(([name, value]) => [value, name])),
  isUndefined: value => value === undefined,
  isString: value => typeof value === "string",
  camelCase: text => words(text).map((word, at) => at ? word[0].toUpperCase() + word.slice(1) : word).join(""),
  kebabCase: text => words(text).join("-"),
  snakeCase: text => words(text).join("_"),
  partial: (f, ...first) => (...rest) => f(...first, ...rest),
  range: (from, to, step = 1) => {
    if (to === undefined) [from, to] = [0, from];
    const numbers = [];
    for (let at = from; at < to; at += step) numbers.push(at);
    return numbers;
  },
  times: (count, f) => Array.from({ length: count }, (_, at) => f(at)),
};
// `_(list).map(f).value()`: made when it is first asked for.
let Chain;
const chain = from => {
  if (typeof from === "function") return undefined;
  if (!Chain) {
    Chain = class {
      constructor(from) { this.from = from }
      value() { return this.from }
      join(between) { return this.from.join(between) }
      get length() { return this.from.length }
    };
    for (const name of Object.keys(all)) {
      Chain.prototype[name] = function (...given) { return new Chain(all[name](this.from, ...given)) };
    }
    Chain.prototype.chain = function () { return this };
    Chain.prototype.each = Chain.prototype.forEach = function (f) { list(this.from).forEach(f); return this };
  }
  return new Chain(from);
};
all.chain = chain;
return Object.fromEntries(Object.entries(all).map(([name, f]) => ["_." + name, f]).concat([["_", chain]]));
