// URL and URLSearchParams of texts that are known.
const encode = text => encodeURIComponent(text).replace(/%20/g, "+");
const decode = text => decodeURIComponent(text.replace(/\+/g, " "));
class Parameters {
  constructor(from) {
    this.all = [];
    if (typeof from === "string") {
      for (const part of from.replace(/^\?/, "").split("&")) {
        const [name, ...value] = part.split("=");
        if (part) this.append(decode(name), decode(value.join("=")));
      }
    } else if (Array.isArray(from)) for (const [name, value] of from) this.append(name, value);
    else for (const name in from) this.append(name, from[name]);
  }
  append(name, value) { this.all.push([name, String(value)]) }
  get(name) { return this.has(name) ? this.getAll(name)[0] : null }
  getAll(name) { return this.all.filter(pair => pair[0] === name).map(pair => pair[1]) }
  has(name) { return this.all.some(pair => pair[0] === name) }
  set(name, value) { this.delete(name); this.append(name, value) }
  delete(name) { this.all = this.all.filter(pair => pair[0] !== name) }
  forEach(callback) { this.all.forEach(([name, value]) => callback(value, name, this)) }
  entries() { return this.all.slice() }
  keys() { return this.all.map(pair => pair[0]) }
  values() { return this.all.map(pair => pair[1]) }
  toString() { return this.all.map(pair => pair.map(encode).join("=")).join("&") }
  *[Symbol.iterator]() { yield* this.all }
}
class Address {
  constructor(parts) {
    [, this.protocol, this.hostname, this.port, this.pathname, this.search, this.hash] = parts.map(part => part || "");
    this.port = this.port.slice(1);
    this.pathname = this.pathname || "/";
    this.host = this.hostname + (this.port && ":" + this.port);
    this.origin = this.protocol + "//" + this.host;
    this.searchParams = new Parameters(this.search);
  }
  get href() {
    const search = this.searchParams.toString();
    return this.origin + this.pathname + (search && "?" + search) + this.hash;
  }
  toString() { return this.href }
}
return {
  URLSearchParams: from => new Parameters(from),
  URL: (text, base) => {
    const read = text => text.match(/^([a-z]+:)\/\/([^\/?#:@]+)(:\d+)?(\/[^?#]*)?(\?[^#]*)?(#.*)?$/i);
    const from = base === undefined ? null : read(String(base));
    const whole = from && text.startsWith("//") ? from[1] + text
      : from && text.startsWith("/") ? from[1] + "//" + from[2] + (from[3] || "") + text : text;
    const parts = read(whole);
    return parts ? new Address(parts) : undefined;
  },
};
