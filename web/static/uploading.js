// Sends files piece by piece (tus), from the desk's form, the phone's page and the list of unfinished uploads.
// A lost network or a killed server costs a pause; where to go on is asked of the server each time.
import { forget, keep, kept } from "./stash.js";

const PIECE = 32 << 20, HASHED = 64 << 20, STASHED = 300 << 20;
const DELAYS = [0, 1000, 2000, 5000, 10000, 20000, 30000, 60000, 60000, 60000];
const form = document.querySelector("#adding"), unfinished = document.querySelector("#unfinished");
const panel = document.querySelector("#sending"), list = panel?.querySelector(".sending");
const root = (form ?? unfinished)?.dataset.uploads;
const running = new Set();
let csrf = document.querySelector("input[name=csrf]")?.value ?? "";

const amount = (n) => n < 1 << 20 ? `${Math.ceil(n / 1024)} KB` : n < 1 << 30 ? `${(n / (1 << 20)).toFixed(1)} MB` : `${(n / (1 << 30)).toFixed(2)} GB`;
const json = { Accept: "application/json" };

async function renew() {  // signed in anew in another tab, or rights have changed: this page's token is an old one
  const answer = await fetch(root, { headers: json });
  if (answer.ok) csrf = (await answer.json()).csrf;
  return answer.ok;
}
async function digest(file) {  // where the browser can: the server compares the whole with it
  if (!globalThis.crypto?.subtle || file.size > HASHED) return "";
  const taken = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(taken)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

// --- one file on the page --------------------------------------------------------------------------------------
function row(name) {
  const line = document.createElement("li");
  const title = Object.assign(document.createElement("div"), { textContent: name });
  const bar = Object.assign(document.createElement("progress"), { className: "w-100", max: 1, value: 0 });
  bar.setAttribute("aria-label", `${name} 已传的部分`);
  const say = Object.assign(document.createElement("div"), { className: "small" });
  const pause = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-secondary mt-1", textContent: "暂停" });
  line.append(title, bar, say, pause);
  list.append(line);
  panel.hidden = false;
  return { line, bar, say, pause };
}
function tell(view, text, link, look = "") {
  view.say.textContent = text;
  view.say.className = `say small mt-2 mb-0 ${look}`;
  if (link) view.say.append(" ", Object.assign(document.createElement("a"), { href: link[1], textContent: link[0] }));
}
function why(error) {
  const answer = error.originalResponse;
  if (!answer) return "网络断开，已传的部分都在。";
  if (answer.getStatus() === 401) return "登录已过期，已传的部分都在。请在新标签页登录后点“继续”。";
  try { const said = JSON.parse(answer.getBody()); return `${said.message}${said.remedy ?? ""}`; } catch { return "没有传完，已传的部分都在。"; }
}

// --- sending -----------------------------------------------------------------------------------------------------
async function send(file, words, view, { url, alone = false } = {}) {
  const subject = words.subject;
  const sender = new tus.Upload(file, {
    endpoint: root, uploadUrl: url ?? null, chunkSize: PIECE, retryDelays: DELAYS, metadata: words, removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => { request.setHeader("X-CSRF-Token", csrf); request.setHeader("Accept", "application/json"); },
    onShouldRetry: (error) => { const s = error.originalResponse?.getStatus() ?? 0; return s === 0 || s === 423 || s === 409 || s === 460 || (s >= 500 && s !== 507); },
    onUploadUrlAvailable: () => { if (file.size <= STASHED) keep(sender.url, file, subject); },
    onProgress: (done, all) => { view.bar.max = all; view.bar.value = done; tell(view, `${amount(done)} / ${amount(all)}`); },
    onError: (error) => { running.delete(sender); view.pause.textContent = "继续"; view.pause.hidden = false; tell(view, why(error), null, "fault"); },
    onSuccess: () => finished(sender, view, alone),
  });
  view.pause.onclick = async () => {
    if (running.delete(sender)) { await sender.abort(); view.pause.textContent = "继续"; tell(view, "已暂停"); return; }
    if (!await renew().catch(() => false)) { tell(view, "还连不上服务器，或登录已过期。", ["重新登录", "/sign-in"], "fault"); return; }
    start();
  };
  const start = () => { running.add(sender); view.pause.hidden = false; view.pause.textContent = "暂停"; sender.start(); };
  view.again = () => { if (!running.has(sender) && view.pause.textContent === "继续") view.pause.click(); };
  if (!url) {
    const before = (await sender.findPreviousUploads()).find((u) => u.metadata.subject === subject && u.metadata.purpose === words.purpose);
    if (before) sender.resumeFromPreviousUpload(before);
  }
  start();
}
async function finished(sender, view, alone) {
  running.delete(sender);
  view.pause.hidden = true;
  const state = async () => (await fetch(sender.url, { headers: json })).json();
  try {
    let now = await state();
    if (now.state === "whole") {
      await fetch(`${sender.url}/finish`, { method: "POST", headers: { ...json, "X-CSRF-Token": csrf } });
      now = await state();
    }
    forget(sender.url);
    view.bar.value = view.bar.max;
    if (now.state === "done") { tell(view, "已存入。", form && "guest" in form.dataset ? null : ["打开", now.target]); if (alone) location.assign(now.target); return; }
    tell(view, `文件已收到，还差一步：${now.fault.message ?? ""}`, ["去处理", now.url], "fault");
    if (alone) location.assign(now.url);
  } catch { tell(view, "文件已传完，结果还没有问到。", ["查看", sender.url], "fault"); }
}
const words = (extra = {}) => {
  const given = { purpose: form.dataset.purpose, subject: form.dataset.subject };
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || ["csrf", "once"].includes(name) || !value) continue;
    given[name] = name in given && name === "documents" ? `${given[name]} ${value}` : value;
  }
  return { ...given, ...extra };
};
async function take(files, extra) {
  const given = words(extra);
  for (const file of files) {
    const view = row(file.name);
    if (!file.size) { view.pause.hidden = true; tell(view, "文件是空的（0 字节）。重新从设备导出后上传。", null, "fault"); continue; }
    if (form.dataset.most && file.size > Number(form.dataset.most)) { view.pause.hidden = true; tell(view, "文件超过单个上传的上限。", null, "fault"); continue; }
    const kind = given.kind || { image: "照相", audio: "录音", video: "录像" }[file.type.split("/")[0]] || "照相";
    tell(view, "准备上传…");
    const sha256 = await digest(file);
    await send(file, { ...given, kind, filename: file.name, filetype: file.type, ...(sha256 && { sha256 }) }, view, { alone: files.length === 1 && !("capture" in form.dataset) });
  }
}

// --- the pages ---------------------------------------------------------------------------------------------------
if (form && "capture" in form.dataset) {
  form.querySelector("#capture").hidden = false;
  form.addEventListener("change", (event) => {
    const picker = event.target.closest("input[type=file][data-kind]");
    if (!picker?.files.length) return;
    if (form.reportValidity()) take([...picker.files], picker.dataset.kind ? { kind: picker.dataset.kind } : {});
    picker.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  kept().then((files) => files.filter((k) => k.subject === form.dataset.subject).forEach((k) => send(k.file, { ...words(), filename: k.file.name }, row(k.file.name), { url: k.url })));
} else if (form) {
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelector("input[type=file]").files];
    if (!files.length && !("must" in form.dataset)) return;
    event.preventDefault();
    if (files.length && form.reportValidity()) take(files);
  });
}
if (unfinished) {
  const stash = new Map((await kept()).map((k) => [new URL(k.url, location.href).pathname, k.file]));
  for (const one of unfinished.querySelectorAll(".unfinished")) {
    const label = one.querySelector(".resume");
    if (!label) continue;
    const view = { bar: one.querySelector("progress"), say: one.querySelector(".say"), pause: Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-secondary", hidden: true }) };
    one.querySelector(".actions").prepend(view.pause);
    const go = (file) => {
      if (file.size !== Number(one.dataset.length)) { tell(view, `这不是同一个文件：应为 ${amount(Number(one.dataset.length))}，所选为 ${amount(file.size)}。`, null, "fault"); return; }
      label.hidden = true;
      send(file, {}, view, { url: one.dataset.url });
    };
    label.hidden = false;
    label.querySelector("input").addEventListener("change", (event) => event.target.files.length && go(event.target.files[0]));
    if (stash.has(one.dataset.url)) go(stash.get(one.dataset.url));
  }
}
addEventListener("online", () => document.querySelectorAll(".sending button, .unfinished button").forEach((b) => b.textContent === "继续" && b.click()));
addEventListener("beforeunload", (event) => { if (running.size) event.preventDefault(); });
