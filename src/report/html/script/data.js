
// The data that stands in this file: a row for each page at once, everything else when it is asked for.

const blocks = [...document.querySelectorAll("#data > .page")];

/** The rows of all pages, each with its number in the report. */
const rows = blocks.map((block, index) => {
  const text = block.firstChild.data;
  return { ...JSON.parse(text.slice(0, text.indexOf("\n"))), number: index + 1 };
});

const common = JSON.parse(document.getElementById("common").textContent);

/** The networks of all pages by their ids. */
const networks = new Map(common.networks.map((network) => [network.id, network]));

function networkName(id) {
  return networks.get(id)?.name ?? id;
}

function roleName(role) {
  return Object.hasOwn(common.roles, role) ? common.roles[role] : role;
}

/** Everything that was found on a page. */
async function unpack(number) {
  const text = blocks[number - 1].firstChild.data;
  const bytes = Uint8Array.from(atob(text.slice(text.indexOf("\n") + 1)), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/** The end of a path: what people call the page. */
function fileName(path) {
  return path.split(/[\\/]/).filter(Boolean).pop() ?? path;
}

function hasAds(row) {
  return row.networks.length + row.units + row.slots > 0;
}
