(function () {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const nodes = all(".node");
  const edges = all(".edge");
  const aside = document.querySelector(".aside");
  const drawing = nodes.length ? nodes[0].ownerSVGElement : null;
  if (!drawing) return;
  root.classList.add("js");
  let chosen = null;

  // One node takes part in the order of Tab; arrows move on from it.
  function reach(node) {
    for (const n of nodes) n.setAttribute("tabindex", n === node ? "0" : "-1");
  }
  function focusNode(node) {
    reach(node);
    node.focus({preventScroll: true});
    node.scrollIntoView({block: "nearest", inline: "nearest"});
  }
  function choose(node) {
    for (const n of nodes) {
      n.setAttribute("aria-pressed", String(n === node));
      n.classList.toggle("on", n === node);
      n.classList.remove("near");
    }
    for (const e of edges) {
      const from = node !== null && e.dataset.from === node.id;
      const to = node !== null && e.dataset.to === node.id;
      e.classList.toggle("on", from || to);
      e.classList.toggle("out", from);
      if (from) document.getElementById(e.dataset.to).classList.add("near");
      if (to) document.getElementById(e.dataset.from).classList.add("near");
    }
    drawing.classList.toggle("chosen", node !== null);
    aside.classList.toggle("chosen", node !== null);
    for (const s of all("section", aside)) s.classList.toggle("open", node !== null && s.id === node.id + "-panel");
    if (node !== null) {
      reach(node);
      aside.scrollTop = 0;
      node.scrollIntoView({block: "nearest", inline: "nearest"}); // plans take room from the drawing
    }
    chosen = node;
  }
  function title(node) { return document.getElementById(node.id + "-title"); }
  function expand(step, open) {
    step.setAttribute("aria-expanded", String(open));
    document.getElementById(step.id + "-detail").classList.toggle("open", open);
  }
  function close() {
    const node = chosen;
    choose(null);
    if (node) focusNode(node);
  }
  function centre(node) {
    const box = node.querySelector("rect").getBBox();
    return {x: box.x + box.width / 2, y: box.y + box.height / 2};
  }
  // The nearest node in a direction; what lies aside counts twice.
  function next(node, key) {
    const at = centre(node);
    let best = null, least = Infinity;
    for (const n of nodes) {
      if (n === node) continue;
      const c = centre(n);
      const dx = c.x - at.x, dy = c.y - at.y;
      const along = {ArrowRight: dx, ArrowLeft: -dx, ArrowDown: dy, ArrowUp: -dy}[key];
      const aside = Math.abs(key === "ArrowRight" || key === "ArrowLeft" ? dy : dx);
      if (along > 8 && along + 2 * aside < least) {
        best = n;
        least = along + 2 * aside;
      }
    }
    return best;
  }

  for (const node of nodes) {
    node.addEventListener("click", () => choose(chosen === node ? null : node));
    node.addEventListener("keydown", (event) => {
      let to = null;
      if (event.key.startsWith("Arrow")) to = next(node, event.key);
      else if (event.key === "Home") to = nodes[0];
      else if (event.key === "End") to = nodes[nodes.length - 1];
      else if (event.key === "Enter" || event.key === " ") {
        choose(node);
        title(node).focus();
      } else return;
      event.preventDefault();
      if (to) focusNode(to);
    });
  }
  for (const step of all(".step", aside)) {
    step.addEventListener("click", () => expand(step, step.getAttribute("aria-expanded") !== "true"));
  }
  for (const button of all(".close", aside)) button.addEventListener("click", close);
  for (const link of all(".link", aside)) {
    link.addEventListener("click", () => {
      const step = document.getElementById(link.dataset.step);
      choose(document.getElementById(step.id.split("-")[0]));
      expand(step, true);
      step.focus();
    });
  }
  aside.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = all("section.open h2, section.open .step, section.open .link", aside);
    const at = stops.indexOf(document.activeElement);
    if (at < 0) return;
    const to = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    event.preventDefault();
    if (to) to.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const active = document.activeElement;
    const detail = active && active.closest ? active.closest(".detail") : null;
    const step = detail ? document.getElementById(detail.id.replace("-detail", "")) : active;
    if (step && step.classList && step.classList.contains("step") && step.getAttribute("aria-expanded") === "true") {
      expand(step, false);
      step.focus();
    } else if (chosen) {
      close();
    }
  });

  const filter = document.getElementById("filter");
  if (!filter) return;
  filter.addEventListener("input", () => {
    const text = filter.value.trim().toLowerCase();
    drawing.classList.toggle("filtered", text !== "");
    for (const n of nodes) n.classList.toggle("match", n.dataset.name.toLowerCase().includes(text));
  });
  filter.addEventListener("keydown", (event) => {
    const first = nodes.find((n) => n.classList.contains("match"));
    if (event.key === "Enter" && filter.value.trim() !== "" && first) focusNode(first);
    if (event.key === "Escape") {
      filter.value = "";
      filter.dispatchEvent(new Event("input"));
    }
  });
})();
