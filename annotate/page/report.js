"use strict";
const $ = (selector) => [...document.querySelectorAll(selector)];
const form = document.getElementById("filters"), count = document.getElementById("count");
const look = document.getElementById("look"), cards = $(".card"), chips = $(".chip"), claims = $(".s.claim");
form.hidden = false;

// An event passes if it has the place and the level, and somebody of that name and that stance speaks in it.
const passes = (one, want) =>
  (!want.place || one.dataset.place === want.place) && (!want.level || one.dataset.level === want.level) &&
  (!want.stance || one.dataset.stances.split(" ").includes(want.stance)) &&
  (!want.source || JSON.parse(one.dataset.sources).includes(want.source));
const speaks = (one, want) =>
  (!want.place || one.dataset.place === want.place) && (!want.level || one.dataset.level === want.level) &&
  (!want.stance || one.dataset.stance === want.stance) && (!want.source || one.dataset.source === want.source);

function filter() {
  const want = Object.fromEntries(new FormData(form)), any = Object.values(want).some(Boolean);
  for (const one of [...cards, ...chips]) one.hidden = !passes(one, want);
  for (const one of claims) one.classList.toggle("dim", any && !speaks(one, want));
  const left = cards.filter((card) => !card.hidden).length;
  count.textContent = any ? `${left} of ${cards.length} events in dispute` : "";
}
form.addEventListener("change", filter);
form.addEventListener("reset", () => setTimeout(filter));
form.addEventListener("submit", (event) => event.preventDefault());

function choose(sentence) {
  for (const one of $(".s.chosen")) one.classList.remove("chosen");
  look.hidden = !sentence;
  if (!sentence) return;
  sentence.classList.add("chosen");
  const { source, state, stance, types, assertion, level, grade, event } = sentence.dataset;
  const line = document.createElement("p");
  const name = document.createElement("b");
  name.textContent = source;
  line.append(name, ` (${state}), ${stance || "stance left open"}: ${assertion || "assertion left open"} ` +
    `${types.replaceAll(" ", ", ")}. ${level === "none" ? "Not in dispute." : level + "."} ${grade ? "Credibility " + grade + ". " : ""}`);
  if (event) {
    const link = document.createElement("a");
    link.href = "#" + event;
    link.textContent = "To the dispute";
    line.append(link);
  }
  look.replaceChildren(line);
}
document.addEventListener("click", (event) => {
  const sentence = event.target.closest(".s.claim");
  if (sentence) { sentence.focus({ preventScroll: true }); choose(sentence); }
  else if (!event.target.closest("#look")) choose(null);
});

// A report may be folded: what a link points into is opened.
function reach() {
  const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!there) return;
  for (let up = there.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  if (there.hidden) { form.reset(); filter(); }
  there.scrollIntoView({ block: "center" });
  there.focus({ preventScroll: true });
  if (there.matches(".s.claim")) choose(there);
}
addEventListener("hashchange", reach);
reach();
addEventListener("beforeprint", () => { for (const one of $("details.report, details.grid, details.quiet")) one.open = true; });

// Only one sentence of a text is a stop of the Tab key; the arrows go on from there.
for (const report of $(".report")) report.querySelector(".s.claim")?.setAttribute("tabindex", "0");
function step(list, from, by) {
  const next = list[Math.min(list.length - 1, Math.max(0, from + by))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "center" });
  return next;
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const within = document.activeElement, typing = within.matches("select, input, textarea");
  if (event.key === "Escape") { form.reset(); filter(); choose(null); }
  else if (typing) return;
  else if (event.key === "f") { form.elements.place.focus(); event.preventDefault(); }
  else if (event.key === "n" || event.key === "p") {
    const open = cards.filter((card) => !card.hidden), at = open.indexOf(within.closest?.(".card"));
    step(open, at < 0 && event.key === "p" ? 0 : at, event.key === "n" ? 1 : at < 0 ? 0 : -1);
  } else if (within.matches(".s.claim") && ["ArrowRight", "ArrowLeft", "Enter"].includes(event.key)) {
    const text = [...within.closest(".text").querySelectorAll(".s.claim")];
    choose(event.key === "Enter" ? within : step(text, text.indexOf(within), event.key === "ArrowRight" ? 1 : -1));
    event.preventDefault();
  }
});
