// Keeps what was just taken on this phone until the server has it: a page that is closed or put to sleep loses nothing.
const STORE = "files";
const opened = new Promise((done) => {
  try {
    const asking = indexedDB.open("anjuan-uploads", 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(STORE);
    asking.onsuccess = () => done(asking.result);
    asking.onerror = () => done(null);
  } catch { done(null); }
});
const asked = (request, otherwise) => new Promise((done) => {
  request.onsuccess = () => done(request.result ?? otherwise);
  request.onerror = () => done(otherwise);
});
async function store(mode) { return (await opened)?.transaction(STORE, mode).objectStore(STORE); }

export async function keep(url, file, subject) {
  try { await asked((await store("readwrite")).put({ file, subject }, url)); } catch { /* no room, private mode: the file stays where it was */ }
}
export async function forget(url) { try { await asked((await store("readwrite")).delete(url)); } catch { /* not kept */ } }
export async function kept() {
  try {
    const at = await store("readonly");
    const [urls, values] = await Promise.all([asked(at.getAllKeys(), []), asked(at.getAll(), [])]);
    return urls.map((url, i) => ({ url, ...values[i] }));
  } catch { return []; }
}
