// What axe-core finds in a page: called with its rules, what to examine, and the looks of texts that
// have passed on any page before, in one text, as each value of a list would be packed by itself.
// Returns the violations, and the looks that have passed here.
//
// Axe describes by default whatever passes a rule, too, and where it is in the page: that takes
// longer than the rules. It also loads all styles again, for an experimental rule that is not run.
// Contrast takes longer than all other rules together, and depends on nothing but the look of a
// text: its font, its colors, and what is behind it. So each look is examined once. In another size,
// of the other rules those that measure are applied again, and all of them to what is shown in that
// size alone. Before its rules, each run of axe reads the whole page: texts whose colors are to be
// examined are marked, so that one run is enough for them and the other rules.
async ([rules, what, known]) => {
  const COLORS = ["color-contrast", "link-in-text-block"];
  const MEASURES = ["target-size", "scrollable-region-focusable"];
  const MARK = "data-examined-colors";
  const passedBefore = new Set(known.split(" "));
  const found = [];
  let withContrast = new Set(); // the elements whose contrast has passed in the last run
  axe.addReporter("with contrast", (results, options, done) => {
    const { passes = [] } = results.find(({ id }) => id === COLORS[0]) ?? {};
    withContrast = new Set(passes.map(({ node }) => node.element));
    axe.getReporter("v1")(results, options, done);
  });
  const run = async (context, runOnly, disabled = []) => {
    const preload = { assets: ["media"] };
    const few = { resultTypes: ["violations"], selectors: false, preload };
    const off = Object.fromEntries(disabled.map((id) => [id, { enabled: false }]));
    const options = { runOnly, rules: off, ...few, reporter: "with contrast" };
    found.push(...(await axe.run(context, options)).violations);
  };
  // Applies rules to the page, by tag or by name, and that of contrast to some texts of it.
  const runWithColorsOf = async (texts, { tags, names = [] }) => {
    const colors = texts.length ? [COLORS[0]] : [];
    const runOnly = tags ?? [...names, ...colors];
    if (!runOnly.length) return;
    axe.configure({ rules: [{ id: COLORS[0], selector: `[${MARK}]` }] });
    texts.forEach((one) => one.setAttribute(MARK, ""));
    await run(document, runOnly, texts.length ? [] : [COLORS[0]]);
    texts.forEach((one) => one.removeAttribute(MARK));
  };

  // Hashes of 53 bits: a look contains what is behind the text, up to the document.
  const hash = (text) => {
    let [one, two] = [0xdeadbeef, 0x41c6ce57];
    for (let place = 0; place < text.length; place += 1) {
      const code = text.charCodeAt(place);
      one = Math.imul(one ^ code, 0x9e3779b1);
      two = Math.imul(two ^ code, 0x5f356495);
    }
    one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
    two = Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
    return 4294967296 * (2097151 & two) + (one >>> 0);
  };
  const OVER_OTHERS = ["absolute", "fixed", "sticky"];
  const behind = new Map();
  const background = (one) => {
    if (!one) return { look: 0, isOver: false };
    if (!behind.has(one)) {
      const style = getComputedStyle(one);
      const { backgroundColor, backgroundImage, opacity, filter, position } = style;
      const outer = background(one.parentElement);
      const own = [backgroundColor, backgroundImage, opacity, filter, position, style.mixBlendMode];
      const isOver = outer.isOver || OVER_OTHERS.includes(position);
      behind.set(one, { look: hash(`${own.join()};${outer.look}`), isOver });
    }
    return behind.get(one);
  };
  const lookOf = (one) => {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
    return hash([color, fontSize, fontWeight, textShadow, background(one).look].join());
  };

  const looks = (window.looks ??= new WeakMap());
  const isNew = (one) => {
    const seen = looks.get(one) ?? new Set();
    looks.set(one, seen);
    return seen.size < seen.add(lookOf(one)).size;
  };
  // Axe examines no colors of these.
  const WITHOUT_TEXT = ["hidden", "range", "color", "checkbox", "radio", "image"];
  const isText = (one) => one.matches("input") ? !WITHOUT_TEXT.includes(one.type)
    : one.matches("select, textarea, button") || !one.matches("option") && [...one.childNodes]
      .some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());

  // One text of each look first. Only if that one has passed, the others are as good: it may be
  // disabled, or hidden by what it is in. What lies over something else is examined by itself.
  const passed = new Set();
  const runWithLooks = async (texts, applied) => {
    const groups = new Map();
    const alone = [];
    for (const one of texts) {
      const look = lookOf(one);
      if (background(one).isOver) alone.push(one);
      else if (groups.has(look)) groups.get(look).push(one);
      else if (!passedBefore.has(String(look))) groups.set(look, [one]);
    }
    const first = [...groups.values()].map(([one]) => one);
    await runWithColorsOf([...first, ...alone], applied);
    const rest = [];
    for (const [look, [one, ...others]] of groups) {
      if (withContrast.has(one)) passed.add(look);
      else rest.push(...others);
    }
    await runWithColorsOf(rest, {});
  };

  const others = rules.filter((one) => !COLORS.includes(one));
  if (what === "all") {
    axe.configure({ rules: [{ id: COLORS[0], selector: "*" }] });
    await run(document, others.length ? rules : COLORS);
  } else {
    const visible = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility());
    const texts = visible.filter((one) => isText(one) && isNew(one));
    if (!others.length) {
      const links = texts.filter((one) => one.matches("a, a *"));
      await runWithLooks(texts, { names: links.length ? [COLORS[1]] : [] });
    } else if (what === "new") {
      window.shown = new Set(visible);
      await runWithLooks(texts, { tags: others });
    } else {
      const appeared = visible.filter((one) => !window.shown.has(one));
      window.shown = new Set([...window.shown, ...visible]);
      if (appeared.length) await run({ include: appeared }, others, [COLORS[0]]);
      await runWithLooks(texts, { names: MEASURES });
    }
  }
  const said = found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.replace(` ${MARK}=""`, "").slice(0, 120)} ${failureSummary.slice(0, 160)}`));
  return [said, [...passed]];
}
