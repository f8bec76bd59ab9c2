// The officer's screen follows what becomes of the code.
const box = document.querySelector("#code");
const state = document.querySelector("#state");
const words = { waiting: "等待扫码…", opened: "对方已打开文书，正在阅读…", expired: "二维码已过期，请返回重新生成。" };
const timer = setInterval(async () => {
  const answer = await fetch(box.dataset.outcome, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const said = await answer.json();
  if (said.state === "signed") { clearInterval(timer); location.href = box.dataset.done; return; }
  if (said.state === "declined") { clearInterval(timer); state.textContent = `对方表示不签名：${said.reason}。请返回，按拒绝签名记录，并写明见证人或关联音像。`; return; }
  state.textContent = words[said.state];
  if (said.state === "expired") clearInterval(timer);
}, 2000);
