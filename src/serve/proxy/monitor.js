// Shows the newest state every two seconds; what is unfolded stays so.
"use strict";
const main = document.getElementById("state");
async function renew() {
  if (!document.hidden) {
    try {
      const response = await fetch("/pages", { cache: "no-store" });
      if (response.ok) {
        const open = new Set([...main.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key));
        main.innerHTML = await response.text();
        for (const one of main.querySelectorAll("details[data-key]")) one.open = open.has(one.dataset.key);
      }
    } catch {
      // The proxy is away; it may come back.
    }
  }
  setTimeout(renew, 2000);
}
setTimeout(renew, 2000);
