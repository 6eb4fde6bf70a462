"use strict";
(() => {
  const PAGE = 50;
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const families = data.families;
  const view = data.view;
  // What is searched, made once.
  const searched = families.map((family) => (family.title + " " + family.id).toLowerCase());
  let found = [];
  let page = 0;
  // The address of the open family.
  let here = "";

  // An element with text, never with HTML.
  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  // Words of a story: set apart, so that their direction moves nothing round them.
  const words = (text) => {
    const element = make("bdi");
    element.append(...visible(text));
    return element;
  };
  // Text with characters that steer its direction shown by their numbers instead.
  const visible = (text) =>
    text.split(/([\u0000-\u0008\u000b-\u001f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])/u).map((part, index) => {
      if (index % 2 === 0) return document.createTextNode(part);
      const number = part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      return make("span", "U+" + number, "control");
    });
  const grouped = (number) => number.toLocaleString("en-US");
  const bytes = (number) => {
    const units = ["bytes", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (number >= 999.5 && unit < 4) [number, unit] = [number / 1000, unit + 1];
    return (unit === 0 || number >= 99.5 ? number.toFixed(0) : number.toFixed(1)) + " " + units[unit];
  };
  const share = (value) => (value === null ? "" : (Math.floor(value * 100 + 1e-9) / 100).toFixed(2));
  const minute = (seconds) => {
    const time = new Date(seconds * 1000);
    return Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, 16).replace("T", " ");
  };
  // What stands between a relation and the other story.
  const joined = { new_version: " of ", near_duplicate: " of ", contained: " in ", overlapping: " with " };
  const relation = (name) => name.replaceAll("_", " ");

  // What the kinds of passages are.
  const named = {
    verbatim: "the same words", similar: "nearly the same words", quotation: "direct speech",
    rewritten: "the same facts in other words", new: "new",
  };

  const orders = {
    stories: (a, b) => b.stories - a.stories,
    // The doubtful ones first, or of answers the likest.
    alike: (a, b) => (view.removes ? (a.alike ?? 2) - (b.alike ?? 2) : (b.alike ?? -1) - (a.alike ?? -1)),
    saved: (a, b) => b.saved - a.saved,
    sources: (a, b) => b.sources - a.sources,
    time: (a, b) => (a.times?.[0] ?? Infinity) - (b.times?.[0] ?? Infinity),
    title: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0),
  };

  const search = () => {
    const parts = at("words").value.toLowerCase().split(/\s+/u).filter(Boolean);
    const wanted = at("relation").value;
    const bits = wanted === "" || wanted === "alone" ? 0 : 1 << Number(wanted);
    const texts = at("with-texts").checked;
    const order = orders[at("order").value];
    found = [...families.keys()].filter(
      (number) =>
        (wanted !== "alone" || families[number].stories === 1) &&
        (bits === 0 || families[number].relations & bits) &&
        (!texts || families[number].detail !== null) &&
        parts.every((part) => searched[number].includes(part)),
    );
    found.sort((a, b) => order(families[a], families[b]) || a - b);
    page = 0;
    show();
  };

  const show = () => {
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    page = Math.min(Math.max(page, 0), last);
    const rows = found.slice(page * PAGE, (page + 1) * PAGE).map((number) => {
      const family = families[number];
      const row = make("tr");
      const name = make("td");
      if (family.detail === null) {
        name.append(words(family.title));
      } else {
        const link = make("a");
        link.href = "#family-" + number;
        link.append(words(family.title));
        name.append(link);
      }
      const id = make("div", undefined, "id");
      id.append(words(family.id));
      name.append(id);
      row.append(name);
      const numbers = [grouped(family.stories)];
      if (view.keeps) numbers.push(grouped(family.kept));
      numbers.push(grouped(family.sources));
      if (view.removes) numbers.push(bytes(family.saved));
      for (const number of [...numbers, share(family.alike)]) row.append(make("td", number, "number"));
      row.append(make("td", family.times ? minute(family.times[0]) : ""));
      return row;
    });
    at("rows").replaceChildren(...rows);
    at("found").textContent =
      grouped(found.length) + " " + (found.length === 1 ? view.one : view.many) + " found";
    at("page").textContent = "page " + grouped(page + 1) + " of " + grouped(last + 1);
    at("before").disabled = page === 0;
    at("after").disabled = page === last;
    at("pages").hidden = last === 0;
  };

  // A text with its marks.
  const marked = (text, marks, pair, side) => {
    const element = make("div", undefined, "text");
    element.dir = "auto";
    let end = 0;
    for (const [from, to, number, kind] of marks) {
      element.append(...visible(text.text.slice(end, from)));
      const mark = make("mark", undefined, kind);
      mark.title = number ? named[kind] + ", passage " + number : "new";
      if (number) {
        mark.dataset.number = number;
        mark.id = "passage-" + pair + "-" + side + "-" + number;
        const link = make("a", number);
        link.href = "#" + here + "/passage-" + pair + "-" + (side === "to" ? "copy" : "to") + "-" + number;
        link.setAttribute("aria-label", "Passage " + number + ", " + named[kind] + ": to it in the other story");
        mark.append(link);
      }
      mark.append(...visible(text.text.slice(from, to)));
      element.append(mark);
      end = to;
    }
    element.append(...visible(text.text.slice(end)));
    return element;
  };

  const side = (name, text, marks, pair, which) => {
    const article = make("article");
    const heading = make("h3");
    heading.append(make("span", name + " "), words(text.id));
    article.append(heading);
    if (text.title) {
      const title = make("strong");
      title.append(words(text.title));
      article.append(title);
    }
    article.append(marked(text, marks, pair, which));
    if (text.left_out) article.append(make("p", bytes(text.left_out) + " more are not shown.", "note"));
    return article;
  };

  const legend = () => {
    const element = make("p", undefined, "legend");
    for (const [kind, said] of Object.entries(named)) element.append(make("mark", said, kind));
    return element;
  };

  const open = (number) => {
    here = "family-" + number;
    at("family").dataset.number = number;
    const family = families[number];
    const detail = data.details[family.detail];
    at("family-title").replaceChildren(words(family.title));
    const plot = detail.plot === null ? null : at("spread-" + detail.plot);
    at("spread").replaceChildren(...(plot ? [plot.content.cloneNode(true)] : []));
    const table = at("members");
    const left = detail.left_out ? ", " + grouped(detail.left_out) + " more are not listed" : "";
    table.querySelector("caption").textContent = grouped(family.stories) + " stories" + left;
    const rows = detail.members.map((member) => {
      const row = make("tr");
      const story = make("td");
      story.append(words(member.title));
      const id = make("div", undefined, "id");
      id.append(words(member.id));
      story.append(id);
      const source = make("td");
      source.append(words(member.source));
      row.append(story, source, make("td", member.published === null ? "" : minute(member.published)));
      row.append(make("td", member.relation || view.first === null ? (member.kept ? view.kept : view.removed) : view.first, member.kept ? "kept" : "kept gone"));
      const how = make("td");
      if (member.relation) {
        const said = relation(member.relation);
        if (member.pair === null) {
          how.append(make("span", said));
        } else {
          const link = make("a", said);
          link.href = "#" + here + "/pair-" + member.pair;
          how.append(link);
        }
        // Which of the two lies in the other an answer leaves to its figures.
        if (!view.lead_is_copy) how.append(make("span", joined[member.relation] ?? " to "), words(member.to));
      } else {
        how.textContent = view.leads;
      }
      row.append(how);
      for (const value of [member.jaccard, member.containment, member.novel]) {
        row.append(make("td", share(value), "number"));
      }
      return row;
    });
    table.querySelector("tbody").replaceChildren(...rows);
    const pairs = detail.pairs.map((pair, index) => {
      const section = make("section", undefined, "pair");
      section.id = "pair-" + index;
      section.tabIndex = -1;
      section.append(make("p", pair.words.join(" ")));
      const sides = make("div", undefined, "sides");
      sides.append(
        side(view.to, detail.texts[pair.to], pair.marks_to, index, "to"),
        side(view.copy, detail.texts[pair.copy], pair.marks_copy, index, "copy"),
      );
      section.append(sides);
      return section;
    });
    at("pairs").replaceChildren(...(pairs.length ? [legend(), ...pairs] : []));
    turned(true);
  };

  const unlight = () => {
    for (const mark of document.querySelectorAll("mark.lit")) mark.classList.remove("lit");
  };
  // A passage and the same in the other story.
  const both = (mark) => {
    const [, pair, side, number] = mark.id.split("-");
    const other = at("passage-" + pair + "-" + (side === "to" ? "copy" : "to") + "-" + number);
    return other ? [mark, other] : [mark];
  };
  const light = (mark) => {
    unlight();
    for (const one of both(mark)) one.classList.add("lit");
  };
  // The number of a passage that has the focus shows where it stands in the other story, and a click on it shows it
  // there; whoever selects words of it does not want to go anywhere.
  at("pairs").addEventListener("focusin", (event) => {
    const mark = event.target.closest("mark[data-number]");
    if (mark) light(mark);
  });
  at("pairs").addEventListener("click", (event) => {
    const mark = event.target.closest("mark[data-number]");
    if (!mark || event.target.closest("a") || !getSelection().isCollapsed) return;
    light(mark);
    both(mark)[1]?.scrollIntoView({ block: "nearest" });
  });

  // One family, or the overview and the list.
  const turned = (one) => {
    document.body.classList.toggle("one", one);
    at("families").hidden = one;
    at("family").hidden = !one;
  };

  // The address says what is shown, so that going back and links to a family work.
  const turn = () => {
    const [name, place] = location.hash.slice(1).split("/");
    const family = /^family-(\d+)$/.exec(name);
    if (family && families[family[1]]?.detail != null) {
      if (here !== name || at("family").hidden) open(Number(family[1]));
      unlight();
      const target = place ? at(place) : null;
      if (target) {
        // The number in the passage leads back by the same key.
        target.querySelector(":scope > a")?.focus({ preventScroll: true });
        if (place.startsWith("passage-")) light(target);
        target.scrollIntoView({ block: "center" });
      } else {
        at("family").focus({ preventScroll: true });
        scrollTo(0, 0);
      }
    } else {
      turned(false);
      if (name === "families") at("families").focus();
    }
  };

  data.relations.forEach((name, bit) => {
    if (families.some((family) => family.relations & (1 << bit))) {
      const option = make("option", relation(name));
      option.value = bit;
      at("relation").append(option);
    }
  });
  if (view.alone !== null && families.some((family) => family.stories === 1)) {
    const option = make("option", view.alone);
    option.value = "alone";
    at("relation").append(option);
  }
  at("search").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["words", "relation", "order", "with-texts"]) {
    for (const event of ["input", "change"]) at(id).addEventListener(event, search);
  }
  const move = (by) => () => {
    page += by;
    show();
    at("families").scrollIntoView();
  };
  at("before").addEventListener("click", move(-1));
  at("after").addEventListener("click", move(1));
  addEventListener("hashchange", turn);
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "Escape" && !at("family").hidden) location.hash = "families";
    if (event.key === "/" && !typing && at("family").hidden) {
      event.preventDefault();
      at("words").focus();
    }
  });
  search();
  turn();
})();
