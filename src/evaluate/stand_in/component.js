// Components of Vue and React: what `this` is in them.
const later = (run, given) => setTimeout(given => run(given), 0, given);

const instance = options => {
  const one = {};
  for (const name in options.props) {
    const given = options.props[name] && options.props[name].default;
    if (given !== undefined) one[name] = typeof given === "function" ? given() : given;
  }
  Object.assign(one, options.methods);
  Object.assign(one, typeof options.data === "function" ? options.data.call(one, one) : options.data);
  for (const name in options.computed) {
    const computed = options.computed[name];
    Object.defineProperty(one, name, { get: typeof computed === "function" ? computed : computed.get });
  }
  return one;
};

// How often one component is put into the page: lists of them may be long, and trees may have no end.
const ROUNDS = 8;
const rounds = new Map();
const mount = ({ type, properties }) => {
  if (!(type.prototype && type.prototype.render)) return type(properties);
  const one = new type(properties);
  one.props = properties;
  if (one.componentDidMount) one.componentDidMount();
  one.render();
};
const element = (type, properties, ...children) => {
  const round = rounds.get(type) || 0;
  if (typeof type !== "function" || round >= ROUNDS) return undefined;
  rounds.set(type, round + 1);
  properties = Object.assign({}, type.defaultProps, properties);
  later(mount, { type, properties });
  return { type, props: properties };
};
return {
  "component()": instance,
  "Vue.ref": value => ({ value }),
  "Vue.shallowRef": value => ({ value }),
  "Vue.reactive": value => value,
  "Vue.computed": get => ({ get value() { return get() } }),
  "React.createElement": element,
  "React.useState": value => [typeof value === "function" ? value() : value, () => {}],
  "React.useMemo": make => make(),
  "React.useCallback": callback => callback,
  "React.useRef": current => ({ current }),
  "React.memo": type => type,
};
