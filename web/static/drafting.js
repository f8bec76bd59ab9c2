// The desk: saves by itself, keeps what is typed on this machine too, redraws the paper, asks when two people changed one field.
import { SETTLED, pagesOf, waiting } from "./preview.js";

const form = document.querySelector("#paper-form");
const field = (name) => name.split("[")[0];
const WAIT = 1200;       // milliseconds after the last key
const PREVIEW_WAIT = 600;
const changed = new Set();
let version = Number(form.dataset.version), timer, drawing, composing = false, saving = false;
const kept = `anjuan-draft-${form.dataset.document}`;
const saved = document.querySelector("#saved");

const say = (text, look = "text-secondary") => { saved.textContent = text; saved.className = `small ${look}`; };
const local = {
  read() { try { return JSON.parse(localStorage.getItem(kept)); } catch { return null; } },
  write(value) { try { value ? localStorage.setItem(kept, JSON.stringify(value)) : localStorage.removeItem(kept); } catch { /* private mode */ } },
};

// --- values of the form ----------------------------------------------------------------------------------------
function place(tree, name, value) {
  const steps = [...name.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((m) => m[1] ?? Number(m[2]));
  let at = tree;
  steps.slice(0, -1).forEach((step, i) => { at = at[step] ??= typeof steps[i + 1] === "number" ? [] : {}; });
  const last = steps.at(-1);
  at[last] = last in at ? [].concat(at[last], value) : value;
}
function values(names) {
  const tree = {};
  for (const [name, value] of new FormData(form)) if (names.has(field(name)) && typeof value === "string") place(tree, name, value);
  for (const name of names) {
    const rows = tree[name];
    if (form.querySelector(`[data-rows="${CSS.escape(name)}"]`)) tree[name] = Object.values(rows ?? []).filter((r) => r && Object.values(r).some((v) => String(v).trim()));
    else tree[name] ??= "";
  }
  return tree;
}

// --- saving -------------------------------------------------------------------------------------------------------
function touch(name) {
  if (!name || name === "csrf" || name === "base_version") return;
  changed.add(field(name));
  form.querySelector(`[data-field="${CSS.escape(field(name))}"]`)?.classList.add("is-dirty");
  local.write({ version, at: new Date().toLocaleString("zh-CN"), fields: values(changed) });
  say("正在编辑…");
  clearTimeout(timer);
  if (!composing) timer = setTimeout(save, WAIT);
}
async function send(url, body, again = true) {
  const answer = await fetch(url, {
    method: "POST", keepalive: JSON.stringify(body).length < 60000, body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": form.csrf.value },
  });
  if (answer.status === 403 && again && await renewed()) return send(url, body, false);
  return answer;
}
async function renewed() {  // signed in anew in another tab: this page's token is an old one
  const page = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (page.redirected && page.url.includes("/sign-in")) return false;
  const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#paper-form [name=csrf]");
  if (token) form.csrf.value = token.value;
  return Boolean(token);
}
async function save() {
  clearTimeout(timer);
  if (saving) { timer = setTimeout(save, 300); return; }
  if (!changed.size) return;
  saving = true;
  const names = new Set(changed);
  changed.clear();
  const back = () => names.forEach((n) => changed.add(n));
  say("正在保存…");
  try {
    const answer = await send(form.dataset.save, { base_version: version, fields: values(names) });
    if (answer.status === 401 || answer.status === 403) { back(); lost(); return; }
    const said = await answer.json();
    if (said.error === "version_conflict") { back(); choose(said); return; }
    if (!answer.ok) { back(); say(`没有保存：${said.message}${said.remedy ?? ""}`, "text-danger"); return; }
    done(said, names);
  } catch {
    back();
    say("网络中断，内容已留在本机，恢复后自动保存。", "text-danger");
    timer = setTimeout(save, 5000);
  } finally { saving = false; }
}
function done(said, names) {
  version = said.version;
  form.base_version.value = version;
  const bad = new Set(said.faults.map((f) => field(f.path)));
  names.forEach((n) => { if (!bad.has(n) && !changed.has(n)) form.querySelector(`[data-field="${CSS.escape(n)}"]`)?.classList.remove("is-dirty"); });
  const left = new Set([...changed, ...bad]);
  local.write(left.size ? { version, at: new Date().toLocaleString("zh-CN"), fields: values(left) } : null);
  faults(said.faults);
  for (const [name, value] of Object.entries(said.values)) {  // figures that were counted anew
    const input = form.elements[name];
    if (input && input.value !== undefined && !left.has(name) && input !== document.activeElement && typeof value === "string" && input.value !== value) input.value = value;
  }
  say(bad.size ? `已保存 ${said.at}，${bad.size} 项需要更正` : `已自动保存 ${said.at}（第 ${version} 版）`, bad.size ? "text-danger" : "text-secondary");
  clearTimeout(drawing);
  drawing = setTimeout(redraw, PREVIEW_WAIT);
}
function lost() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.target = "_blank";
  link.textContent = "在新页面登录";
  say("登录已过期，内容已留在本机。", "text-danger");
  saved.append(" ", link, "，登录后回到这里会继续保存。");
  addEventListener("focus", () => save(), { once: true });
}

// --- what is wrong, what is still missing ---------------------------------------------------------------------------
const idOf = (name) => `f-${name.replaceAll("].", "-").replaceAll("[", "-").replaceAll("]", "").replaceAll(".", "-")}`;
function faults(list) {
  form.querySelectorAll(".fault").forEach((f) => f.remove());
  form.querySelectorAll(".is-invalid").forEach((f) => f.classList.remove("is-invalid"));
  for (const f of list) {
    const input = form.elements[f.path] ?? form.querySelector(`[data-field="${CSS.escape(field(f.path))}"] :is(input, textarea, select)`);
    const one = input instanceof RadioNodeList ? input[0] : input;
    if (!one) continue;
    one.classList.add("is-invalid");
    const note = document.createElement("div");
    note.className = "fault";
    note.textContent = f.message + f.remedy;
    one.after(note);
  }
}
async function redraw() {
  const place = document.querySelector("#preview");
  const side = place.closest(".desk-side"), top = side.scrollTop;
  const fresh = await pagesOf(form.dataset.preview);
  if (!fresh) return;  // signed out meanwhile: the next save says so
  const told = fresh.querySelector("template[data-missing]");
  document.querySelector("#missing").replaceChildren(told.content);
  document.querySelector("#lacking-count").textContent = told.dataset.missing;
  told.remove();
  place.replaceChildren(...fresh.childNodes);
  side.scrollTop = top;
}

// --- two editors ------------------------------------------------------------------------------------------------------
const text = (value) => Array.isArray(value) ? value.map((row) => typeof row === "object" ? Object.values(row).join(" ") : row).join("；") : value === null || value === undefined || value === "" ? "（空）" : value === true ? "是" : value === false ? "否" : String(value);
function choose(said) {
  const box = document.querySelector("#restore");
  box.hidden = false;
  box.replaceChildren(Object.assign(document.createElement("strong"), { textContent: "同时有人改了同一栏，请选择：" }));
  for (const f of said.fields) {
    const line = document.createElement("div");
    line.className = "mt-2";
    line.append(`“${f.label}” 对方：${text(f.theirs)} ／ 您：${text(f.mine)} `);
    for (const [label, mine] of [["用对方的", false], ["用我的", true]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-primary ms-1", textContent: label });
      button.onclick = () => { line.remove(); if (!mine) { changed.delete(f.name); theirs(f); } if (!box.querySelector("button")) { box.hidden = true; version = said.version; changed.size ? save() : location.reload(); } };
      line.append(button);
    }
    box.append(line);
  }
  say("等待选择…", "text-danger");
  box.scrollIntoView({ block: "center" });
}
function theirs(f) {
  const input = form.elements[f.name];
  if (input && "value" in input && !(input instanceof RadioNodeList)) input.value = f.theirs === true ? "是" : f.theirs === false ? "否" : f.theirs ?? "";
}

// --- what a killed browser left -----------------------------------------------------------------------------------------
function restore() {
  const left = local.read();
  if (!left || !Object.keys(left.fields ?? {}).length) return;
  const box = document.querySelector("#restore");
  box.hidden = false;
  box.append(`本机留有 ${left.at} 没有保存完的内容（${Object.keys(left.fields).length} 栏）。 `);
  const button = (label, act) => { const b = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-primary me-2", textContent: label }); b.onclick = () => { box.hidden = true; box.replaceChildren(); act(); }; box.append(b); };
  button("恢复", () => {
    for (const [name, value] of Object.entries(left.fields)) {
      if (Array.isArray(value) && form.querySelector(`[data-rows="${CSS.escape(name)}"]`)) fillRows(name, value);
      else if (form.elements[name] && "value" in form.elements[name]) form.elements[name].value = value;
      touch(name);
    }
  });
  button("放弃", () => local.write(null));
}

// --- rows of lists ---------------------------------------------------------------------------------------------------------
function addRow(rows) {
  const body = rows.querySelector("tbody"), at = body.rows.length;
  const row = rows.querySelector("template").content.firstElementChild.cloneNode(true);
  row.querySelectorAll("[name]").forEach((i) => { i.name = i.name.replace("[#]", `[${at}]`); i.id = idOf(i.name); });
  row.querySelector(".rows-no").textContent = at + 1;
  row.querySelector("[data-do=drop-row]").hidden = false;
  body.append(row);
  return row;
}
function fillRows(name, list) {
  const rows = form.querySelector(`[data-rows="${CSS.escape(name)}"]`);
  list.forEach((row, at) => {
    if (at >= rows.querySelector("tbody").rows.length) addRow(rows);
    for (const [column, value] of Object.entries(row)) { const cell = form.elements[`${name}[${at}].${column}`]; if (cell) cell.value = value; }
  });
}
form.querySelectorAll("[data-do=drop-row]").forEach((b) => { b.hidden = false; });
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const rows = button.closest("[data-rows]");
  if (button.dataset.do === "add-row") { event.preventDefault(); addRow(rows).querySelector("input, textarea, select")?.focus(); }
  if (button.dataset.do === "drop-row") { button.closest("tr").querySelectorAll("[name]").forEach((i) => { i.value = ""; }); button.closest("tr").hidden = true; touch(rows.dataset.rows); }
});

// --- events ------------------------------------------------------------------------------------------------------------------
const grow = (area) => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; };
form.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
form.addEventListener("compositionend", (event) => { composing = false; touch(event.target.name); });
form.addEventListener("input", (event) => { if (event.target.tagName === "TEXTAREA") grow(event.target); touch(event.target.name); });
form.addEventListener("change", (event) => touch(event.target.name));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  delete form.dataset.sent;
  if (changed.size || saving) save(); else say(`已自动保存，没有新的改动（第 ${version} 版）`);
});
document.addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); } });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
addEventListener("online", () => save());
addEventListener("beforeunload", (event) => { if (changed.size || saving) event.preventDefault(); });
restore();
if (waiting) drawing = setTimeout(redraw, SETTLED);
